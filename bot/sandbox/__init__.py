"""A local chat server with its chat page and a demo shop: the product meets them over HTTP alone."""
