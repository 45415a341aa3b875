"""From exposure to order: links, clicks, orders, attribution."""
