"""What a person has chosen for themselves: topics, quiet hours, zone, and how their posters look (chat.md 3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import Invalid
from models.store.outbox import MUTABLE, Topic
from models.store.sql import chunks
from models.store.types import Json, Key, Word

MINUTES_A_DAY = 24 * 60
_NO_PLACE = re.compile(r"localtime|Factory|(Etc/)?GMT[+-]\d+")
"""No clock that somebody lives by: the machine's own, none, and differences, whose sign is the other way round than
people write it (Etc/GMT+8 is behind)."""


class NameShown(StrEnum):
    """How a person shows on their posters: picture and name, the picture alone, or not at all."""

    NAMED = "named"
    AVATAR = "avatar"
    ANONYMOUS = "anonymous"


class Theme(StrEnum):
    """On which ground pictures of figures are drawn."""

    LIGHT = "light"
    DARK = "dark"


class Preference(SQLModel, table=True):
    """One person's choices. Minutes of the day are in the person's zone; `zone` None is the shop's."""

    __tablename__ = "preference"

    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=Key)
    muted: list[str] = Field(default_factory=list, sa_type=Json)
    quiet_from: int | None = 22 * 60
    quiet_until: int | None = 8 * 60
    zone: str | None = Field(default=None, sa_type=String(60))
    name_shown: NameShown = Field(default=NameShown.NAMED, sa_type=Word(NameShown))
    theme: Theme = Field(default=Theme.LIGHT, sa_type=Word(Theme))
    poster_family: str = Field(default="", sa_type=String(40))
    poster_profile: str = Field(default="", sa_type=String(12))


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing that can wait is sent: minutes of the day, over midnight where `start` is later."""

    start: int
    end: int

    def over_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that hold at `now` end (UTC); None outside of them.

        A local end that summer time skips is taken where the clock lands; one that comes twice, at its first.
        """
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        inside = (
            self.start <= minute < self.end
            if self.start < self.end
            else minute >= self.start or minute < self.end
        )
        if not inside:
            return None
        day = local.date() + timedelta(days=1) if minute >= self.end else local.date()
        end = datetime.combine(day, time(*divmod(self.end, 60)), tzinfo=zone).astimezone(UTC)
        # In the hour that comes twice the first end may be past already.
        return end if end > now else None


class UnknownZone(Invalid):
    """What was typed is no time zone."""

    code = "unknown_zone"

    def __init__(self, typed: str) -> None:
        super().__init__(f"{typed!r} is no time zone; give a name such as Europe/London or Asia/Shanghai.")


def is_muted(preference: Preference, topic: Topic) -> bool:
    """Whether the person wants nothing of a topic; what concerns money or security can't be muted."""
    return topic in MUTABLE and topic in preference.muted


def quiet_of(preference: Preference) -> Quiet | None:
    """The person's quiet hours; None when they have none."""
    start, end = preference.quiet_from, preference.quiet_until
    return None if start is None or end is None or start == end else Quiet(start, end)


def zone_of(preference: Preference, otherwise: ZoneInfo) -> ZoneInfo:
    """The person's zone, or the shop's."""
    return ZoneInfo(preference.zone) if preference.zone is not None else otherwise


def zone_named(typed: str) -> str:
    """The zone that somebody typed, by its whole name or its city. Raises UnknownZone."""
    wanted = typed.strip().replace(" ", "_").casefold()
    found = _zones().get(wanted)
    if found is None:
        raise UnknownZone(typed.strip()[:60])
    return found


@cache
def _zones() -> dict[str, str]:
    """Zones by their names and cities, in small letters; of two cities of one name the first has it."""
    zones = sorted(name for name in available_timezones() if not _NO_PLACE.fullmatch(name))
    by_city = {name.rpartition("/")[2].casefold(): name for name in reversed(zones)}
    return by_city | {name.casefold(): name for name in zones}


async def preference_of(session: AsyncSession, person_id: int) -> Preference:
    """The person's choices; the defaults of whoever has made none."""
    return (await preferences_of(session, [person_id]))[person_id]


async def preferences_of(session: AsyncSession, person_ids: Collection[int]) -> dict[int, Preference]:
    """The choices of each of these people."""
    found = {key: Preference(person_id=key) for key in person_ids}
    for part in chunks(sorted(found)):
        rows = await session.execute(select(Preference).where(col(Preference.person_id).in_(part)))
        found.update({row.person_id: row for row in rows.scalars()})
    return found


async def prefer(session: AsyncSession, preference: Preference) -> None:
    """Keep what a person has chosen."""
    await session.merge(preference)
    await session.flush()


def toggled(muted: Sequence[str], topic: Topic) -> list[str]:
    """The muted topics with one switched over."""
    return [each for each in muted if each != topic] if topic in muted else [*muted, topic]
