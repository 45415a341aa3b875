"""One of a person's chats in hand, for tests and scripts: write, type after @bot, tap, react and wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.chat.acts import reacting, speaking, typing
from bot.sandbox.chat.acts.preparing import send_prepared
from bot.sandbox.chat.acts.spot import NotPossibleError, Spot
from bot.sandbox.chat.inline.result import InlineAnswer, InlineResult
from bot.sandbox.chat.keyboards import Button
from bot.sandbox.chat.listing import unread
from bot.sandbox.chat.params import Upload
from bot.sandbox.chat.people import People
from bot.sandbox.chat.state import Message
from bot.sandbox.chat.taps import Answer
from bot.sandbox.chat.webapp import webapp_address

PATIENCE = 10.0
"""Seconds in which a bot on the same machine answers."""


@dataclass(slots=True)
class Chat:
    """A chat as one person sees it: with the bot, with somebody else, or with many."""

    people: People
    person_id: int
    key: str

    @property
    def spot(self) -> Spot:
        """The chat itself; raises NotPossibleError when the person is not in it any more."""
        return self.people.spot(self.person_id, self.key)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The chat, oldest first."""
        return self.people.messages(self.person_id, self.key)

    @property
    def last(self) -> Message:
        """The newest message that isn't the person's own words."""
        others = [message for message in self.messages if self._is_news(message)]
        if not others:
            raise NotPossibleError("nobody has written yet")
        return others[-1]

    @property
    def unread(self) -> int:
        """Messages that the person has not seen."""
        return unread(self.people.server.world, self.spot)

    def write(self, text: str, *, reply_to: Message | None = None, topic: int | None = None) -> Message:
        """Send a text."""
        number = reply_to.id if reply_to else None
        return self.people.write(self.person_id, text, self.key, reply_to=number, topic=topic)

    def send_photo(
        self, content: bytes, caption: str = "", *, reply_to: Message | None = None, topic: int | None = None
    ) -> Message:
        """Send a picture."""
        return self.people.send_file(
            self.person_id,
            Upload("photo.jpg", "image/jpeg", content),
            caption,
            self.key,
            as_photo=True,
            reply_to=reply_to.id if reply_to else None,
            topic=topic,
        )

    def send_document(
        self,
        content: bytes,
        name: str,
        caption: str = "",
        *,
        reply_to: Message | None = None,
        topic: int | None = None,
    ) -> Message:
        """Send a file."""
        return self.people.send_file(
            self.person_id,
            Upload(name, "application/octet-stream", content),
            caption,
            self.key,
            as_photo=False,
            reply_to=reply_to.id if reply_to else None,
            topic=topic,
        )

    def send_prepared(self, number: str) -> Message:
        """Send what a Mini App prepared."""
        return send_prepared(self.people.server, self.spot, number)

    def opens_app(self, url: str) -> str:
        """The signed address with which a Mini App is opened from this chat."""
        return webapp_address(self.people.server, self.spot, url)

    def edit(self, message: Message, text: str) -> Message:
        """Change one's own words."""
        return speaking.edit(self.people.server, self.spot, message.id, text)

    def delete(self, message: Message) -> None:
        """Take one's own message back; no bot hears of it."""
        speaking.delete(self.people.server, self.spot, message.id)

    def react(self, message: Message, emoji: str) -> None:
        """React to a message; an empty word takes the reaction back."""
        reacting.react(self.people.server, self.spot, message.id, emoji)

    async def types(self, query: str = "", offset: str = "", *, timeout: float = PATIENCE) -> InlineAnswer:
        """Type `@bot query` and wait for the offers; TimeoutError when the bot never answers."""
        asked = typing.types(self.people.server, self.spot, query, offset)
        async with asyncio.timeout(timeout):
            return await asked.answered

    async def switches(
        self, label: str, into: Chat | None = None, *, timeout: float = PATIENCE
    ) -> InlineAnswer:
        """Tap a button that types for the person: in the chat they pick, or in this one."""
        _, button = self.button(label)
        chat = self if into is None else into
        return await chat.types(typing.typed_by(button, self.spot, chat.spot), timeout=timeout)

    async def chooses(self, result: InlineResult) -> Message:
        """Send one of the offers."""
        return typing.chooses(self.people.server, self.spot, result)

    async def sees(self, text: str, *, message_id: int | None = None, timeout: float = PATIENCE) -> Message:
        """Wait for a message of the bot, of somebody else or through the bot that contains `text`."""

        def fits(message: Message) -> bool:
            right_one = message_id is None or message.id == message_id
            return right_one and self._is_news(message) and text in message.body.text

        return await self.waits(fits, timeout=timeout)

    async def waits(self, fits: Callable[[Message], bool], *, timeout: float = PATIENCE) -> Message:
        """Wait for the newest message that fits; TimeoutError with the chat's end if there is none."""
        try:
            async with asyncio.timeout(timeout):
                return await self._first(fits)
        except TimeoutError:
            seen = [message.body.text for message in self.messages[-3:]]
            raise TimeoutError(f"not seen within {timeout} s; the chat ends with {seen}") from None

    async def _first(self, fits: Callable[[Message], bool]) -> Message:
        with self.people.server.feed.follow() as news:
            while True:
                found = [message for message in self.messages if fits(message)]
                if found:
                    return found[-1]
                if await news.get() is None:
                    raise NotPossibleError("the chat server has stopped")

    def button(self, label: str) -> tuple[Message, Button]:
        """The newest button whose label contains `label` or whose callback data is `label`."""
        for message in reversed(self.messages):
            for row in message.keyboard.rows if message.keyboard else ():
                for button in row:
                    if label in button.label or label == button.data:
                        return message, button
        raise NotPossibleError(f"no button {label!r} in the chat")

    async def tap(self, label: str, *, timeout: float = PATIENCE) -> Answer:
        """Tap the newest such button and wait for the bot's answer to the tap; TimeoutError if none comes."""
        message, button = self.button(label)
        tap = self.people.tap(self.person_id, message.id, button, self.key)
        async with asyncio.timeout(timeout):
            return await tap.answered

    async def tap_data(self, message_id: int, data: str, *, timeout: float = PATIENCE) -> Answer:
        """Tap with callback data that may be old or made up."""
        tap = self.people.tap_data(self.person_id, message_id, data, self.key)
        async with asyncio.timeout(timeout):
            return await tap.answered

    def _is_news(self, message: Message) -> bool:
        if message.service is not None:
            return False
        return message.from_bot or message.via_bot or message.sender_id != self.person_id
