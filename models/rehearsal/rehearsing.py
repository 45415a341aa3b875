"""Past orders told again under a proposed plan and under the plan in force, side by side (business.md 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import Kind, kinds_by_sku
from models.errors import Invalid
from models.funnel.orders import OrderRow
from models.money.awards import SoldLine
from models.people.merchants import Merchant
from models.plans.document import PlanDocument
from models.plans.lint import LintFinding, lint
from models.plans.periods import period_of
from models.plans.priced import catalogue_of
from models.plans.promotions import longest_window
from models.plans.rates import RateTable
from models.plans.rules import PeriodLength
from models.plans.versions import Plan, PlanBook
from models.rehearsal.past import PAGE, Page, PastOrder, past_orders
from models.rehearsal.people import People, Person, holders_of
from models.rehearsal.ranks import longest_grace
from models.rehearsal.report import (
    Rehearsed,
    Report,
    Sellers,
    people_results,
    plan_result,
    top,
)
from models.rehearsal.stage import Span, Stage
from models.store.engine import Store
from models.store.sql import table_of
from models.store.types import to_micros

_A_MOMENT = timedelta(microseconds=1)
_UNKNOWN = Kind(None, None)
_ORDER = table_of(OrderRow)

Heard = Callable[[int, int], None]
"""Told how many orders were played, of how many."""


class NothingInForce(Invalid):
    """There is nothing to compare a proposed plan with."""

    code = "nothing_in_force"

    def __init__(self) -> None:
        super().__init__("No plan was in force in that time; there is nothing to compare with.")


async def rehearse(
    store: Store,
    merchant: Merchant,
    proposed: PlanDocument,
    begins: datetime,
    ends: datetime,
    heard: Heard = lambda done, of: None,
    *,
    page: int = PAGE,
) -> Rehearsed:
    """Play the orders paid in [begins, ends) under both plans. Raises Invalid for a span that has no time in it.

    The proposed plan counts for the whole span, whenever it starts; its boosts count at their own times.
    """
    if begins >= ends:
        raise Invalid("A rehearsal begins before it ends; give an earlier --from or a later --to.")
    async with store.read() as session:
        book = await PlanBook.open(session, merchant.id)
    in_force = [plan for plan in book.all() if plan.starts_at < ends]
    if not in_force:
        raise NothingInForce
    played = _Play(store, merchant, in_force, proposed, begins, ends)
    await played.open()
    await played.run(heard, page)
    return played.result()


class _Play:
    """Both plans on their stages, fed with the same orders."""

    def __init__(
        self,
        store: Store,
        merchant: Merchant,
        in_force: Sequence[Plan],
        proposed: PlanDocument,
        begins: datetime,
        ends: datetime,
    ) -> None:
        self._store = store
        self._merchant = merchant
        self._latest = in_force[-1]
        self._new = Plan(0, 0, datetime.min.replace(tzinfo=begins.tzinfo), proposed, RateTable(proposed))
        plans = [*in_force, self._new]
        warm = _warm(plans, begins, merchant)
        self._span = Span(begins, ends, warm, merchant.zone, merchant.currency)
        self._plans = plans
        self._people = People(begins)
        self._before = Stage(in_force, self._people, self._span)
        self._after = Stage([self._new], self._people, self._span)
        self._kinds: dict[str, Kind] = {}
        self._sellers = Sellers(defaultdict(int), defaultdict(int))
        self._begins = to_micros(begins)
        self._findings: tuple[LintFinding, ...] = ()

    async def open(self) -> None:
        """Ask lint, and meet those who may lose a level without selling anything."""
        levels = {
            level.key for plan in self._plans for level in plan.document.levels if level.when is not None
        }
        async with self._store.read() as session:
            goods = await catalogue_of(session, self._merchant.id, self._merchant.currency)
            self._findings = tuple(lint(self._new.document, goods))
            holders = await holders_of(session, self._merchant.id, sorted(levels))
            self._meet(await self._people.meet(session, holders))

    def _meet(self, newcomers: Sequence[Person]) -> None:
        for stage in (self._before, self._after):
            stage.meet(newcomers)

    async def run(self, heard: Heard, page: int) -> None:
        """Every order, page by page."""
        span, done = self._span, 0
        async with self._store.read() as session:
            total = await _count(session, self._merchant.id, span.warm, span.ends)
        async for orders in past_orders(self._store, self._merchant.id, span.warm, span.ends, page):
            async with self._store.read() as session:
                self._meet(await self._people.meet(session, orders.sellers))
                await self._learn(session, orders)
            for order in orders:
                self._take(order)
            done += len(orders)
            heard(done, total)

    async def _learn(self, session: AsyncSession, orders: Page) -> None:
        """What the catalogue says of goods that were not sold before."""
        fresh = sorted(orders.skus - self._kinds.keys())
        if fresh:
            known = await kinds_by_sku(session, self._merchant.id, fresh)
            self._kinds |= {sku: known.get(sku, _UNKNOWN) for sku in fresh}

    def _take(self, order: PastOrder) -> None:
        lines = []
        for place, line in enumerate(order.lines):
            kind = self._kinds[line.sku]
            lines.append(
                SoldLine(place, line.sku, kind.category, line.quantity, line.base_minor, kind.cost_minor)
            )
        moment = order.paid_at
        self._before.take(order, lines, moment)
        self._after.take(order, lines, moment)
        if order.paid >= self._begins:
            self._sellers.orders[order.seller_id] += 1
            self._sellers.sales[order.seller_id] += order.base_minor - order.refunded_minor

    def result(self) -> Rehearsed:
        """The report, once everything was played."""
        before, after = self._before.finish(), self._after.finish()
        sales = sum(self._sellers.sales.values())
        people = people_results(self._people, self._sellers, before, after)
        winners = sum(1 for each in people if each.change_minor > 0)
        losers = sum(1 for each in people if each.change_minor < 0)
        document = self._new.document
        report = Report(
            merchant=self._merchant.name,
            currency=self._merchant.currency,
            begins=self._span.begins,
            ends=self._span.ends,
            orders=sum(self._sellers.orders.values()),
            sales_minor=sales,
            in_force=plan_result(self._latest.document, self._latest.version, before, sales),
            proposed=plan_result(document, None, after, sales),
            winners=winners,
            losers=losers,
            unchanged=len(people) - winners - losers,
            levels_differ=sum(1 for each in people if each.in_force_level != each.proposed_level),
            top_winners=top(people, 1),
            top_losers=top(people, -1),
            open_periods=_open_periods(self._plans, self._span),
            findings=self._findings,
        )
        return Rehearsed(report, people)


def _lengths(plans: Sequence[Plan]) -> set[PeriodLength]:
    """The periods that any of these plans pays for."""
    ladders = {plan.document.ladder.period for plan in plans if plan.document.ladder is not None}
    return ladders | {target.period for plan in plans for target in plan.document.bonuses.team_target}


def _warm(plans: Sequence[Plan], begins: datetime, merchant: Merchant) -> datetime:
    """From when on orders matter: windows, running periods and caps, and holds reach back behind the beginning."""
    days = max(longest_window(plan.document) for plan in plans)
    reach = [begins - timedelta(days=days) - longest_grace(plans)] if days else [begins]
    reach += [period_of(length, begins, merchant.zone).begins for length in _lengths(plans)]
    if any(plan.document.caps.day or plan.document.caps.budget for plan in plans):
        reach.append(period_of(PeriodLength.MONTH, begins, merchant.zone).begins)
    for plan in plans:
        if plan.document.bonuses.invite_cashback is not None:
            settlement = plan.document.settlement
            reach.append(begins - timedelta(days=settlement.delivery_days + settlement.hold_days))
    return min(reach)


def _open_periods(plans: Sequence[Plan], span: Span) -> tuple[str, ...]:
    """Periods that pay something and still run at the end."""
    last = [period_of(length, span.ends - _A_MOMENT, span.zone) for length in _lengths(plans)]
    return tuple(sorted(period.key for period in last if period.ends > span.ends))


async def _count(session: AsyncSession, merchant_id: int, since: datetime, until: datetime) -> int:
    found = await session.execute(
        select(func.count())
        .select_from(_ORDER)
        .where(
            _ORDER.c.merchant_id == merchant_id,
            _ORDER.c.paid_at >= since,
            _ORDER.c.paid_at < until,
            _ORDER.c.distributor_id.is_not(None),
        )
    )
    return int(found.scalar_one())
