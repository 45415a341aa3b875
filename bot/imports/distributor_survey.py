"""Which rows of a distributors file can go in, decided before anything is written.

A sponsor may stand later in the file than those whom they invited, so the file is read twice: here for
who invites whom, then again for the rows themselves. Only these few words of each row stay in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.imports.enrolled import (
    Enrolled,
    enrolled_by_external_id,
    enrolled_by_id,
    external_ids_by_chat,
)
from bot.imports.into_store import Intake
from bot.imports.rows import DistributorRow, read_distributors
from models.people.distributors import DistributorState
from models.people.merchants import Merchant
from models.store.ids import new_id


@dataclass(frozen=True, slots=True)
class Ranks:
    """The levels and profiles that the plan in force has."""

    levels: Collection[str]
    profiles: Collection[str]

    def fault(self, row: DistributorRow) -> str | None:
        """A sentence where a row names what the plan does not have."""
        if row.level is not None and row.level not in self.levels:
            return f"The plan has no level {row.level!r}; its levels are {', '.join(self.levels)}."
        if row.profile is not None and row.profile not in self.profiles:
            known = f"its profiles are {', '.join(self.profiles)}" if self.profiles else "it has no profiles"
            return f"The plan has no profile {row.profile!r}; {known}."
        return None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row says about who invited whom."""

    line_number: int
    sponsor: str | None
    telegram_id: int | None


@dataclass(frozen=True, slots=True)
class Survey:
    """Rows that go in, by external id, and the key of every distributor, old and new, that they name."""

    wishes: Mapping[str, Wish]
    enrolled: Mapping[str, Enrolled]
    ids: Mapping[str, int]

    def takes(self, row: DistributorRow) -> bool:
        """Whether this row goes in."""
        wish = self.wishes.get(row.external_id)
        return wish is not None and wish.line_number == row.line_number

    def new_sponsors(self) -> list[tuple[int, int]]:
        """Keys (distributor, sponsor) where the file says another sponsor than the store."""
        pairs = []
        for external_id, wish in self.wishes.items():
            if wish.sponsor is None:
                continue
            before = self.enrolled.get(external_id)
            sponsor_id = self.ids[wish.sponsor]
            if before is None or before.sponsor_id != sponsor_id:
                pairs.append((self.ids[external_id], sponsor_id))
        return pairs

    def refuse_sponsor(self, distributor_id: int, sponsor_id: int, intake: Intake) -> None:
        """A sponsor that somebody's change by hand, since the file was surveyed, made impossible."""
        names = {key: external_id for external_id, key in self.ids.items()}
        below, above = names[distributor_id], names[sponsor_id]
        intake.refuse(
            self.wishes[below].line_number,
            f"{above!r} came to stand below {below!r} meanwhile, so the sponsors would go round in a circle; the row "
            "went in without its sponsor.",
        )


async def survey(
    session: AsyncSession, merchant: Merchant, path: Path, ranks: Ranks | None, intake: Intake
) -> Survey:
    """Read the file once and name every row that can't go in. `ranks` None: no plan says which exist."""
    wishes = _wishes(path, ranks, intake)
    await _refuse_taken_chats(session, merchant.id, wishes, intake)
    named = set(wishes) | {wish.sponsor for wish in wishes.values() if wish.sponsor is not None}
    enrolled = await enrolled_by_external_id(session, merchant.id, named)
    _refuse_leavers(wishes, enrolled, intake)
    ancestors = await _ancestors(session, merchant.id, enrolled)
    _Sponsors(wishes, enrolled, ancestors).refuse_bad(intake)
    ids = {external_id: known.id for external_id, known in enrolled.items()}
    ids |= {external_id: new_id() for external_id in wishes if external_id not in ids}
    return Survey(wishes, enrolled, ids)


def _wishes(path: Path, ranks: Ranks | None, intake: Intake) -> dict[str, Wish]:
    wishes: dict[str, Wish] = {}
    chats: dict[int, int] = {}
    for row in intake.good(read_distributors(path)):
        fault = ranks.fault(row) if ranks is not None else None
        if fault is not None:
            intake.refuse(row.line_number, fault)
            continue
        if row.telegram_id is not None:
            first = chats.setdefault(row.telegram_id, row.line_number)
            if first != row.line_number:
                intake.refuse(
                    row.line_number, f"The telegram_id {row.telegram_id} is already on line {first}."
                )
                continue
        wishes[row.external_id] = Wish(row.line_number, row.sponsor, row.telegram_id)
    return wishes


async def _refuse_taken_chats(
    session: AsyncSession, merchant_id: int, wishes: dict[str, Wish], intake: Intake
) -> None:
    chats = [wish.telegram_id for wish in wishes.values() if wish.telegram_id is not None]
    owners = await external_ids_by_chat(session, merchant_id, chats)
    for external_id, wish in list(wishes.items()):
        owner = owners.get(wish.telegram_id) if wish.telegram_id is not None else None
        if owner is not None and owner != external_id:
            del wishes[external_id]
            intake.refuse(
                wish.line_number, f"The telegram_id {wish.telegram_id} is already the distributor {owner!r}."
            )


def _refuse_leavers(wishes: dict[str, Wish], enrolled: Mapping[str, Enrolled], intake: Intake) -> None:
    """Whoever had their data deleted stays nameless, however long the shop's own list names them."""
    for external_id, wish in list(wishes.items()):
        known = enrolled.get(external_id)
        if known is not None and known.state is DistributorState.LEFT:
            del wishes[external_id]
            intake.refuse(
                wish.line_number,
                f"{external_id!r} has left and had their data deleted; whoever comes back takes an id of their own.",
            )


async def _ancestors(
    session: AsyncSession, merchant_id: int, enrolled: Mapping[str, Enrolled]
) -> dict[int, Enrolled]:
    """These distributors and everybody above them in the store, by key."""
    found = {known.id: known for known in enrolled.values()}
    while True:
        above = {known.sponsor_id for known in found.values() if known.sponsor_id is not None}
        missing = above - set(found)
        if not missing:
            return found
        found |= await enrolled_by_id(session, merchant_id, missing)


class _Sponsors:
    """Follows every row up to its top: the file's word first, the store's where the file is silent.

    A row is good when everybody above it is there and nobody stands above themselves; then so are all
    the rows above it, and what is written can never close a loop.
    """

    def __init__(
        self, wishes: dict[str, Wish], enrolled: Mapping[str, Enrolled], ancestors: Mapping[int, Enrolled]
    ) -> None:
        self._wishes = wishes
        self._known = {known.external_id: known for known in ancestors.values()} | dict(enrolled)
        self._ancestors = ancestors
        self._faults: dict[str, str | None] = {}
        """A sentence for each row that is bad; None for who is settled and good."""

    def refuse_bad(self, intake: Intake) -> None:
        """Take the bad rows out of the wishes and name them, in the file's order."""
        for external_id in self._wishes:
            self._settle(external_id)
        for external_id, wish in list(self._wishes.items()):
            fault = self._faults[external_id]
            if fault is not None:
                del self._wishes[external_id]
                intake.refuse(wish.line_number, fault)

    def _settle(self, external_id: str) -> None:
        trail: dict[str, None] = {}
        here: str | None = external_id
        while here is not None and here not in self._faults and here not in trail and self._is_there(here):
            trail[here] = None
            here = self._above(here)
        if here is not None and here in trail:
            walked = list(trail)
            for member in walked[walked.index(here) :]:
                self._faults[member] = f"The sponsors of {member!r} lead back to {member!r}; break the loop."
        for member in reversed(trail):
            self._faults.setdefault(member, self._fault_above(self._above(member)))

    def _fault_above(self, above: str | None) -> str | None:
        if above is None:
            return None
        if not self._is_there(above):
            return f"There is no sponsor {above!r}, neither in this file nor among the distributors."
        if self._faults[above] is not None:
            return f"The row of its sponsor {above!r}, or one above it, is left out."
        return None

    def _is_there(self, external_id: str) -> bool:
        return external_id in self._wishes or external_id in self._known

    def _above(self, external_id: str) -> str | None:
        wish = self._wishes.get(external_id)
        if wish is not None and wish.sponsor is not None:
            return wish.sponsor
        known = self._known.get(external_id)
        if known is None or known.sponsor_id is None:
            return None
        return self._ancestors[known.sponsor_id].external_id
