"""Ten thousand money commands in any order on either store: the books stay in order, and end as the reference ends."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from models.money.commissions import CommissionRow
from models.store.sql import table_of
from tests.models.sales.machine_cases import WatchedMachine
from tests.models.sales.machine_withdrawals import PayingMachine
from tests.models.sales.money_machine import MoneyMachine, run_machine

EXAMPLES, STEPS = 20, 50
"""A thousand steps a seed; five seeds a store."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("machine", "seed"),
    [
        (PayingMachine, 1),
        pytest.param(PayingMachine, 2, marks=pytest.mark.full),
        pytest.param(PayingMachine, 3, marks=pytest.mark.full),
        pytest.param(WatchedMachine, 4, marks=pytest.mark.full),
        pytest.param(WatchedMachine, 5, marks=pytest.mark.full),
    ],
)
def test_the_books_stay_in_order_whatever_happens(
    database_url: str, machine: type[MoneyMachine], seed: int
) -> None:
    run_machine(machine, database_url, examples=EXAMPLES, steps=STEPS, seed=seed)


class Thieving(MoneyMachine):
    """A product that keeps a penny of every commission for itself, and says nothing."""

    async def steal(self) -> None:
        table = table_of(CommissionRow)
        async with self.store.write() as session:
            await session.execute(
                update(table)
                .where(
                    table.c.merchant_id == self.told.shop.merchant.id,
                    table.c.reversed_minor < table.c.amount_minor,
                )
                .values(reversed_minor=table.c.reversed_minor + 1)
            )

    def nights_pass(self, days: int) -> None:
        super().nights_pass(days)
        self.run(self.steal())


def test_guard_a_stolen_penny_is_noticed(database_url: str) -> None:
    machine = Thieving
    machine.url = database_url
    thief = machine()
    try:
        thief.the_books_are_in_order()
        thief.nights_pass(1)
        with pytest.raises(AssertionError):
            thief.the_books_are_in_order()
        with pytest.raises(AssertionError, match="the product says"):
            thief.assert_as_the_reference()
    finally:
        thief.run(thief.store.close())
        thief.loop.close()
