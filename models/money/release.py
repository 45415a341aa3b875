"""Release: what has been held long enough becomes available (business.md 4 "Release", 6).

A run works in chunks, each in a transaction of its own that the caller opens. A row that can't be
released never stops another: a chunk that fails is halved until the bad row stands alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, literal, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.money.commissions import CommissionRow, CommissionState
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.people.distributors import payees
from models.people.merchants import Merchant
from models.store.engine import is_busy
from models.store.outbox import Notice, NoticeKind, NoticeRow, NoticeState, Topic, queue_notices
from models.store.sql import chunks, table_of
from models.store.types import UtcTime, to_micros

CHUNK = 5_000
"""Commissions a transaction: under a second of the write lock, so that nobody who writes has to give up."""
_TABLE = table_of(CommissionRow)
# Spelled as in the partial index `commission (merchant_id, release_at)`: bound parameters would not match it.
_WAITING = text("state IN ('awaiting', 'held')")


class Due(NamedTuple):
    """A place in the row of due commissions: those of the same time stand in order of their keys."""

    release_at: datetime
    commission_id: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A commission that was due and could not be released, and why."""

    commission_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Released:
    """What one chunk came to, in minor units; `reached` is where the next one begins, None at the end."""

    commissions: int
    amount_minor: int
    skipped: tuple[Skipped, ...]
    reached: Due | None


class _Freed(NamedTuple):
    """One commission on its way to `available`."""

    id: int
    order_id: int
    distributor_id: int
    net_minor: int


async def merchants_with_due(session: AsyncSession, now: datetime) -> list[int]:
    """The merchants at which anything is due for release."""
    due = select(_TABLE.c.merchant_id).where(_WAITING, _TABLE.c.release_at <= now).distinct()
    return list((await session.execute(due.order_by(_TABLE.c.merchant_id))).scalars())


async def release_due(
    session: AsyncSession, merchant: Merchant, now: datetime, *, limit: int = CHUNK, after: Due | None = None
) -> Released:
    """Release at most `limit` commissions that are due at `now`, from the oldest, or from behind `after`, on.

    `now` names the run: one notice a distributor tells of all its chunks while it has not been sent. What
    is under review stays. The caller holds the merchant's lock and commits.
    """
    due = await _due(session, merchant.id, now, limit, after)
    freed, skipped = await _release(session, merchant, [place.commission_id for place in due], now)
    await _tell(session, merchant.id, freed, now)
    return Released(
        commissions=len(freed),
        amount_minor=sum(one.net_minor for one in freed),
        skipped=tuple(skipped),
        reached=due[-1] if len(due) == limit else None,
    )


async def _due(
    session: AsyncSession, merchant_id: int, now: datetime, limit: int, after: Due | None
) -> list[Due]:
    place = tuple_(_TABLE.c.release_at, _TABLE.c.id)
    chosen = select(_TABLE.c.release_at, _TABLE.c.id).where(
        _TABLE.c.merchant_id == merchant_id, _WAITING, _TABLE.c.release_at <= now
    )
    if after is not None:
        chosen = chosen.where(
            place > tuple_(literal(after.release_at, UtcTime), literal(after.commission_id))
        )
    rows = await session.execute(chosen.order_by(_TABLE.c.release_at, _TABLE.c.id).limit(limit))
    return [Due(*row) for row in rows]


async def _release(
    session: AsyncSession, merchant: Merchant, ids: Sequence[int], now: datetime
) -> tuple[list[_Freed], list[Skipped]]:
    """Release these together, or in halves when that fails."""
    if not ids:
        return [], []
    try:
        async with session.begin_nested():
            return await _move(session, merchant, ids, now), []
    except (DomainError, DBAPIError) as error:
        if is_busy(error):
            raise
        if len(ids) == 1:
            return [], [Skipped(ids[0], _reason(error))]
    middle = len(ids) // 2
    first, first_skipped = await _release(session, merchant, ids[:middle], now)
    rest, rest_skipped = await _release(session, merchant, ids[middle:], now)
    return first + rest, first_skipped + rest_skipped


def _reason(error: DomainError | DBAPIError) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)


async def _move(session: AsyncSession, merchant: Merchant, ids: Sequence[int], now: datetime) -> list[_Freed]:
    freed: list[_Freed] = []
    for part in chunks(ids):
        rows = await session.execute(
            update(_TABLE)
            .where(_TABLE.c.id.in_(part), _WAITING)
            .values(state=CommissionState.AVAILABLE, released_at=now)
            .returning(
                _TABLE.c.id,
                _TABLE.c.order_id,
                _TABLE.c.distributor_id,
                _TABLE.c.amount_minor - _TABLE.c.reversed_minor,
            )
        )
        freed.extend(_Freed(*row) for row in rows)
    journal = Journal(merchant.id, merchant.currency, now)
    for group in _by_order(freed):
        # A commission is released once, so its key in the transfer's keeps a later one of its order apart.
        journal.transfer(
            key=f"release:{group[0].order_id}:{group[0].distributor_id}:{min(one.id for one in group)}",
            kind=TransferKind.RELEASE,
            at=now,
            order_id=group[0].order_id,
            moves=[
                Move(
                    Holding(AccountKind.HELD, group[0].distributor_id),
                    Holding(AccountKind.AVAILABLE, group[0].distributor_id),
                    sum(one.net_minor for one in group),
                )
            ],
        )
    await journal.post(session)
    return freed


def _by_order(freed: Iterable[_Freed]) -> Iterable[list[_Freed]]:
    groups: dict[tuple[int, int], list[_Freed]] = defaultdict(list)
    for one in freed:
        groups[one.order_id, one.distributor_id].append(one)
    return groups.values()


class _Sum(NamedTuple):
    """What one distributor got: minor units, and of how many orders."""

    amount_minor: int
    orders: int


async def _tell(session: AsyncSession, merchant_id: int, freed: Sequence[_Freed], now: datetime) -> None:
    """One notice a distributor and run; a later chunk adds to it as long as nobody has begun to send it."""
    sums = {key: total for key, total in _sums(freed).items() if total.amount_minor > 0}
    keys = {key: f"{NoticeKind.RELEASED}:{to_micros(now)}:{key}" for key in sums}
    told, under_way = await _told(session, merchant_id, list(keys.values()))
    notices = []
    for distributor_id, payee in (await payees(session, sorted(sums))).items():
        if payee.person_id is None:
            continue
        key = keys[distributor_id]
        more, before = sums[distributor_id], told.get(key, _Sum(0, 0))
        notices.append(
            Notice(
                merchant_id=merchant_id,
                person_id=payee.person_id,
                key=f"{key}:{freed[0].id}" if key in under_way else key,
                topic=Topic.SETTLEMENT,
                kind=NoticeKind.RELEASED,
                facts={
                    "distributor_id": distributor_id,
                    "amount_minor": before.amount_minor + more.amount_minor,
                    "orders": before.orders + more.orders,
                },
                not_before=now,
                created_at=now,
            )
        )
    await queue_notices(session, notices)


def _sums(freed: Iterable[_Freed]) -> dict[int, _Sum]:
    groups: dict[int, list[_Freed]] = defaultdict(list)
    for one in freed:
        groups[one.distributor_id].append(one)
    return {
        key: _Sum(sum(one.net_minor for one in group), len({one.order_id for one in group}))
        for key, group in groups.items()
    }


async def _told(
    session: AsyncSession, merchant_id: int, keys: Sequence[str]
) -> tuple[dict[str, _Sum], set[str]]:
    """What earlier chunks of this run said: notices taken back to be said anew, and those already under way."""
    table = table_of(NoticeRow)
    taken: dict[str, _Sum] = {}
    under_way: set[str] = set()
    for part in chunks(keys):
        ours = (table.c.merchant_id == merchant_id) & table.c.key.in_(part)
        rows = await session.execute(
            delete(table)
            .where(ours, table.c.state == NoticeState.QUEUED, table.c.fence == 0)
            .returning(table.c.key, table.c.facts)
        )
        taken.update({row.key: _Sum(row.facts["amount_minor"], row.facts["orders"]) for row in rows})
        under_way.update((await session.execute(select(table.c.key).where(ours))).scalars())
    return taken, under_way
