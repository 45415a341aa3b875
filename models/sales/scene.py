"""What a story needs to know and what it changes, for many events of one merchant at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.coupons import coupon_code, coupon_owners
from models.catalog.products import Kind, kinds_by_sku
from models.errors import DomainError
from models.funnel.attribution import Known
from models.funnel.clicks import VisitorClick, clicks_of
from models.funnel.customers import CustomerBook
from models.funnel.events import EventType, OrderBought, ShopEvent, StepTaken
from models.funnel.links import links_by_code, read_code
from models.funnel.orders import SaleBook
from models.funnel.steps import Step, keep_steps
from models.money.closings import closings_since
from models.money.commissions import CommissionBook
from models.money.ledger import AccountKind, Holding, Journal
from models.money.used import UsedBook
from models.people.levels import LevelHeld
from models.people.merchants import Merchant
from models.plans.document import Attribution
from models.plans.versions import PlanBook
from models.sales.cast import Cast
from models.sales.closed import ClosedPeriods
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.types import JsonValue

LONGEST_WINDOW = timedelta(days=365)
"""The longest attribution window that a plan can have."""
NO_PLAN = Attribution()
"""How an order finds its link while no plan is in force."""


class Waits(DomainError):
    """The event comes before its time; it is kept and told again later."""

    code = "waits"


@dataclass(frozen=True, slots=True)
class Told:
    """How an event was taken: `duplicate` when it said again what was known."""

    detail: str | None = None
    duplicate: bool = False


class Scene:
    """Everything that some events of one merchant are told with."""

    def __init__(
        self,
        merchant: Merchant,
        now: datetime,
        *,
        plans: PlanBook,
        known: Known,
        cast: Cast,
        customers: CustomerBook,
        used: UsedBook,
        closed: ClosedPeriods,
    ) -> None:
        self.merchant = merchant
        self.now = now
        self.plans = plans
        self.known = known
        self.cast = cast
        self.customers = customers
        self.used = used
        self.closed = closed
        self.sales = SaleBook({})
        self.commissions = CommissionBook([])
        self.kinds: dict[str, Kind] = {}
        self.journal = Journal(merchant.id, merchant.currency, now)
        self.steps: list[Step] = []
        self._notices: list[Notice] = []
        self._clawed_back: dict[int, int] = {}

    @classmethod
    async def open(
        cls, session: AsyncSession, merchant: Merchant, events: Sequence[ShopEvent], now: datetime
    ) -> Scene:
        """Read what these events need, a few statements for all of them."""
        bought = [event.what for event in events if isinstance(event.what, OrderBought)]
        known = await _known(session, merchant.id, events)
        sales = await SaleBook.open(
            session, merchant.id, sorted({event.order_ref for event in events if event.order_ref})
        )
        commissions = await CommissionBook.open(session, [sale.order.id for sale in sales.all()])
        customers = await CustomerBook.open(session, merchant.id, _customers(bought, sales))
        plans = await PlanBook.open(session, merchant.id)
        paid = [event.occurred_at for event in events if _pays(event)]
        rules = plans.in_force_at(
            [event.occurred_at for event in events if isinstance(event.what, OrderBought)]
        )
        cast = await Cast.open(
            session, _people(known, sales, customers, commissions), rules, paid, merchant.currency
        )
        skus = {line.sku for what in bought for line in what.lines}
        skus |= {line.sku for sale in sales.all() if not sale.order.is_paid for line in sale.lines}
        skus |= {event.what.sku for event in events if isinstance(event.what, StepTaken)}
        scene = cls(
            merchant,
            now,
            plans=plans,
            known=known,
            cast=cast,
            customers=customers,
            used=await UsedBook.open(
                session,
                merchant,
                sorted(cast.payees),
                [*paid, *(sale.order.paid_at for sale in sales.all() if sale.order.paid_at is not None)],
                now,
                with_days=any(plan.document.caps.day is not None for plan in plans.all()),
            ),
            closed=await _closed(session, merchant, plans, paid, sales),
        )
        scene.sales = sales
        scene.commissions = commissions
        scene.kinds = await kinds_by_sku(session, merchant.id, sorted(skus))
        return scene

    def notify(self, kind: NoticeKind, distributor_id: int, key: str, facts: dict[str, JsonValue]) -> None:
        """Queue a notice to a distributor who has a chat; for the others there is nobody to tell."""
        person_id = self.cast.payees[distributor_id].person_id
        if person_id is None:
            return
        self._notices.append(
            Notice(
                merchant_id=self.merchant.id,
                person_id=person_id,
                key=f"{kind}:{key}",
                kind=kind,
                facts={"distributor_id": distributor_id, **facts},
                not_before=self.now,
                created_at=self.now,
            )
        )

    def clawed_back(self, distributor_id: int, refund_id: int) -> None:
        """Money that was available was taken back: this distributor may be in debt now."""
        self._clawed_back[distributor_id] = refund_id

    def promoted(self, made: Sequence[LevelHeld]) -> None:
        """Somebody went up: tell them what it was that they reached."""
        for held in made:
            self.notify(
                NoticeKind.LEVEL_UP,
                held.distributor_id,
                f"{held.distributor_id}:{held.id}",
                {"level": held.level, **held.evidence},
            )

    def unknown_skus(self, skus: Sequence[str]) -> str | None:
        """A sentence that names the SKUs which the catalogue lacks."""
        missing = list(dict.fromkeys(sku for sku in skus if sku not in self.kinds))
        if not missing:
            return None
        shown = ", ".join(missing[:10]) + (f" and {len(missing) - 10} more" if len(missing) > 10 else "")
        return f"unknown_sku: the catalogue lacks {shown}"

    async def save(self, session: AsyncSession) -> None:
        """Write what changed, and queue the notices of it."""
        await self.commissions.drop_estimates(session)
        await self.sales.save(session)
        await self.customers.save(session)
        await self.commissions.save(session)
        await self.cast.levels.save(session)
        await self.used.save(session)
        for back in await self.closed.save(session, self.journal, self.cast):
            self.clawed_back(back.distributor_id, back.refund_id)
        balances = await self.journal.post(session)
        for distributor_id, refund_id in self._clawed_back.items():
            balance = balances.get(Holding(AccountKind.AVAILABLE, distributor_id), 0)
            if balance < 0:
                self.notify(
                    NoticeKind.DEBT, distributor_id, f"{refund_id}:{distributor_id}", {"debt_minor": -balance}
                )
        await keep_steps(session, self.steps)
        await queue_notices(session, self._notices)


def _pays(event: ShopEvent) -> bool:
    return isinstance(event.what, OrderBought) and event.what.type is EventType.ORDER_PAID


def _customers(bought: Sequence[OrderBought], sales: SaleBook) -> list[str]:
    hashes = {what.buyer.customer for what in bought} | {sale.order.customer_hash for sale in sales.all()}
    return sorted(customer for customer in hashes if customer is not None)


def _people(known: Known, sales: SaleBook, customers: CustomerBook, commissions: CommissionBook) -> list[int]:
    """Everybody whom an order of the story may belong to, or who earned on one."""
    people = set(known.coupons.values()) | customers.binders() | commissions.earners()
    people |= {link.distributor_id for link in known.links.values()}
    people |= {click.link.distributor_id for clicks in known.clicks.values() for click in clicks}
    for sale in sales.all():
        if sale.order.distributor_id is not None:
            people.add(sale.order.distributor_id)
    return sorted(people)


async def _closed(
    session: AsyncSession,
    merchant: Merchant,
    plans: PlanBook,
    paid: Sequence[datetime],
    sales: SaleBook,
) -> ClosedPeriods:
    """Periods that were closed before the story and hold orders of it; nobody asks while no plan has a ladder."""
    moments = [*paid, *(sale.order.paid_at for sale in sales.all() if sale.order.paid_at is not None)]
    closings = (
        await closings_since(session, merchant.id, min(moments)) if moments and plans.has_ladder else []
    )
    return ClosedPeriods(merchant, plans, closings)


async def _known(session: AsyncSession, merchant_id: int, events: Sequence[ShopEvent]) -> Known:
    traced = [event.what for event in events if isinstance(event.what, OrderBought | StepTaken)]
    codes = {code for what in traced if what.code and (code := read_code(what.code))}
    bought = [event for event in events if isinstance(event.what, OrderBought)]
    coupons: set[str] = set()
    visitors: set[str] = set()
    for event in bought:
        assert isinstance(event.what, OrderBought)
        if event.what.coupon:
            coupons.add(coupon_code(event.what.coupon))
        if event.what.visitor:
            visitors.add(event.what.visitor)
    clicks: dict[str, list[VisitorClick]] = defaultdict(list)
    if visitors:
        since = min(event.occurred_at for event in bought) - LONGEST_WINDOW
        for click in await clicks_of(session, merchant_id, sorted(visitors), since):
            clicks[click.visitor].append(click)
    return Known(
        coupons=await coupon_owners(session, merchant_id, sorted(coupons)),
        links=await links_by_code(session, merchant_id, sorted(codes)),
        clicks=clicks,
    )
