"""What comes in as files: a shop's products, distributors, coupons, orders. Knows no store."""
