"""What the reference is told and what it keeps: people, purchases, and what was earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tests.reference.terms import Terms

Place = tuple[datetime, str]
"""Where an order stands among all: by its time of payment, then by its number."""
LAST = "\U0010ffff"
"""Behind every order's number: what is given at a moment holds for no order of that moment."""


@dataclass
class Human:
    """A distributor. `mark` is contact data that two distributors, or a buyer, may share."""

    key: str
    sponsor: str | None = None
    mark: str | None = None
    active: bool = True
    pinned: bool = False
    levels: list[tuple[Place, str]] = field(default_factory=list)
    profiles: list[tuple[Place, str | None]] = field(default_factory=list)
    warned: tuple[str, datetime] | None = None
    cashback_done: bool = False

    def level_at(self, place: Place) -> str | None:
        return next((key for since, key in reversed(self.levels) if since < place), None)

    def profile_at(self, place: Place) -> str | None:
        return next((key for since, key in reversed(self.profiles) if since < place), None)

    @property
    def latest_level(self) -> str | None:
        return self.levels[-1][1] if self.levels else None

    def rise(self, place: Place, level: str) -> None:
        self.levels.append((place, level))
        self.levels.sort(key=lambda held: held[0])


@dataclass(frozen=True)
class Item:
    """One bought line."""

    ref: str
    sku: str
    quantity: int
    price: Decimal
    discount: int = 0


@dataclass(frozen=True)
class Purchase:
    """A paid order as the shop tells it; `seller` is whose code or coupon it carries."""

    ref: str
    at: datetime
    items: tuple[Item, ...]
    seller: str | None = None
    coupon: str | None = None
    customer: str | None = None
    mark: str | None = None
    discount: int = 0


@dataclass
class Sold:
    """A line with its base and what refunds took of it."""

    item: Item
    base: int
    units: int = 0
    refunded: int = 0
    gone: bool = False

    @property
    def left(self) -> int:
        return self.base - self.refunded


@dataclass
class Bill:
    """An order as it stands."""

    purchase: Purchase
    lines: list[Sold]
    seller: str | None
    terms: Terms | None
    counts: bool
    sponsors: tuple[str, ...] = ()
    cancelled: bool = False

    @property
    def place(self) -> Place:
        return self.purchase.at, self.purchase.ref

    @property
    def net(self) -> int:
        return sum(line.left for line in self.lines)

    @property
    def base(self) -> int:
        return sum(line.base for line in self.lines)

    @property
    def gone(self) -> bool:
        return all(line.gone for line in self.lines)


@dataclass
class Gain:
    """One commission."""

    kind: str
    who: str
    amount: int
    state: str
    order: str | None = None
    line: str | None = None
    depth: int = 0
    period: str | None = None
    invitee: str | None = None
    due: datetime | None = None
    taken: int = 0
    cuts: list[tuple[str, int]] = field(default_factory=list)

    @property
    def net(self) -> int:
        return self.amount - self.taken


@dataclass(frozen=True)
class Movement:
    """What happened to one person's `available`."""

    who: str
    at: datetime
    amount: int
    kind: str
    order: str | None


def shared(amount: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder, ties to the earlier one."""
    whole = sum(weights)
    amount = min(amount, whole)
    if whole == 0:
        return [0 for _ in weights]
    exact = [Decimal(amount) * weight / whole for weight in weights]
    shares = [amount * weight // whole for weight in weights]
    over = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % whole), place))
    for place in over[: amount - sum(shares)]:
        shares[place] += 1
    assert all(abs(share - ideal) < 1 for share, ideal in zip(shares, exact, strict=True))
    return shares


def sold(purchase: Purchase) -> list[Sold]:
    """Each line with its base: floored once, less its discount and its share of the order's."""
    gross = [int(item.quantity * item.price * 100 // 1) for item in purchase.items]
    left = [max(value - item.discount, 0) for value, item in zip(gross, purchase.items, strict=True)]
    spread = shared(purchase.discount, left)
    return [
        Sold(item, value - share) for item, value, share in zip(purchase.items, left, spread, strict=True)
    ]
