"""Clicks on the demo's links: those of the buyers before their orders, and those of everybody who only looked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from bot.sandbox.market.cast import PROMOTERS
from bot.sandbox.market.story import Day, LinkKey, Telling
from models.funnel.clicks import NewClick
from models.store.types import to_micros

SEED = "tuike-demo-traffic"
CONVERSION = (0.02, 0.06)
"""Orders per visitor of a link lie between these."""
IDLE = (6, 40)
"""Visitors of a link by which nobody bought."""
HOURS = tuple(range(24))
BUSY = (1, 1, 0, 0, 0, 1, 3, 6, 8, 9, 10, 10, 12, 11, 9, 8, 9, 10, 12, 14, 15, 14, 9, 4)
"""How busy each hour of the day is against the others."""


def clicks(days: Sequence[Day], link_ids: Mapping[LinkKey, int], now: datetime) -> list[NewClick]:
    """All clicks up to `now`. Their numbers are small and follow from the story, so that landing again adds none."""
    chance = random.Random(SEED)  # noqa: S311 - a story, no secret
    numbers = count(1)
    made: list[NewClick] = []
    orders: Counter[LinkKey] = Counter()
    for telling in _came_by_link(days):
        way = telling.order.way
        assert way is not None
        key = (way.promoter.external_id, way.sku, way.channel)
        orders[key] += 1
        before = timedelta(minutes=chance.randrange(4, 300))
        made.append(_click(next(numbers), link_ids[key], way.visitor, telling.at - before))
    first = days[0].until - timedelta(days=1)
    for promoter in PROMOTERS:
        for sku, channel in promoter.shelves:
            key = (promoter.external_id, sku, channel)
            visitors = _visitors(chance, orders[key])
            for _ in range(visitors):
                at = _moment(chance, first, now)
                visitor = f"{chance.getrandbits(128):032x}"
                made.append(_click(next(numbers), link_ids[key], visitor, at))
                if chance.random() < 0.12:
                    again = min(at + timedelta(minutes=chance.randrange(1, 200)), now)
                    made.append(_click(next(numbers), link_ids[key], visitor, again))
    return made


def _came_by_link(days: Sequence[Day]) -> list[Telling]:
    return [
        telling
        for day in days
        for telling in day.tellings
        if telling.order.way is not None and telling.kind in {"order.placed", "order.paid"}
    ]


def _visitors(chance: random.Random, orders: int) -> int:
    if orders == 0:
        return chance.randrange(*IDLE)
    return round(orders / chance.uniform(*CONVERSION))


def _moment(chance: random.Random, first: datetime, now: datetime) -> datetime:
    day = chance.randrange((now - first).days + 1)
    hour = chance.choices(HOURS, BUSY)[0]
    at = first + timedelta(days=day, hours=hour, seconds=chance.randrange(3600))
    return at if at <= now else first + (now - first) * chance.random()


def _click(number: int, link_id: int, visitor: str, at: datetime) -> NewClick:
    return NewClick(number, link_id, visitor, to_micros(at))
