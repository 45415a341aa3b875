"""A person's phone for tests and scripts: write, tap by label, and wait for what the bot does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.keyboards import Button
from bot.sandbox.chat.people import NotPossibleError, People
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.taps import Answer

PATIENCE = 10.0
"""Seconds in which a bot on the same machine answers."""


@dataclass(slots=True)
class Phone:
    """One person's view of the chat with the bot."""

    people: People
    person: Person

    @property
    def id(self) -> int:
        return self.person.id

    def write(self, text: str) -> Message:
        """Send a text."""
        return self.people.write(self.id, text)

    def start(self, payload: str = "") -> Message:
        """Tap START, with what a deep link carries."""
        return self.people.start(self.id, payload)

    def open(self, link: str) -> Message:
        """Follow a link to the bot."""
        return self.people.open_link(self.id, link)

    def block(self) -> None:
        """Block the bot."""
        self.people.block(self.id)

    def unblock(self) -> None:
        """Unblock the bot."""
        self.people.unblock(self.id)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The chat, oldest first."""
        return self.people.messages(self.id)

    @property
    def last(self) -> Message:
        """The newest message of the bot."""
        sent = [message for message in self.messages if message.from_bot]
        if not sent:
            raise NotPossibleError("the bot has not written yet")
        return sent[-1]

    async def sees(self, text: str, *, message_id: int | None = None, timeout: float = PATIENCE) -> Message:
        """Wait for a message of the bot (with that id, if given) that contains `text`; else TimeoutError."""

        def fits(message: Message) -> bool:
            right_one = message_id is None or message.id == message_id
            return message.from_bot and right_one and text in message.body.text

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

    async def reply_to(self, text: str, *, timeout: float = PATIENCE) -> Message:
        """Write `text` and wait for the bot's next message."""
        before = self.write(text).id
        return await self.waits(lambda message: message.from_bot and message.id > before, timeout=timeout)

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
        tap = self.people.tap(self.id, message.id, button)
        async with asyncio.timeout(timeout):
            return await tap.answered

    async def tap_data(self, message_id: int, data: str, *, timeout: float = PATIENCE) -> Answer:
        """Tap with callback data that may be old or made up."""
        tap = self.people.tap_data(self.id, message_id, data)
        async with asyncio.timeout(timeout):
            return await tap.answered

    async def is_told(self, happening: Happening, *, timeout: float = PATIENCE) -> None:
        """Wait until something of a kind happens in this chat, from now on."""
        with self.people.server.feed.follow() as followed:
            async with asyncio.timeout(timeout):
                while news := await followed.get():
                    if news.kind is happening and news.person_id == self.id:
                        return
