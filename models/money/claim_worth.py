"""What an order would have earned the claimant: what staff are offered to grant with one tap, and the most of it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import kinds_by_sku
from models.errors import Invalid, NotFound
from models.funnel.orders import Order, order_by_id, order_lines
from models.money.claims import Claim
from models.money.commissions import CommissionState, commissions_of
from models.money.refunds import reversal_due
from models.people.levels import LevelBook
from models.people.merchants import Merchant
from models.people.profiles import ProfileBook
from models.plans.amounts import line_amount
from models.plans.versions import PlanBook
from models.store.currency import amount_text


class MoreThanOrder(Invalid):
    """Goodwill is for what one might have earned on an order: no part of an order is more than the whole."""

    code = "goodwill_above_order"

    def __init__(self, order_ref: str, most_minor: int, currency: str) -> None:
        most = amount_text(most_minor, currency)
        super().__init__(f"The goods of order {order_ref} came to {most} {currency}; goodwill can't be more.")
        self.most_minor = most_minor


async def would_have_earned(session: AsyncSession, merchant: Merchant, claim: Claim) -> int | None:
    """Minor units, refunds and what the claimant has of the order taken off; None where nobody can tell.

    As for a real order everything counts as it stood just before it was paid (docs/plans.md, "Moment"). Caps and
    bonuses are left out: this is goodwill.
    """
    if claim.order_id is None:
        return None
    order = await order_by_id(session, merchant.id, claim.order_id)
    if order.paid_at is None:
        return None
    earned = await _by_plan(session, merchant, order, claim.distributor_id)
    if earned is None:
        return None
    had = sum(
        each.net_minor
        for each in await commissions_of(session, [order.id])
        if each.distributor_id == claim.distributor_id and each.state is not CommissionState.VOID
    )
    return max(earned - had, 0)


async def _by_plan(
    session: AsyncSession, merchant: Merchant, order: Order, distributor_id: int
) -> int | None:
    """What is left, after refunds, of what the lines would have earned; None while no plan was in force."""
    assert order.paid_at is not None  # asked only of paid orders
    plan = (await PlanBook.open(session, merchant.id)).in_force_before(order.paid_at)
    if plan is None:
        return None
    levels = await LevelBook.open(session, [distributor_id])
    profiles = await ProfileBook.open(session, [distributor_id])
    level = plan.rates.level_or_first(levels.level_before(distributor_id, order.paid_at, order.order_ref))
    profile = plan.rates.known_profile(profiles.profile_before(distributor_id, order.paid_at))
    lines = (await order_lines(session, [order.id]))[order.id]
    kinds = await kinds_by_sku(session, merchant.id, sorted({line.sku for line in lines}))
    total = 0
    for line in lines:
        category = kinds[line.sku].category if line.sku in kinds else None
        rate = plan.rates.find(line.sku, category, level, profile)
        boost = plan.rates.boost(line.sku, category, level, profile, order.paid_at)
        amount = line_amount(rate, boost, line.base_minor, line.quantity, order.currency)
        total += amount - reversal_due(amount, 0, line)
    return total


async def order_of_claim(session: AsyncSession, claim: Claim) -> Order | None:
    """The order that the claim is about, where it is known."""
    if claim.order_id is None:
        return None
    try:
        return await order_by_id(session, claim.merchant_id, claim.order_id)
    except NotFound:
        return None


async def check_amount(session: AsyncSession, claim: Claim, amount_minor: int) -> None:
    """Whether goodwill of so much makes sense; of an order that we don't know nobody can tell. Raises MoreThanOrder."""
    order = await order_of_claim(session, claim)
    if order is not None and amount_minor > order.base_minor:
        raise MoreThanOrder(order.order_ref, order.base_minor, order.currency)
