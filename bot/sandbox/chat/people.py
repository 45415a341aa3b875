"""The people's side of the chat: what a person can do with a chat client, as Python verbs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.chat.acts import speaking, tapping
from bot.sandbox.chat.acts.spot import NotPossibleError, Spot, find_spot
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.keyboards import Button
from bot.sandbox.chat.params import Upload
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.taps import Tap
from bot.sandbox.chat.views import person_view
from bot.sandbox.chat.world import WITH_BOT
from bot.sandbox.wire import Json

__all__ = ["NotPossibleError", "People"]
PAYLOAD = re.compile(r"^[A-Za-z0-9_-]{0,64}$")
"""Bot API: what may follow /start in a deep link."""


@dataclass(slots=True)
class People:
    """All people of one chat server. `key` names a chat from a person's view (`bot`, a person, a group)."""

    server: ChatServer

    def add(
        self,
        name: str,
        *,
        username: str | None = None,
        language_code: str = "en",
        person_id: int | None = None,
    ) -> Person:
        """A new person; `person_id` brings back one whom the bot knows from an earlier sandbox."""
        world = self.server.world
        number = next(world.person_ids) if person_id is None else person_id
        person = Person(number, name.strip() or "?", username, language_code)
        world.people[number] = person
        world.chats.setdefault(number, {})
        self.server.feed.tell(Happening.PERSON, number, person_view(person))
        return person

    def all(self) -> tuple[Person, ...]:
        """Everybody, in the order of their coming."""
        return tuple(self.server.world.people.values())

    def show_portrait(self, person_id: int, content: bytes) -> None:
        """A new profile picture."""
        portrait = self.server.files.add_photo(Upload("portrait.jpg", "image/jpeg", content))
        person = self.get(person_id)
        person.portraits = (portrait, *person.portraits)

    def get(self, person_id: int) -> Person:
        """One person; raises NotPossibleError for an unknown number."""
        person = self.server.world.people.get(person_id)
        if person is None:
            raise NotPossibleError(f"there is no person {person_id}", "person")
        return person

    def spot(self, person_id: int, key: str = WITH_BOT) -> Spot:
        """One of a person's chats; raises NotPossibleError for one they are not in."""
        return find_spot(self.server.world, self.get(person_id), key)

    def write(
        self,
        person_id: int,
        text: str,
        key: str = WITH_BOT,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> Message:
        """A message of text; to the bot it unblocks it and opens the chat, as a client does."""
        spot = self._opened(person_id, key)
        return speaking.write(self.server, spot, text, reply_to=reply_to, topic=topic)

    def send_file(
        self,
        person_id: int,
        upload: Upload,
        caption: str = "",
        key: str = WITH_BOT,
        *,
        as_photo: bool,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> Message:
        """A picture or another file with a caption."""
        return speaking.send_file(
            self.server,
            self._opened(person_id, key),
            upload,
            caption,
            as_photo=as_photo,
            reply_to=reply_to,
            topic=topic,
        )

    def _opened(self, person_id: int, key: str) -> Spot:
        spot = self.spot(person_id, key)
        if spot.is_with_bot:
            if spot.person.blocked:
                self.unblock(person_id)
            spot.person.started = True
        return spot

    def start(self, person_id: int, payload: str = "") -> Message:
        """START, with what a deep link carries; refuses a payload that no link can carry."""
        if not PAYLOAD.match(payload):
            raise NotPossibleError("a start payload takes up to 64 of A-Z a-z 0-9 _ -", "payload")
        return self.write(person_id, f"/start {payload}".strip())

    def open_link(self, person_id: int, link: str) -> Message:
        """Follow `t.me/<bot>?start=payload`, or take a bare payload; refuses links to elsewhere."""
        text = link.strip()
        if PAYLOAD.match(text):
            return self.start(person_id, text)
        return self.start(person_id, self.link_query(text).get("start", [""])[0])

    def link_query(self, link: str) -> dict[str, list[str]]:
        """What a link to the bot asks for; refuses links to elsewhere."""
        parts = urlsplit(link if "://" in link else f"https://{link}")
        bot = parts.path.strip("/")
        query = parse_qs(parts.query, keep_blank_values=True)
        if parts.scheme == "tg":
            bot = query.get("domain", [""])[0]
        elif parts.hostname not in {"t.me", "telegram.me"}:
            raise NotPossibleError("this is not a link to a chat", "link")
        if bot.lower() != self.server.bot.username.lower():
            raise NotPossibleError(f"here lives only @{self.server.bot.username}", "bot")
        return query

    def tap(self, person_id: int, message_id: int, button: Button, key: str = WITH_BOT) -> Tap:
        """A tap on a button that calls back; the answer arrives in `Tap.answered`."""
        return tapping.tap(self.server, self.spot(person_id, key), message_id, button)

    def tap_data(self, person_id: int, message_id: int, data: str, key: str = WITH_BOT) -> Tap:
        """A tap with callback data of any age: a client may still show what the bot has changed since."""
        return tapping.tap_data(self.server, self.spot(person_id, key), message_id, data)

    def button(self, person_id: int, message_id: int, row: int, column: int, key: str = WITH_BOT) -> Button:
        """The button at a place of a message, from 0."""
        return tapping.button_at(self.server, self.spot(person_id, key), message_id, row, column)

    def messages(self, person_id: int, key: str = WITH_BOT) -> tuple[Message, ...]:
        """The chat as it stands, oldest first."""
        return tuple(self.server.world.chats[self.spot(person_id, key).chat_id].values())

    def block(self, person_id: int) -> None:
        """Block the bot: it is told once, then refused."""
        self._member(person_id, "member", "kicked", blocked=True)

    def unblock(self, person_id: int) -> None:
        """Let the bot write again."""
        self._member(person_id, "kicked", "member", blocked=False)

    def deactivate(self, person_id: int) -> None:
        """Delete the person's account: every message is refused from now on."""
        self.get(person_id).deactivated = True

    def _member(self, person_id: int, before: str, after: str, *, blocked: bool) -> None:
        person = self.get(person_id)
        if person.blocked is blocked:
            return
        person.blocked = blocked
        server = self.server
        server.feed.tell(Happening.PERSON, person.id, person_view(person))
        bot = server.bot.as_user()
        changed: dict[str, Json] = {
            "chat": person.as_chat(),
            "from": person.as_user(),
            "date": server.date,
            "old_chat_member": _membership(bot, before),
            "new_chat_member": _membership(bot, after),
        }
        server.updates.push("my_chat_member", changed)


def _membership(bot: Json, status: str) -> dict[str, Json]:
    body: dict[str, Json] = {"user": bot, "status": status}
    if status == "kicked":
        body["until_date"] = 0
    return body
