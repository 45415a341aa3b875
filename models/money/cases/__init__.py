"""Cases: evidence that something may be cheating, a state, and who decided (business.md 8)."""
