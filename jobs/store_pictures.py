"""Every minute: products' pictures that the chat server has not seen go to the storage chat, once each.

What is shared inline can only be a picture that the chat server knows already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest
from typing import Final

import structlog
from markupsafe import Markup

from bot.cards.card import Card, Picture
from bot.context import ChatContext
from bot.gateway.errors import Migrated, Outcome, Sent, Then
from bot.gateway.speed import Lane
from bot.media.gallery import Shot, shot_of
from jobs.context import JobContext
from models.catalog.shelves import HOT, shelf_page
from models.people.merchants import Merchant, all_merchants
from models.store.chat_files import chat_files, keep_chat_file
from models.store.deployment import keep, kept

log = structlog.get_logger(__name__)

LOOKED_AT: Final = 2_000
"""Products of a merchant that are looked at in one run, the best sellers first."""
TRIED: Final = 60
"""Pictures that are tried in one run: some addresses give none."""
MOST: Final = 15
"""Pictures of one run: a chat takes twenty messages a minute."""
MOST_REFUSED: Final = 3
"""Pictures that the chat server finds wrong before the run ends: it may be the chat that is wrong."""
MOVED: Final = "storage-chat:"
"""Where it is kept to which id the storage chat has moved, by the name in the settings."""


async def store_pictures(context: JobContext, now: datetime) -> None:
    """Upload what is missing, a few at a time, each shop in turn. Without a storage chat there is nothing to do."""
    chat = context.chat()
    named = context.settings.storage_chat
    if chat is None or not named:
        return
    room = _Room(chat, named)
    if not await room.open():
        log.warning("there is no storage chat", named=named)
        return
    async with context.store.read() as session:
        merchants = await all_merchants(session)
    missing = [await _missing(context, chat, merchant, now) for merchant in merchants]
    in_turn = (shot for shots in zip_longest(*missing) for shot in shots if shot is not None)
    stored = refused = 0
    for shot in islice(in_turn, TRIED):
        content = await chat.gallery.developed(chat.store, shot, now)
        if content is None:
            continue
        then = await room.store(shot, content, now)
        if then is Then.DONE:
            stored += 1
        elif then is Then.FAIL:
            chat.gallery.set_aside(shot, now)
            refused += 1
        else:
            return
        if stored == MOST or refused == MOST_REFUSED:
            return


async def _missing(context: JobContext, chat: ChatContext, merchant: Merchant, now: datetime) -> list[Shot]:
    """What the chat server lacks; without what did not work a moment ago, so that others get a turn."""
    async with context.store.read() as session:
        page = await shelf_page(session, merchant.id, HOT, None, LOOKED_AT)
        shots = {shot.key: shot for item in page.items if (shot := shot_of(merchant, item)) is not None}
        known = await chat_files(session, chat.gateway.bot_id, list(shots))
    missing = (shot for key, shot in shots.items() if key not in known)
    return list(islice((shot for shot in missing if not chat.gallery.lacks(shot, now)), TRIED))


@dataclass(slots=True)
class _Room:
    """The storage chat, wherever it is by now: a group that grows gets another id."""

    chat: ChatContext
    named: str
    number: int | None = None

    async def open(self) -> bool:
        """Find it; False when there is none."""
        async with self.chat.store.read() as session:
            moved = await kept(session, MOVED + self.named)
        self.number = int(moved) if moved is not None else await self.chat.gateway.chat_number(self.named)
        return self.number is not None

    async def store(self, shot: Shot, content: bytes, now: datetime) -> Then:
        """Upload one picture; what follows from the answer."""
        outcome = await self._send(content)
        if isinstance(outcome, Migrated):
            log.warning("the storage chat has another id now", named=self.named, id=outcome.new_chat_id)
            self.number = outcome.new_chat_id
            async with self.chat.store.write() as session:
                await keep(session, MOVED + self.named, str(self.number))
            outcome = await self._send(content)
        if not isinstance(outcome, Sent):
            log.warning("the storage chat takes no picture", picture=shot.key, outcome=type(outcome).__name__)
        elif outcome.file_id is not None:
            async with self.chat.store.write() as session:
                await keep_chat_file(session, self.chat.gateway.bot_id, shot.key, outcome.file_id, now)
        return outcome.then

    async def _send(self, content: bytes) -> Outcome:
        assert self.number is not None  # it was opened
        card = Card(Markup(""), picture=Picture(content=content), silent=True)
        return await self.chat.gateway.send(self.number, card, lane=Lane.BROADCAST)
