"""Cells of a CSV file that no spreadsheet takes for a formula (operations.md F6)."""

from __future__ import annotations

import re
from datetime import datetime

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Full-width signs begin a formula too where a spreadsheet speaks Chinese or Japanese."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def cell(value: object) -> str:
    """A value as a cell: None is empty, times are ISO 8601, a text that could be a formula gets a quote before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text
