"""People follow links: into the chat with the bot, into a group with it, into a group by invitation."""

from __future__ import annotations

from bot.sandbox.chat.acts.gathering import ask_in, join, set_member
from bot.sandbox.chat.acts.spot import NotPossibleError, Spot
from bot.sandbox.chat.groups import Group, Invite
from bot.sandbox.chat.members import GroupKind, Status
from bot.sandbox.chat.people import PAYLOAD, People
from bot.sandbox.chat.state import Message

INVITE = "t.me/+"


def follow(people: People, person_id: int, link: str, chat: str = "") -> Message | str:
    """Follow a link; `chat` is the group that a person picks for a link that needs one.

    What comes back is the message that was sent, or the key of the chat that was entered.
    """
    text = link.strip()
    if INVITE in text:
        return _enter(people, person_id, text)
    if PAYLOAD.match(text):
        return people.start(person_id, text)
    query = people.link_query(text)
    asked = next((name for name in ("startgroup", "startchannel") if name in query), None)
    if asked is None:
        return people.start(person_id, query.get("start", [""])[0])
    if not chat:
        raise NotPossibleError("choose a chat for the bot", "chat")
    rights = query.get("admin", [""])[0]
    return _bring(people, people.spot(person_id, chat), query[asked][0], rights)


def _bring(people: People, spot: Spot, payload: str, rights: str) -> Message | str:
    """Add the bot to a chat, as an administrator if the link asks for rights, and greet it in a group."""
    server, group = people.server, spot.group
    if group is None:
        raise NotPossibleError("choose a chat of several people for the bot", "chat")
    if not PAYLOAD.match(payload):
        raise NotPossibleError("a start payload takes up to 64 of A-Z a-z 0-9 _ -", "payload")
    wanted = [f"can_{name}" for name in rights.replace("+", " ").split()]
    leads = bool(wanted) or group.kind is GroupKind.CHANNEL
    if leads or not group.member(server.bot.id).is_in:
        status = Status.ADMINISTRATOR if leads else Status.MEMBER
        set_member(server, group, server.bot.id, status, rights=wanted or None, by=spot.person.id)
    if group.kind is GroupKind.CHANNEL or not payload:
        return spot.key
    return people.write(spot.person.id, f"/start@{server.bot.username} {payload}", spot.key)


def _enter(people: People, person_id: int, link: str) -> str:
    server = people.server
    hash_part = link.partition(INVITE)[2]
    for group in server.world.groups.values():
        for invite in group.invites:
            if invite.link.endswith(f"+{hash_part}") and not invite.revoked:
                _check_room(group, invite.expires, invite.limit, invite.used, server.clock())
                return _admitted(people, group, invite, person_id)
    raise NotPossibleError("this invitation is not valid any more", "link")


def _admitted(people: People, group: Group, invite: Invite, person_id: int) -> str:
    """The key of the chat; empty while somebody must let the person in."""
    if invite.by_request and not group.member(person_id).is_in:
        ask_in(people.server, group, person_id, invite)
        return ""
    join(people.server, group, person_id, invite)
    return str(group.id)


def _check_room(group: Group, expires: int | None, limit: int | None, used: int, now: float) -> None:
    if (expires is not None and now >= expires) or (limit is not None and used >= limit):
        raise NotPossibleError(f"the invitation to {group.title} is over", "link")
