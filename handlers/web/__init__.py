"""What happens when a shop or a buyer's browser speaks."""
