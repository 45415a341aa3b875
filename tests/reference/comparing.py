"""What the product stored of the real shop's export, held against the reference to the penny."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from models.funnel.orders import OrderState
from tests.models.books import assert_books_in_order
from tests.reference.commissions import figure_all
from tests.reference.export import category_of, read_export, refunds_of, spread_code, titles_of
from tests.reference.real_shop import RealShop, stored


async def assert_every_penny(real: RealShop, path: Path) -> tuple[int, int]:
    """Every order, line, commission, reversal and balance; answers how many events were accepted and parked."""
    export = read_export(path)
    papers, refunds = export.orders(), refunds_of(export)
    categories = {sku: category_of(title) for sku, title in titles_of(export).items()}
    people = {paper.number: real.owners[spread_code(paper, real.codes)] for paper in papers}
    expected = figure_all(papers, refunds, people, categories)
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
    held: dict[str, int] = defaultdict(int)
    for order in expected.values():
        held[order.distributor] += sum(line.amount - line.reversed for line in order.lines.values())
    assert {key: held[key] for key in found.held} == found.held
    assert sum(held.values()) == sum(found.held.values()) > 1_000_000
    await assert_books_in_order(real.shop.store)
    return len(papers) + len(refunds) - len(parked), len(parked)
