"""Ledger, commissions, refunds, release."""
