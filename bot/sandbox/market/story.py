"""The weeks before today as the events that the shop would have sent, in the public JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from pydantic import JsonValue

from bot.imports.events import PaidLine
from bot.sandbox.market.orders import ZONE, Fate, MovedOrder, Trace
from models.funnel.links import Channel

LinkKey: TypeAlias = tuple[str, str, Channel]
"""A link by its distributor's external id, its SKU and its channel."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One event at its time (UTC); `order` is what it is about."""

    at: datetime
    kind: str
    order: MovedOrder
    facts: dict[str, JsonValue]

    @property
    def raw(self) -> dict[str, JsonValue]:
        """The event's public JSON."""
        key = f"demo-{self.order.order_id}-{self.facts.get('refund_id', self.kind)}"
        return {"id": key, "type": self.kind, "occurred_at": self.at.isoformat(), "data": self.facts}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the shop: its end, or the start of the demo on the last one, and what happened before."""

    until: datetime
    tellings: tuple[Telling, ...]


def told_days(orders: Sequence[MovedOrder], codes: Mapping[LinkKey, str], now: datetime) -> list[Day]:
    """What the shop told, day by day; today's events lie between midnight and `now`, in their order."""
    today = now.astimezone(ZONE).date()
    tellings = [
        telling
        for order in orders
        for telling in _tellings(order, codes)
        if telling.at.astimezone(ZONE).date() <= today
    ]
    tellings.sort(key=lambda telling: (telling.at, telling.order.order_id, telling.kind != "order.placed"))
    days = []
    for date, group in groupby(tellings, key=lambda telling: telling.at.astimezone(ZONE).date()):
        midnight = datetime(date.year, date.month, date.day, tzinfo=ZONE)
        if date == today:
            days.append(Day(now, _squeezed(list(group), midnight, now)))
        else:
            days.append(Day((midnight + timedelta(days=1)).astimezone(now.tzinfo), tuple(group)))
    return days


def _squeezed(tellings: Sequence[Telling], midnight: datetime, now: datetime) -> tuple[Telling, ...]:
    step = (now - midnight) / (len(tellings) + 1)
    start = midnight.astimezone(now.tzinfo)
    return tuple(replace(telling, at=start + step * place) for place, telling in enumerate(tellings, start=1))


def _tellings(order: MovedOrder, codes: Mapping[LinkKey, str]) -> Iterator[Telling]:
    bought = _bought(order, codes)
    match order.fate:
        case Fate.UNPAID:
            yield Telling(order.at, "order.placed", order, bought)
        case Fate.NEVER_PAID:
            yield Telling(order.at, "order.placed", order, bought)
            yield Telling(_later(order, "given up", 20, 40), "order.cancelled", order, _moved(order))
        case Fate.CANCELLED:
            yield Telling(order.at, "order.paid", order, bought)
            yield Telling(_later(order, "cancelled", 2, 18), "order.cancelled", order, _moved(order))
        case Fate.RECEIVED | Fate.PARTLY_REFUNDED:
            yield Telling(order.at, "order.paid", order, bought)
            yield Telling(_later(order, "received", 48, 96), "order.received", order, _moved(order))
            yield from _refunds(order)


def _refunds(order: MovedOrder) -> Iterator[Telling]:
    for at, refunded in order.refunds:
        facts = refunded["data"]
        lines: list[JsonValue] = [
            {"line_id": line["line_id"], "quantity": line["quantity"]} for line in facts["lines"]
        ]
        shown: dict[str, JsonValue] = {**_moved(order), "refund_id": facts["refund_id"], "lines": lines}
        yield Telling(at, "order.refunded", order, shown)
    if order.fate is Fate.PARTLY_REFUNDED:
        line = order.chance("returned").choice(order.paid["data"]["lines"])
        pieces = max(1, line["quantity"] // 3)
        back: list[JsonValue] = [{"line_id": line["line_id"], "quantity": pieces}]
        facts_back: dict[str, JsonValue] = {**_moved(order), "refund_id": f"R{order.order_id}", "lines": back}
        yield Telling(_later(order, "refunded", 110, 260), "order.refunded", order, facts_back)


def _bought(order: MovedOrder, codes: Mapping[LinkKey, str]) -> dict[str, JsonValue]:
    facts, way = order.paid["data"], order.way
    shown: dict[str, JsonValue] = {
        "order_id": order.order_id,
        "customer_id": facts["customer_id"],
        "currency": facts["currency"],
        "lines": [_line(line) for line in facts["lines"]],
    }
    if way is None:
        return shown
    shown["visitor_id"] = way.visitor
    if way.trace is Trace.CODE:
        shown["code"] = codes[way.promoter.external_id, way.sku, way.channel]
    if way.trace is Trace.COUPON:
        shown["coupon"] = way.promoter.coupon
    return shown


def _line(line: PaidLine) -> dict[str, JsonValue]:
    return {
        "line_id": line["line_id"],
        "sku": line["sku"],
        "quantity": line["quantity"],
        "unit_price": line["unit_price"],
    }


def _moved(order: MovedOrder) -> dict[str, JsonValue]:
    return {"order_id": order.order_id}


def _later(order: MovedOrder, what: str, least: int, most: int) -> datetime:
    """Some hours after the order."""
    return order.at + timedelta(minutes=order.chance(what).randrange(least * 60, most * 60))
