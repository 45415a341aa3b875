"""The only place that sends to the chat server: pacing, lanes, error classes."""
