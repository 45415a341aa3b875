"""The people's side of the chat: what a person can do with a chat client, as Python verbs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import finished
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.keyboards import Button
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.taps import Tap
from bot.sandbox.chat.views import message_view, person_view
from bot.sandbox.wire import Json

PAYLOAD = re.compile(r"^[A-Za-z0-9_-]{0,64}$")
"""Bot API: what may follow /start in a deep link."""


class NotPossibleError(Exception):
    """A person tried what a chat client doesn't offer; the message says what, `code` names it for pages."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class People:
    """All people of one chat server."""

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

    def get(self, person_id: int) -> Person:
        """One person; raises NotPossibleError for an unknown number."""
        person = self.server.world.people.get(person_id)
        if person is None:
            raise NotPossibleError(f"there is no person {person_id}", "person")
        return person

    def write(self, person_id: int, text: str) -> Message:
        """A message of text to the bot; unblocks it and opens the chat, as a client does."""
        person = self.get(person_id)
        if person.blocked:
            self.unblock(person_id)
        body = finished(text, ())
        if not 1 <= body.length <= 4096:
            raise NotPossibleError("a message takes 1 to 4096 characters", "length")
        person.started = True
        world = self.server.world
        now = int(self.server.clock())
        message = world.keep(
            Message(next(world.message_ids), person.id, from_bot=False, sent_at=now, body=body)
        )
        self.server.feed.tell(Happening.MESSAGE, person.id, message_view(message))
        self.server.updates.push("message", world.message_json(message))
        return message

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
        parts = urlsplit(text if "://" in text else f"https://{text}")
        bot = parts.path.strip("/")
        query = parse_qs(parts.query)
        if parts.scheme == "tg":
            bot = query.get("domain", [""])[0]
        elif parts.hostname not in {"t.me", "telegram.me"}:
            raise NotPossibleError("this is not a link to a chat", "link")
        if bot.lower() != self.server.bot.username.lower():
            raise NotPossibleError(f"here lives only @{self.server.bot.username}", "bot")
        return self.start(person_id, query.get("start", [""])[0])

    def tap(self, person_id: int, message_id: int, button: Button) -> Tap:
        """A tap on a button that calls back; the answer arrives in `Tap.answered`."""
        person = self.get(person_id)
        if button.data is None:
            raise NotPossibleError(f"the button {button.label!r} doesn't call back")
        return self.tap_data(person.id, message_id, button.data)

    def tap_data(self, person_id: int, message_id: int, data: str) -> Tap:
        """A tap with callback data of any age: a client may still show what the bot has changed since."""
        server, person = self.server, self.get(person_id)
        message = server.world.chats[person.id].get(message_id)
        tap = server.taps.open(person.id, message_id, data, server.clock())
        body: dict[str, Json] = {
            "id": tap.id,
            "from": person.as_user(),
            "chat_instance": str(person.id),
            "data": data,
            "message": server.world.message_json(message)
            if message is not None
            else {"chat": person.as_chat(), "message_id": message_id, "date": 0},
        }
        server.updates.push("callback_query", body)
        return tap

    def button(self, person_id: int, message_id: int, row: int, column: int) -> Button:
        """The button at a place of a message, from 0."""
        message = self.server.world.chats[self.get(person_id).id].get(message_id)
        if message is None or message.keyboard is None:
            raise NotPossibleError("there is no button", "button")
        rows = message.keyboard.rows
        if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            raise NotPossibleError("there is no button", "button")
        return rows[row][column]

    def messages(self, person_id: int) -> tuple[Message, ...]:
        """The chat as it stands, oldest first."""
        return tuple(self.server.world.chats[self.get(person_id).id].values())

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
            "date": int(server.clock()),
            "old_chat_member": _membership(bot, before),
            "new_chat_member": _membership(bot, after),
        }
        server.updates.push("my_chat_member", changed)


def _membership(bot: Json, status: str) -> dict[str, Json]:
    body: dict[str, Json] = {"user": bot, "status": status}
    if status == "kicked":
        body["until_date"] = 0
    return body
