"""A product's picture: by the chat server's id where it has it, else from our store or the shop's own address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.cards.card import Card, Picture
from bot.context import ChatContext
from bot.gateway.errors import Outcome, Refused, Sent, Then
from bot.gateway.gateway import Work
from bot.gateway.speed import Lane
from bot.media.gallery import Shot
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from models.store.chat_files import chat_files, forget_chat_file, keep_chat_file

log = structlog.stdlib.get_logger(__name__)

MOST_PICTURE_BYTES: Final = 5 * 1024 * 1024
"""What people may send us as a picture (operations F7)."""


@dataclass(frozen=True, slots=True)
class Made:
    """A picture that was made, or None where there is none after all.

    One that is not whole lacks something that could not be had just now: it is shown, but not kept for the next time.
    """

    picture: Picture | None
    is_whole: bool = True


async def show(context: ChatContext, place: Place, card: Card) -> Outcome:
    """Show a card in place of the tapped message, or as a new one."""
    if place.message_id is None:
        return await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
    return await context.gateway.edit(place.chat_id, place.message_id, card, old=place.shape)


async def show_by_key(
    context: ChatContext,
    place: Place,
    key: str,
    card: Card,
    make: Callable[[], Awaitable[Made]],
    *,
    as_file: bool = False,
) -> Outcome:
    """Show a card with the picture (or file) named `key`: uploaded the first time, by its id ever after.

    `make` brings the picture; `as_file` says that it is a document. An id that the chat server knows no longer is
    forgotten, and the picture made anew.
    """
    bot_id = context.gateway.bot_id
    async with context.store.read() as session:
        file_id = (await chat_files(session, bot_id, [key])).get(key)
    made = None if file_id is not None else await make()
    if file_id is not None:
        known = Picture(file_id=file_id, as_file=as_file)
        outcome = await show(context, place, replace(card, picture=known))
        if not (isinstance(outcome, Refused) and _names_the_file(outcome.description)):
            return outcome
        async with context.store.write() as session:
            await forget_chat_file(session, bot_id, key)
        made = await make()
    assert made is not None  # made where no id was known, or where it was known no more
    outcome = await show(context, place, replace(card, picture=made.picture))
    lasts = made.picture is not None and made.is_whole
    if lasts and isinstance(outcome, Sent) and outcome.file_id is not None:
        async with context.store.write() as session:
            await keep_chat_file(session, bot_id, key, outcome.file_id, context.clock.now())
    return outcome


def _names_the_file(description: str) -> bool:
    words = description.lower()
    signs = ("wrong", "invalid", "can't use", "not found", "expired")
    return "file" in words and any(sign in words for sign in signs)


@dataclass(frozen=True, slots=True)
class PicturedCard:
    """The errand of showing a card with a product's picture."""

    card: Card
    shot: Shot

    @property
    def key(self) -> str:
        """One picture at a time."""
        return self.shot.key

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Show the card with its picture, or without one that can't be had or that the chat server won't take."""
        del voice

        async def make() -> Made:
            await context.gateway.working(place.chat_id, Work.PICTURE)
            content = await context.gallery.developed(context.store, self.shot, context.clock.now())
            return Made(Picture(content=content) if content is not None else None)

        outcome = await show_by_key(context, place, self.shot.key, self.card, make)
        if isinstance(outcome, Refused):
            log.warning("picture.refused", picture=self.shot.key, reason=outcome.description)
            outcome = await show(context, place, self.card)
        return outcome.then is Then.DONE
