"""Pages that open inside the chat client."""
