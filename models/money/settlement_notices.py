"""What a settlement tells: one notice a distributor and run, written in sets beside the money.

A later chunk of the run adds to the notice as long as nobody has begun to send it, and tells of itself else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Function,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.settlement_tables import GAINING, rows_written
from models.people.distributors import Distributor
from models.store.ids import new_ids
from models.store.outbox import NoticeKind, NoticeRow, NoticeState, Topic
from models.store.sql import table_of
from models.store.types import Json, Key, UtcTime, Word, to_micros

_NOTICE, _DISTRIBUTOR = table_of(NoticeRow), table_of(Distributor)
Build = Callable[..., Function[Any]]
"""A database's function that makes a JSON object of names and values in turns."""
_SUMS = ("amount_minor", "orders", "bonuses", "reversed_minor")
_COLUMNS = (
    "id",
    "merchant_id",
    "person_id",
    "key",
    "topic",
    "kind",
    "facts",
    "state",
    "not_before",
    "created_at",
    "tries",
    "fence",
)
_IS_THEIRS = _DISTRIBUTOR.c.id == GAINING.c.distributor_id
_HAS_A_CHAT = _DISTRIBUTOR.c.person_id.is_not(None)
_IS_UNSENT = and_(
    _NOTICE.c.state == literal(NoticeState.QUEUED, Word(NoticeState)),
    _NOTICE.c.fence == literal(0, BigInteger),
)
"""Whether nobody has begun to send it."""


async def tell(session: AsyncSession, merchant_id: int, now: datetime) -> None:
    """Tell everybody in `gaining` who has a chat."""
    who = select(func.count()).select_from(GAINING).join(_DISTRIBUTOR, _IS_THEIRS).where(_HAS_A_CHAT)
    people = (await session.execute(who)).scalar_one()
    if not people:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    build: Build = func.json_object if is_sqlite else func.json_build_object
    key = literal(f"{NoticeKind.RELEASED}:{to_micros(now)}:", String).concat(_text(GAINING.c.distributor_id))
    fresh = (SqliteInsert if is_sqlite else PostgresInsert)(_NOTICE).from_select(
        _COLUMNS, _told(merchant_id, key, build, people, now)
    )
    added = fresh.on_conflict_do_update(
        index_elements=["merchant_id", "key"],
        set_={"facts": build(*_pairs(_together(fresh.excluded.facts)))},
        where=_IS_UNSENT,
    )
    if await rows_written(session, added) < people:
        # A notice that is under way keeps its words: what comes now has a key of its own.
        apart = key.concat(":").concat(_text(GAINING.c.commission_id))
        stands = and_(_NOTICE.c.merchant_id == literal(merchant_id, Key), _NOTICE.c.key == key, ~_IS_UNSENT)
        under_way = select(_NOTICE.c.id).where(stands).correlate(GAINING).exists()
        others = _told(merchant_id, apart, build, people, now).where(under_way)
        await session.execute(insert(_NOTICE).from_select(_COLUMNS, others))


def _told(merchant_id: int, key: ColumnElement[str], build: Build, people: int, now: datetime) -> Select[Any]:
    """A notice for each of `people`, under this key, with what the chunk alone has to tell."""
    place = func.row_number().over(order_by=GAINING.c.distributor_id) - literal(1, BigInteger)
    facts = {name: GAINING.c[name] for name in ("distributor_id", *_SUMS, "earned_from", "earned_until")}
    return (
        select(
            new_ids(people).at(place),
            literal(merchant_id, Key),
            _DISTRIBUTOR.c.person_id,
            key,
            literal(Topic.SETTLEMENT, Word(Topic)),
            literal(NoticeKind.RELEASED, Word(NoticeKind)),
            type_coerce(build(*_pairs(facts)), Json),
            literal(NoticeState.QUEUED, Word(NoticeState)),
            literal(now, UtcTime),
            literal(now, UtcTime),
            literal(0, BigInteger),
            literal(0, BigInteger),
        )
        .select_from(GAINING)
        .join(_DISTRIBUTOR, _IS_THEIRS)
        .where(_HAS_A_CHAT)
    )


def _together(now_said: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """What the notice said before, and what this chunk adds."""
    before, now = _Said(_NOTICE.c.facts), _Said(now_said)
    facts = {"distributor_id": now["distributor_id"]}
    facts |= {name: before[name] + now[name] for name in _SUMS}
    earned_from, earned_until = before["earned_from"], before["earned_until"]
    facts["earned_from"] = case((earned_from < now["earned_from"], earned_from), else_=now["earned_from"])
    facts["earned_until"] = case(
        (earned_until > now["earned_until"], earned_until), else_=now["earned_until"]
    )
    return facts


class _Said:
    """The numbers of a notice's facts."""

    def __init__(self, facts: ColumnElement[Any]) -> None:
        self._facts = facts

    def __getitem__(self, name: str) -> ColumnElement[int]:
        return cast(self._facts[name].as_string(), BigInteger)


def _pairs(facts: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [
        part
        for name, value in facts.items()
        for part in (literal(name, String), type_coerce(value, BigInteger))
    ]


def _text(key: ColumnElement[int]) -> ColumnElement[str]:
    return cast(key, String)
