"""People and the bot come, go and rise: what the chat shows of it, and what the bot is told."""

from __future__ import annotations

from bot.sandbox.chat.acts.spot import find_spot
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.groups import Group, Invite
from bot.sandbox.chat.listing import chat_entry
from bot.sandbox.chat.members import GroupKind, Member
from bot.sandbox.chat.rendering import message_json, user_json
from bot.sandbox.chat.state import Message, Service, ServiceKind
from bot.sandbox.wire import Json


def write_service(
    server: ChatServer,
    chat_id: int,
    by: int,
    service: Service,
    *,
    topic: int | None = None,
    silent: bool = False,
    number: int | None = None,
) -> Message:
    """A message that the server writes into a chat because of what somebody did; `number` if it has one."""
    group = server.world.groups.get(chat_id)
    is_post = group is not None and group.kind is GroupKind.CHANNEL
    return server.say(
        Message(
            id=server.world.next_message(chat_id) if number is None else number,
            chat_id=chat_id,
            from_bot=by == server.bot.id,
            sent_at=server.date,
            body=Formatted(),
            sender_id=chat_id if is_post else by,
            service=service,
            topic=topic,
            silent=silent,
        )
    )


def change_member(
    server: ChatServer, group: Group, member: Member, by: int, *, invite: Invite | None = None
) -> None:
    """Give somebody a new standing; `by` is who did it."""
    world, before = server.world, group.member(member.user_id)
    came, went = member.is_in and not before.is_in, before.is_in and not member.is_in
    group.members[member.user_id] = member
    _tell_bot(server, group, before, member, by, invite)
    name = world.bot.name if member.user_id == world.bot.id else world.people[member.user_id].name
    if came and group.kind is not GroupKind.CHANNEL:
        user = user_json(world, member.user_id)
        fields: dict[str, Json] = {"new_chat_members": [user]}
        write_service(server, group.id, by, Service(ServiceKind.JOINED, fields, {"names": [name]}))
    if went and group.kind is not GroupKind.CHANNEL:
        fields = {"left_chat_member": user_json(world, member.user_id)}
        said = write_service(server, group.id, by, Service(ServiceKind.LEFT, fields, {"names": [name]}))
        if member.user_id == world.bot.id:
            # The last that a bot hears of a chat: that it is out of it.
            server.updates.push("message", message_json(world, said))
    show_chat(server, group)
    if went and member.user_id in world.people:
        gone: dict[str, Json] = {"key": str(group.id), "gone": True}
        server.feed.tell(Happening.CHAT, member.user_id, gone, str(group.id))


def show_chat(server: ChatServer, group: Group) -> None:
    """Tell everybody in a chat that something about it changed."""
    if not server.feed.is_followed:
        return
    world = server.world
    for person_id, key in world.audience(group.id):
        spot = find_spot(world, world.people[person_id], key)
        server.feed.tell(Happening.CHAT, person_id, chat_entry(world, spot), key)


def _tell_bot(
    server: ChatServer, group: Group, before: Member, after: Member, by: int, invite: Invite | None
) -> None:
    world = server.world
    about_bot = after.user_id == world.bot.id
    if not about_bot and not group.leads(world.bot.id):
        return
    if before == after:
        return
    user = user_json(world, after.user_id)
    body: dict[str, Json] = {
        "chat": group.as_chat(),
        "from": user_json(world, by),
        "date": server.date,
        "old_chat_member": before.as_json(user, group.kind),
        "new_chat_member": after.as_json(user, group.kind),
    }
    if invite is not None:
        body["invite_link"] = invite.as_json(user_json(world, invite.creator_id))
    server.updates.push("my_chat_member" if about_bot else "chat_member", body)
