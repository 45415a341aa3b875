"""The command line: one module per noun. Only the front door, like this, may reach every room."""
