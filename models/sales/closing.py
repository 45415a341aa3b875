"""Closing a period: ladders and team targets are paid, and who no longer fulfils their level is warned or goes down.

A closing is begun in a transaction of its own; from then on whatever changes the period's sales posts the
difference (`closed.py`), so that the rest may come in several transactions, and again after a crash, with the
same end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow, RefundRow
from models.money.closings import Closing, ClosingRow
from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState, Reason
from models.money.ladders import ladder_bonus
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.money.used import MonthOfOrders
from models.people.distributors import Distributor, Payee, payees
from models.people.levels import LevelBook
from models.people.merchants import Merchant
from models.plans.ladders import first_rung, ladder_amount, target_amount
from models.plans.rules import PeriodLength
from models.plans.versions import Plan, PlanBook
from models.sales.demotions import Moved, move_down
from models.store.outbox import Notice, NoticeKind, Topic, queue_notices
from models.store.sql import chunks, insert_all, table_of, update_all, values_of

CHUNK = 20_000
"""Sellers whose ladder is paid in one transaction."""
_ORDER, _REFUND, _DISTRIBUTOR = table_of(OrderRow), table_of(RefundRow), table_of(Distributor)
_COMMISSION, _CLOSING, _MONTH = table_of(CommissionRow), table_of(ClosingRow), table_of(MonthOfOrders)


@dataclass(frozen=True, slots=True)
class Paid:
    """What one step of a closing came to, in minor units; `reached` is the seller behind whom the next one begins."""

    bonuses: int
    amount_minor: int
    reached: int | None = None


async def plan_of(session: AsyncSession, closing: Closing) -> Plan | None:
    """The plan that held at the period's end."""
    if closing.plan_version is None:
        return None
    return (await PlanBook.open(session, closing.merchant_id)).numbered(closing.plan_version)


async def pay_ladders(
    session: AsyncSession, merchant: Merchant, closing: Closing, now: datetime, *, after: int = 0
) -> Paid:
    """Pay the ladder of sellers behind the key `after`. The caller holds the merchant's lock and commits."""
    plan = await plan_of(session, closing)
    ladder = plan.document.ladder if plan is not None else None
    if plan is None or ladder is None or ladder.period is not closing.length:
        return Paid(0, 0)
    sales = await _sales(session, closing, after, first_rung(ladder, merchant.currency))
    sellers = await payees(session, list(sales))
    levels = await LevelBook.open(session, list(sales))
    posted = await _posted(session, closing, list(sales))
    journal, made = Journal(merchant.id, merchant.currency, now), []
    for seller, sales_minor in sales.items():
        rows = posted.get(seller, [])
        if any(row.order_id is None for row in rows):
            continue  # paid before a crash; what changed since was posted by itself
        amount = ladder_amount(ladder, sales_minor, merchant.currency) - sum(row.net_minor for row in rows)
        if amount > 0:
            level = plan.rates.level_or_first(levels.level_before(seller, closing.ends_at))
            made.append(ladder_bonus(closing, plan, sellers[seller], level, sales_minor, amount, None))
    _book(journal, closing, made)
    await insert_all(session, CommissionRow, made)
    await journal.post(session)
    await _tell(session, closing, made, sellers, now)
    reached = max(sales) if len(sales) == CHUNK else None
    return Paid(len(made), sum(bonus.amount_minor for bonus in made), reached)


async def _sales(session: AsyncSession, closing: Closing, after: int, least_minor: int) -> dict[int, int]:
    """Net sales of the period by seller, where they reach the ladder at all; at most a chunk."""
    total = func.sum(_ORDER.c.base_minor - _ORDER.c.refunded_minor)
    rows = await session.execute(
        select(_ORDER.c.distributor_id, as_type(total, BigInteger))
        .where(
            _ORDER.c.merchant_id == closing.merchant_id,
            _ORDER.c.paid_at >= closing.begins_at,
            _ORDER.c.paid_at < closing.ends_at,
            _ORDER.c.distributor_id > after,
            _ORDER.c.counts,
        )
        .group_by(_ORDER.c.distributor_id)
        .having(total >= least_minor)
        .order_by(_ORDER.c.distributor_id)
        .limit(CHUNK)
    )
    return {row[0]: row[1] for row in rows}


async def _posted(
    session: AsyncSession, closing: Closing, sellers: Sequence[int]
) -> dict[int, list[Commission]]:
    found: dict[int, list[Commission]] = defaultdict(list)
    for part in chunks(sellers):
        rows = await session.execute(
            select(_COMMISSION).where(
                _COMMISSION.c.distributor_id.in_(part),
                _COMMISSION.c.kind == CommissionKind.LADDER,
                _COMMISSION.c.period == closing.period,
            )
        )
        for row in rows:
            found[row.distributor_id].append(values_of(row, Commission))
    return found


def _book(journal: Journal, closing: Closing, made: Sequence[Commission]) -> None:
    for bonus in made:
        journal.transfer(
            key=f"{bonus.kind.value}:{closing.period}:{bonus.distributor_id}",
            kind=TransferKind.BONUS,
            at=closing.ends_at,
            moves=[
                Move(
                    Holding(AccountKind.BONUS_EXPENSE),
                    Holding(AccountKind.HELD, bonus.distributor_id),
                    bonus.amount_minor,
                )
            ],
        )


async def _tell(
    session: AsyncSession,
    closing: Closing,
    made: Sequence[Commission],
    people: Mapping[int, Payee],
    now: datetime,
) -> None:
    """A notice a bonus, to those who have a chat."""
    notices = []
    for bonus in made:
        person_id = people[bonus.distributor_id].person_id
        if person_id is not None:
            notices.append(
                Notice(
                    merchant_id=closing.merchant_id,
                    person_id=person_id,
                    key=f"{NoticeKind.BONUS}:{bonus.id}",
                    topic=Topic.SETTLEMENT,
                    kind=NoticeKind.BONUS,
                    facts={"distributor_id": bonus.distributor_id, "commission_id": bonus.id},
                    not_before=now,
                    created_at=now,
                )
            )
    await queue_notices(session, notices)


async def pay_targets(session: AsyncSession, merchant: Merchant, closing: Closing, now: datetime) -> Paid:
    """Pay sponsors whose direct members reached a target. The caller holds the merchant's lock and commits."""
    plan = await plan_of(session, closing)
    targets = plan.document.bonuses.team_target if plan is not None else ()
    if plan is None or not any(target.period is closing.length for target in targets):
        return Paid(0, 0)
    sales = await _team_sales(session, closing)
    amounts = {
        sponsor: amount
        for sponsor, sales_minor in sales.items()
        if (amount := target_amount(targets, closing.length, sales_minor, merchant.currency)) > 0
    }
    sponsors = await payees(session, sorted(amounts))
    levels = await LevelBook.open(session, sorted(amounts))
    settlement, made = plan.document.settlement, []
    for sponsor, amount in amounts.items():
        payee = sponsors[sponsor]
        if payee.is_active:
            made.append(
                Commission(
                    merchant_id=merchant.id,
                    distributor_id=sponsor,
                    period=closing.period,
                    kind=CommissionKind.TEAM_TARGET,
                    base_minor=sales[sponsor],
                    quantity=1,
                    rule="team_target",
                    level=plan.rates.level_or_first(levels.level_before(sponsor, closing.ends_at)),
                    plan_version=plan.version,
                    amount_minor=amount,
                    state=CommissionState.REVIEW if payee.on_hold else CommissionState.HELD,
                    reason=Reason.CASE if payee.on_hold else None,
                    earned_at=closing.ends_at,
                    release_at=closing.ends_at
                    + timedelta(days=settlement.delivery_days + settlement.hold_days),
                )
            )
    journal = Journal(merchant.id, merchant.currency, now)
    _book(journal, closing, made)
    await insert_all(session, CommissionRow, made)
    await journal.post(session)
    await _tell(session, closing, made, sponsors, now)
    return Paid(len(made), sum(bonus.amount_minor for bonus in made))


async def _team_sales(session: AsyncSession, closing: Closing) -> dict[int, int]:
    """By sponsor: what direct members' orders of the period came to, less what was refunded them in the period."""
    paid = (
        select(_DISTRIBUTOR.c.sponsor_id, as_type(func.sum(_ORDER.c.base_minor), BigInteger))
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _ORDER.c.distributor_id)
        .where(
            _ORDER.c.merchant_id == closing.merchant_id,
            _ORDER.c.paid_at >= closing.begins_at,
            _ORDER.c.paid_at < closing.ends_at,
        )
    )
    refunded = (
        select(_DISTRIBUTOR.c.sponsor_id, as_type(-func.sum(_REFUND.c.refunded_minor), BigInteger))
        .join(_ORDER, _ORDER.c.id == _REFUND.c.order_id)
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _ORDER.c.distributor_id)
        .where(
            _REFUND.c.merchant_id == closing.merchant_id,
            _REFUND.c.at >= closing.begins_at,
            _REFUND.c.at < closing.ends_at,
        )
    )
    sales: dict[int, int] = defaultdict(int)
    for statement in (paid, refunded):
        counted = statement.where(_ORDER.c.counts, _DISTRIBUTOR.c.sponsor_id.is_not(None))
        for sponsor, amount in await session.execute(counted.group_by(_DISTRIBUTOR.c.sponsor_id)):
            sales[sponsor] += amount
    return sales


async def _is_late(session: AsyncSession, closing: Closing) -> bool:
    """Whether a later month was closed before: levels have moved on since, and are left as they are."""
    later = select(_CLOSING.c.id).where(
        _CLOSING.c.merchant_id == closing.merchant_id,
        _CLOSING.c.length == closing.length,
        _CLOSING.c.ends_at > closing.ends_at,
    )
    return (await session.execute(later.limit(1))).first() is not None


async def end_closing(
    session: AsyncSession, merchant: Merchant, closing: Closing, now: datetime
) -> list[Moved]:
    """After the bonuses: warn and lower levels (months only), and finish. The caller holds the merchant's lock."""
    plan = await plan_of(session, closing)
    moved = []
    if plan is not None and closing.length is PeriodLength.MONTH and not await _is_late(session, closing):
        moved = await move_down(session, merchant, plan, closing.span, now)
    closing.finished_at = now
    await update_all(session, ClosingRow, [closing], ("finished_at",))
    return moved
