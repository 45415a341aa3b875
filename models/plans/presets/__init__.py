"""Plans to start from, as files that ship with the program; their amounts are put into the merchant's currency."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from models.errors import NotFound
from models.store.currency import amount_text, minor_digits

_FOLDER = Path(__file__).parent
_ORDER = ("simple", "levelled", "ladder", "clearance")
_AMOUNT = re.compile(r"\$([0-9]+)")
_NAME = re.compile("^name: .*$", re.MULTILINE)
_BOOST_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class PresetName:
    """A preset by its name, and what it is in one line."""

    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset ready to edit."""

    name: str
    text: str


def preset_names() -> tuple[PresetName, ...]:
    """All of them, the plainest first; the summary is the first line of the file."""
    return tuple(PresetName(name, _summary(_source(name))) for name in _ORDER)


def preset_text(
    name: str, currency: str, zone: ZoneInfo, after: datetime, *, called: str | None = None
) -> str:
    """A preset for a merchant: it starts with the day of the merchant's zone that comes after a moment.

    `called`: its name in the merchant's language, in place of the English one. Raises NotFound.
    """
    start = _next_day(zone, after)
    text = _source(name).replace("$CURRENCY", currency)
    if called is not None:
        text = _NAME.sub(lambda _: f"name: {json.dumps(called, ensure_ascii=False)}", text)
    text = text.replace("$START", _written(start)).replace("$UNTIL", _written(start + _BOOST_LASTS))
    return _AMOUNT.sub(lambda found: _amount(int(found[1]), currency), text)


def _source(name: str) -> str:
    if name not in _ORDER:
        raise NotFound("preset", name)
    return _FOLDER.joinpath(f"{name}.yaml").read_text("utf-8")


def _summary(text: str) -> str:
    return text.splitlines()[0].removeprefix("# ").split(": ", 1)[1]


def _next_day(zone: ZoneInfo, after: datetime) -> datetime:
    tomorrow = (after.astimezone(zone) + timedelta(days=1)).date()
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).astimezone(UTC)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _amount(units: int, currency: str) -> str:
    """Units of a currency that has hundredths; where there are none, a unit is worth about as little as those."""
    digits = minor_digits(currency)
    return amount_text(units * 10 ** max(digits, 2), currency)
