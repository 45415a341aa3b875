"""Notices as messages to people: rendered when they are sent, each in its reader's language."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.card import Card
from bot.cards.notices import Told, notice_card
from bot.cards.withdrawal_notices import live_status
from bot.voice.catalogue import Voice
from bot.voice.languages import negotiate
from models.growth.appointment_notices import appointment_facts
from models.growth.notices import growth_facts
from models.money.bonus_notices import bonus_facts
from models.money.cases.notices import case_news
from models.money.claim_notices import claim_facts
from models.money.notices import facts_of
from models.money.terms import terms_facts
from models.money.told import OfWithdrawal
from models.money.withdrawal_news import ShownNews
from models.people.persons import Person
from models.people.preferences import Preference, is_muted, preferences_of, quiet_of, zone_of
from models.store.outbox import MUTABLE, Notice
from models.store.sql import chunks, table_of

_AT_ONCE: Final = 10
"""Cards rendered before others get a turn: a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A card and the chat it goes to. `beside`: a message there that shows the same thing, and what it shall show.

    `into`: the message there that becomes the card; None where the card is a message of its own.
    """

    chat_id: int
    card: Card
    beside: tuple[int, Card] | None = None
    into: int | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing now: the reader has quiet hours, which are over then."""

    not_before: datetime


async def write_letters(
    session: AsyncSession, notices: Sequence[Notice], now: datetime
) -> dict[int, Letter | Later]:
    """The notices' messages by the notice's key, of what stands now.

    Left out is a notice whose reader can't be reached or has muted its topic, or whose subject is gone. What
    can wait is kept until the reader's quiet hours are over (chat.md 2, rule 14). Raises whatever spoils one of
    them; the others are then not written either.
    """
    readers = await _readers(session, notices)
    read = [notice for notice in notices if notice.person_id in readers]
    facts: dict[int, Told] = {
        **await facts_of(session, read),
        **await bonus_facts(session, read),
        **await growth_facts(session, read),
        **await appointment_facts(session, read),
        **await case_news(session, read),
        **await claim_facts(session, read),
        **await terms_facts(session, read),
    }
    choosers = {notice.person_id for notice in notices if notice.topic in MUTABLE and notice.id in facts}
    choices = await preferences_of(session, choosers) if choosers else {}
    letters: dict[int, Letter | Later] = {}
    for count, notice in enumerate(notices, 1):
        if notice.id in facts and not _is_muted(notice, choices):
            reader = readers[notice.person_id]
            voice = Voice(negotiate(reader.language, reader.client_language))
            told = facts[notice.id]
            quiet_until = _quiet_until(notice, told, choices, now)
            letters[notice.id] = (
                Letter(
                    reader.chat_id, notice_card(told, voice), beside=_beside(told, voice), into=_into(told)
                )
                if quiet_until is None
                else Later(quiet_until)
            )
        if count % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return letters


def _beside(told: Told, voice: Voice) -> tuple[int, Card] | None:
    return live_status(told, voice) if isinstance(told, OfWithdrawal) else None


def _into(told: Told) -> int | None:
    if isinstance(told, OfWithdrawal) and isinstance(told.news, ShownNews):
        return told.news.live_message_id
    return None


def _is_muted(notice: Notice, choices: Mapping[int, Preference]) -> bool:
    return notice.person_id in choices and is_muted(choices[notice.person_id], notice.topic)


def _quiet_until(
    notice: Notice, facts: Told, choices: Mapping[int, Preference], now: datetime
) -> datetime | None:
    """When the reader's quiet hours end; None outside of them, and for what never waits."""
    if notice.topic not in MUTABLE:
        return None
    choice = choices[notice.person_id]
    quiet = quiet_of(choice)
    return quiet.over_at(now, zone_of(choice, facts.shop.zone)) if quiet is not None else None


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
