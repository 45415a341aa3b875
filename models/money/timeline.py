"""One order as its distributor may see it: what happened when, what it earned, and line by line why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import products_by_sku
from models.errors import NotFound
from models.funnel.links import Channel
from models.funnel.orders import (
    Order,
    OrderLine,
    Refund,
    RefundRow,
    order_by_id,
    order_lines,
    order_refunds,
)
from models.money.commissions import (
    Commission,
    CommissionKind,
    CommissionRow,
    CommissionState,
    Reversal,
    ReversalRow,
    commissions_of,
)
from models.money.earnings import Goods, channels_of, goods_of
from models.people.merchants import Merchant
from models.plans.document import PlanDocument
from models.plans.rules import Selector
from models.plans.versions import PlanBook
from models.store.sql import chunks, table_of, values_of

WITH_PAYMENT = frozenset({CommissionKind.LINE, CommissionKind.TEAM, CommissionKind.FIRST_ORDER})
"""Kinds that are made when an order is paid; the others come later, and are told by themselves."""


class Happening(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    RECEIVED = "received"
    REFUND = "refund"
    CANCELLED = "cancelled"
    RELEASED = "released"
    RELEASE_DUE = "release_due"
    EARNED = "earned"
    NOT_COUNTED = "not_counted"
    """A case refused an order of a closed period, whose ladder pays less without it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened (or is due); `amount_minor` is what it meant for the distributor, if anything."""

    what: Happening
    at: datetime
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class EarnedLine:
    """A line with its title and what it earned by which plan: neither where no plan was in force."""

    title: str
    line: OrderLine
    commission: Commission | None
    plan: PlanDocument | None

    @property
    def selector(self) -> Selector | None:
        """What the rate is for that made it; None where no rate did, as in a team's reward."""
        if self.plan is None or self.commission is None:
            return None
        rule = self.commission.rule
        return next((rate.selector for rate in self.plan.rates if rate.rule == rule), None)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole story of one order for one distributor, in order of time.

    `depth` counts the levels between them and the seller; 0 is the seller. `bonuses` stand on no line, and `plans`
    are those that made them, by version.
    """

    order: Order
    channel: Channel | None
    moments: tuple[Moment, ...]
    lines: tuple[EarnedLine, ...]
    goods: Goods
    bonuses: tuple[Commission, ...] = ()
    depth: int = 0
    plans: Mapping[int, PlanDocument] = field(default_factory=dict)

    @property
    def commissions(self) -> tuple[Commission, ...]:
        """What the order earned them, line by line, then beside the lines."""
        lines = tuple(item.commission for item in self.lines if item.commission is not None)
        return lines + self.bonuses

    @property
    def net_minor(self) -> int:
        """What is left of it."""
        return sum(self.by_kind.values())

    @property
    def by_kind(self) -> dict[CommissionKind, int]:
        """What is left of it, kind by kind, in the kinds' own order."""
        found: dict[CommissionKind, int] = {}
        for each in sorted(self.commissions, key=lambda each: list(CommissionKind).index(each.kind)):
            net = each.net_minor if each.state is not CommissionState.VOID else 0
            found[each.kind] = found.get(each.kind, 0) + net
        return found

    @property
    def cut_minor(self) -> int:
        """What caps took before anything was made."""
        return sum(each.cut_minor for each in self.commissions)


async def timeline(session: AsyncSession, merchant: Merchant, distributor_id: int, order_id: int) -> Timeline:
    """The order's story for a distributor who was credited with it or earned on it. Raises NotFound for others."""
    order = await order_by_id(session, merchant.id, order_id)
    everybodys = await commissions_of(session, [order.id])
    mine = [commission for commission in everybodys if commission.distributor_id == distributor_id]
    is_seller = order.distributor_id == distributor_id
    if not is_seller and not mine:
        raise NotFound("order", str(order_id))
    lines = (await order_lines(session, [order.id]))[order.id]
    refunds = (await order_refunds(session, [order.id]))[order.id]
    taken, refused = await _reversals(session, mine), await _refusals(session, mine)
    plans = await PlanBook.open(session, merchant.id)
    bonuses = tuple(each for each in mine if each.line_id is None)
    return Timeline(
        order=order,
        channel=(await channels_of(session, [order])).get(order.id) if is_seller else None,
        moments=tuple(sorted(_moments(order, mine, refunds, taken, refused), key=lambda moment: moment.at)),
        lines=tuple(await _earned(session, merchant.id, lines, mine, plans, is_seller=is_seller)),
        bonuses=bonuses,
        plans={each.plan_version: plans.numbered(each.plan_version).document for each in bonuses},
        depth=0 if is_seller else max(min(each.depth for each in mine), 1),
        goods=(await goods_of(session, merchant.id, [order.id]))[order.id],
    )


async def commission_story(
    session: AsyncSession, merchant_id: int, distributor_id: int, commission_id: int
) -> tuple[Commission, tuple[Moment, ...]]:
    """One of a distributor's commissions, such as a period's bonus, and what became of it. Raises NotFound."""
    table = table_of(CommissionRow)
    row = (
        await session.execute(
            select(table).where(
                table.c.merchant_id == merchant_id,
                table.c.distributor_id == distributor_id,
                table.c.id == commission_id,
            )
        )
    ).first()
    if row is None:
        raise NotFound("commission", str(commission_id))
    commission = values_of(row, Commission)
    taken = await _reversals(session, [commission])
    refunds = await _refunds_by_id(session, sorted(taken))
    moments = [Moment(Happening.EARNED, commission.earned_at, commission.amount_minor)]
    moments += [Moment(Happening.REFUND, refund.at, -sum(taken[refund.id].values())) for refund in refunds]
    refused = await _refusals(session, [commission])
    moments += _not_counted(refused)
    moments += _releases([commission], refunds, taken, refused)
    return commission, tuple(sorted(moments, key=lambda moment: moment.at))


async def _refunds_by_id(session: AsyncSession, keys: Sequence[int]) -> list[Refund]:
    table = table_of(RefundRow)
    found: list[Refund] = []
    for part in chunks(keys):
        rows = await session.execute(select(table).where(table.c.id.in_(part)))
        found.extend(values_of(row, Refund) for row in rows)
    return found


def is_cancellation(refund: Refund) -> bool:
    """Whether the order's cancellation took this back: our own numbers begin with #, a shop's never do."""
    return refund.refund_ref.startswith("#")


Taken = dict[int, dict[int, int]]
"""What each refund took back of each commission, in minor units."""


async def _reversals(session: AsyncSession, commissions: Sequence[Commission]) -> Taken:
    table = table_of(ReversalRow)
    taken: Taken = defaultdict(dict)
    for part in chunks([commission.id for commission in commissions]):
        rows = await session.execute(
            select(table).where(table.c.commission_id.in_(part), table.c.refund_id.is_not(None))
        )
        for row in rows:
            taken[row.refund_id][row.commission_id] = row.amount_minor
    return taken


async def _refusals(session: AsyncSession, commissions: Sequence[Commission]) -> list[Reversal]:
    """What cases took back of these."""
    table = table_of(ReversalRow)
    found: list[Reversal] = []
    for part in chunks([each.id for each in commissions if each.kind is CommissionKind.LADDER]):
        rows = await session.execute(
            select(table).where(table.c.commission_id.in_(part), table.c.case_id.is_not(None))
        )
        found.extend(values_of(row, Reversal) for row in rows)
    return found


def _not_counted(refused: Sequence[Reversal]) -> Iterator[Moment]:
    taken: dict[datetime, int] = defaultdict(int)
    for each in refused:
        if each.at is not None:
            taken[each.at] += each.amount_minor
    yield from (Moment(Happening.NOT_COUNTED, at, -amount) for at, amount in taken.items())


def _moments(
    order: Order,
    mine: Sequence[Commission],
    refunds: Sequence[Refund],
    taken: Taken,
    refused: Sequence[Reversal],
) -> Iterator[Moment]:
    # What a period or a first release brings comes later, and has moments of its own.
    earned = sum(each.amount_minor for each in mine if each.kind in WITH_PAYMENT)
    yield Moment(Happening.PLACED, order.placed_at, earned if order.paid_at is None else None)
    if order.paid_at is not None:
        yield Moment(Happening.PAID, order.paid_at, earned)
    if order.received_at is not None:
        yield Moment(Happening.RECEIVED, order.received_at)
    for refund in refunds:
        what = Happening.CANCELLED if is_cancellation(refund) else Happening.REFUND
        yield Moment(what, refund.at, -sum(taken.get(refund.id, {}).values()))
    if order.cancelled_at is not None and not any(map(is_cancellation, refunds)):
        yield Moment(Happening.CANCELLED, order.cancelled_at)
    yield from _not_counted(refused)
    yield from _releases(mine, refunds, taken, refused)


def _releases(
    mine: Sequence[Commission], refunds: Sequence[Refund], taken: Taken, refused: Sequence[Reversal]
) -> Iterator[Moment]:
    released: dict[datetime, int] = defaultdict(int)
    due: dict[datetime, int] = defaultdict(int)
    for commission in mine:
        if commission.released_at is not None:
            before = [refund for refund in refunds if refund.at <= commission.released_at]
            back = sum(taken.get(refund.id, {}).get(commission.id, 0) for refund in before)
            back += sum(
                each.amount_minor
                for each in refused
                if each.commission_id == commission.id
                and each.at is not None
                and each.at <= commission.released_at
            )
            released[commission.released_at] += commission.amount_minor - back
        elif commission.state in {CommissionState.AWAITING, CommissionState.HELD} and commission.release_at:
            due[commission.release_at] += commission.net_minor
    yield from (Moment(Happening.RELEASED, at, amount) for at, amount in released.items())
    yield from (Moment(Happening.RELEASE_DUE, at, amount) for at, amount in due.items())


async def _earned(
    session: AsyncSession,
    merchant_id: int,
    lines: Sequence[OrderLine],
    mine: Sequence[Commission],
    plans: PlanBook,
    *,
    is_seller: bool,
) -> list[EarnedLine]:
    """Every line for the seller; for others only those that earned them something."""
    known = await products_by_sku(session, merchant_id, sorted({line.sku for line in lines}))
    by_line = {each.line_id: each for each in mine if each.line_id is not None}
    return [
        EarnedLine(
            known[line.sku].title if line.sku in known else line.sku,
            line,
            by_line.get(line.id),
            _plan(plans, by_line.get(line.id)),
        )
        for line in lines
        if is_seller or line.id in by_line
    ]


def _plan(plans: PlanBook, commission: Commission | None) -> PlanDocument | None:
    return plans.numbered(commission.plan_version).document if commission is not None else None
