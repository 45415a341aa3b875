"""Every minute: products' pictures that the chat server has not seen go to the storage chat, once each.

What is shared inline can only be a picture that the chat server knows already.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog
from markupsafe import Markup

from bot.cards.card import Card, Picture
from bot.context import ChatContext
from bot.gateway.errors import Sent
from bot.gateway.speed import Lane
from bot.media.gallery import Shot, shot_of
from jobs.context import JobContext
from models.catalog.shelves import HOT, shelf_page
from models.people.merchants import Merchant, all_merchants
from models.store.chat_files import chat_files, keep_chat_file

log = structlog.get_logger(__name__)

LOOKED_AT: Final = 2_000
"""Products of a merchant that are looked at in one run, the best sellers first."""
TRIED: Final = 60
"""Pictures of a merchant that are tried: some addresses give none."""
MOST: Final = 15
"""Pictures of one run: a chat takes twenty messages a minute."""


async def store_pictures(context: JobContext, now: datetime) -> None:
    """Upload what is missing, a few at a time. Without a storage chat there is nothing to do."""
    chat = context.chat()
    if chat is None or not context.settings.storage_chat:
        return
    async with context.store.read() as session:
        merchants = await all_merchants(session)
    storage = await chat.gateway.chat_number(context.settings.storage_chat)
    if storage is None:
        log.warning("there is no storage chat", named=context.settings.storage_chat)
        return
    room = MOST
    for merchant in merchants:
        for shot in await _missing(context, chat, merchant):
            content = await chat.gallery.developed(chat.store, shot, now)
            if content is None:
                continue
            if room == 0 or not await _store(chat, storage, shot, content, now):
                return
            room -= 1


async def _missing(context: JobContext, chat: ChatContext, merchant: Merchant) -> list[Shot]:
    async with context.store.read() as session:
        page = await shelf_page(session, merchant.id, HOT, None, LOOKED_AT)
        shots = {shot.key: shot for item in page.items if (shot := shot_of(merchant, item)) is not None}
        known = await chat_files(session, chat.gateway.bot_id, list(shots))
    return [shot for key, shot in shots.items() if key not in known][:TRIED]


async def _store(chat: ChatContext, storage: int, shot: Shot, content: bytes, now: datetime) -> bool:
    """Upload one picture; False when the storage chat takes none now."""
    card = Card(Markup(""), picture=Picture(content=content), silent=True)
    outcome = await chat.gateway.send(storage, card, lane=Lane.BROADCAST)
    if not isinstance(outcome, Sent):
        log.warning("the storage chat takes no pictures", outcome=type(outcome).__name__)
        return False
    if outcome.file_id is not None:
        async with chat.store.write() as session:
            await keep_chat_file(session, chat.gateway.bot_id, shot.key, outcome.file_id, now)
    return True
