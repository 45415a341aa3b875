"""The bot leads: it bans, restricts and promotes people, and names the chat."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.members import PERMISSIONS, GroupKind, Member, Status, rights_of
from bot.sandbox.chat.membership import change_member, show_chat, write_service
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params, as_object
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.state import Person, Service, ServiceKind
from bot.sandbox.chat.world import Access
from bot.sandbox.wire import Json

TITLE_CHARACTERS = 128
"""Bot API limit of a chat's title."""
DESCRIPTION_CHARACTERS = 255
"""Bot API limit of a chat's description."""


async def ban_chat_member(server: ChatServer, params: Params) -> Json:
    """Remove somebody for good, or until a date."""
    group, member = _restrictable(server, params)
    until = params.number("until_date") or 0
    change_member(server, group, Member(member.user_id, Status.KICKED, until=until), server.bot.id)
    return True


async def unban_chat_member(server: ChatServer, params: Params) -> Json:
    """Let somebody come back; who is in the chat is put out of it, unless only a ban was meant."""
    group, member = _restrictable(server, params)
    if member.is_in and params.flag("only_if_banned"):
        return True
    change_member(server, group, Member(member.user_id, Status.LEFT), server.bot.id)
    return True


async def restrict_chat_member(server: ChatServer, params: Params) -> Json:
    """Leave somebody only what is named; with everything they are a plain member again."""
    group, member = _restrictable(server, params)
    if group.kind is not GroupKind.SUPERGROUP:
        raise bad_request("method is available only for supergroups")
    granted = _granted(params)
    whole = group.permissions <= granted
    status = Status.MEMBER if whole else Status.RESTRICTED
    rights = frozenset[str]() if whole else granted
    until = params.number("until_date") or 0
    change_member(server, group, Member(member.user_id, status, rights, until), server.bot.id)
    return True


async def promote_chat_member(server: ChatServer, params: Params) -> Json:
    """Give somebody rights that the bot has itself; none makes them a plain member."""
    group, member = _led(server, params, "can_promote_members", "not enough rights")
    asked = frozenset(right for right in rights_of(group.kind) if params.flag(right))
    if any(not group.may(server.bot.id, right) for right in asked):
        raise bad_request("RIGHT_FORBIDDEN")
    if member.status is Status.CREATOR:
        raise bad_request("can't remove chat owner")
    status = Status.ADMINISTRATOR if asked else Status.MEMBER
    change_member(server, group, Member(member.user_id, status, asked), server.bot.id)
    return True


async def set_chat_permissions(server: ChatServer, params: Params) -> Json:
    """What everybody in the chat may do."""
    group = _group(server, params)
    if not _may(server, group, "can_restrict_members"):
        raise bad_request("not enough rights to change chat permissions")
    granted = _granted(params)
    if granted == group.permissions:
        raise bad_request("CHAT_NOT_MODIFIED")
    group.permissions = granted
    show_chat(server, group)
    return True


async def set_chat_title(server: ChatServer, params: Params) -> Json:
    """Another name over the chat; the chat says so."""
    group = _group(server, params)
    if not _may(server, group, "can_change_info"):
        raise bad_request("not enough rights to change chat title")
    title = params.text("title").strip()[:TITLE_CHARACTERS]
    if not title:
        raise bad_request("CHAT_TITLE_EMPTY")
    if title == group.title:
        raise bad_request("CHAT_NOT_MODIFIED")
    group.title = title
    service = Service(ServiceKind.TITLE, {"new_chat_title": title}, {"title": title})
    write_service(server, group.id, server.bot.id, service)
    show_chat(server, group)
    return True


async def set_chat_description(server: ChatServer, params: Params) -> Json:
    """Other words about the chat."""
    group = _group(server, params)
    if not _may(server, group, "can_change_info"):
        raise bad_request("not enough rights to set chat description")
    words = params.text("description").strip()[:DESCRIPTION_CHARACTERS]
    if words == group.description:
        raise bad_request("chat description is not modified")
    group.description = words
    return True


def _group(server: ChatServer, params: Params) -> Group:
    place = server.world.place(params, access=Access.WRITE)
    if isinstance(place, Person):
        raise bad_request("method is available for supergroup and channel chats only")
    return place


def _may(server: ChatServer, group: Group, right: str) -> bool:
    return group.leads(server.bot.id) and group.may(server.bot.id, right)


def _led(server: ChatServer, params: Params, right: str, refusal: str) -> tuple[Group, Member]:
    group = _group(server, params)
    user_id = params.number("user_id") or 0
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    if user_id not in server.world.people and user_id != server.bot.id:
        raise bad_request("PARTICIPANT_ID_INVALID")
    if not _may(server, group, right):
        raise bad_request(refusal)
    return group, group.member(user_id)


def _restrictable(server: ChatServer, params: Params) -> tuple[Group, Member]:
    refusal = "not enough rights to restrict/unrestrict chat member"
    group, member = _led(server, params, "can_restrict_members", refusal)
    if member.user_id == server.bot.id:
        raise bad_request("can't restrict self")
    if member.status is Status.CREATOR:
        raise bad_request("can't remove chat owner")
    if member.status is Status.ADMINISTRATOR:
        raise bad_request("user is an administrator of the chat")
    return group, member


def _granted(params: Params) -> frozenset[str]:
    asked = as_object(params.structure("permissions"))
    granted = {name for name in PERMISSIONS if asked.get(name)}
    if not params.flag("use_independent_chat_permissions"):
        granted |= _implied(granted)
    return frozenset(granted)


def _implied(granted: Iterable[str]) -> set[str]:
    """Bot API: who may send pictures or polls may write, too, unless permissions stand for themselves."""
    media = {name for name in PERMISSIONS if name.startswith("can_send_")} - {"can_send_messages"}
    given = set(granted)
    implied: set[str] = set()
    if given & {"can_send_other_messages", "can_add_web_page_previews"}:
        implied |= media - {"can_send_polls", "can_send_other_messages"}
    if given & media or implied:
        implied |= {"can_send_messages"}
    return implied


METHODS: dict[str, Method] = {
    "banChatMember": ban_chat_member,
    "unbanChatMember": unban_chat_member,
    "restrictChatMember": restrict_chat_member,
    "promoteChatMember": promote_chat_member,
    "setChatPermissions": set_chat_permissions,
    "setChatTitle": set_chat_title,
    "setChatDescription": set_chat_description,
}
