"""The chat server: the Bot API over HTTP, the people who use it, and what can be made to go wrong."""
