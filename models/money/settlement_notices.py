"""What a settlement tells: one notice a distributor and run, written in sets beside the money.

A later chunk of the run adds to the notice as long as nobody has begun to send it, and tells of itself else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.settlement_sets import notice_key
from models.money.settlement_tables import GAINING
from models.people.distributors import Distributor
from models.store.ids import new_ids
from models.store.outbox import NoticeKind, NoticeRow, NoticeState, Topic
from models.store.sql import table_of
from models.store.types import Json, Key, UtcTime, Word

_NOTICE, _DISTRIBUTOR = table_of(NoticeRow), table_of(Distributor)
_SUMS = ("amount_minor", "orders", "bonuses", "reversed_minor")
_COLUMNS = ("merchant_id", "person_id", "key", "topic", "kind", "facts", "state", "not_before", "created_at")


async def tell(session: AsyncSession, merchant_id: int, now: datetime) -> None:
    """Tell everybody in `gaining` who has a chat."""
    people = (await session.execute(select(func.count()).select_from(GAINING))).scalar_one()
    if not people:
        return
    build = func.json_object if session.get_bind().dialect.name == "sqlite" else func.json_build_object
    key = notice_key(now, GAINING.c.distributor_id)
    stands = and_(_NOTICE.c.merchant_id == literal(merchant_id, Key), _NOTICE.c.key == key)
    ours = _NOTICE.c.id == GAINING.c.notice_id
    await session.execute(update(_NOTICE).where(ours).values(facts=build(*_pairs(_together()))))
    # A notice that is under way keeps its words: what comes now has a key of its own.
    apart = key.concat(":").concat(cast(GAINING.c.commission_id, String))
    place = func.row_number().over(order_by=GAINING.c.distributor_id) - literal(1, BigInteger)
    fresh = (
        select(
            new_ids(people).at(place),
            literal(merchant_id, Key),
            _DISTRIBUTOR.c.person_id,
            case((select(_NOTICE.c.id).where(stands).correlate(GAINING).exists(), apart), else_=key),
            literal(Topic.SETTLEMENT, Word(Topic)),
            literal(NoticeKind.RELEASED, Word(NoticeKind)),
            type_coerce(build(*_pairs(_alone())), Json),
            literal(NoticeState.QUEUED, Word(NoticeState)),
            literal(now, UtcTime),
            literal(now, UtcTime),
            literal(0, BigInteger),
            literal(0, BigInteger),
        )
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == GAINING.c.distributor_id)
        .where(_DISTRIBUTOR.c.person_id.is_not(None), GAINING.c.notice_id.is_(None))
    )
    await session.execute(insert(_NOTICE).from_select(("id", *_COLUMNS, "tries", "fence"), fresh))


Facts = dict[str, ColumnElement[Any]]


def _alone() -> Facts:
    """What this chunk alone has to tell; times as microseconds."""
    return {name: GAINING.c[name] for name in ("distributor_id", *_SUMS, "earned_from", "earned_until")}


def _together() -> Facts:
    """The same with what the notice said before."""
    facts = _alone()
    for name in _SUMS:
        facts[name] = facts[name] + _said(name)
    first, last = _said("earned_from"), _said("earned_until")
    facts["earned_from"] = case((first < facts["earned_from"], first), else_=facts["earned_from"])
    facts["earned_until"] = case((last > facts["earned_until"], last), else_=facts["earned_until"])
    return facts


def _said(name: str) -> ColumnElement[int]:
    return cast(_NOTICE.c.facts[name].as_string(), BigInteger)


def _pairs(facts: Facts) -> list[ColumnElement[Any]]:
    return [
        part
        for name, value in facts.items()
        for part in (literal(name, String), type_coerce(value, BigInteger))
    ]
