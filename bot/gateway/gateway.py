"""The one way out to the chat server: cards go in, outcomes come back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.cards.card import Card, Toast
from bot.cards.inline import InlineAnswer, InlineResult
from bot.gateway import inline, messages
from bot.gateway.clock import Clock, SystemClock
from bot.gateway.errors import Outcome, Sent, Then, Throttled, Unknown, classify, is_uneditable, is_unparsed
from bot.gateway.fit import TOAST_UNITS, fit_plain
from bot.gateway.floods import FloodError
from bot.gateway.messages import Wording, in_html, in_plain
from bot.gateway.pacing import Pacing
from bot.gateway.registration import Registration, calls
from bot.gateway.speed import Lane

_REPLY_PAUSES: Final = (0.3, 1.0)
"""Seconds before the second and the third try of a reply that the server could not take."""


class Shape(StrEnum):
    """What a message on the screen is made of; one cannot be edited into the other."""

    TEXT = "text"
    PICTURE = "picture"
    UNSURE = "unsure"


class Work(StrEnum):
    """What the chat shows while somebody waits; gone after five seconds."""

    TYPING = "typing"
    PICTURE = "upload_photo"
    FILE = "upload_document"


FACE_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Face:
    """A person's picture, None where they show none; not sure where the server did not say."""

    content: bytes | None
    is_sure: bool = True


@dataclass(slots=True)
class Counts:
    """What has become of the calls so far, for metrics; `failed` by the name of the outcome."""

    sent: int = 0
    throttled: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count one answer of the server."""
        if outcome.then is Then.DONE:
            self.sent += 1
        elif isinstance(outcome, Throttled):
            self.throttled += 1
        else:
            self.failed[type(outcome).__name__] += 1


class Gateway:
    """Sends cards at the pace that the server bears.

    Nothing that the server or the network does is raised: it comes back as an outcome. A 429 is waited for
    here and costs no attempt; only one that outlasts the patience of `pacing` comes back, as `Throttled`.
    Replies are tried three times when nothing was sent; all else is the caller's to
    decide.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        clock: Clock | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        self._bot = bot
        self._clock = clock or SystemClock()
        self._pacing = pacing or Pacing(self._clock)
        self.counts = Counts()

    @property
    def bot_id(self) -> int:
        """The number in front of the token, by which the chat server's file ids are kept; known without asking."""
        return int(self._bot.token.partition(":")[0])

    async def send(self, chat_id: int, card: Card, *, lane: Lane) -> Outcome:
        """Send the card as a new message."""
        return await self._worded(chat_id, card, lane, partial(messages.send, self._bot, chat_id, card))

    async def edit(
        self,
        chat_id: int,
        message_id: int,
        card: Card,
        *,
        lane: Lane = Lane.REPLY,
        old: Shape = Shape.UNSURE,
    ) -> Outcome:
        """Make the message show the card.

        A message that cannot become the card (gone, too old, text against picture) is replaced by a new one;
        `Sent.message_id` names the message that now shows it. Who knows the old message's shape saves the
        request that would find it out.
        """
        if old in {Shape.UNSURE, Shape.TEXT if card.picture is None else Shape.PICTURE}:
            outcome = await self.amend(chat_id, message_id, card, lane=lane)
            if not is_uneditable(outcome):
                return outcome
        outcome = await self.send(chat_id, card, lane=lane)
        if isinstance(outcome, Sent):
            await self._quietly(partial(self._bot.delete_message, chat_id, message_id))
        return outcome

    async def amend(self, chat_id: int, message_id: int, card: Card, *, lane: Lane) -> Outcome:
        """Make the message show the card, where it still can; nothing is sent in its place."""
        change = partial(messages.change, self._bot, chat_id, message_id, card)
        return await self._worded(chat_id, card, lane, change)

    async def answer(self, callback_id: str, toast: Toast | None = None) -> None:
        """Answer a tap at once, outside the pace; a tap too old to be answered is no error."""
        said = toast or Toast()
        text = fit_plain(said.text, TOAST_UNITS) or None
        alert = said.alert or None
        await self._quietly(partial(self._bot.answer_callback_query, callback_id, text, alert))

    async def answer_inline(self, query_id: str, said: InlineAnswer) -> Outcome | None:
        """Answer an inline query at once, outside the pace; None when the server took it.

        A query too old to be answered is no error: its asker has typed on.
        """
        outcome = await self._quietly(partial(inline.answer, self._bot, query_id, said, in_html))
        if outcome is not None and is_unparsed(outcome):
            return await self._quietly(partial(inline.answer, self._bot, query_id, said, in_plain))
        return outcome

    async def prepare(self, user_id: int, result: InlineResult) -> str | None:
        """Keep a message that one person will send from a page of ours; None when the server refuses."""
        try:
            return await inline.prepare(self._bot, user_id, result)
        except TelegramError as exc:
            self.counts.add(classify(exc))
            return None

    async def edit_inline(self, inline_message_id: str, card: Card, *, lane: Lane) -> Outcome:
        """Make a message that was sent inline say the card's words; its picture stays."""
        change = partial(inline.change, self._bot, inline_message_id, card)
        return await self._worded(inline.place_of(inline_message_id), card, lane, change)

    async def chat_number(self, chat: str) -> int | None:
        """The id of a chat that is given by its number or its @name; None when the server knows none."""
        if chat.removeprefix("-").isdecimal():
            return int(chat)
        try:
            return (await self._bot.get_chat(chat)).id
        except TelegramError as exc:
            self.counts.add(classify(exc))
            return None

    async def download(self, file_id: str, most_bytes: int) -> bytes | None:
        """A file that somebody sent; None when it is larger, or can't be had."""
        try:
            found = await self._bot.get_file(file_id)
            if found.file_size is None or found.file_size > most_bytes:
                return None
            return bytes(await found.download_as_bytearray())
        except TelegramError as exc:
            self.counts.add(classify(exc))
            return None

    async def face(self, chat_id: int, most_bytes: int) -> Face:
        """The picture that a person shows of themselves; whoever waits for it waits `FACE_SECONDS` at most."""
        try:
            async with asyncio.timeout(FACE_SECONDS):
                photos = (await self._bot.get_user_profile_photos(chat_id, limit=1)).photos
                content = await self.download(photos[0][-1].file_id, most_bytes) if photos else None
        except TelegramError as exc:
            self.counts.add(classify(exc))
            return Face(None, is_sure=False)
        except TimeoutError:
            self.counts.add(Unknown())
            return Face(None, is_sure=False)
        return Face(content, is_sure=content is not None or not photos)

    async def working(self, chat_id: int, work: Work = Work.TYPING) -> None:
        """Show that something is being made; outside the pace, and no error when it fails."""
        await self._quietly(partial(self._bot.send_chat_action, chat_id, work.value))

    async def register(self, registration: Registration) -> tuple[Outcome, ...]:
        """Register commands, descriptions and the menu button; answers what failed, nothing when all is well.

        A server that asks to wait is not waited for: start-up goes on with what was registered before.
        """
        failed: list[Outcome] = []
        for call in calls(self._bot, registration):
            outcome = await self._quietly(call)
            if outcome is not None:
                failed.append(outcome)
        return tuple(failed)

    async def _worded(
        self, chat_id: int, card: Card, lane: Lane, say: Callable[[Wording], Awaitable[Sent]]
    ) -> Outcome:
        """Say it in HTML, and plainly if the server cannot parse that (operations C9)."""
        outcome = await self._paced(chat_id, lane, partial(say, in_html(card)))
        if not is_unparsed(outcome):
            return outcome
        return await self._paced(chat_id, lane, partial(say, in_plain(card)))

    async def _paced(self, chat_id: int, lane: Lane, call: Callable[[], Awaitable[Sent]]) -> Outcome:
        """Try in turn until there is an outcome that is not ours to repeat."""
        place = self._pacing.place(chat_id, lane)
        pauses = iter(_REPLY_PAUSES if lane is Lane.REPLY else ())
        while True:
            try:
                async with self._pacing.turn(place):
                    outcome = await self._attempt(call)
                    if isinstance(outcome, Throttled):
                        self._pacing.forbid(chat_id, outcome.retry_after)
            except FloodError as flood:
                return Throttled(flood.seconds)
            if isinstance(outcome, Throttled):
                continue
            if outcome.then is not Then.RETRY:
                return outcome
            pause = next(pauses, None)
            if pause is None:
                return outcome
            await self._clock.sleep_until(self._clock.monotonic() + pause)

    async def _attempt(self, call: Callable[[], Awaitable[Sent]]) -> Outcome:
        try:
            outcome: Outcome = await call()
        except TelegramError as exc:
            outcome = classify(exc)
        self.counts.add(outcome)
        return outcome

    async def _quietly(self, call: Callable[[], Awaitable[bool]]) -> Outcome | None:
        """Make a call outside the pace; its failure is counted and answered, not raised."""
        try:
            await call()
        except TelegramError as exc:
            outcome = classify(exc)
            self.counts.add(outcome)
            return outcome
        return None
