"""What people do with their chat clients, by subject."""
