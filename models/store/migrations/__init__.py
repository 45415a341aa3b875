"""The schema's history, one file a step (operations.md E4)."""
