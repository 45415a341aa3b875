"""What happens when the clock speaks."""
