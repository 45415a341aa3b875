"""What notices about bonuses of a period, or for an invitation, tell (beside `models/money/notices.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.money.commissions import Commission, CommissionRow
from models.money.told import AtShop
from models.people.merchants import Merchant
from models.plans.document import PlanDocument
from models.plans.versions import PlanBook
from models.store.outbox import Notice, NoticeKind
from models.store.sql import chunks


@dataclass(frozen=True, slots=True)
class BonusEarned:
    """A bonus was made that no order brought; `commission` as it stands today, and the plan that made it."""

    shop: AtShop
    commission: Commission
    plan: PlanDocument | None = None


async def bonus_facts(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, BonusEarned]:
    """What each notice of ours tells, by its key; `commission_id` among its facts names the bonus."""
    asked = {
        notice.id: key
        for notice in notices
        if notice.kind is NoticeKind.BONUS and isinstance(key := notice.facts.get("commission_id"), int)
    }
    read: dict[int, BonusEarned] = {}
    plans: dict[int, PlanBook] = {}
    for part in chunks(sorted(set(asked.values()))):
        rows = await session.execute(
            select(CommissionRow, Merchant)
            .join(Merchant, col(Merchant.id) == col(CommissionRow.merchant_id))
            .where(col(CommissionRow.id).in_(part))
        )
        for bonus, shop in rows:
            if shop.id not in plans:
                plans[shop.id] = await PlanBook.open(session, shop.id)
            at = AtShop(shop.id, shop.name, shop.currency, shop.zone)
            plan = plans[shop.id].known(bonus.plan_version)
            commission = Commission.model_validate(bonus.model_dump())
            read[bonus.id] = BonusEarned(at, commission, plan.document if plan is not None else None)
    return {notice_id: read[key] for notice_id, key in asked.items() if key in read}
