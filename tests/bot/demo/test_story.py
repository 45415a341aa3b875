"""The demo's past as a pure story: the real shop's goods and orders, ending today, the same for one day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bot.imports.order_map import load_map
from bot.imports.products import products_of
from bot.sandbox.market.cast import PROMOTERS
from bot.sandbox.market.goods import GOODS
from bot.sandbox.market.orders import MAP, ORDERS, ZONE, moved_orders
from bot.sandbox.market.story import Day, LinkKey, told_days
from bot.sandbox.market.traffic import clicks

START = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
KEYS: list[LinkKey] = [
    (promoter.external_id, sku, channel) for promoter in PROMOTERS for sku, channel in promoter.shelves
]
CODES = {key: f"code-{place}" for place, key in enumerate(KEYS)}
IDS = {key: place for place, key in enumerate(KEYS)}


def told(now: datetime) -> list[Day]:
    return told_days(moved_orders(now.astimezone(ZONE).date()), CODES, now)


def test_the_goods_are_the_real_shops() -> None:
    # Given what the shipped orders say of their products
    order_map = load_map(MAP)
    sold = {row.sku: row for row in products_of(ORDERS, order_map)}

    # Then the demo sells exactly these, under their titles but for capitals, in their categories
    assert {good.sku for good in GOODS} == set(sold)
    for good in GOODS:
        assert good.title.upper() == " ".join(sold[good.sku].title.split())
        assert good.category == order_map.category_of(good.title)
        assert good.title_zh


def test_the_shipped_file_is_small() -> None:
    assert ORDERS.stat().st_size <= 60 * 1024


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_the_last_orders_are_of_today_and_nothing_lies_ahead(hour: int) -> None:
    now = START.replace(hour=hour, minute=5)

    days = told(now)

    assert days[-1].until == now
    assert any(telling.kind == "order.paid" for telling in days[-1].tellings)
    moments = [telling.at for day in days for telling in day.tellings]
    assert max(moments) < now
    assert timedelta(weeks=6) < now - min(moments) < timedelta(weeks=8)
    assert all(telling.at <= day.until for day in days for telling in day.tellings)


def test_two_demos_of_one_day_tell_the_same() -> None:
    early, late = told(START.replace(hour=8)), told(START.replace(hour=20))

    assert [d.tellings for d in early[:-1]] == [d.tellings for d in late[:-1]]
    assert [t.facts for t in early[-1].tellings] == [t.facts for t in late[-1].tellings]
    assert told(START) == told(START)


def test_a_demo_of_another_day_is_the_same_story_moved() -> None:
    one, other = told(START), told(START + timedelta(days=100))

    assert [t.facts for d in one[:20] for t in d.tellings] == [
        t.facts for d in other[:20] for t in d.tellings
    ]


def test_there_is_something_of_everything() -> None:
    kinds = Counter(telling.kind for day in told(START) for telling in day.tellings)

    assert 300 <= kinds["order.paid"] <= 500
    assert min(kinds["order.placed"], kinds["order.cancelled"], kinds["order.refunded"]) >= 5
    assert kinds["order.received"] > 200


def test_each_link_sells_as_often_as_links_do() -> None:
    days = told(START)

    made = clicks(days, IDS, START)

    visitors = {link: len({c.visitor for c in made if c.link_id == link}) for link in IDS.values()}
    orders = Counter(
        IDS[way.promoter.external_id, way.sku, way.channel]
        for day in days
        for telling in day.tellings
        if telling.kind in {"order.placed", "order.paid"} and (way := telling.order.way) is not None
    )
    assert all(visitors.values())
    rates = [orders[link] / visitors[link] for link in IDS.values() if orders[link]]
    assert min(rates) > 0.015
    assert max(rates) < 0.07
    assert len({click.id for click in made}) == len(made)
    assert clicks(days, IDS, START) == made
