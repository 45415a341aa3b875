"""People found groups and channels, bring others in, give rights, open topics and let groups grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.chat.acts.spot import NotPossibleError
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group, Invite
from bot.sandbox.chat.members import GroupKind, Member, Status, rights_of
from bot.sandbox.chat.membership import change_member, show_chat, write_service
from bot.sandbox.chat.rendering import user_json
from bot.sandbox.chat.state import Service, ServiceKind
from bot.sandbox.chat.topics import open_topic
from bot.sandbox.wire import Json


def found(
    server: ChatServer,
    kind: GroupKind,
    title: str,
    owner_id: int,
    members: Iterable[int] = (),
    *,
    is_forum: bool = False,
    username: str | None = None,
) -> Group:
    """A new chat of several people, still without the bot."""
    if is_forum and kind is not GroupKind.SUPERGROUP:
        raise NotPossibleError("only a supergroup has topics", "forum")
    if not title.strip():
        raise NotPossibleError("a chat needs a title", "title")
    world = server.world
    group = Group(world.next_group(kind), kind, title.strip(), username, is_forum)
    group.members[owner_id] = Member(owner_id, Status.CREATOR)
    for number in members:
        if number != owner_id:
            group.members[number] = Member(number, Status.MEMBER)
    group.new_invite(owner_id, primary=True)
    world.groups[group.id] = group
    world.chats[group.id] = {}
    field = {"group": "group_chat_created", "supergroup": "supergroup_chat_created"}
    fields: dict[str, Json] = {field.get(kind.value, "channel_chat_created"): True}
    write_service(server, group.id, owner_id, Service(ServiceKind.CREATED, fields, {"title": group.title}))
    show_chat(server, group)
    return group


def group_of(server: ChatServer, chat_id: int) -> Group:
    """A chat of several people; raises NotPossibleError for an unknown one."""
    group = server.world.groups.get(chat_id)
    if group is None:
        raise NotPossibleError(f"there is no chat {chat_id}", "chat")
    return group


def set_member(
    server: ChatServer,
    group: Group,
    user_id: int,
    status: Status,
    *,
    rights: Iterable[str] | None = None,
    by: int | None = None,
) -> None:
    """Bring in, promote, restrict or remove somebody; without `rights` an administrator gets all.

    Raises NotPossibleError when `by`, the owner unless somebody else is named, may not do that.
    """
    owner = owner_of(group)
    actor = owner if by is None else by
    member = group.member(user_id)
    if member.status is Status.CREATOR:
        raise NotPossibleError("the owner stays the owner", "rights")
    if group.kind is GroupKind.CHANNEL and user_id == server.bot.id and status is Status.MEMBER:
        raise NotPossibleError("a bot is in a channel as an administrator only", "rights")
    needed = _needed(member, status)
    leaves = actor == user_id and status is Status.LEFT
    if not leaves and not group.may(actor, needed):
        raise NotPossibleError(f"this takes the right {needed}", "rights")
    granted = frozenset(rights_of(group.kind) if rights is None else rights)
    if status is Status.ADMINISTRATOR:
        granted |= {"can_manage_chat"}
    elif status is not Status.RESTRICTED or rights is None:
        granted = frozenset()
    change_member(server, group, Member(user_id, status, granted), actor)


def join(
    server: ChatServer, group: Group, person_id: int, invite: Invite | None = None, *, by: int | None = None
) -> None:
    """Somebody comes in by themselves, or because `by` lets them in."""
    if group.member(person_id).status is Status.KICKED:
        raise NotPossibleError("they were banned from this chat", "banned")
    if invite is not None:
        invite.used += 1
    if not group.member(person_id).is_in:
        actor = person_id if by is None else by
        change_member(server, group, Member(person_id, Status.MEMBER), actor, invite=invite)


def ask_in(server: ChatServer, group: Group, person_id: int, invite: Invite) -> None:
    """Somebody asks to be let in; a bot that may invite is told."""
    group.requests[person_id] = invite
    bot_id = server.bot.id
    if not (group.leads(bot_id) and group.may(bot_id, "can_invite_users")):
        return
    world = server.world
    body: dict[str, Json] = {
        "chat": group.as_chat(),
        "from": world.people[person_id].as_user(),
        "user_chat_id": person_id,
        "date": server.date,
        "invite_link": invite.as_json(user_json(world, invite.creator_id)),
    }
    server.updates.push("chat_join_request", body)


def discuss_in(channel: Group, group: Group) -> None:
    """From now on a channel's posts are passed on into a supergroup, where people talk about them."""
    if channel.kind is not GroupKind.CHANNEL or group.kind is not GroupKind.SUPERGROUP:
        raise NotPossibleError("a channel is talked about in a supergroup", "group")
    channel.discussion_id, group.discussion_id = group.id, channel.id


def name_topic(server: ChatServer, group: Group, name: str, by: int) -> int:
    """A new topic of a forum; the number of its thread."""
    if not group.is_forum:
        raise NotPossibleError("the chat has no topics", "forum")
    if not group.may(by, "can_manage_topics"):
        raise NotPossibleError("this takes the right can_manage_topics", "rights")
    return open_topic(server, group, name, by).id


def migrate(server: ChatServer, group: Group) -> Group:
    """A group grows into a supergroup with another id; both say so."""
    if group.kind is not GroupKind.GROUP or group.migrated_to is not None:
        raise NotPossibleError("only a group can become a supergroup", "group")
    world = server.world
    grown = Group(world.next_group(GroupKind.SUPERGROUP), GroupKind.SUPERGROUP, group.title)
    grown.members = {number: replace(member) for number, member in group.members.items()}
    grown.permissions, grown.description = group.permissions, group.description
    owner = owner_of(group)
    grown.new_invite(owner, primary=True)
    world.groups[grown.id] = grown
    world.chats[grown.id] = {}
    facts: dict[str, Json] = {"from": group.id, "to": grown.id}
    fields: dict[str, Json] = {"migrate_to_chat_id": grown.id}
    write_service(server, group.id, owner, Service(ServiceKind.MIGRATED, fields, facts))
    group.migrated_to = grown.id
    fields = {"migrate_from_chat_id": group.id}
    write_service(server, grown.id, owner, Service(ServiceKind.MIGRATED, fields, facts))
    show_chat(server, grown)
    return grown


def owner_of(group: Group) -> int:
    """Who founded the chat."""
    return next(m.user_id for m in group.members.values() if m.status is Status.CREATOR)


def _needed(before: Member, after: Status) -> str:
    if after is Status.ADMINISTRATOR or before.status is Status.ADMINISTRATOR:
        return "can_promote_members"
    return "can_invite_users" if after is Status.MEMBER and not before.is_in else "can_restrict_members"
