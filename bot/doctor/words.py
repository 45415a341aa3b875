"""How the doctor says spans of time and addresses."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def span(length: timedelta) -> str:
    """A length of time in its largest whole unit: `3 days`, `1 hour`, `12 seconds`."""
    seconds = max(int(abs(length).total_seconds()), 0)
    for unit, size in _UNITS:
        if seconds >= size:
            return _counted(seconds // size, unit)
    return _counted(seconds, "second")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def host(url: str) -> str:
    """The host of an address, with its port where one is written: all of it that is safe to show."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "nowhere"
    return f"{parts.hostname or 'nowhere'}{port}"
