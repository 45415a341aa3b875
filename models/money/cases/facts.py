"""What signals are read from: a few statements for any number of distributors, and never more than they need."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.clicks import HOUR, Click, Visit
from models.funnel.links import LinkTotal
from models.funnel.orders import OrderRow, OrderState
from models.money.cases.cases import CaseKind, CaseRow, CaseState
from models.money.cases.signals import Baseline, OrderFact, SellerFacts
from models.money.payout_accounts import PayoutAccount
from models.people.distributors import Distributor
from models.plans.document import SelfPurchase
from models.plans.versions import PlanBook
from models.store.sql import chunks, table_of
from models.store.types import to_micros

MOST_ORDERS: Final = 500
"""The newest of a distributor: enough for every share, few enough for whoever sells a hundred thousand."""
QUIET_VISITORS: Final = 300
"""Links by which more people came are busy: which of the clicks was the buyer's is anybody's guess."""
QUIET_CLICKS: Final = 3
QUIET_TIMES: Final = 2
"""On a quiet link so many clicks at most came in the hour before an order, or so many for each order then."""
_DAY: Final = timedelta(days=1)
_ORDER, _CASE = table_of(OrderRow), table_of(CaseRow)
_DISTRIBUTOR, _TOTAL = table_of(Distributor), table_of(LinkTotal)
_VISIT, _CLICK, _ACCOUNT = table_of(Visit), table_of(Click), table_of(PayoutAccount)

SharedAccounts = Callable[[AsyncSession, int, Sequence[int]], Awaitable[Mapping[int, int]]]
"""Of these distributors of a merchant, how many are paid out to the same account, each one included."""


async def same_account(
    session: AsyncSession, merchant_id: int, distributor_ids: Sequence[int]
) -> Mapping[int, int]:
    """By the fingerprints of the accounts that people are paid out to now."""
    mine, theirs = _ACCOUNT.alias("mine"), _ACCOUNT.alias("theirs")
    found: dict[int, int] = {}
    for part in chunks(distributor_ids):
        rows = await session.execute(
            select(mine.c.distributor_id, func.count().label("people"))
            .join(
                theirs,
                (theirs.c.merchant_id == mine.c.merchant_id) & (theirs.c.fingerprint == mine.c.fingerprint),
            )
            .where(
                mine.c.merchant_id == merchant_id,
                mine.c.distributor_id.in_(part),
                mine.c.replaced_at.is_(None),
                theirs.c.replaced_at.is_(None),
            )
            .group_by(mine.c.distributor_id)
        )
        found.update({row.distributor_id: row.people for row in rows})
    return found


async def baseline_of(session: AsyncSession, merchant_id: int, since: datetime) -> Baseline:
    """How often the merchant's orders come back."""
    row = (
        await session.execute(
            select(func.count(), func.coalesce(func.sum(case((_came_back(), 1), else_=0)), 0)).where(
                _ORDER.c.merchant_id == merchant_id, _ORDER.c.paid_at > since
            )
        )
    ).one()
    return Baseline(int(row[0]), int(row[1]))


def _came_back() -> Any:
    return or_(
        _ORDER.c.state.in_([OrderState.REFUNDED, OrderState.CANCELLED]),
        (_ORDER.c.refunded_minor > 0) & (_ORDER.c.refunded_minor * 2 >= _ORDER.c.base_minor),
    )


async def sellers(
    session: AsyncSession,
    merchant_id: int,
    distributor_ids: Sequence[int],
    *,
    since: datetime,
    now: datetime,
    accounts: SharedAccounts = same_account,
) -> list[SellerFacts]:
    """Facts of these distributors from a time on, or from when their last case was decided."""
    found: list[SellerFacts] = []
    plan = (await PlanBook.open(session, merchant_id)).in_force(now)
    own_is_paid = plan is not None and plan.document.attribution.self_purchase is SelfPurchase.PAY
    for part in chunks(distributor_ids, 200):
        orders = await _orders(session, merchant_id, part, since)
        after = await _after_clicks(session, [row for rows in orders.values() for row in rows])
        links = {row.link_id for rows in orders.values() for row in rows if row.link_id is not None}
        totals = await _totals(session, sorted(links))
        elsewhere = await _elsewhere(session, merchant_id, orders)
        shared = await accounts(session, merchant_id, part)
        for distributor_id, joined_at in (await _joined(session, merchant_id, part)).items():
            mine = orders.get(distributor_id, [])
            seller = SellerFacts(
                distributor_id=distributor_id,
                joined_at=joined_at,
                orders=tuple(_fact(row, after) for row in mine),
                visitors=_visitors(mine, totals),
                elsewhere=elsewhere.get(distributor_id, {}),
                same_account=shared.get(distributor_id, 1),
                own_is_paid=own_is_paid,
            )
            found.append(seller)
    return found


async def _joined(
    session: AsyncSession, merchant_id: int, distributor_ids: Sequence[int]
) -> dict[int, datetime]:
    rows = await session.execute(
        select(_DISTRIBUTOR.c.id, _DISTRIBUTOR.c.joined_at).where(
            _DISTRIBUTOR.c.merchant_id == merchant_id, _DISTRIBUTOR.c.id.in_(distributor_ids)
        )
    )
    return {row.id: row.joined_at for row in rows}


async def _orders(
    session: AsyncSession, merchant_id: int, distributor_ids: Sequence[int], since: datetime
) -> dict[int, list[Row[Any]]]:
    """Each one's newest paid orders, oldest first; what an earlier decision was about is left out."""
    decided = (
        select(_CASE.c.distributor_id, func.max(_CASE.c.decided_at).label("at"))
        .where(
            _CASE.c.merchant_id == merchant_id,
            _CASE.c.distributor_id.in_(distributor_ids),
            _CASE.c.kind == CaseKind.SIGNALS,
            _CASE.c.state.in_([CaseState.CLEARED, CaseState.REFUSED, CaseState.EXPIRED]),
        )
        .group_by(_CASE.c.distributor_id)
        .subquery()
    )
    place = func.row_number().over(
        partition_by=_ORDER.c.distributor_id, order_by=(_ORDER.c.placed_at.desc(), _ORDER.c.id.desc())
    )
    newest = (
        select(
            _ORDER.c.id,
            _ORDER.c.order_ref,
            _ORDER.c.distributor_id,
            _ORDER.c.customer_hash,
            _ORDER.c.ip_hash,
            _ORDER.c.link_id,
            _ORDER.c.self_purchase,
            _ORDER.c.own_buyers,
            _ORDER.c.placed_at,
            case((_came_back(), 1), else_=0).label("came_back"),
            place.label("place"),
        )
        .outerjoin(decided, decided.c.distributor_id == _ORDER.c.distributor_id)
        .where(
            _ORDER.c.merchant_id == merchant_id,
            _ORDER.c.distributor_id.in_(distributor_ids),
            _ORDER.c.paid_at > since,
            or_(decided.c.at.is_(None), _ORDER.c.placed_at > decided.c.at),
        )
        .subquery()
    )
    rows = await session.execute(
        select(newest).where(newest.c.place <= MOST_ORDERS).order_by(newest.c.placed_at, newest.c.id)
    )
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.distributor_id].append(row)
    return found


def _fact(row: Row[Any], after: Mapping[int, timedelta]) -> OrderFact:
    return OrderFact(
        ref=row.order_ref,
        placed_at=row.placed_at,
        customer=row.customer_hash,
        address=row.ip_hash,
        own=row.self_purchase is not None or bool(row.own_buyers),
        came_back=bool(row.came_back),
        link_id=row.link_id,
        after_click=after.get(row.id),
    )


async def _totals(session: AsyncSession, link_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunks(link_ids):
        rows = await session.execute(
            select(_TOTAL.c.link_id, _TOTAL.c.unique_clicks).where(_TOTAL.c.link_id.in_(part))
        )
        found.update({row.link_id: row.unique_clicks for row in rows})
    return found


def _visitors(orders: Iterable[Row[Any]], totals: Mapping[int, int]) -> int | None:
    links = {row.link_id for row in orders if row.link_id is not None}
    return sum(totals.get(link, 0) for link in links) or None


async def _elsewhere(
    session: AsyncSession, merchant_id: int, orders: Mapping[int, Sequence[Row[Any]]]
) -> dict[int, dict[str, int]]:
    """By distributor and address: how many orders from there others got, of addresses that repeat."""
    repeated: dict[int, set[str]] = {}
    for distributor_id, mine in orders.items():
        count = Counter(row.ip_hash for row in mine if row.ip_hash)
        repeated[distributor_id] = {address for address, times in count.items() if times > 1}
    total: Counter[str] = Counter()
    own: Counter[tuple[int | None, str]] = Counter()
    for part in chunks(sorted(set().union(*repeated.values())) if repeated else []):
        rows = await session.execute(
            select(_ORDER.c.ip_hash, _ORDER.c.distributor_id, func.count())
            .where(
                _ORDER.c.merchant_id == merchant_id, _ORDER.c.ip_hash.in_(part), _ORDER.c.paid_at.is_not(None)
            )
            .group_by(_ORDER.c.ip_hash, _ORDER.c.distributor_id)
        )
        for address, whose, count_ in rows:
            total[address] += count_
            own[whose, address] += count_
    return {
        distributor_id: {address: total[address] - own[distributor_id, address] for address in addresses}
        for distributor_id, addresses in repeated.items()
    }


async def _after_clicks(session: AsyncSession, orders: Sequence[Row[Any]]) -> dict[int, timedelta]:
    """How long after the click orders on quiet links were placed, by order."""
    by_link: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in orders:
        if row.link_id is not None:
            by_link[row.link_id].append(row)
    totals = await _totals(session, sorted(by_link))
    quiet = sorted(link for link, visitors in totals.items() if visitors <= QUIET_VISITORS)
    if not quiet:
        return {}
    since = min(row.placed_at for link in quiet for row in by_link[link]) - _DAY
    clicks = await _clicks(session, quiet, since)
    found: dict[int, timedelta] = {}
    for link in quiet:
        placed = [row.placed_at for row in by_link[link]]
        for row in by_link[link]:
            elapsed = _since_click(clicks.get(link, []), placed, row.placed_at)
            if elapsed is not None:
                found[row.id] = elapsed
    return found


async def _clicks(
    session: AsyncSession, link_ids: Sequence[int], since: datetime
) -> dict[int, list[datetime]]:
    """Clicks on these links, oldest first. Found by their hours, for clicks themselves stand in no link's order."""
    found: dict[int, list[datetime]] = defaultdict(list)
    first = to_micros(since) // HOUR
    for part in chunks(link_ids):
        rows = await session.execute(
            select(_CLICK.c.link_id, _CLICK.c.at)
            .select_from(_VISIT)
            .join(_CLICK, (_CLICK.c.visitor == _VISIT.c.visitor) & (_CLICK.c.link_id == _VISIT.c.link_id))
            .where(_VISIT.c.link_id.in_(part), _VISIT.c.hour >= first, _CLICK.c.at > since)
            .distinct()
            .order_by(_CLICK.c.at)
        )
        for row in rows:
            found[row.link_id].append(row.at)
    return found


def _since_click(
    clicks: Sequence[datetime], placed: Sequence[datetime], placed_at: datetime
) -> timedelta | None:
    """None when nobody clicked in the day before, or so many in the hour before that none stands out.

    A click is one order's: another that came in between has it already. `clicks` on the link and times at which
    orders by it were `placed`, oldest first.
    """
    end = bisect_right(clicks, placed_at)
    if end == 0 or placed_at - clicks[end - 1] > _DAY:
        return None
    earlier = bisect_left(placed, placed_at)
    if earlier and placed[earlier - 1] >= clicks[end - 1]:
        return None
    hour = placed_at - timedelta(hours=1)
    clicked = end - bisect_right(clicks, hour)
    ordered = bisect_right(placed, placed_at) - bisect_right(placed, hour)
    if clicked > max(QUIET_CLICKS, QUIET_TIMES * ordered):
        return None
    return placed_at - clicks[end - 1]
