"""A demo shop: sells, takes payment, refunds, and tells the product by signed events, as a real shop does."""
