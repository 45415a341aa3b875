"""A shop with as many distributors as one likes, each with a link, ten clicks and an order; made by SQL in sets."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.store.engine import Store
from models.store.ids import ALPHABET
from models.store.migrate import migrate
from models.store.types import to_micros
from tests.bench.chat import FIRST_PERSON
from tests.builders import Shop, open_shop

CLICKS = 10
"""Clicks on each distributor's link, each by a visitor of its own."""
PRODUCTS = 200
DAYS = 300
"""Over which clicks and orders are spread, evenly."""
_BUILD = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-500000")


@dataclass(frozen=True, slots=True)
class Crowd:
    """A shop full of people, how long it took to make (seconds) and what it takes on disk (bytes)."""

    shop: Shop
    people: int
    seconds: float
    size: int

    def code(self, number: int) -> str:
        """The code of the link of a distributor, from 1."""
        base = len(ALPHABET)
        return "".join(ALPHABET[number // base**place % base] for place in range(8))


async def make_crowd(folder: Path, people: int) -> Crowd:
    """Make a store in the folder and fill it."""
    began = time.perf_counter()
    path = folder / f"{people}.db"
    await migrate(f"sqlite:///{path}")
    store = Store(f"sqlite:///{path}")
    shop = await open_shop(store, datetime.now(UTC))
    await shop.plan()
    for number in range(PRODUCTS):
        await shop.product(f"P{number}", category=f"c{number % 7}", price_minor=995)
    await store.close()
    await asyncio.to_thread(_fill, path, people, shop.merchant.id, shop.now)
    opened = Shop(Store(f"sqlite:///{path}"), shop.merchant, shop.api_key, shop.now)
    return Crowd(opened, people, time.perf_counter() - began, path.stat().st_size)


def _fill(path: Path, people: int, merchant: int, now: datetime) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _BUILD:
        connection.execute(pragma)
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)")
    connection.execute(
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT ?) INSERT INTO n SELECT i FROM c",
        (people,),
    )
    first = to_micros(now - timedelta(days=DAYS))
    given = {
        "people": people,
        "merchant": merchant,
        "now": to_micros(now),
        "later": to_micros(now + timedelta(days=7)),
        "first": first,
        "step": (to_micros(now) - first) // (people * CLICKS),
        "chat": FIRST_PERSON - 1,
    }
    for table, columns in _PEOPLE.items():
        _insert(connection, table, columns, "n", given)
    # In the order of their keys and indexes, so that the file is written once from its front to its end.
    _insert(connection, "click", _CLICK, f"{_BY_TIME} ORDER BY k, i", given)
    _insert(connection, "visit", _VISIT, f"{_BY_TIME} ORDER BY i, k", given)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _insert(
    connection: sqlite3.Connection, table: str, columns: dict[str, str], source: str, given: dict[str, int]
) -> None:
    names, values = ", ".join(columns), ", ".join(columns.values())
    connection.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM {source}', given)


_CODE = " || ".join(
    f"substr('{ALPHABET}', 1 + i / {len(ALPHABET) ** place} % {len(ALPHABET)}, 1)" for place in range(8)
)
_AT = f":first + i * :step * {CLICKS}"
_NO_DIGEST = f"'{'0' * 64}'"
_PEOPLE = {
    "person": {
        "id": "i",
        "chat_id": ":chat + i",
        "name": "'Mei'",
        "client_language": "'zh-hans'",
        "created_at": ":first",
    },
    "distributor": {
        "id": "i",
        "merchant_id": ":merchant",
        "external_id": "'d' || i",
        "person_id": "i",
        "name": "'Mei'",
        "invite_code": "'I' || i",
        "state": "'active'",
        "joined_at": ":first",
    },
    "level_held": {
        "id": "i",
        "merchant_id": ":merchant",
        "distributor_id": "i",
        "level": "'promoter'",
        "since": "0",
    },
    "link": {
        "id": "i",
        "merchant_id": ":merchant",
        "distributor_id": "i",
        "sku": "''",
        "channel": "'copied'",
        "code": _CODE,
        "state": "'active'",
        "created_at": ":first",
    },
    "link_total": {"link_id": "i", "clicks": str(CLICKS), "unique_clicks": str(CLICKS)},
    "received_event": {
        "id": "i",
        "merchant_id": ":merchant",
        "event_id": "'e' || i",
        "type": "'order.paid'",
        "digest": _NO_DIGEST,
        "order_ref": "'o' || i",
        "state": "'accepted'",
        "occurred_at": _AT,
        "received_at": _AT,
        "tries": "1",
    },
    "shop_order": {
        "id": "i",
        "merchant_id": ":merchant",
        "order_ref": "'o' || i",
        "state": "'paid'",
        "currency": "'GBP'",
        "shipping_minor": "0",
        "tax_minor": "0",
        "order_discount_minor": "0",
        "beside_refunded_minor": "0",
        "content_digest": _NO_DIGEST,
        "distributor_id": "i",
        "link_id": "i",
        "rule": "'code'",
        "candidates": "'[]'",
        "plan_version": "1",
        "placed_at": _AT,
        "paid_at": _AT,
    },
    "order_line": {
        "id": "i",
        "merchant_id": ":merchant",
        "order_id": "i",
        "position": "0",
        "line_ref": "'1'",
        "sku": f"'P' || i % {PRODUCTS}",
        "quantity": "1",
        "unit_price": "'9.95'",
        "gross_minor": "995",
        "discount_minor": "0",
        "order_discount_minor": "0",
        "base_minor": "995",
        "refunded_quantity": "0",
        "refunded_minor": "0",
        "fully_refunded": "0",
    },
    "commission": {
        "id": "i",
        "merchant_id": ":merchant",
        "order_id": "i",
        "line_id": "i",
        "distributor_id": "i",
        "kind": "'line'",
        "base_minor": "995",
        "quantity": "1",
        "rate_kind": "'percent'",
        "rate": "'10'",
        "rule": "'rates[0]'",
        "level": "'promoter'",
        "plan_version": "1",
        "amount_minor": "99",
        "reversed_minor": "0",
        "state": "'held'",
        "earned_at": _AT,
        "release_at": ":later",
    },
    "account": {
        "id": "i",
        "merchant_id": ":merchant",
        "kind": "CASE i WHEN 1 THEN 'commission_expense' ELSE 'held' END",
        "holder_id": "CASE i WHEN 1 THEN 0 ELSE i END",
        "currency": "'GBP'",
        "balance_minor": "CASE i WHEN 1 THEN -99 * (:people - 1) ELSE 99 END",
    },
    "transfer": {
        "id": "i",
        "merchant_id": ":merchant",
        "key": "'accrual:' || i",
        "digest": _NO_DIGEST,
        "kind": "'accrual'",
        "order_id": "i",
        "at": _AT,
        "written_at": _AT,
    },
}
_BY_TIME = f"n, (SELECT i - 1 AS k FROM n LIMIT {CLICKS}) AS clicks"
_WHICH = "(k * :people + n.i)"
_VISITOR = f"printf('%020d', {_WHICH})"
_CLICK = {"id": _WHICH, "link_id": "n.i", "visitor": _VISITOR, "at": f":first + {_WHICH} * :step"}
_VISIT = {
    "link_id": "n.i",
    "visitor": _VISITOR,
    "hour": f"(:first + {_WHICH} * :step) / 3600000000",
}
