"""What a distributor earned as a list: one entry an order, and one a bonus that no order brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Invalid
from models.funnel.links import Channel
from models.funnel.orders import Order
from models.money.commissions import CommissionKind, CommissionRow, CommissionState, Reason
from models.money.earnings import Goods, channels_of, goods_of, orders_by_id
from models.money.goodwill import Goodwill, goodwill_of
from models.store.sql import table_of
from models.store.types import from_micros, to_micros

_COMMISSION = table_of(CommissionRow)
_LARGEST_KEY = 2**63 - 1
_Place = tuple[datetime, int]
"""Where an entry stands: when it was earned, and its subject's key."""


@dataclass(frozen=True, slots=True)
class EntryOrder:
    """The order of an entry: what it was about, and by which channel it came to who sold it.

    The channel is None for an order that somebody else sold, as for one that came by a coupon.
    """

    id: int
    ref: str
    goods: Goods
    channel: Channel | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An order, or a bonus without one, as its distributor sees it.

    `net_minor` is what is left of `amount_minor`; nothing when void. Without an order `commission_id` names the
    bonus, and `period` (`2026-11`) what it was for.
    """

    order: EntryOrder | None
    commission_id: int
    kinds: tuple[CommissionKind, ...]
    period: str | None
    amount_minor: int
    reversed_minor: int
    net_minor: int
    state: CommissionState
    reason: Reason | None
    earned_at: datetime
    release_at: datetime | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries, newest first, and the cursor behind them (None at the end)."""

    items: tuple[Entry | Goodwill, ...]
    next_cursor: str | None


_BY_URGENCY = (
    CommissionState.REVIEW,
    CommissionState.ESTIMATED,
    CommissionState.AWAITING,
    CommissionState.HELD,
    CommissionState.AVAILABLE,
    CommissionState.REFUNDED,
    CommissionState.VOID,
)
"""Of an order's states the first one here speaks for the order: what is still open before what is over."""


class BadCursor(Invalid):
    """A page was asked for behind something that we never handed out."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is none of ours; begin again without one.")


async def entries(
    session: AsyncSession,
    merchant_id: int,
    distributor_id: int,
    *,
    after: str | None = None,
    limit: int = 20,
    state: CommissionState | None = None,
) -> EntryPage:
    """The distributor's entries and goodwill, newest first, behind a cursor, of one state or of all.

    Goodwill is available from the beginning. Raises BadCursor.
    """
    behind = _read_cursor(after) if after is not None else None
    rows = await _rows(session, _grouped(merchant_id, distributor_id, state), behind, limit + 1)
    granted: list[Goodwill] = []
    if state in {None, CommissionState.AVAILABLE}:
        granted = await goodwill_of(session, merchant_id, distributor_id, after=behind, limit=limit + 1)
    items: dict[_Place, Entry | Goodwill] = {(each.granted_at, each.claim_id): each for each in granted}
    places = sorted([*items, *map(_place, rows)], reverse=True)
    shown = places[:limit]
    on_page = set(shown)
    taken = [row for row in rows if _place(row) in on_page]
    items |= await _entries(session, merchant_id, distributor_id, taken)
    last = shown[-1] if len(places) > limit else None
    cursor = f"{to_micros(last[0])}-{last[1]}" if last is not None else None
    return EntryPage(tuple(items[place] for place in shown), cursor)


async def _rows(
    session: AsyncSession, grouped: Select[tuple[object, ...]], behind: _Place | None, limit: int
) -> Sequence[Row[tuple[object, ...]]]:
    if behind is not None:
        at, key = behind
        grouped = grouped.having(or_(_earned < at, and_(_earned == at, _subject < key)))
    return (await session.execute(grouped.limit(limit))).all()


async def _entries(
    session: AsyncSession, merchant_id: int, distributor_id: int, shown: Sequence[Row[tuple[object, ...]]]
) -> dict[_Place, Entry]:
    """Each of these rows with its order, by its place."""
    found = await orders_by_id(session, [row.order_id for row in shown if row.order_id is not None])
    goods = await goods_of(session, merchant_id, list(found))
    channels = await channels_of(session, list(found.values()))
    orders = {
        key: EntryOrder(key, order.order_ref, goods[key], channels.get(key), is_own=True)
        if order.distributor_id == distributor_id
        else EntryOrder(key, order.order_ref, goods[key], None, is_own=False)
        for key, order in found.items()
    }
    kinds = await _kinds(session, distributor_id, shown, found)
    return {_place(row): _entry(row, orders.get(row.order_id or 0), kinds[row.subject]) for row in shown}


def _place(row: Row[tuple[object, ...]]) -> _Place:
    return row.earned_at, row.subject


_subject = func.coalesce(_COMMISSION.c.order_id, _COMMISSION.c.id)
"""What an entry is about: an order, or else the bonus itself. All keys are made by one source, so none means two."""
_earned = func.max(_COMMISSION.c.earned_at)
_urgency = func.min(case(*((_COMMISSION.c.state == state, rank) for rank, state in enumerate(_BY_URGENCY))))


def _of(merchant_id: int, distributor_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (_COMMISSION.c.merchant_id == merchant_id, _COMMISSION.c.distributor_id == distributor_id)


def _grouped(
    merchant_id: int, distributor_id: int, state: CommissionState | None
) -> Select[tuple[object, ...]]:
    left = case(
        (_COMMISSION.c.state == CommissionState.VOID, 0),
        else_=_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor,
    )
    statement = (
        select(
            _subject.label("subject"),
            func.max(_COMMISSION.c.order_id).label("order_id"),
            func.min(_COMMISSION.c.id).label("commission_id"),
            func.max(_COMMISSION.c.period).label("period"),
            _earned.label("earned_at"),
            _urgency.label("urgency"),
            func.sum(_COMMISSION.c.amount_minor).label("amount"),
            func.sum(_COMMISSION.c.reversed_minor).label("reversed"),
            func.sum(left).label("net"),
            func.max(_COMMISSION.c.reason).label("reason"),
            func.min(_COMMISSION.c.release_at).label("release_at"),
            func.max(_COMMISSION.c.released_at).label("released_at"),
        )
        .where(*_of(merchant_id, distributor_id))
        .group_by(_subject)
        .order_by(_earned.desc(), _subject.desc())
    )
    return statement if state is None else statement.having(_urgency == _BY_URGENCY.index(state))


async def _kinds(
    session: AsyncSession,
    distributor_id: int,
    rows: Sequence[Row[tuple[object, ...]]],
    orders: dict[int, Order],
) -> dict[int, tuple[CommissionKind, ...]]:
    """Of which kinds each entry is made, in the kinds' own order."""
    alone = [row.commission_id for row in rows if row.order_id is None]
    found = await session.execute(
        select(_subject.label("subject"), _COMMISSION.c.kind)
        .where(
            _COMMISSION.c.distributor_id == distributor_id,
            or_(_COMMISSION.c.order_id.in_(sorted(orders)), _COMMISSION.c.id.in_(alone)),
        )
        .distinct()
    )
    kinds: dict[int, list[CommissionKind]] = defaultdict(list)
    for row in found:
        kinds[row.subject].append(row.kind)
    order = list(CommissionKind)
    return {key: tuple(sorted(some, key=order.index)) for key, some in kinds.items()}


def _read_cursor(cursor: str) -> _Place:
    micros, _, key = cursor.partition("-")
    if not (cursor.isascii() and micros.isdecimal() and key.isdecimal() and len(cursor) <= 36):
        raise BadCursor
    if int(key) > _LARGEST_KEY:
        raise BadCursor
    try:
        return from_micros(int(micros)), int(key)
    except OverflowError as error:
        raise BadCursor from error


def _entry(
    row: Row[tuple[object, ...]], order: EntryOrder | None, kinds: tuple[CommissionKind, ...]
) -> Entry:
    return Entry(
        order=order,
        commission_id=row.commission_id,
        kinds=kinds,
        period=row.period,
        amount_minor=int(row.amount),
        reversed_minor=int(row.reversed),
        net_minor=int(row.net),
        state=_BY_URGENCY[row.urgency],
        reason=row.reason,
        earned_at=row.earned_at,
        release_at=row.release_at,
        released_at=row.released_at,
    )
