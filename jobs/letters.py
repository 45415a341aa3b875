"""Notices as messages to people: rendered when they are sent, each in its reader's language."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.card import Card
from bot.cards.notices import notice_card
from bot.voice.catalogue import Voice
from bot.voice.languages import negotiate
from models.money.notices import facts_of
from models.people.persons import Person
from models.store.outbox import Notice
from models.store.sql import chunks, table_of

_AT_ONCE: Final = 10
"""Cards rendered before others get a turn: a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A card and the chat it goes to."""

    chat_id: int
    card: Card


async def write_letters(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, Letter]:
    """The notices' messages by the notice's key, of what stands now.

    Left out is a notice whose reader can't be reached or whose subject is gone. Raises whatever spoils
    one of them; the others are then not written either.
    """
    readers = await _readers(session, notices)
    facts = await facts_of(session, [notice for notice in notices if notice.person_id in readers])
    letters: dict[int, Letter] = {}
    for count, notice in enumerate(notices, 1):
        if notice.id in facts:
            reader = readers[notice.person_id]
            voice = Voice(negotiate(reader.language, reader.client_language))
            letters[notice.id] = Letter(reader.chat_id, notice_card(facts[notice.id], voice))
        if count % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return letters


async def _readers(
    session: AsyncSession, notices: Sequence[Notice]
) -> dict[int, Row[tuple[int, int, str | None, str | None]]]:
    """Who reads these notices, of those who can be reached."""
    person = table_of(Person)
    found: dict[int, Row[tuple[int, int, str | None, str | None]]] = {}
    for part in chunks(sorted({notice.person_id for notice in notices})):
        rows = await session.execute(
            select(person.c.id, person.c.chat_id, person.c.language, person.c.client_language).where(
                person.c.id.in_(part), person.c.unreachable_since.is_(None)
            )
        )
        found.update({row.id: row for row in rows})
    return found
