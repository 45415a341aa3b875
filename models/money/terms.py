"""What a notice of new terms tells, read when it is sent: the plan, the one before it, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.money.told import AtShop
from models.people.merchants import Merchant
from models.plans.changes import Change, changes
from models.plans.document import PlanDocument
from models.plans.priced import named_goods
from models.plans.versions import Plan, PlanBook
from models.store.outbox import Notice, NoticeKind


@dataclass(frozen=True, slots=True)
class TermsTold:
    """New terms at a shop. `before` is None for the shop's first plan, which has no `changes`."""

    shop: AtShop
    plan_version_id: int
    version: int
    starts_at: datetime
    plan: PlanDocument
    before: PlanDocument | None
    changes: tuple[Change, ...]
    published_at: datetime
    instead_of: tuple[datetime, ...] = ()
    """When terms were to begin that had been told and never hold now."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """What buyers call the products that both plans name, by their numbers."""


async def terms_facts(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, TermsTold]:
    """What each notice of terms tells, by its key; other kinds are left out. One comparison for all of a version."""
    told: dict[tuple[int, object, object], TermsTold | None] = {}
    found: dict[int, TermsTold] = {}
    for notice in notices:
        if notice.kind is not NoticeKind.TERMS:
            continue
        which = (notice.merchant_id, notice.facts.get("version"), notice.facts.get("before"))
        if which not in told:
            told[which] = await _told(session, notice)
        terms = told[which]
        if terms is not None:
            found[notice.id] = terms
    return found


async def _told(session: AsyncSession, notice: Notice) -> TermsTold | None:
    book = await PlanBook.open(session, notice.merchant_id)
    versions = {plan.version: plan for plan in book.newest_first}
    plan = versions.get(_number(notice.facts.get("version")))
    if plan is None:
        return None
    shop = (
        await session.execute(select(Merchant).where(col(Merchant.id) == notice.merchant_id))
    ).scalar_one()
    if any(plan in book.replaced_by(each) for each in book.newest_first):
        return None
    before = versions.get(_number(notice.facts.get("before")))
    return await terms_of(session, shop, book, plan, before, notice.created_at)


async def terms_of(
    session: AsyncSession,
    shop: Merchant,
    book: PlanBook,
    plan: Plan,
    before: Plan | None,
    published_at: datetime,
) -> TermsTold:
    """The terms of one version as against another."""
    found: list[Change] = []
    titles: dict[str, str] = {}
    if before is not None:
        goods = await named_goods(session, shop.id, shop.currency, before.document, plan.document)
        found = changes(before.document, plan.document, plan.starts_at, goods)
        titles = goods.titles
    return TermsTold(
        shop=AtShop(shop.id, shop.name, shop.currency, shop.zone),
        plan_version_id=plan.id,
        version=plan.version,
        starts_at=plan.starts_at,
        plan=plan.document,
        before=before.document if before is not None else None,
        changes=tuple(found),
        published_at=published_at,
        instead_of=tuple(each.starts_at for each in book.replaced_by(plan) if each.told),
        titles=titles,
    )


async def next_terms(session: AsyncSession, shop: Merchant, book: PlanBook, now: datetime) -> Plan | None:
    """The first version that waits for its start and then changes anything; None where all stays as it is."""
    before = book.in_force(now)
    for plan in book.coming(now):
        if before is None or (await terms_of(session, shop, book, plan, before, now)).changes:
            return plan
    return None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
