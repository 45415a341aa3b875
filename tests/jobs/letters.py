"""What the sender's stories need: notices in a store, a courier that answers as told, plain letters."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.card import Card
from bot.clock import Clock
from bot.gateway.errors import Outcome, Sent
from bot.gateway.speed import Lane
from jobs.letters import Letter
from jobs.outbox import Sender, Writer
from models.people.persons import Person
from models.store.engine import Store
from models.store.outbox import Notice, NoticeKind, NoticeRow, queue_notices
from models.store.sql import table_of, values_of
from tests.builders import Shop

BOT = 4242


@dataclass(slots=True)
class ScriptedCourier:
    """Stands where the gateway stands and answers the n-th call to a chat with the n-th outcome told."""

    script: dict[int, list[Outcome]] = field(default_factory=dict)
    calls: list[tuple[int, str]] = field(default_factory=list)
    amended: list[tuple[int, int, str]] = field(default_factory=list)
    edits: list[Outcome] = field(default_factory=list)
    """What comes of the next edits."""
    gate: asyncio.Event | None = None
    """While it is there and not set, calls hang as if they waited for their turn."""
    called: asyncio.Event | None = None
    """Set by the first call."""

    async def send(self, chat_id: int, card: Card, *, lane: Lane) -> Outcome:
        assert lane is Lane.NOTICE
        self.calls.append((chat_id, str(card.text)))
        if self.called is not None:
            self.called.set()
        if self.gate is not None:
            await self.gate.wait()
        told = self.script.get(chat_id, [])
        return told.pop(0) if told else Sent(len(self.calls))

    async def amend(self, chat_id: int, message_id: int, card: Card, *, lane: Lane) -> Outcome:
        assert lane is Lane.NOTICE
        self.amended.append((chat_id, message_id, str(card.text)))
        return self.edits.pop(0) if self.edits else Sent(message_id)

    def of(self, chat_id: int) -> list[str]:
        return [text for chat, text in self.calls if chat == chat_id]


async def plain_letters(session: AsyncSession, notices: Sequence[Notice], _: datetime) -> dict[int, Letter]:
    """Each notice's key as its words."""
    people = [await session.get_one(Person, notice.person_id) for notice in notices]
    return {
        notice.id: Letter(person.chat_id, Card(Markup.escape(notice.key)))
        for notice, person in zip(notices, people, strict=True)
    }


async def never(_: float) -> None:
    """A pause that nobody lives to see the end of."""
    await asyncio.Event().wait()


def sender(
    store: Store,
    courier: ScriptedCourier,
    clock: Clock,
    *,
    write: Writer = plain_letters,
    window: int = 10,
) -> Sender:
    return Sender(store, courier, clock, bot_id=BOT, write=write, pause=never, window=window)


async def queue(
    shop: Shop,
    people: Sequence[Person],
    *,
    key: str = "n",
    at: datetime | None = None,
    kind: NoticeKind = NoticeKind.DEBT,
) -> None:
    """One notice to each of these people; its key ends in their chat's number."""
    moment = at or shop.now
    notices = [
        Notice(
            merchant_id=shop.merchant.id,
            person_id=person.id,
            key=f"{key}:{person.chat_id}",
            kind=kind,
            not_before=moment,
            created_at=moment,
        )
        for person in people
    ]
    async with shop.store.write() as session:
        await queue_notices(session, notices)


async def all_notices(store: Store) -> dict[str, Notice]:
    """Every notice by its key."""
    table = table_of(NoticeRow)
    async with store.read() as session:
        rows = await session.execute(select(table))
        return {row.key: values_of(row, Notice) for row in rows}
