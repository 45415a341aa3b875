"""Who stands above whom: setting a sponsor by hand, and finding circles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CTE, ColumnElement, Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Conflict
from models.people.appointed import tell
from models.people.distributors import Distributor, DistributorState, check_has_not_left, distributor
from models.people.merchants import Merchant
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.outbox import NoticeKind
from models.store.sql import chunks, table_of

_TABLE = table_of(Distributor)


class SponsorFault(StrEnum):
    """Why somebody can't be a distributor's sponsor."""

    SELF = "self"
    LOOP = "loop"
    SUSPENDED = "suspended"
    LEFT = "left"


_SENTENCES = {
    SponsorFault.SELF: "Nobody is their own sponsor; name another distributor than {below!r}, or `none`.",
    SponsorFault.LOOP: (
        "{above!r} stands below {below!r} already, so the sponsors would go round in a circle; "
        "choose somebody who is not in the team of {below!r}."
    ),
    SponsorFault.SUSPENDED: "{above!r} is suspended and can't be anybody's sponsor.",
    SponsorFault.LEFT: "{above!r} has left and can't be anybody's sponsor.",
}


class SponsorRefused(Conflict):
    """Somebody can't be a distributor's sponsor; nothing was changed."""

    code = "sponsor_refused"

    def __init__(self, fault: SponsorFault, below: str, above: str) -> None:
        super().__init__(_SENTENCES[fault].format(below=below, above=above))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class SponsorSet:
    """Who the sponsor was and is, by external id; `changed` is false when it was so already."""

    before: str | None
    after: str | None
    changed: bool


async def set_sponsor(
    session: AsyncSession,
    merchant: Merchant,
    below: Distributor,
    above: Distributor | None,
    *,
    actor: Actor,
    now: datetime,
    why: str = "",
) -> SponsorSet:
    """Put a distributor under a sponsor, or under none, from now on, write it down, and tell both.

    The caller holds the merchant's lock, so that two changes at once can't close a circle, and has read both
    distributors, of this merchant, since. Raises HasLeft and SponsorRefused.
    """
    check_has_not_left(below)
    before = (
        (await distributor(session, merchant.id, below.sponsor_id)).external_id
        if below.sponsor_id is not None
        else None
    )
    after = above.external_id if above is not None else None
    if before == after:
        return SponsorSet(before, after, changed=False)
    if above is not None:
        await check_sponsor(session, merchant.id, below, above)
    below.sponsor_id = above.id if above is not None else None
    session.add(below)
    await session.flush()
    entry = await write_down(
        session,
        merchant_id=merchant.id,
        actor=actor,
        act=Deed.SET_SPONSOR,
        subject=f"distributor {below.external_id}",
        before=before,
        after=after,
        why=why,
        now=now,
    )
    await tell(session, entry, NoticeKind.SPONSOR_SET, below, {"sponsor_id": below.sponsor_id})
    if above is not None:
        await tell(session, entry, NoticeKind.MEMBER_SET, above, {"member_id": below.id})
    return SponsorSet(before, after, changed=True)


async def check_sponsor(
    session: AsyncSession, merchant_id: int, below: Distributor, above: Distributor
) -> None:
    """Raises SponsorRefused where `above` can't be the sponsor of `below`."""
    fault = None
    if above.id == below.id:
        fault = SponsorFault.SELF
    elif above.state is DistributorState.SUSPENDED:
        fault = SponsorFault.SUSPENDED
    elif above.state is DistributorState.LEFT:
        fault = SponsorFault.LEFT
    elif below.id in await _line_above(session, merchant_id, above.id):
        fault = SponsorFault.LOOP
    if fault is not None:
        raise SponsorRefused(fault, below.external_id, above.external_id)


async def attach_all(
    session: AsyncSession, merchant_id: int, pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Put many under their sponsors, by keys (distributor, sponsor), one after the other.

    The caller holds the merchant's lock, so that what is checked is what stands. Answers the pairs that would close
    a circle; these stay as they are.
    """
    above = await _all_above(session, merchant_id, [sponsor for _, sponsor in pairs])
    refused, taken = [], []
    for below, sponsor in pairs:
        if _stands_above(below, sponsor, above):
            refused.append((below, sponsor))
        else:
            above[below] = sponsor
            taken.append({"key": below, "sponsor": sponsor})
    if taken:
        statement = (
            update(_TABLE)
            .where(_TABLE.c.merchant_id == merchant_id, _TABLE.c.id == bindparam("key"))
            .values(sponsor_id=bindparam("sponsor"))
        )
        await (await session.connection()).execute(statement, taken)
    return refused


def _stands_above(wanted: int, here: int | None, above: Mapping[int, int | None]) -> bool:
    """Whether one walks from here up to somebody; each is passed once."""
    seen: set[int] = set()
    while here is not None and here not in seen:
        if here == wanted:
            return True
        seen.add(here)
        here = above.get(here)
    return False


async def _all_above(
    session: AsyncSession, merchant_id: int, distributor_ids: Sequence[int]
) -> dict[int, int | None]:
    """These and everybody above them, each with their sponsor."""
    found: dict[int, int | None] = {}
    for part in chunks(sorted(set(distributor_ids))):
        rows = await session.execute(_upwards(merchant_id, _TABLE.c.id.in_(part)))
        found.update({row.id: row.sponsor_id for row in rows})
    return found


async def _line_above(session: AsyncSession, merchant_id: int, distributor_id: int) -> set[int]:
    """A distributor and everybody above them."""
    rows = await session.execute(_upwards(merchant_id, _TABLE.c.id == distributor_id))
    return {row.id for row in rows}


def _upwards(merchant_id: int, which: ColumnElement[bool]) -> Select[tuple[int, int | None]]:
    """Some distributors and everybody above them. Ends in a circle, too: each is walked once."""
    line = (
        select(_TABLE.c.id, _TABLE.c.sponsor_id)
        .where(_TABLE.c.merchant_id == merchant_id, which)
        .cte("line", recursive=True)
    )
    line = line.union(
        select(_TABLE.c.id, _TABLE.c.sponsor_id).where(
            _TABLE.c.merchant_id == merchant_id, _TABLE.c.id == line.c.sponsor_id
        )
    )
    return select(line.c.id, line.c.sponsor_id)


async def circles(session: AsyncSession, merchant_id: int) -> list[str]:
    """External ids of everybody who stands above themselves; empty in a healthy store.

    Everybody whom no walk down from the tops reaches stands in a circle or below one; few, if any, so that the
    circles themselves are found by hand.
    """
    reached = _reached(merchant_id)
    lost = await session.execute(
        select(_TABLE.c.id, _TABLE.c.sponsor_id, _TABLE.c.external_id).where(
            _TABLE.c.merchant_id == merchant_id,
            _TABLE.c.sponsor_id.is_not(None),
            _TABLE.c.id.not_in(select(reached.c.id)),
        )
    )
    rows = {row.id: (row.sponsor_id, row.external_id) for row in lost}
    return sorted(name for key, (_, name) in rows.items() if _comes_back(key, rows))


def _reached(merchant_id: int) -> CTE:
    """Everybody with a sponsor, walked down to from those without one."""
    above = _TABLE.alias("above")
    first = (
        select(_TABLE.c.id)
        .join(above, above.c.id == _TABLE.c.sponsor_id)
        .where(_TABLE.c.merchant_id == merchant_id, above.c.sponsor_id.is_(None))
        .cte("reached", recursive=True)
    )
    return first.union(select(_TABLE.c.id).where(_TABLE.c.sponsor_id == first.c.id))


def _comes_back(key: int, rows: dict[int, tuple[int, str]]) -> bool:
    seen: set[int] = set()
    here = rows[key][0]
    while here in rows and here not in seen:
        if here == key:
            return True
        seen.add(here)
        here = rows[here][0]
    return here == key


async def team_sizes(session: AsyncSession, distributor_ids: Sequence[int]) -> dict[int, int]:
    """How many direct members, active ones, each of these has; who has none is left out."""
    found: dict[int, int] = {}
    for part in chunks(distributor_ids):
        rows = await session.execute(
            select(col(Distributor.sponsor_id), func.count())
            .where(col(Distributor.sponsor_id).in_(part), col(Distributor.state) == DistributorState.ACTIVE)
            .group_by(col(Distributor.sponsor_id))
        )
        found.update({key: count for key, count in rows if key is not None})
    return found
