"""Merchants, persons, distributors, levels held, staff."""
