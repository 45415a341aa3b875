"""What a drawing of a plan tells, already in the reader's words: where an order of 100 goes, and what else counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Whose share of the order it is; each has its own colour, and its words say the same."""

    YOU = "you"
    SPONSOR = "sponsor"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Share:
    """One share: `minor` gives its width, `amount` is how it is written, `notes` how it comes about."""

    part: Part
    label: str
    minor: int
    amount: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table below the drawing; `is_mine` marks where the reader stands."""

    label: str
    value: str
    note: str = ""
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFlow:
    """A whole drawing. The shares' amounts add up to what the buyer pays."""

    title: str
    sentences: tuple[str, ...]
    buyer: str
    paid: str
    paid_minor: int
    shares: tuple[Share, ...]
    hold: str
    hold_note: str
    release: str
    release_note: str
    sections: tuple[Section, ...] = ()

    def __post_init__(self) -> None:
        if sum(share.minor for share in self.shares) != self.paid_minor:
            raise ValueError("the shares of an order add up to what its buyer pays")
