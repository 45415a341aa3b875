"""The chat server itself, without its HTTP: everything that methods and people act on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.faults import Faults
from bot.sandbox.chat.feed import Feed, Happening
from bot.sandbox.chat.files import Document, FileStore, Photo
from bot.sandbox.chat.journal import Journal
from bot.sandbox.chat.keyboards import InlineKeyboard, Markup, ReplyKeyboard
from bot.sandbox.chat.pacing import Limits, Pacer
from bot.sandbox.chat.refusals import NOT_MODIFIED, bad_request
from bot.sandbox.chat.state import Bot, Message, Person, World
from bot.sandbox.chat.taps import Taps
from bot.sandbox.chat.updates import Updates
from bot.sandbox.chat.views import message_view
from bot.sandbox.chat.webhook import Courier
from bot.sandbox.wire import Json

Clock = Callable[[], float]
"""Seconds since 1970 UTC."""


@dataclass(slots=True)
class ChatServer:
    """One bot's chat server; its parts are public, for tests read and turn them."""

    bot: Bot
    limits: Limits = field(default_factory=Limits)
    clock: Clock = time.time
    webhook_wait: float = 0.2
    world: World = field(init=False)
    updates: Updates = field(default_factory=Updates)
    courier: Courier = field(init=False)
    pacer: Pacer = field(init=False)
    files: FileStore = field(default_factory=FileStore)
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    feed: Feed = field(default_factory=Feed)
    taps: Taps = field(default_factory=Taps)

    def __post_init__(self) -> None:
        self.world = World(self.bot)
        self.courier = Courier(self.updates, self.webhook_wait)
        self.pacer = Pacer(self.limits)

    def open(self) -> None:
        """Serve, for the first time or again after a stop: nothing was forgotten."""
        self.updates.open()
        self.courier.resume()

    async def close(self) -> None:
        """Let long polls, hanging requests and followers go."""
        self.updates.close()
        self.faults.clear()
        self.feed.close()
        await self.courier.stop()

    def post(
        self,
        person: Person,
        body: Formatted,
        media: Photo | Document | None = None,
        markup: Markup = None,
        *,
        reply_to: int | None = None,
        silent: bool = False,
        forwarded: bool = False,
    ) -> Message:
        """A new message of the bot in a person's chat."""
        message = Message(
            id=next(self.world.message_ids),
            chat_id=person.id,
            from_bot=True,
            sent_at=int(self.clock()),
            body=body,
            media=media,
            keyboard=markup if isinstance(markup, InlineKeyboard) else None,
            reply_to=reply_to,
            forwarded=forwarded,
            silent=silent,
        )
        self.world.keep(message)
        self.feed.tell(Happening.MESSAGE, person.id, message_view(message))
        if isinstance(markup, ReplyKeyboard):
            person.reply_rows = markup.rows
            self.feed.tell(Happening.KEYBOARD, person.id, [list(row) for row in markup.rows])
        return message

    def change(
        self,
        message: Message,
        *,
        body: Formatted,
        media: Photo | Document | None,
        keyboard: InlineKeyboard | None,
    ) -> Message:
        """Edit a message of the bot; raises 400 when nothing would change."""
        if not message.from_bot:
            raise bad_request("message can't be edited")
        same = (message.body, message.media, message.keyboard) == (body, media, keyboard)
        if same:
            raise bad_request(NOT_MODIFIED)
        edited_at = int(self.clock())
        changed = replace(message, body=body, media=media, keyboard=keyboard, edited_at=edited_at)
        self.world.keep(changed)
        self.feed.tell(Happening.EDITED, changed.chat_id, message_view(changed))
        return changed

    def remove(self, person: Person, message_id: int) -> bool:
        """Delete a message; false when there is none."""
        if self.world.chats[person.id].pop(message_id, None) is None:
            return False
        self.feed.tell(Happening.DELETED, person.id, message_id)
        return True

    def commands_for(self, person: Person) -> tuple[tuple[str, str], ...]:
        """The commands that a person's client lists: the narrowest scope, then the language."""
        language = person.language_code.partition("-")[0]
        for scope in (f"chat:{person.id}", "all_private_chats", "default"):
            for code in (language, ""):
                found = self.bot.commands.get((scope, code))
                if found is not None:
                    return found
        return ()

    def profile_view(self, person: Person) -> dict[str, Json]:
        """What a person sees of the bot: name, description and commands in their language."""
        language = person.language_code.partition("-")[0]
        bot = self.bot
        return {
            "name": bot.names.get(language) or bot.names.get("") or bot.name,
            "username": bot.username,
            "description": bot.descriptions.get(language) or bot.descriptions.get("") or "",
            "commands": [{"command": name, "description": said} for name, said in self.commands_for(person)],
        }
