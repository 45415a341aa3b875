"""A person's phone for tests and scripts: write, tap by label, and wait for what the bot does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.chat.acts.linking import follow
from bot.sandbox.chat.acts.spot import NotPossibleError
from bot.sandbox.chat.conversation import PATIENCE, Chat
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.keyboards import Button
from bot.sandbox.chat.people import People
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.taps import Answer
from bot.sandbox.chat.world import WITH_BOT

__all__ = ["PATIENCE", "Phone"]


@dataclass(slots=True)
class Phone:
    """One person's phone; without a chat named, its verbs mean the chat with the bot."""

    people: People
    person: Person

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def with_bot(self) -> Chat:
        """The chat with the bot."""
        return Chat(self.people, self.id, WITH_BOT)

    def chat_with(self, other: Phone) -> Chat:
        """The chat with somebody else, in which the bot is not."""
        return Chat(self.people, self.id, str(other.id))

    def in_group(self, group: Gathering) -> Chat:
        """A chat with many."""
        return Chat(self.people, self.id, str(group.id))

    def write(self, text: str) -> Message:
        """Send a text."""
        return self.people.write(self.id, text)

    def send_photo(self, content: bytes, caption: str = "") -> Message:
        """Send a picture to the bot."""
        return self.with_bot.send_photo(content, caption)

    def send_document(self, content: bytes, name: str, caption: str = "") -> Message:
        """Send a file to the bot."""
        return self.with_bot.send_document(content, name, caption)

    def show_portrait(self, content: bytes) -> None:
        """Choose a new profile picture."""
        self.people.show_portrait(self.id, content)

    def start(self, payload: str = "") -> Message:
        """Tap START, with what a deep link carries."""
        return self.people.start(self.id, payload)

    def open(self, link: str) -> Message:
        """Follow a link to the bot."""
        return self.people.open_link(self.id, link)

    def bring_bot(self, link: str, group: Gathering) -> Message | None:
        """Follow a link that adds the bot to a chat; what greets it there, if the link has a payload."""
        done = follow(self.people, self.id, link, str(group.id))
        return done if isinstance(done, Message) else None

    def enter(self, link: str) -> Chat:
        """Follow an invitation into a chat."""
        return Chat(self.people, self.id, str(follow(self.people, self.id, link)))

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
        sent = [message for message in self.messages if message.from_bot and message.service is None]
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
        return await self.with_bot.waits(fits, timeout=timeout)

    async def reply_to(self, text: str, *, timeout: float = PATIENCE) -> Message:
        """Write `text` and wait for the bot's next message."""
        before = self.write(text).id
        return await self.waits(lambda message: message.from_bot and message.id > before, timeout=timeout)

    def button(self, label: str) -> tuple[Message, Button]:
        """The newest button whose label contains `label` or whose callback data is `label`."""
        return self.with_bot.button(label)

    async def tap(self, label: str, *, timeout: float = PATIENCE) -> Answer:
        """Tap the newest such button and wait for the bot's answer to the tap; TimeoutError if none comes."""
        return await self.with_bot.tap(label, timeout=timeout)

    async def tap_data(self, message_id: int, data: str, *, timeout: float = PATIENCE) -> Answer:
        """Tap with callback data that may be old or made up."""
        return await self.with_bot.tap_data(message_id, data, timeout=timeout)

    async def is_told(self, happening: Happening, *, timeout: float = PATIENCE) -> None:
        """Wait until something of a kind happens in the chat with the bot, from now on."""
        with self.people.server.feed.follow() as followed:
            async with asyncio.timeout(timeout):
                while news := await followed.get():
                    mine = news.person_id == self.id and news.chat == WITH_BOT
                    if news.kind is happening and mine:
                        return
