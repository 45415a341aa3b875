"""What notices about cases tell, read when they are sent (beside `models/money/notices.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.money.cases.cases import CaseState, waiting
from models.money.cases.deciding import Decision
from models.money.cases.seeing import CaseSeen, cases_seen
from models.money.told import AtShop
from models.people.merchants import Merchant
from models.store.outbox import Notice, NoticeKind
from models.store.sql import chunks

_OF_CASES = frozenset({NoticeKind.CASE_HELD, NoticeKind.CASE_DECIDED, NoticeKind.CASE_APPEAL})
_OURS = _OF_CASES | {NoticeKind.CASE_WAITING}


@dataclass(frozen=True, slots=True)
class UnderReview:
    """What a distributor earns is under review since; `amount_minor` is how much of it by now."""

    shop: AtShop
    case_id: int
    amount_minor: int
    expected_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How a review ended: a `Decision`, or none when nobody decided; `order_ref` of a single order's."""

    shop: AtShop
    case_id: int
    decision: Decision | None
    amount_minor: int
    order_ref: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CasesWaiting:
    """For staff: so many cases wait for a decision."""

    shop: AtShop
    waiting: int


@dataclass(frozen=True, slots=True)
class Appealed:
    """For staff: what a distributor says about their case."""

    shop: AtShop
    case_id: int
    distributor: str
    appeal: str
    at: datetime


CaseNews = UnderReview | Reviewed | CasesWaiting | Appealed


async def case_news(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, CaseNews]:
    """What each notice of ours tells, by its key; one whose subject is no longer there is left out."""
    ours = [notice for notice in notices if notice.kind in _OURS]
    if not ours:
        return {}
    shops = await _shops(session, ours)
    cases = await cases_seen(session, sorted({_number(notice, "case_id") for notice in ours}))
    counts = {
        merchant_id: await waiting(session, merchant_id)
        for merchant_id in {notice.merchant_id for notice in ours if notice.kind is NoticeKind.CASE_WAITING}
    }
    found: dict[int, CaseNews] = {}
    for notice in ours:
        shop = shops[notice.merchant_id]
        if notice.kind is NoticeKind.CASE_WAITING:
            if counts[shop.merchant_id]:
                found[notice.id] = CasesWaiting(shop, counts[shop.merchant_id])
            continue
        seen = cases.get(_number(notice, "case_id"))
        news = _news(notice, shop, seen) if seen is not None else None
        if news is not None:
            found[notice.id] = news
    return found


async def _shops(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, AtShop]:
    found: dict[int, AtShop] = {}
    for part in chunks(sorted({notice.merchant_id for notice in notices})):
        rows = await session.execute(select(Merchant).where(col(Merchant.id).in_(part)))
        found.update({one.id: AtShop(one.id, one.name, one.currency, one.zone) for one in rows.scalars()})
    return found


def _number(notice: Notice, name: str) -> int:
    value = notice.facts.get(name, 0)
    return value if isinstance(value, int) else 0


def _news(notice: Notice, shop: AtShop, seen: CaseSeen) -> CaseNews | None:
    case = seen.case
    if case.merchant_id != shop.merchant_id:
        return None
    match notice.kind:
        case NoticeKind.CASE_HELD:
            if case.state is not CaseState.HOLD:
                return None
            return UnderReview(shop, case.id, seen.theirs_minor, case.expected_at, notice.created_at)
        case NoticeKind.CASE_DECIDED:
            word = notice.facts.get("outcome")
            decision = Decision(str(word)) if word in set(Decision) else None
            amount = _number(notice, "amount_minor")
            return Reviewed(shop, case.id, decision, amount, seen.order_ref, notice.created_at)
        case _:
            return Appealed(shop, case.id, seen.distributor, case.appeal or "", notice.created_at)
