"""The real shop under one of the three plans, told to the product and to the reference alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.people.levels import BEGINNING
from models.store.engine import Store
from tests.reference.export import category_of, read_export, titles_of
from tests.reference.facts import Human
from tests.reference.happenings import happenings, number
from tests.reference.three_plans import Season
from tests.reference.told_twice import Goods, Happening, ToldTwice, human, open_twice

OPENING = datetime(2010, 12, 1, tzinfo=UTC)
AGREED = OPENING + timedelta(days=9, hours=11, minutes=3)
FIRST_NIGHT = OPENING + timedelta(days=1, hours=2, minutes=30)
MANY = 150


def people_of(season: Season) -> list[Human]:
    """A tree of people: some suspended, some pinned, some who share their sponsor's contact data."""
    people: list[Human] = []
    for place in range(MANY):
        key = f"d{place:03}"
        sponsor = people[number(key, "sponsor", place) // 3] if place > 4 and place % 9 else None
        own = f"{key}@shop.example" if place % 2 else None
        level = season.given[place // 3 % len(season.given)] if place % 3 == 0 else None
        people.append(
            human(
                key,
                sponsor.key if sponsor is not None else None,
                level=level,
                profile={1: "kol", 4: "fan", 7: "gone"}.get(place % 10),
                profile_since=AGREED if place % 20 == 11 else BEGINNING,
                mark=sponsor.mark if sponsor is not None and place % 13 == 0 else own,
                active=place % 17 != 5,
                pinned=level is not None and place % 4 == 1,
            )
        )
    return people


def goods_of(path: Path) -> dict[str, Goods]:
    """The shop's SKUs, nineteen of twenty with a cost."""
    return {
        sku: Goods(category_of(title), 5 + number(sku, "cost", 90) if number(sku, "known", 20) else None)
        for sku, title in titles_of(read_export(path)).items()
    }


async def open_season(store: Store, path: Path, season: Season) -> ToldTwice:
    return await open_twice(store, OPENING, season.zone, season.versions, people_of(season), goods_of(path))


async def live_through(told: ToldTwice, path: Path, season: Season) -> None:
    """Tell everything, day by day, with the clock's work every night and for half a year afterwards."""
    happened = happenings(path, sorted(told.codes), told.reference.people, by_customer=season.by_customer)
    night = OPENING
    for night, group in _by_night(happened):
        if group:
            await told.tell(*group)
        await told.night(night)
    for _ in range(60):
        night += timedelta(days=3)
        await told.night(night)


def _by_night(happened: Sequence[Happening]) -> list[tuple[datetime, list[Happening]]]:
    """Groups up to half past two in the morning, UTC."""
    groups: dict[int, list[Happening]] = {}
    for one in happened:
        day = max(-((FIRST_NIGHT - one.told) // timedelta(days=1)), 0)
        groups.setdefault(day, []).append(one)
    return [(FIRST_NIGHT + timedelta(days=day), groups.get(day, [])) for day in range(max(groups) + 1)]
