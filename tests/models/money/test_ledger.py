"""The journal: an act is written once, and never with other content."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.money.ledger import AccountKind, Holding, Journal, LedgerConflict, Move, TransferKind
from tests.builders import Shop, open_shop
from tests.models.books import Money, money, transfers

EXPENSE = Holding(AccountKind.COMMISSION_EXPENSE)


async def post(shop: Shop, key: str, *moves: Move, now: datetime) -> dict[Holding, int]:
    journal = Journal(shop.merchant.id, shop.merchant.currency, now)
    journal.transfer(key=key, kind=TransferKind.ACCRUAL, at=now, moves=moves)
    async with shop.store.write() as session:
        return await journal.post(session)


async def test_an_act_moves_money_and_says_the_new_balances(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    held = Holding(AccountKind.HELD, mei.id)

    await post(shop, "a", Move(EXPENSE, held, 100), now=now)
    balances = await post(shop, "b", Move(EXPENSE, held, 20), Move(held, EXPENSE, 5), now=now)

    assert balances == {held: 115, EXPENSE: -115}
    assert await money(shop, mei) == Money(held=115, available=0)


async def test_the_same_act_again_changes_nothing(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    held = Holding(AccountKind.HELD, mei.id)

    for _ in range(2):
        await post(shop, "a", Move(EXPENSE, held, 100), now=now)

    assert await money(shop, mei) == Money(held=100, available=0)
    assert await transfers(shop) == 1


async def test_the_same_key_with_other_content_is_refused(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    held = Holding(AccountKind.HELD, mei.id)
    await post(shop, "a", Move(EXPENSE, held, 100), now=now)

    with pytest.raises(LedgerConflict):
        await post(shop, "a", Move(EXPENSE, held, 101), now=now)

    assert await money(shop, mei) == Money(held=100, available=0)


async def test_one_journal_never_holds_one_key_twice_with_other_content(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    held = Holding(AccountKind.HELD, mei.id)
    journal = Journal(shop.merchant.id, "GBP", now)
    for amount in (100, 100, 101):
        journal.transfer(key="a", kind=TransferKind.ACCRUAL, at=now, moves=[Move(EXPENSE, held, amount)])

    with pytest.raises(LedgerConflict):
        async with shop.store.write() as session:
            await journal.post(session)

    assert await transfers(shop) == 0


async def test_a_transfer_of_nothing_is_none(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")

    assert await post(shop, "a", Move(EXPENSE, Holding(AccountKind.HELD, mei.id), 0), now=now) == {}
    assert await transfers(shop) == 0


async def test_another_merchants_accounts_are_others(shop: Shop, now: datetime) -> None:
    other = await open_shop(shop.store, now)
    mei = await shop.distributor("mei")

    await post(shop, "a", Move(EXPENSE, Holding(AccountKind.HELD, mei.id), 100), now=now)
    await post(other, "a", Move(EXPENSE, Holding(AccountKind.HELD, mei.id), 7), now=now)

    assert await money(shop, mei) == Money(held=100, available=0)
    assert await money(other, mei) == Money(held=7, available=0)
