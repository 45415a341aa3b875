"""The people of a rehearsal: who they are, whose team they are in, and how they stood before it begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.distributors import Distributor, Payee, payees_with_sponsors
from models.people.levels import LevelCause, LevelHeld
from models.people.profiles import ProfileHeld
from models.plans.rules import MOST_DEPTH
from models.store.sql import chunks, table_of
from models.store.types import to_micros

_HELD = table_of(LevelHeld)
_PEOPLE, _AGREED = table_of(Distributor), table_of(ProfileHeld)
_BY_STAFF = frozenset(LevelCause) - {LevelCause.PROMOTED, LevelCause.DEMOTED}


class Given(NamedTuple):
    """Staff give a level at a moment (microseconds since 1970), whatever the plan."""

    at: int
    level: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as they stood at the beginning, their level since `level_since` (microseconds since 1970).

    `had` are all levels held before, `given` what staff gave since. `was_released`: an order that they sold had been
    released before, so that no cashback comes of them.
    """

    payee: Payee
    name: str
    level: str | None
    level_since: int
    is_pinned: bool
    had: frozenset[str]
    given: tuple[Given, ...]
    was_released: bool


@dataclass(slots=True)
class People:
    """Everybody met so far."""

    begins: datetime
    by_id: dict[int, Person] = field(default_factory=dict)
    profiles: dict[int, list[tuple[datetime, str | None]]] = field(default_factory=dict)

    async def meet(self, session: AsyncSession, distributor_ids: Collection[int]) -> list[Person]:
        """Read those who are new, with their sponsors; answers the new ones."""
        unknown = sorted(key for key in distributor_ids if key not in self.by_id)
        if not unknown:
            return []
        found = await payees_with_sponsors(session, unknown, MOST_DEPTH)
        fresh = {key: payee for key, payee in found.items() if key not in self.by_id}
        keys = sorted(fresh)
        histories = await _histories(session, keys)
        details = await _details(session, keys)
        for key in keys:
            name, first_release = details[key]
            self.by_id[key] = _person(
                fresh[key],
                name,
                histories.get(key, []),
                self.begins,
                was_released=first_release is not None and first_release < self.begins,
            )
        self.profiles |= await _profiles(session, keys)
        return [self.by_id[key] for key in keys]

    def profile_before(self, distributor_id: int, moment: datetime) -> str | None:
        """The profile agreed just before a moment."""
        agreed = None
        for since, profile in self.profiles.get(distributor_id, ()):
            if since >= moment:
                break
            agreed = profile
        return agreed


async def holders_of(session: AsyncSession, merchant_id: int, levels: Sequence[str]) -> list[int]:
    """Everybody who was ever given one of these levels: they may lose it without selling anything."""
    if not levels:
        return []
    rows = await session.execute(
        select(_HELD.c.distributor_id)
        .where(_HELD.c.merchant_id == merchant_id, _HELD.c.level.in_(levels))
        .distinct()
    )
    return list(rows.scalars())


class _Row(NamedTuple):
    since: datetime
    in_between: bool
    order_ref: str
    id: int
    level: str
    pinned: bool
    cause: LevelCause

    def is_of_a_close_at(self, moment: datetime) -> bool:
        """Whether the month that ended at a moment brought it."""
        return self.since == moment and self.cause is LevelCause.DEMOTED


def _person(
    payee: Payee,
    name: str,
    history: list[_Row],
    begins: datetime,
    *,
    was_released: bool,
) -> Person:
    before = [row for row in history if row.since < begins or row.is_of_a_close_at(begins)]
    return Person(
        payee=payee,
        name=name,
        level=before[-1].level if before else None,
        level_since=to_micros(before[-1].since) if before else 0,
        is_pinned=bool(before) and before[-1].pinned,
        had=frozenset(row.level for row in before),
        given=tuple(
            Given(to_micros(row.since), row.level, row.pinned)
            for row in history
            if row.since >= begins and row.cause in _BY_STAFF
        ),
        was_released=was_released,
    )


async def _histories(session: AsyncSession, keys: Sequence[int]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for part in chunks(keys):
        rows = await session.execute(
            select(
                _HELD.c.distributor_id,
                _HELD.c.since,
                _HELD.c.after_order,
                _HELD.c.id,
                _HELD.c.level,
                _HELD.c.pinned,
                _HELD.c.cause,
            ).where(_HELD.c.distributor_id.in_(part))
        )
        for key, since, after_order, *rest in rows:
            found[key].append(_Row(since, after_order is None, after_order or "", *rest))
    for history in found.values():
        history.sort()
    return found


async def _details(session: AsyncSession, keys: Sequence[int]) -> dict[int, tuple[str, datetime | None]]:
    found: dict[int, tuple[str, datetime | None]] = {}
    for part in chunks(keys):
        rows = await session.execute(
            select(_PEOPLE.c.id, _PEOPLE.c.name, _PEOPLE.c.first_release_at).where(_PEOPLE.c.id.in_(part))
        )
        found |= {key: (name, released) for key, name, released in rows}
    return found


async def _profiles(
    session: AsyncSession, keys: Sequence[int]
) -> dict[int, list[tuple[datetime, str | None]]]:
    """Only of those with whom something was ever agreed."""
    found: dict[int, list[tuple[datetime, str | None]]] = defaultdict(list)
    for part in chunks(keys):
        rows = await session.execute(
            select(_AGREED.c.distributor_id, _AGREED.c.since, _AGREED.c.profile)
            .where(_AGREED.c.distributor_id.in_(part))
            .order_by(_AGREED.c.since, _AGREED.c.id)
        )
        for key, since, profile in rows:
            found[key].append((since, profile))
    return dict(found)
