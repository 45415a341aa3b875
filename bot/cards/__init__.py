"""Screens as pure functions: facts in, card out."""
