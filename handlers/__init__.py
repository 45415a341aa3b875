"""What happens when a person or a shop speaks."""
