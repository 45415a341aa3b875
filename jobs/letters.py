"""A notice as a message to a person: rendered when it is sent, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.cards.card import Card
from bot.cards.notices import notice_card
from bot.voice.catalogue import Voice
from bot.voice.languages import negotiate
from models.money.notices import notice_facts
from models.people.persons import Person
from models.store.outbox import Notice


@dataclass(frozen=True, slots=True)
class Letter:
    """A card and the chat it goes to."""

    chat_id: int
    card: Card


async def write_letter(session: AsyncSession, notice: Notice) -> Letter | None:
    """The notice's message; None when its reader can't be reached or what it told of is gone."""
    person = (await session.execute(select(Person).where(col(Person.id) == notice.person_id))).scalar_one()
    if person.unreachable_since is not None:
        return None
    facts = await notice_facts(session, notice)
    if facts is None:
        return None
    voice = Voice(negotiate(person.language, person.client_language))
    return Letter(person.chat_id, notice_card(facts, voice))
