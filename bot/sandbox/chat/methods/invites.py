"""Links by which people come in, and the requests of those who must be let in."""

from __future__ import annotations

from bot.sandbox.chat.acts.gathering import join
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group, Invite
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import user_json
from bot.sandbox.chat.state import Person
from bot.sandbox.chat.world import Access
from bot.sandbox.wire import Json

NAME_CHARACTERS = 32
"""Bot API limit of a link's name."""
MOST_MEMBERS = 99_999
"""Bot API limit of member_limit."""


async def export_chat_invite_link(server: ChatServer, params: Params) -> Json:
    """A new main link; the one before is void."""
    return _led(server, params).new_invite(server.bot.id, primary=True).link


async def create_chat_invite_link(server: ChatServer, params: Params) -> Json:
    """A further link: with a name, an end, a number of uses, or for those who ask first."""
    group = _led(server, params)
    _check_terms(params)
    return _told(server, _set_terms(group.new_invite(server.bot.id), params))


async def edit_chat_invite_link(server: ChatServer, params: Params) -> Json:
    """Other terms for a link of the bot."""
    group = _led(server, params)
    _check_terms(params)
    invite = _find(group, params)
    if invite.creator_id != server.bot.id or invite.primary:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return _told(server, _set_terms(invite, params))


async def revoke_chat_invite_link(server: ChatServer, params: Params) -> Json:
    """Void a link; the main one gets a successor."""
    group = _led(server, params)
    invite = _find(group, params)
    invite.revoked = True
    if invite.primary:
        group.new_invite(server.bot.id, primary=True)
    return _told(server, invite)


async def approve_chat_join_request(server: ChatServer, params: Params) -> Json:
    """Let somebody in who asked."""
    group, user_id = _asked(server, params)
    join(server, group, user_id, group.requests.pop(user_id), by=server.bot.id)
    return True


async def decline_chat_join_request(server: ChatServer, params: Params) -> Json:
    """Don't let them in."""
    group, user_id = _asked(server, params)
    del group.requests[user_id]
    return True


def _check_terms(params: Params) -> None:
    if len(params.text("name")) > NAME_CHARACTERS:
        raise bad_request("INVITE_TITLE_TOO_LONG")
    if params.flag("creates_join_request") and params.number("member_limit"):
        raise bad_request("member limit can't be specified for links requiring administrator approval")


def _set_terms(invite: Invite, params: Params) -> Invite:
    limit = params.number("member_limit") or 0
    invite.name, invite.expires = params.text("name") or None, params.number("expire_date") or None
    invite.limit = min(limit, MOST_MEMBERS) if limit > 0 else None
    invite.by_request = params.flag("creates_join_request")
    return invite


def _find(group: Group, params: Params) -> Invite:
    link = params.text("invite_link")
    invite = next((invite for invite in group.invites if invite.link == link), None)
    if invite is None:
        raise bad_request("INVITE_HASH_EXPIRED")
    return invite


def _asked(server: ChatServer, params: Params) -> tuple[Group, int]:
    group, user_id = _led(server, params), params.number("user_id") or 0
    if group.member(user_id).is_in:
        raise bad_request("USER_ALREADY_PARTICIPANT")
    if user_id not in group.requests:
        raise bad_request("HIDE_REQUESTER_MISSING")
    return group, user_id


def _led(server: ChatServer, params: Params) -> Group:
    """A chat in which the bot may invite as an administrator."""
    place = server.world.place(params, access=Access.WRITE)
    bot_id = server.bot.id
    if isinstance(place, Person) or not (place.leads(bot_id) and place.may(bot_id, "can_invite_users")):
        raise bad_request("not enough rights to manage chat invite link")
    return place


def _told(server: ChatServer, invite: Invite) -> Json:
    return invite.as_json(user_json(server.world, invite.creator_id))


METHODS: dict[str, Method] = {
    "exportChatInviteLink": export_chat_invite_link,
    "createChatInviteLink": create_chat_invite_link,
    "editChatInviteLink": edit_chat_invite_link,
    "revokeChatInviteLink": revoke_chat_invite_link,
    "approveChatJoinRequest": approve_chat_join_request,
    "declineChatJoinRequest": decline_chat_join_request,
}
