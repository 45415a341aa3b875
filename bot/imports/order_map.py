"""How to read a shop's own order export: a map from its columns and habits to events, kept as YAML.

What is postage, what is an adjustment and what is goods is decided here and never in the event API.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.imports.encodings import TableError
from bot.imports.tables import Columns, Others

SHIPPED = "bot.imports.maps"


class Treatment(StrEnum):
    """What to do with something that a shop event could carry but perhaps should not."""

    DROP = "drop"
    KEEP = "keep"


class MapPart(BaseModel):
    """A part of a map: fixed once read, and a key that nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OrderColumns(MapPart):
    """The shop's names for what an order line needs; the last four only where the shop has them."""

    invoice: str
    sku: str
    quantity: str
    time: str
    unit_price: str
    customer: str | None = None
    title: str | None = None
    code: str | None = None
    coupon: str | None = None

    def as_table(self) -> Columns:
        """All mapped columns must be there; a shop's other columns are nobody's business."""
        mapped = self.model_dump(exclude_none=True).values()
        return Columns(tuple(dict.fromkeys(mapped)), others=Others.IGNORE)


class LocalTime(MapPart):
    """The shop's clock: its strptime formats, tried in order, and its IANA zone."""

    formats: tuple[str, ...] = Field(min_length=1)
    zone: str

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{zone} is no time zone; write one like Europe/London") from error
        return zone

    def to_utc(self, text: str) -> datetime:
        """A written local time as UTC; ValueError with a sentence when no format fits.

        A time that comes twice (clocks go back) is the first of the two; one that never comes (clocks go
        forward) is read with the offset before the change, so it lands as much later as the clocks jumped.
        """
        return _to_utc(text, self.formats, self.zone)


@lru_cache(maxsize=4096)
def _to_utc(text: str, formats: tuple[str, ...], zone: str) -> datetime:
    for pattern in formats:
        try:
            local = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is set on the next line
        except ValueError:
            continue
        return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    raise ValueError(f"{text!r} is no time like {datetime(2010, 12, 31, 8, 26, tzinfo=UTC):{formats[0]}}")


class CategoryWords(MapPart):
    """A category and the words that put a title into it, in the singular."""

    key: str = Field(min_length=1)
    words: frozenset[str] = Field(min_length=1)

    def fits(self, title_words: frozenset[str]) -> bool:
        """True when the title has one of the words, with or without a final s or es, in any case."""
        singular = {word.casefold() for word in self.words}
        forms = singular | {f"{word}s" for word in singular} | {f"{word}es" for word in singular}
        return not forms.isdisjoint(title_words)


class OrderMap(MapPart):
    """A shop's reading rules. SKUs are case-sensitive, so each spelling is listed."""

    name: str
    source: str = ""
    currency: str = Field(pattern="^[A-Z]{3}$")
    minor_digits: int = Field(default=2, ge=0, le=4)
    columns: OrderColumns
    time: LocalTime
    cancel_prefix: str | None = Field(default=None, min_length=1)
    postage: frozenset[str] = frozenset()
    adjustments: frozenset[str] = frozenset()
    zero_price: Treatment = Treatment.DROP
    without_customer: Treatment = Treatment.KEEP
    categories: tuple[CategoryWords, ...] = ()
    other_category: str | None = None

    @model_validator(mode="after")
    def _one_treatment_each(self) -> OrderMap:
        both = sorted(self.postage & self.adjustments)
        if both:
            raise ValueError(f"{', '.join(both)} can't be both postage and adjustments")
        return self

    def is_cancel(self, invoice: str) -> bool:
        return self.cancel_prefix is not None and invoice.startswith(self.cancel_prefix)

    def category_of(self, title: str) -> str | None:
        """The first category of the map that has a word of the title."""
        words = frozenset(re.findall(r"\w+", title.casefold()))
        fitting = (category.key for category in self.categories if category.fits(words))
        return next(fitting, self.other_category)


def shipped_maps() -> list[str]:
    """Names of the maps that travel with the program."""
    files = resources.files(SHIPPED).iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))


def load_map(name_or_path: str) -> OrderMap:
    """A shipped map by its name, or a map file by its path. Raises TableError with a sentence."""
    try:
        if name_or_path in shipped_maps():
            text = (resources.files(SHIPPED) / f"{name_or_path}.yaml").read_text(encoding="utf-8")
        else:
            text = Path(name_or_path).read_text(encoding="utf-8")
        return OrderMap.model_validate(yaml.safe_load(text))
    except (OSError, UnicodeDecodeError):
        known = ", ".join(shipped_maps())
        raise TableError(f"{name_or_path} is neither a shipped map ({known}) nor a readable file.") from None
    except yaml.YAMLError as error:
        raise TableError(f"{name_or_path} is not YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'map'}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        )
        raise TableError(f"{name_or_path} is no order map: {faults}.") from error
