"""People in chat: who they are, which language they read, whether they can be reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.audit import Actor
from models.store.ids import new_id
from models.store.prepared import Prepared, row_of
from models.store.sql import chunks, insert_ignore, table_of
from models.store.types import Key, UtcTime

NAME_CHARS = 200


class Person(SQLModel, table=True):
    """A chat account. `language` is the person's own choice and beats the client's.

    `asked` is the question that their next text answers, in the form of a button: `noun:verb:id`. `live_message_id`
    is the message of their chat that is kept up to date, and `live_subject` what it shows: `noun:id`.
    """

    __tablename__ = "person"

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    chat_id: int = Field(unique=True, sa_type=Key)
    name: str = Field(default="", sa_type=String(NAME_CHARS))
    username: str | None = Field(default=None, sa_type=String(64))
    client_language: str | None = Field(default=None, sa_type=String(16))
    language: str | None = Field(default=None, sa_type=String(16))
    current_merchant_id: int | None = Field(default=None, foreign_key="merchant.id", sa_type=Key)
    unreachable_since: datetime | None = Field(default=None, sa_type=UtcTime)
    asked: str | None = Field(default=None, sa_type=String(100))
    asked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    live_message_id: int | None = Field(default=None, sa_type=Key)
    live_subject: str | None = Field(default=None, sa_type=String(40))
    created_at: datetime = Field(sa_type=UtcTime)


_TABLE = table_of(Person)
_IN_CHAT = Prepared(select(_TABLE).where(_TABLE.c.chat_id == bindparam("chat_id")), row_of(Person))


async def person_in_chat(session: AsyncSession, chat_id: int) -> Person | None:
    """The person behind a chat account."""
    return await _IN_CHAT.first(session, chat_id=chat_id)


async def meet_person(
    session: AsyncSession,
    *,
    chat_id: int,
    name: str,
    username: str | None,
    client_language: str | None,
    now: datetime,
) -> Person:
    """The person who wrote to us, made at first sight; what the client says of them is kept up to date."""
    known = await person_in_chat(session, chat_id)
    if known is None:
        await session.execute(
            insert_ignore(session, Person, ("chat_id",)).values(
                id=new_id(), chat_id=chat_id, name="", created_at=now
            )
        )
        known = await person_in_chat(session, chat_id)
        assert known is not None  # inserted above, or there before
    said = {
        "name": name[:NAME_CHARS],
        "username": username,
        "client_language": client_language,
        "unreachable_since": None,
    }
    changed = {field: value for field, value in said.items() if getattr(known, field) != value}
    if not changed:
        return known
    await _set(session, known.id, **changed)
    met = await person_in_chat(session, chat_id)
    assert met is not None  # it was there before
    return met


async def names_of(session: AsyncSession, person_ids: Sequence[int]) -> dict[int, str]:
    """The names of these people, by key."""
    found: dict[int, str] = {}
    for part in chunks(person_ids):
        rows = await session.execute(select(_TABLE.c.id, _TABLE.c.name).where(_TABLE.c.id.in_(part)))
        found.update({row.id: row.name for row in rows})
    return found


async def names_of_actors(session: AsyncSession, actors: Iterable[str]) -> dict[str, str]:
    """The names of those of these who are people, by the way the audit names them (`person 17`)."""
    keys = {name: key for name in actors if (key := Actor(name).person_key) is not None}
    names = await names_of(session, sorted(set(keys.values())))
    return {word: names[key] for word, key in keys.items() if key in names}


async def choose_language(session: AsyncSession, person_id: int, language: str) -> None:
    """The person's own choice of language."""
    await _set(session, person_id, language=language)


async def choose_merchant(session: AsyncSession, person_id: int, merchant_id: int) -> None:
    """The merchant whose screens the person looks at."""
    await _set(session, person_id, current_merchant_id=merchant_id)


QUESTION_LASTS = timedelta(minutes=30)
"""A text that comes later is no answer any more."""


def open_question(person: Person, now: datetime) -> str | None:
    """The question that a text of this person answers now."""
    if person.asked is None or person.asked_at is None or now - person.asked_at > QUESTION_LASTS:
        return None
    return person.asked


async def ask_person(session: AsyncSession, person_id: int, question: str, now: datetime) -> None:
    """The person's next text answers this question (`noun:verb:id`), in place of the one before."""
    await _set(session, person_id, asked=question, asked_at=now)


async def close_question(session: AsyncSession, person_id: int) -> None:
    """The person answered, or went elsewhere."""
    await _set(session, person_id, asked=None, asked_at=None)


async def keep_live(session: AsyncSession, person_id: int, message_id: int, subject: str) -> None:
    """This message shows a subject (`noun:id`) and follows what becomes of it, in place of the one before."""
    await _set(session, person_id, live_message_id=message_id, live_subject=subject)


async def let_go(session: AsyncSession, person_id: int) -> None:
    """Something else stands in the message."""
    await _set(session, person_id, live_message_id=None, live_subject=None)


async def live_messages(session: AsyncSession, person_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """The messages that are kept up to date in these people's chats and what they show, by person."""
    found: dict[int, tuple[int, str]] = {}
    for part in chunks(sorted(person_ids)):
        rows = await session.execute(
            select(_TABLE.c.id, _TABLE.c.live_message_id, _TABLE.c.live_subject).where(
                _TABLE.c.id.in_(part), _TABLE.c.live_message_id.is_not(None)
            )
        )
        found.update({row.id: (row.live_message_id, row.live_subject) for row in rows})
    return found


async def mark_unreachable(session: AsyncSession, person_id: int, now: datetime) -> None:
    """The person blocked the bot or is gone: a state, never retried, until they write again."""
    await _set(session, person_id, unreachable_since=now)


async def _set(session: AsyncSession, person_id: int, **values: object) -> None:
    await session.execute(
        update(Person)
        .where(col(Person.id) == person_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
