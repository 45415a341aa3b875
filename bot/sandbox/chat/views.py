"""How chats look to those who read them from the people's side: the page, the control API."""

from __future__ import annotations

from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.world import World
from bot.sandbox.wire import Json, present


def message_view(world: World, message: Message, viewer: int) -> dict[str, Json]:
    """A message as a person's chat client draws it; files by addresses of this server."""
    view = present(
        message_id=message.id,
        from_bot=message.from_bot,
        **{"from": _speaker(world, message)},
        via_bot=message.via_bot,
        inline_message_id=message.inline_message_id,
        date=message.sent_at,
        edited=message.edited_at is not None,
        silent=message.silent,
        forwarded=message.forwarded,
        reply_to=message.reply_to,
        topic=message.topic,
        album=message.album,
        pinned=message.id in world.pins(message.chat_id),
        reactions=_reactions(world, message, viewer),
        text=message.body.text,
        entities=[entity.as_json() for entity in message.body.entities],
        buttons=[[button.as_json() for button in row] for row in message.keyboard.rows]
        if message.keyboard
        else [],
        dice=message.dice.as_json() if message.dice else None,
    )
    if message.service is not None:
        view["service"] = message.service.kind.value
        view["facts"] = dict(message.service.facts)
    return view | _media(message.media)


def _media(media: Photo | Document | None) -> dict[str, Json]:
    if media is None:
        return {}
    url = media.url or f"/control/files/{media.file_id}"
    if isinstance(media, Photo):
        size = media.sizes[-1]
        return {"photo": {"url": url, "width": size.width, "height": size.height}}
    return {"document": {"url": url, "name": media.filename, "size": len(media.content)}}


def _speaker(world: World, message: Message) -> dict[str, Json]:
    if message.sender_id in world.groups:
        return {"id": message.sender_id, "name": world.groups[message.sender_id].title, "is_bot": False}
    if message.sender_id == world.bot.id:
        return {"id": world.bot.id, "name": world.bot.name, "is_bot": True}
    return {"id": message.sender_id, "name": world.people[message.sender_id].name, "is_bot": False}


def _reactions(world: World, message: Message, viewer: int) -> list[Json]:
    given = world.reactions.get((message.chat_id, message.id), {})
    counts: dict[str, int] = {}
    for emojis in given.values():
        for emoji in emojis:
            counts[emoji] = counts.get(emoji, 0) + 1
    mine = given.get(viewer, ())
    return [{"emoji": emoji, "count": count, "mine": emoji in mine} for emoji, count in counts.items()]


def person_view(person: Person) -> dict[str, Json]:
    """A person as the page lists them."""
    return present(
        id=person.id,
        name=person.name,
        username=person.username,
        language_code=person.language_code,
        started=person.started,
        blocked=person.blocked,
    )


def can_write(world: World, group: Group, person_id: int) -> bool:
    """Whether a person may write in a chat of several."""
    if group.migrated_to is not None:
        return False
    right = "can_post_messages" if group.kind is GroupKind.CHANNEL else "can_send_messages"
    return group.may(person_id, right)


def members_view(world: World, group: Group) -> list[Json]:
    """Everybody in a chat: id, name, status."""
    names = {world.bot.id: world.bot.name} | {person.id: person.name for person in world.people.values()}
    return [
        {
            "id": number,
            "name": names[number],
            "status": member.status.value,
            "is_bot": number == world.bot.id,
        }
        for number, member in group.members.items()
        if member.is_in
    ]
