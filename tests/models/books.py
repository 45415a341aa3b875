"""What a story left behind: orders, commissions and balances as they stand, and whether the books are in order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models.funnel.clicks import NewClick, land_clicks
from models.funnel.events import EventStatus, ShopEvent
from models.funnel.links import Link
from models.funnel.orders import Order, OrderLine, order_by_ref, order_lines
from models.money.commissions import (
    BONUSES,
    IN_HELD,
    Commission,
    CommissionRow,
    CommissionState,
    commissions_of,
)
from models.money.ledger import (
    MERCHANT,
    AccountKind,
    AccountRow,
    PostingRow,
    TransferRow,
    balances_of,
)
from models.money.settlement import settle_due
from models.money.withdrawal_states import Withdrawal, WithdrawalRow, WithdrawalState
from models.people.distributors import Distributor
from models.people.merchants import lock_merchant
from models.store.engine import Store
from models.store.ids import new_id
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from models.store.types import to_micros
from tests.builders import Shop


@dataclass(frozen=True, slots=True)
class Money:
    """What a distributor has on the two accounts that orders move."""

    held: int
    available: int


async def order_of(shop: Shop, order_ref: str) -> Order:
    async with shop.store.read() as session:
        return await order_by_ref(session, shop.merchant.id, order_ref)


async def lines_of(shop: Shop, order_ref: str) -> list[OrderLine]:
    async with shop.store.read() as session:
        order = await order_by_ref(session, shop.merchant.id, order_ref)
        return (await order_lines(session, [order.id]))[order.id]


async def earned(shop: Shop, order_ref: str) -> list[Commission]:
    """The order's commissions, in the order of its lines."""
    async with shop.store.read() as session:
        order = await order_by_ref(session, shop.merchant.id, order_ref)
        places = {line.id: line.position for line in (await order_lines(session, [order.id]))[order.id]}
        found = await commissions_of(session, [order.id])
    return sorted(found, key=lambda item: places.get(item.line_id or 0, len(places)))


async def amounts(shop: Shop, order_ref: str) -> list[int]:
    return [item.amount_minor for item in await earned(shop, order_ref)]


async def rules(shop: Shop, order_ref: str) -> list[str]:
    return [item.rule for item in await earned(shop, order_ref)]


async def money(shop: Shop, distributor: Distributor) -> Money:
    async with shop.store.read() as session:
        found = await balances_of(session, shop.merchant.id, shop.merchant.currency, distributor.id)
    return Money(found[AccountKind.HELD], found[AccountKind.AVAILABLE])


async def statuses(shop: Shop, *events: ShopEvent) -> list[EventStatus]:
    """Tell events at once; how each was taken."""
    return [receipt.status for receipt in await shop.tell(*events)]


async def release(shop: Shop, at: datetime) -> None:
    """A run of the release job."""
    async with shop.store.write() as session:
        await settle_due(session, await lock_merchant(session, shop.merchant.id), at)


async def click(shop: Shop, link: Link, at: datetime, visitor: str = "v1") -> None:
    """A visitor follows a link."""
    await land_clicks(shop.store, [NewClick(new_id(), link.id, visitor, to_micros(at))])


async def transfers(shop: Shop) -> int:
    table = table_of(TransferRow)
    async with shop.store.read() as session:
        counted = select(func.count()).select_from(table).where(table.c.merchant_id == shop.merchant.id)
        return int((await session.execute(counted)).scalar_one())


async def told_of_releases(shop: Shop) -> list[Notice]:
    """The settlement notices, in the order in which they were made."""
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table).where(table.c.kind == NoticeKind.RELEASED).order_by(table.c.id)
        )
        return [values_of(row, Notice) for row in rows]


async def notices(shop: Shop) -> list[NoticeKind]:
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table.c.kind).where(table.c.merchant_id == shop.merchant.id).order_by(table.c.id)
        )
        return list(rows.scalars())


async def assert_books_in_order(store: Store, merchant_id: int | None = None) -> None:
    """Legs sum to zero, cached balances equal the postings, accounts equal what is behind them.

    Of all merchants, or of one.
    """
    postings, accounts, commissions = table_of(PostingRow), table_of(AccountRow), table_of(CommissionRow)
    transfers, withdrawals = table_of(TransferRow), table_of(WithdrawalRow)
    of_moves = select(postings).join(transfers, transfers.c.id == postings.c.transfer_id)
    of_accounts, of_earnings, of_withdrawals = select(accounts), select(commissions), select(withdrawals)
    if merchant_id is not None:
        of_moves = of_moves.where(transfers.c.merchant_id == merchant_id)
        of_accounts = of_accounts.where(accounts.c.merchant_id == merchant_id)
        of_earnings = of_earnings.where(commissions.c.merchant_id == merchant_id)
        of_withdrawals = of_withdrawals.where(withdrawals.c.merchant_id == merchant_id)
    async with store.read() as session:
        moved: dict[int, int] = defaultdict(int)
        for row in await session.execute(of_moves):
            moved[row.from_account_id] -= row.amount_minor
            moved[row.to_account_id] += row.amount_minor
        kept = (await session.execute(of_accounts)).all()
        earnings = [values_of(row, Commission) for row in await session.execute(of_earnings)]
        asked = [values_of(row, Withdrawal) for row in await session.execute(of_withdrawals)]
    assert sum(moved.values()) == 0
    assert {row.id: row.balance_minor for row in kept} == {row.id: moved[row.id] for row in kept}
    cached = {
        (row.merchant_id, row.holder_id, row.kind): row.balance_minor for row in kept if row.balance_minor
    }
    assert cached == _expected(earnings, asked)


def _expected(
    commissions: list[Commission], withdrawals: list[Withdrawal]
) -> dict[tuple[int, int, AccountKind], int]:
    """What every account must hold, by the commissions and the withdrawals alone."""
    expected: dict[tuple[int, int, AccountKind], int] = defaultdict(int)
    for one in commissions:
        assert 0 <= one.reversed_minor <= one.amount_minor
        if one.state is CommissionState.ESTIMATED:
            assert one.reversed_minor == 0
        if one.state is CommissionState.REFUNDED:
            assert one.net_minor == 0
        if one.state in {CommissionState.ESTIMATED, CommissionState.VOID}:
            continue
        kind = AccountKind.HELD if one.state in IN_HELD else AccountKind.AVAILABLE
        expected[one.merchant_id, one.distributor_id, kind] += one.net_minor
        expense = AccountKind.BONUS_EXPENSE if one.kind in BONUSES else AccountKind.COMMISSION_EXPENSE
        expected[one.merchant_id, MERCHANT, expense] -= one.net_minor
    for out in withdrawals:
        if out.state in {WithdrawalState.REFUSED, WithdrawalState.FAILED}:
            continue
        expected[out.merchant_id, out.distributor_id, AccountKind.AVAILABLE] -= out.amount_minor
        if out.state is WithdrawalState.PAID:
            expected[out.merchant_id, out.distributor_id, AccountKind.PAID] += out.arrives_minor
            expected[out.merchant_id, MERCHANT, AccountKind.FEES] += out.fee_minor
        else:
            expected[out.merchant_id, out.distributor_id, AccountKind.PAYING] += out.amount_minor
    return {holding: amount for holding, amount in expected.items() if amount}
