"""Settlement: what has been held long enough becomes available (business.md 4 "Release", 6).

A run works in chunks, each in a transaction of its own that the caller opens, and each in sets
(`settlement_sets.py`), on its way from place to place (`settlement_places.py`). A row that can't be released never
stops another: a chunk that fails is halved until the bad row stands alone with its reason. What is on hold or under
review waits, with that as its reason (`models/money/waiting.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.funnel.orders import OrderRow
from models.money.cashback import Cashback, pay_cashbacks
from models.money.commissions import CommissionKind, CommissionRow
from models.money.ledger import LedgerConflict, TransferRow
from models.money.settled_days import add_to_day
from models.money.settlement_notices import tell
from models.money.settlement_places import WAITING, Due, Place, beginning, next_part
from models.money.settlement_sets import move, release_key
from models.money.settlement_tables import SETTLING, fill
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.engine import is_busy
from models.store.sql import chunks, table_of

CHUNK = 20_000
"""Commissions a transaction: about half a second of the write lock, so that nobody who writes has to give up."""
LEAST_CHUNK = 1_250
SOON_MS, LONG_MS = 400, 1_200
"""Milliseconds of a chunk in which there is room for a larger one, and after which the next one shall be smaller."""
_COMMISSION, _DISTRIBUTOR = table_of(CommissionRow), table_of(Distributor)
_ORDER, _TRANSFER = table_of(OrderRow), table_of(TransferRow)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A commission that was due and could not be released, and why."""

    commission_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What one chunk came to, in minor units; `reached` is where the next one begins, None at the end.

    `commissions` and `amount_minor` are everything that became available, the `cashbacks` that came with it too.
    """

    commissions: int
    amount_minor: int
    skipped: tuple[Skipped, ...]
    reached: Place | None
    cashbacks: tuple[Cashback, ...] = ()

    @property
    def cashback_minor(self) -> int:
        """What of the amount is invite cashback."""
        return sum(each.amount_minor for each in self.cashbacks)


@dataclass(frozen=True, slots=True)
class _Moved:
    """What came of some rows of a chunk: those that stood alone in the end, and what the others brought along."""

    skipped: tuple[Skipped, ...] = ()
    cashbacks: tuple[Cashback, ...] = ()


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """One commission that a chunk took up: released, brought along, or skipped for what `Settled.skipped` says."""

    commission_id: int
    order_id: str | None
    distributor: str
    kind: CommissionKind
    period: str | None
    amount_minor: int
    release_at: datetime


def next_size(size: int, milliseconds: int) -> int:
    """How many commissions the next chunk takes after one of `size` that held its lock for so long.

    A busy machine, or a cold store, makes chunks slow, and whoever writes gives up after a few seconds.
    """
    if milliseconds > LONG_MS:
        return max(size // 2, LEAST_CHUNK)
    return min(size * 2, CHUNK) if milliseconds < SOON_MS else size


async def merchants_with_due(session: AsyncSession, now: datetime) -> list[int]:
    """The merchants at which anything is due for release."""
    due = select(_COMMISSION.c.merchant_id).where(WAITING, _COMMISSION.c.release_at <= now).distinct()
    return list((await session.execute(due.order_by(_COMMISSION.c.merchant_id))).scalars())


async def settle_due(
    session: AsyncSession,
    merchant: Merchant,
    now: datetime,
    *,
    limit: int = CHUNK,
    after: Place | None = None,
) -> Settled:
    """Release at most `limit` commissions that are due at `now`, from the beginning or from where a run stands.

    `now` names the run: one notice a distributor tells of all its chunks while it has not been sent. What is
    under review, or whose distributor is on hold, stays. The caller holds the merchant's lock and commits.
    """
    place = after or await beginning(session, merchant.id, now, limit)
    taken = await fill(session, _chosen(merchant.id, now, limit, place))
    if taken == limit:
        reached: Place | None = place.behind(await _latest(session))
    else:
        reached = await next_part(session, merchant.id, place)
    moved = await _settle(session, merchant, 1, taken, now)
    released, amount = await _released(session, moved.skipped)
    done = Settled(released, amount, moved.skipped, reached, moved.cashbacks)
    done = replace(
        done, commissions=released + len(done.cashbacks), amount_minor=amount + done.cashback_minor
    )
    if done.commissions:
        await add_to_day(session, merchant, done.commissions, done.amount_minor, now)
    return done


def _chosen(merchant_id: int, now: datetime, limit: int, place: Place) -> Select[Any]:
    due = (
        select(
            _COMMISSION.c.id,
            _COMMISSION.c.order_id,
            _COMMISSION.c.distributor_id,
            _COMMISSION.c.kind,
            _COMMISSION.c.plan_version,
            (_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor).label("net_minor"),
            _COMMISSION.c.reversed_minor,
            _COMMISSION.c.earned_at,
            _COMMISSION.c.release_at,
        )
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _COMMISSION.c.distributor_id)
        .where(
            _COMMISSION.c.merchant_id == merchant_id,
            WAITING,
            _COMMISSION.c.release_at <= now,
            _DISTRIBUTOR.c.on_hold.is_(False),
            place.is_ahead(),
        )
    )
    page = due.order_by(_COMMISSION.c.release_at, _COMMISSION.c.id).limit(limit).subquery()
    # Numbered by distributor: what is written from here finds the pages of one before those of the next.
    in_order = func.row_number().over(order_by=(page.c.distributor_id, page.c.release_at, page.c.id))
    return select(in_order, *page.c)


async def _latest(session: AsyncSession) -> Due:
    c = SETTLING.c
    last = (
        select(c.release_at, c.commission_id).order_by(c.release_at.desc(), c.commission_id.desc()).limit(1)
    )
    return Due(*(await session.execute(last)).one())


async def _settle(session: AsyncSession, merchant: Merchant, first: int, last: int, now: datetime) -> _Moved:
    """Release these together, or in halves when that fails."""
    if last < first:
        return _Moved()
    try:
        async with session.begin_nested():
            await move(session, merchant, first, last, now)
            cashbacks = await pay_cashbacks(session, merchant, first, last, now)
            await tell(session, merchant.id, now)
    except (DomainError, DBAPIError) as error:
        if is_busy(error):
            raise
        if first == last:
            return _Moved(skipped=(await _skipped(session, merchant.id, first, error),))
        middle = (first + last) // 2
        one = await _settle(session, merchant, first, middle, now)
        other = await _settle(session, merchant, middle + 1, last, now)
        return _Moved(one.skipped + other.skipped, one.cashbacks + other.cashbacks)
    return _Moved(cashbacks=tuple(cashbacks))


async def _skipped(
    session: AsyncSession, merchant_id: int, place: int, error: DomainError | DBAPIError
) -> Skipped:
    """The row that stands alone, and what is wrong with it in words where we know them."""
    commission_id = (
        await session.execute(select(SETTLING.c.commission_id).where(SETTLING.c.n == place))
    ).scalar_one()
    if isinstance(error, DomainError):
        return Skipped(commission_id, str(error))
    key = await _key(session, place)
    stands = select(_TRANSFER.c.id).where(_TRANSFER.c.merchant_id == merchant_id, _TRANSFER.c.key == key)
    taken = (await session.execute(stands)).first() is not None
    return Skipped(commission_id, str(LedgerConflict(key) if taken else error.orig))


async def _key(session: AsyncSession, place: int) -> str:
    c = SETTLING.c
    row = (
        await session.execute(select(c.order_id, c.distributor_id, c.commission_id).where(c.n == place))
    ).one()
    return release_key(row.order_id, row.distributor_id, row.commission_id)


async def _released(session: AsyncSession, skipped: Sequence[Skipped]) -> tuple[int, int]:
    """How many commissions of the chunk were released, and what they come to."""
    commissions, amount = await _come_to(session)
    for part in chunks([row.commission_id for row in skipped]):
        fewer, less = await _come_to(session, SETTLING.c.commission_id.in_(part))
        commissions, amount = commissions - fewer, amount - less
    return commissions, amount


async def _come_to(session: AsyncSession, *which: ColumnElement[bool]) -> tuple[int, int]:
    amount = cast(func.coalesce(func.sum(SETTLING.c.net_minor), 0), BigInteger)
    row = (await session.execute(select(func.count(), amount).select_from(SETTLING).where(*which))).one()
    return int(row[0]), int(row[1])


async def chunk_rows(session: AsyncSession, done: Settled) -> list[ChunkRow]:
    """The commissions of the transaction's last chunk, those that it skipped and those that it brought along too."""
    taken = await session.execute(
        _told(SETTLING.c.net_minor)
        .join(SETTLING, SETTLING.c.commission_id == _COMMISSION.c.id)
        .order_by(SETTLING.c.release_at, SETTLING.c.commission_id)
    )
    rows = [ChunkRow(*row) for row in taken]
    for part in chunks([each.commission_id for each in done.cashbacks]):
        brought = _told(_COMMISSION.c.amount_minor).where(_COMMISSION.c.id.in_(part))
        rows += [ChunkRow(*row) for row in await session.execute(brought.order_by(_COMMISSION.c.id))]
    return rows


def _told(amount: ColumnElement[int]) -> Select[Any]:
    return (
        select(
            _COMMISSION.c.id,
            _ORDER.c.order_ref,
            _DISTRIBUTOR.c.external_id,
            _COMMISSION.c.kind,
            _COMMISSION.c.period,
            amount,
            _COMMISSION.c.release_at,
        )
        .select_from(_COMMISSION)
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _COMMISSION.c.distributor_id)
        .outerjoin(_ORDER, _ORDER.c.id == _COMMISSION.c.order_id)
    )
