"""The merchant's rules: plans, their versions, rates."""
