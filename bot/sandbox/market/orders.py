"""The real shop's orders, moved to the weeks before today, each with whoever brought it and what became of it.

A pure function of the day: chance is drawn from each order's number, so that two demos of one day are alike.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.imports.events import PaidEvent, RefundedEvent
from bot.imports.history import read_history
from bot.imports.order_map import load_map
from bot.sandbox.market.cast import PROMOTERS, Promoter
from bot.sandbox.market.goods import TIMEZONE
from models.funnel.links import SHOP, Channel

ORDERS = Path(__file__).parent / "orders.csv.xz"
MAP = "online-retail"
ZONE = ZoneInfo(TIMEZONE)


class Trace(StrEnum):
    """What the shop says of where an order came from."""

    CODE = "code"
    VISITOR = "visitor"
    COUPON = "coupon"


class Fate(StrEnum):
    """What becomes of an order."""

    RECEIVED = "received"
    UNPAID = "unpaid"
    NEVER_PAID = "never_paid"
    CANCELLED = "cancelled"
    PARTLY_REFUNDED = "partly_refunded"


@dataclass(frozen=True, slots=True)
class Way:
    """By which link of whom the buyer came, and what the order says of it."""

    promoter: Promoter
    sku: str
    channel: Channel
    visitor: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class MovedOrder:
    """An order at its new time; `refunds` are the real shop's own, at theirs. Times are aware, in UTC."""

    at: datetime
    paid: PaidEvent
    refunds: tuple[tuple[datetime, RefundedEvent], ...]
    way: Way | None
    fate: Fate

    @property
    def order_id(self) -> str:
        return self.paid["data"]["order_id"]

    def chance(self, about: str) -> random.Random:
        """The order's own dice for one question."""
        return random.Random(f"{about}:{self.order_id}")  # noqa: S311 - a story, no secret


def moved_orders(today: date) -> list[MovedOrder]:
    """Every order, oldest first, moved by whole days so that the last ones are of `today` (the shop's day)."""
    events = list(read_history(ORDERS, load_map(MAP)).events)
    last = max(_local(event["occurred_at"]).date() for event in events)
    days = today - last
    refunds: dict[str, list[tuple[datetime, RefundedEvent]]] = {}
    for event in events:
        if event["type"] == "order.refunded":
            moved = (_moved(event["occurred_at"], days), event)
            refunds.setdefault(event["data"]["order_id"], []).append(moved)
    sales = [event for event in events if event["type"] == "order.paid"]
    return [_order(event, days, refunds.get(event["data"]["order_id"], []), today) for event in sales]


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(ZONE)


def _moved(moment: str, days: timedelta) -> datetime:
    local = _local(moment)
    return datetime.combine(local.date() + days, local.time(), ZONE).astimezone(UTC)


def _order(
    paid: PaidEvent, days: timedelta, refunds: list[tuple[datetime, RefundedEvent]], today: date
) -> MovedOrder:
    at = _moved(paid["occurred_at"], days)
    order_id = paid["data"]["order_id"]
    chance = random.Random(f"way:{order_id}")  # noqa: S311 - a story, no secret
    fate = _fate(random.Random(f"fate:{order_id}"), fresh=at.astimezone(ZONE).date() == today)  # noqa: S311
    if refunds:
        fate = Fate.RECEIVED
    return MovedOrder(at, paid, tuple(refunds), _way(paid, chance), fate)


def _fate(chance: random.Random, *, fresh: bool) -> Fate:
    drawn = chance.random()
    if fresh:
        return Fate.UNPAID if drawn < 0.25 else Fate.RECEIVED
    shares = ((0.03, Fate.CANCELLED), (0.06, Fate.NEVER_PAID), (0.12, Fate.PARTLY_REFUNDED))
    return next((fate for share, fate in shares if drawn < share), Fate.RECEIVED)


def _way(paid: PaidEvent, chance: random.Random) -> Way | None:
    """A customer always comes by the same distributor, as regulars do."""
    facts = paid["data"]
    place = zlib.crc32((facts["customer_id"] or facts["order_id"]).encode()) % 100
    bounds = accumulate(promoter.share for promoter in PROMOTERS)
    found = next((who for who, bound in zip(PROMOTERS, bounds, strict=True) if place < bound), None)
    if found is None:
        return None
    bought = {line["sku"] for line in facts["lines"]}
    favourites = [sku for sku in found.favourites if sku in bought] or [SHOP]
    sku, channel = chance.choice(favourites), chance.choice(found.channels)
    visitor = f"{chance.getrandbits(128):032x}"
    return Way(found, sku, channel, visitor, _trace(chance, found))


def _trace(chance: random.Random, promoter: Promoter) -> Trace:
    drawn = chance.random()
    if drawn < 0.08 and promoter.coupon is not None:
        return Trace.COUPON
    return Trace.VISITOR if drawn < 0.25 else Trace.CODE
