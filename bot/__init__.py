"""The program and its voice: start-up, settings, words, pictures, the gateway to the chat server."""
