"""What the bot may know of a chat and of those in it."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.members import GroupKind, Member, Status
from bot.sandbox.chat.membership import change_member
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import message_json, user_json
from bot.sandbox.chat.state import Person
from bot.sandbox.chat.world import Access
from bot.sandbox.wire import Json

NO_GIFTS: dict[str, Json] = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}
MOST_PORTRAITS = 100
"""Bot API limit of profile pictures in one answer."""


async def get_chat(server: ChatServer, params: Params) -> Json:
    """What the bot may know of a chat (Bot API, ChatFullInfo)."""
    place = server.world.place(params)
    body: dict[str, Json] = {
        **place.as_chat(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": NO_GIFTS,
    }
    pins = server.world.pins(place.id)
    if pins:
        pinned = server.world.chats[place.id][pins[-1]]
        body["pinned_message"] = message_json(server.world, pinned)
    if isinstance(place, Person):
        return body
    return body | _group_info(server, place)


def _group_info(server: ChatServer, group: Group) -> dict[str, Json]:
    body: dict[str, Json] = {}
    if group.description:
        body["description"] = group.description
    if group.kind is not GroupKind.CHANNEL:
        body["permissions"] = group.permissions_json()
    if group.username:
        body["active_usernames"] = [group.username]
    if group.may(server.bot.id, "can_invite_users") and group.leads(server.bot.id):
        link = next((i.link for i in group.invites if i.primary and not i.revoked), None)
        if link:
            body["invite_link"] = link
    if group.discussion_id is not None:
        body["linked_chat_id"] = group.discussion_id
    return body


async def get_chat_member(server: ChatServer, params: Params) -> Json:
    """Somebody's standing; strangers whom the server knows have left."""
    group = _of_several(server, params)
    user_id = params.number("user_id") or 0
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    if user_id not in server.world.people and user_id != server.bot.id:
        raise bad_request("PARTICIPANT_ID_INVALID")
    if group.kind is GroupKind.CHANNEL and not group.leads(server.bot.id):
        raise bad_request("member list is inaccessible")
    return group.member(user_id).as_json(user_json(server.world, user_id), group.kind)


async def get_chat_administrators(server: ChatServer, params: Params) -> Json:
    """Owner and administrators, without other bots."""
    place = server.world.place(params)
    if isinstance(place, Person):
        raise bad_request("there are no administrators in the private chat")
    if place.kind is GroupKind.CHANNEL and not place.leads(server.bot.id):
        raise bad_request("member list is inaccessible")
    world = server.world
    return [
        member.as_json(user_json(world, number), place.kind)
        for number, member in place.members.items()
        if place.leads(number)
    ]


async def get_chat_member_count(server: ChatServer, params: Params) -> Json:
    """How many are in the chat, the bot included."""
    place = server.world.place(params)
    if isinstance(place, Person):
        return 2
    return sum(member.is_in for member in place.members.values())


async def leave_chat(server: ChatServer, params: Params) -> Json:
    """The bot goes."""
    place = server.world.place(params, access=Access.EDIT)
    if isinstance(place, Person):
        raise bad_request("chat member status can't be changed in private chats")
    change_member(server, place, Member(server.bot.id, Status.LEFT), server.bot.id)
    return True


async def get_user_profile_photos(server: ChatServer, params: Params) -> Json:
    """Somebody's pictures, the latest first."""
    person = server.world.people.get(params.number("user_id") or 0)
    if person is None:
        raise bad_request("invalid user_id specified")
    start, most = params.number("offset") or 0, params.number("limit") or MOST_PORTRAITS
    shown = person.portraits[max(0, start) :][: min(max(1, most), MOST_PORTRAITS)]
    photos = [[size.as_json() for size in portrait.sizes] for portrait in shown]
    return {"total_count": len(person.portraits), "photos": photos}


def _of_several(server: ChatServer, params: Params) -> Group:
    place = server.world.place(params)
    if isinstance(place, Person):
        raise bad_request("chat not found")
    return place


METHODS: dict[str, Method] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "getUserProfilePhotos": get_user_profile_photos,
}
