"""Four months of a real shop, order by order and to the penny, against a reference that shares no code."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from models.funnel.events import EventStatus
from models.funnel.orders import OrderState
from models.store.engine import Store
from tests.models.books import assert_books_in_order
from tests.reference.commissions import figure_all
from tests.reference.export import category_of, read_export, refunds_of, spread_code, titles_of
from tests.reference.real_shop import find_upwards, open_real_shop, stored, tell_history

MONTH = Path(__file__).parents[1] / "data" / "online-retail-2010-12.csv.xz"
FOUR_MONTHS = find_upwards("shared/data/online-retail-2010-12_2011-03.csv.xz")


@pytest.fixture(
    params=[
        pytest.param(MONTH, id="month"),
        pytest.param(
            FOUR_MONTHS,
            id="four months",
            marks=[
                pytest.mark.full,
                pytest.mark.timeout(1800),
                pytest.mark.skipif(
                    FOUR_MONTHS is None, reason="the four months lie in shared/data, which is not here"
                ),
            ],
        ),
    ]
)
def history(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


async def test_every_real_order_earns_what_the_reference_says(
    store: Store, history: Path, now: datetime
) -> None:
    real = await open_real_shop(store, history, now)
    export = read_export(history)
    papers, refunds = export.orders(), refunds_of(export)
    categories = {sku: category_of(title) for sku, title in titles_of(export).items()}
    people = {paper.number: real.owners[spread_code(paper, real.codes)] for paper in papers}
    expected = figure_all(papers, refunds, people, categories)

    await tell_history(real, history)
    found = await stored(real)

    assert found.lines == {
        order.number: {
            str(number): (line.base, line.amount, line.reversed) for number, line in order.lines.items()
        }
        for order in expected.values()
    }
    assert found.distributors == {number: distributor for number, (distributor, _) in people.items()}
    assert found.shipping == {paper.number: paper.shipping for paper in papers}
    assert found.states == {
        order.number: OrderState.REFUNDED if order.refunded else OrderState.PAID
        for order in expected.values()
    }
    parked = {f"{refund.id}:refunded" for refund in refunds if not refund.found}
    assert found.parked == parked
    assert real.statuses == {
        EventStatus.ACCEPTED: len(papers) + len(refunds) - len(parked),
        EventStatus.PARKED: len(parked),
    }
    held: dict[str, int] = defaultdict(int)
    for order in expected.values():
        held[order.distributor] += sum(line.amount - line.reversed for line in order.lines.values())
    assert {key: held[key] for key in found.held} == found.held
    assert sum(held.values()) == sum(found.held.values()) > 1_000_000
    await assert_books_in_order(store)
