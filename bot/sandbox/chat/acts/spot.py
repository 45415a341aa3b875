"""Where a person stands when they do something: one chat from their view."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.world import WITH_BOT, World


class NotPossibleError(Exception):
    """A person tried what a chat client doesn't offer; the message says what, `code` names it for pages."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Spot:
    """A chat as one person names it; `group` is None in private chats."""

    person: Person
    chat_id: int
    key: str
    group: Group | None = None

    @property
    def is_with_bot(self) -> bool:
        """Whether this is the person's chat with the bot."""
        return self.key == WITH_BOT


def find_spot(world: World, person: Person, key: str) -> Spot:
    """The chat under a person's key; raises NotPossibleError for one they are not in."""
    if key == WITH_BOT:
        return Spot(person, person.id, key)
    number = int(key) if key.removeprefix("-").isdecimal() else 0
    group = world.groups.get(number)
    if group is not None:
        if not group.member(person.id).is_in:
            raise NotPossibleError(f"{person.name} is not in {group.title}", "chat")
        return Spot(person, group.id, key, group)
    if number in world.people and number != person.id:
        return Spot(person, world.talk(person.id, number).id, key)
    raise NotPossibleError(f"there is no chat {key}", "chat")


def message_at(world: World, spot: Spot, message_id: int) -> Message:
    """A message of the chat; raises NotPossibleError when there is none."""
    found = world.chats[spot.chat_id].get(message_id)
    if found is None:
        raise NotPossibleError("there is no such message", "message")
    return found
