"""Who is told what about withdrawals: queued where it happens, read again when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.withdrawal_states import (
    RESERVED,
    TABLE,
    Withdrawal,
    WithdrawalMove,
    WithdrawalState,
    moves_of,
)
from models.people.distributors import Distributor
from models.people.permissions import MAY, Act
from models.people.persons import Person, live_messages
from models.people.staff import Staff
from models.store.audit import Actor
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.sql import chunks, table_of, values_of
from models.store.types import JsonValue

_DISTRIBUTOR, _PERSON, _STAFF = table_of(Distributor), table_of(Person), table_of(Staff)


@dataclass(frozen=True, slots=True)
class RequestNews:
    """A withdrawal waits for its reader's agreement; `is_second` when somebody else agreed already."""

    withdrawal: Withdrawal
    distributor: str
    is_second: bool


@dataclass(frozen=True, slots=True)
class StateNews:
    """What became of the reader's own withdrawal, and the message of their chat that shows its life, if one does."""

    withdrawal: Withdrawal
    moves: tuple[WithdrawalMove, ...] = ()
    live_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShownNews:
    """How a withdrawal stands, for the message of its owner's chat that follows it; nothing is sent beside that."""

    withdrawal: Withdrawal
    moves: tuple[WithdrawalMove, ...]
    live_message_id: int


@dataclass(frozen=True, slots=True)
class AccountNews:
    """The reader's payout account is another one now."""

    masked: str


WithdrawalNews = RequestNews | StateNews | ShownNews | AccountNews
_OF_OWNER = frozenset({NoticeKind.WITHDRAWAL_MOVED, NoticeKind.WITHDRAWAL_SHOWN})
KINDS = _OF_OWNER | {NoticeKind.WITHDRAWAL_ASKED, NoticeKind.PAYOUT_ACCOUNT}
_LIVE = "withdrawal:"


def live_subject(withdrawal_id: int) -> str:
    """What a message that follows this withdrawal shows (`models/people/persons.py`)."""
    return f"{_LIVE}{withdrawal_id}"


async def followed(session: AsyncSession, subject: str | None) -> Withdrawal | None:
    """The withdrawal that a message with this subject follows, while it isn't over."""
    key = (subject or "").removeprefix(_LIVE)
    if not key.isdecimal():
        return None
    found = await _withdrawals(session, [int(key)])
    one = found[int(key)][0] if int(key) in found else None
    return one if one is not None and one.state in RESERVED else None


async def news_of_request(session: AsyncSession, asked: Withdrawal, now: datetime) -> None:
    """Tell the shop's finance people, except who asked."""
    await _tell_staff(session, asked, now, is_second=False)


async def news_of_second(session: AsyncSession, asked: Withdrawal, first: Actor, now: datetime) -> None:
    """Tell those whose agreement is needed besides the first one's."""
    await _tell_staff(session, asked, now, is_second=True, but_not=first)


async def _tell_staff(
    session: AsyncSession, asked: Withdrawal, now: datetime, *, is_second: bool, but_not: Actor | None = None
) -> None:
    who_asked = (
        select(_DISTRIBUTOR.c.person_id).where(_DISTRIBUTOR.c.id == asked.distributor_id).scalar_subquery()
    )
    rows = await session.execute(
        select(_STAFF.c.person_id).where(
            _STAFF.c.merchant_id == asked.merchant_id,
            _STAFF.c.role.in_(sorted(MAY[Act.APPROVE_WITHDRAWAL])),
            _STAFF.c.person_id.is_distinct_from(who_asked),
        )
    )
    round_ = asked.approved_at or asked.requested_at
    word = "second" if is_second else "asked"
    known = but_not.person_key if but_not is not None else None
    people = [person for person in rows.scalars() if person != known]
    facts: dict[str, JsonValue] = {"withdrawal_id": asked.id, "is_second": is_second}
    await queue_notices(
        session,
        [
            Notice(
                merchant_id=asked.merchant_id,
                person_id=person,
                key=f"withdrawal:{asked.id}:{word}:{person}:{round_:%Y%m%d%H%M%S%f}",
                kind=NoticeKind.WITHDRAWAL_ASKED,
                facts=facts,
                not_before=now,
                created_at=now,
            )
            for person in people
        ],
    )


async def news_of_state(
    session: AsyncSession, moved: Withdrawal, now: datetime, *, not_before: datetime | None = None
) -> None:
    """Tell whose money it is; nobody when they have no chat account."""
    person_id = (
        await session.execute(
            select(_DISTRIBUTOR.c.person_id).where(_DISTRIBUTOR.c.id == moved.distributor_id)
        )
    ).scalar_one()
    if person_id is None:
        return
    facts: dict[str, JsonValue] = {"withdrawal_id": moved.id, "state": moved.state}
    notice = Notice(
        merchant_id=moved.merchant_id,
        person_id=person_id,
        key=f"withdrawal:{moved.id}:{moved.state}:{now:%Y%m%d%H%M%S%f}",
        kind=NoticeKind.WITHDRAWAL_MOVED,
        facts=facts,
        not_before=not_before or now,
        created_at=now,
    )
    await queue_notices(session, [notice])


async def show_state(session: AsyncSession, moved: Sequence[Withdrawal], now: datetime) -> None:
    """Bring the messages that follow these withdrawals up to date: a step that no message of its own tells of."""
    notices = []
    for part in chunks(moved):
        by_subject = {live_subject(one.id): one for one in part}
        rows = await session.execute(
            select(_PERSON.c.id, _PERSON.c.live_subject)
            .join(_DISTRIBUTOR, _DISTRIBUTOR.c.person_id == _PERSON.c.id)
            .where(
                _DISTRIBUTOR.c.id.in_(sorted({one.distributor_id for one in part})),
                _PERSON.c.live_subject.in_(sorted(by_subject)),
            )
            .distinct()
        )
        for person_id, subject in rows:
            one = by_subject[subject]
            notices.append(
                Notice(
                    merchant_id=one.merchant_id,
                    person_id=person_id,
                    key=f"withdrawal:{one.id}:shown:{one.state}:{now:%Y%m%d%H%M%S%f}",
                    kind=NoticeKind.WITHDRAWAL_SHOWN,
                    facts={"withdrawal_id": one.id},
                    not_before=now,
                    created_at=now,
                )
            )
    await queue_notices(session, notices)


async def read_news(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, WithdrawalNews]:
    """What each of these notices tells, by its key; one that time has overtaken is left out."""
    mine = [notice for notice in notices if notice.kind in KINDS]
    if not mine:
        return {}
    told = await _withdrawals(session, sorted({_subject(notice) for notice in mine}))
    moved = {notice.person_id for notice in mine if notice.kind in _OF_OWNER}
    live = await live_messages(session, moved)
    found: dict[int, WithdrawalNews] = {}
    for notice in mine:
        if notice.kind is NoticeKind.PAYOUT_ACCOUNT:
            found[notice.id] = AccountNews(str(notice.facts.get("masked", "")))
            continue
        about = told.get(_subject(notice))
        if about is None or about[0].merchant_id != notice.merchant_id:
            continue
        news = (
            await _of_owner(session, notice, about[0], live)
            if notice.kind in _OF_OWNER
            else _asked(notice, *about)
        )
        if news is not None:
            found[notice.id] = news
    return found


async def _of_owner(
    session: AsyncSession, notice: Notice, one: Withdrawal, live: Mapping[int, tuple[int, str]]
) -> StateNews | ShownNews | None:
    """A step is told while it is the last one; what is only shown is whatever stands now."""
    is_told = notice.kind is NoticeKind.WITHDRAWAL_MOVED
    if is_told and one.state != notice.facts.get("state"):
        return None
    message_id, subject = live.get(notice.person_id, (None, ""))
    if message_id is None or subject != live_subject(one.id):
        return StateNews(one) if is_told else None
    moves = tuple(await moves_of(session, one.id))
    return StateNews(one, moves, message_id) if is_told else ShownNews(one, moves, message_id)


def _asked(notice: Notice, about: Withdrawal, distributor: str) -> RequestNews | None:
    if about.state is not WithdrawalState.REQUESTED:
        return None
    is_second = notice.facts.get("is_second") is True
    if is_second != (about.approved_by is not None):
        return None
    return RequestNews(about, distributor, is_second)


def _subject(notice: Notice) -> int:
    value = notice.facts.get("withdrawal_id", 0)
    return value if isinstance(value, int) else 0


async def _withdrawals(session: AsyncSession, keys: Sequence[int]) -> dict[int, tuple[Withdrawal, str]]:
    """Withdrawals with their distributors' names."""
    found: dict[int, tuple[Withdrawal, str]] = {}
    for part in chunks(keys):
        rows = await session.execute(
            select(TABLE, _DISTRIBUTOR.c.name.label("whose"))
            .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == TABLE.c.distributor_id)
            .where(TABLE.c.id.in_(part))
        )
        found.update({row.id: (values_of(row, Withdrawal), row.whose) for row in rows})
    return found
