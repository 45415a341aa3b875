"""Inline mode: what people type after @bot, what the bot offers, and what is sent of it."""
