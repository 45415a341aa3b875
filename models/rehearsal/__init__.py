"""Rehearsal: past orders told again under another plan, to see what it would have cost and whom it would have paid."""
