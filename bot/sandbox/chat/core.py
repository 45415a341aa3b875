"""The chat server itself, without its HTTP: everything that methods and people act on."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.sandbox.chat.clock import MovableClock, Now
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.faults import Faults
from bot.sandbox.chat.feed import Feed, Happening
from bot.sandbox.chat.files import Document, FileStore, Photo
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.hearing import update_kind
from bot.sandbox.chat.inline.desk import InlineDesk
from bot.sandbox.chat.journal import Entry, Journal
from bot.sandbox.chat.keyboards import InlineKeyboard, Markup, ReplyKeyboard
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.pacing import Limits, Pacer
from bot.sandbox.chat.refusals import NOT_MODIFIED, bad_request
from bot.sandbox.chat.rendering import message_json, origin_json
from bot.sandbox.chat.state import Bot, Dice, Message, Person
from bot.sandbox.chat.taps import Taps
from bot.sandbox.chat.updates import Updates
from bot.sandbox.chat.views import message_view
from bot.sandbox.chat.webhook import Courier
from bot.sandbox.chat.world import Place, World
from bot.sandbox.wire import Json


@dataclass(slots=True)
class ChatServer:
    """One bot's chat server; its parts are public, for tests read and turn them."""

    bot: Bot
    limits: Limits = field(default_factory=Limits)
    base_clock: Now = time.time
    webhook_wait: float = 0.2
    seed: int = 0
    clock: MovableClock = field(init=False)
    world: World = field(init=False)
    updates: Updates = field(init=False)
    courier: Courier = field(init=False)
    pacer: Pacer = field(init=False)
    files: FileStore = field(default_factory=FileStore)
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    feed: Feed = field(default_factory=Feed)
    taps: Taps = field(default_factory=Taps)
    inline: InlineDesk = field(default_factory=InlineDesk)
    chance: random.Random = field(init=False)
    """What throws of dice come from."""

    def __post_init__(self) -> None:
        self.clock = MovableClock(self.base_clock)
        self.world = World(self.bot)
        self.updates = Updates(self.clock)
        self.courier = Courier(self.updates, self.webhook_wait, clock=self.clock)
        self.pacer = Pacer(self.limits)
        self.chance = random.Random(self.seed)  # noqa: S311 - dice
        self.clock.watch(self._tell_clock)
        self.journal.watch(self._tell_entry)

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

    @property
    def date(self) -> int:
        """Now, as messages carry it."""
        return int(self.clock())

    def tell(self, kind: Happening, chat_id: int, view: Callable[[int], Json]) -> None:
        """Tell everybody in a chat, each with their own view."""
        if not self.feed.is_followed:
            return
        for person_id, key in self.world.audience(chat_id):
            self.feed.tell(kind, person_id, view(person_id), key)

    def say(self, message: Message) -> Message:
        """A new message in its chat: kept, shown to everybody in it, and to the bot if it may hear it."""
        world = self.world
        world.keep(message)
        self.tell(Happening.MESSAGE, message.chat_id, lambda viewer: message_view(world, message, viewer))
        kind = update_kind(world, message)
        if kind is not None:
            self.updates.push(kind, message_json(world, message))
        self._pass_on(message)
        return message

    def _pass_on(self, message: Message) -> None:
        """A channel's post appears in the group where it is talked about, too."""
        channel = self.world.groups.get(message.chat_id)
        if channel is None or channel.kind is not GroupKind.CHANNEL or message.service is not None:
            return
        if channel.discussion_id is not None:
            self.say(
                replace(
                    message,
                    id=self.world.next_message(channel.discussion_id),
                    chat_id=channel.discussion_id,
                    from_bot=False,
                    sender_id=channel.id,
                    reply_to=None,
                    inline_message_id=None,
                    origin=origin_json(self.world, message),
                    automatic=True,
                )
            )

    def post(
        self,
        place: Place,
        body: Formatted,
        media: Photo | Document | None = None,
        markup: Markup = None,
        *,
        reply_to: int | None = None,
        silent: bool = False,
        origin: Mapping[str, Json] | None = None,
        topic: int | None = None,
        thread: int | None = None,
        album: str | None = None,
        dice: Dice | None = None,
    ) -> Message:
        """A new message of the bot."""
        message = Message(
            id=self.world.next_message(place.id),
            chat_id=place.id,
            from_bot=True,
            sent_at=self.date,
            body=body,
            media=media,
            keyboard=markup if isinstance(markup, InlineKeyboard) else None,
            reply_to=reply_to,
            silent=silent,
            sender_id=self._voice_in(place),
            topic=topic,
            thread=thread,
            album=album,
            dice=dice,
            origin=origin,
        )
        self.say(message)
        if isinstance(markup, ReplyKeyboard) and isinstance(place, Person):
            place.reply_rows = markup.rows
            self.feed.tell(Happening.KEYBOARD, place.id, [list(row) for row in markup.rows])
        return message

    def _voice_in(self, place: Place) -> int:
        """What the bot says in a channel the channel says."""
        is_channel = not isinstance(place, Person) and place.kind is GroupKind.CHANNEL
        return place.id if is_channel else self.bot.id

    def change(
        self,
        message: Message,
        *,
        body: Formatted,
        media: Photo | Document | None,
        keyboard: InlineKeyboard | None,
    ) -> Message:
        """Edit a message of the bot, or one sent through it; raises 400 when nothing would change."""
        same = (message.body, message.media, message.keyboard) == (body, media, keyboard)
        if same:
            raise bad_request(NOT_MODIFIED)
        changed = replace(message, body=body, media=media, keyboard=keyboard, edited_at=self.date)
        self.show_changed(changed)
        return changed

    def show_changed(self, message: Message) -> None:
        """Keep a message's new state and show it to everybody in its chat."""
        self.world.keep(message)
        self.tell(Happening.EDITED, message.chat_id, lambda viewer: message_view(self.world, message, viewer))

    def remove(self, place: Place, message_id: int) -> bool:
        """Delete a message; false when there is none."""
        return self.remove_from(place.id, message_id)

    def remove_from(self, chat_id: int, message_id: int) -> bool:
        """Delete a message of any chat; false when there is none."""
        world = self.world
        if world.chats[chat_id].pop(message_id, None) is None:
            return False
        world.reactions.pop((chat_id, message_id), None)
        pinned = world.pins(chat_id)
        if message_id in pinned:
            pinned.remove(message_id)
        self.tell(Happening.DELETED, chat_id, lambda _viewer: message_id)
        return True

    def commands_for(self, person: Person, group: Group | None = None) -> tuple[tuple[str, str], ...]:
        """The commands that a person's client lists in a chat: the narrowest scope, then the language."""
        language = person.language_code.partition("-")[0]
        for scope in _scopes(person, group):
            for code in (language, ""):
                found = self.bot.commands.get((scope, code))
                if found is not None:
                    return found
        return ()

    def profile_view(self, person: Person, group: Group | None = None) -> dict[str, Json]:
        """What a person sees of the bot: name, description and commands in their language."""
        language = person.language_code.partition("-")[0]
        bot, commands = self.bot, self.commands_for(person, group)
        return {
            "name": bot.names.get(language) or bot.names.get("") or bot.name,
            "username": bot.username,
            "description": bot.descriptions.get(language) or bot.descriptions.get("") or "",
            "commands": [{"command": name, "description": said} for name, said in commands],
        }

    def _tell_entry(self, entry: Entry) -> None:
        if self.feed.is_followed:
            self.feed.tell(Happening.JOURNAL, 0, entry.as_json())

    def _tell_clock(self) -> None:
        self.feed.tell(Happening.CLOCK, 0, {"now": self.clock(), "offset": self.clock.offset})


def _scopes(person: Person, group: Group | None) -> list[str]:
    """Bot API, "Determining list of commands"."""
    if group is None:
        return [f"chat:{person.id}", "all_private_chats", "default"]
    leading = [f"chat_administrators:{group.id}"] if group.leads(person.id) else []
    all_leading = ["all_chat_administrators"] if group.leads(person.id) else []
    member = f"chat_member:{group.id}:{person.id}"
    return [member, *leading, f"chat:{group.id}", *all_leading, "all_group_chats", "default"]
