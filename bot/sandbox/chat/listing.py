"""A person's list of chats: what each is, its last message, and how much of it is unread."""

from __future__ import annotations

from bot.sandbox.chat.acts.spot import Spot, find_spot
from bot.sandbox.chat.state import Person
from bot.sandbox.chat.views import can_write, message_view
from bot.sandbox.chat.world import WITH_BOT, World
from bot.sandbox.wire import Json


def chat_list(world: World, person: Person) -> list[Json]:
    """All chats of a person, the one with the newest message first."""
    keys = [WITH_BOT, *(str(number) for number in world.people if number != person.id)]
    keys += [str(group.id) for group in world.groups.values() if _shown(world, group.id, person.id)]
    spots = [find_spot(world, person, key) for key in keys]
    spots.sort(key=lambda spot: -world.activity.get(spot.chat_id, 0))
    return [chat_entry(world, spot) for spot in spots]


def chat_entry(world: World, spot: Spot) -> dict[str, Json]:
    """One line of a person's list."""
    messages = world.chats[spot.chat_id]
    last = next(reversed(messages.values()), None)
    group = spot.group
    return {
        "key": spot.key,
        "type": kind_of(spot),
        "title": title_of(world, spot),
        "last": message_view(world, last, spot.person.id) if last else None,
        "unread": unread(world, spot),
        "muted": False,
        "can_write": can_write(world, group, spot.person.id) if group else True,
        "is_forum": group.is_forum if group else False,
    }


def kind_of(spot: Spot) -> str:
    """`bot`, `private`, `group`, `supergroup` or `channel`."""
    if spot.is_with_bot:
        return "bot"
    return spot.group.kind.value if spot.group else "private"


def title_of(world: World, spot: Spot) -> str:
    """The name over a chat."""
    if spot.is_with_bot:
        return world.bot.name
    return spot.group.title if spot.group else world.people[int(spot.key)].name


def unread(world: World, spot: Spot) -> int:
    """Messages of others after the last that the person has seen."""
    seen = world.read.get((spot.person.id, spot.chat_id), 0)
    count = 0
    for message in reversed(world.chats[spot.chat_id].values()):
        if message.id <= seen:
            break
        count += message.sender_id != spot.person.id
    return count


def _shown(world: World, group_id: int, person_id: int) -> bool:
    group = world.groups[group_id]
    return group.migrated_to is None and group.member(person_id).is_in
