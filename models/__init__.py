"""The business: tables, rules, money. Knows no chat, no HTTP, no clock."""
