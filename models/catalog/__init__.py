"""What is sold: products and coupons."""
