"""Where a new message of the bot goes: the chat, its topic, what it replies to, and whether it may."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.keyboards import InlineKeyboard, Markup
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.params import Params, as_object
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.world import Access, Place

WORDS = "text messages"
DICE = "dice"
NEEDED = {
    WORDS: "can_send_messages",
    "photos": "can_send_photos",
    "documents": "can_send_documents",
    DICE: "can_send_other_messages",
}
"""What of a message's kind needs which permission in a group."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A place in a chat for a message."""

    place: Place
    reply_to: int | None = None
    topic: int | None = None
    thread: int | None = None


def kind_of(media: Photo | Document) -> str:
    """A file's kind as the refusals name it."""
    return "photos" if isinstance(media, Photo) else "documents"


def aim(server: ChatServer, params: Params, *kinds: str) -> Aim:
    """The place that a request names; raises 400 or 403 where the bot may not send such things."""
    place = server.world.place(params, access=Access.WRITE)
    replied = _replied(server, params, place)
    if isinstance(place, Person):
        return Aim(place, replied.id if replied else None)
    topic, thread = _thread(server, params, place, replied)
    for kind in kinds:
        check_voice(server, place, kind)
    return Aim(place, replied.id if replied else None, topic, thread)


def check_voice(server: ChatServer, group: Group, kind: str) -> None:
    """Whether the bot may say such things in a chat of several people."""
    bot_id = server.bot.id
    if group.kind is GroupKind.CHANNEL:
        if not group.may(bot_id, "can_post_messages"):
            raise bad_request("need administrator rights in the channel chat")
    elif not group.may(bot_id, NEEDED[kind]):
        raise bad_request(f"not enough rights to send {kind} to the chat")


def check_buttons(place: Place, markup: Markup) -> None:
    """Bot API: a button that opens a Mini App stands in private chats only."""
    if isinstance(markup, InlineKeyboard) and markup.opens_apps and not isinstance(place, Person):
        raise bad_request("BUTTON_TYPE_INVALID")


def _replied(server: ChatServer, params: Params, place: Place) -> Message | None:
    asked = as_object(params.structure("reply_parameters"))
    number = asked.get("message_id", params.number("reply_to_message_id"))
    if not isinstance(number, int):
        return None
    found = server.world.chats[place.id].get(number)
    if found is not None:
        return found
    if asked.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _thread(
    server: ChatServer, params: Params, group: Group, replied: Message | None
) -> tuple[int | None, int | None]:
    """The topic of a forum, or the thread of a supergroup without topics."""
    number = params.number("message_thread_id") or (replied.topic if replied else None)
    if group.is_forum:
        if number is None:
            _check_open(server, group, closed=group.general_closed)
            return None, None
        topic = group.topics.get(number)
        if topic is None:
            raise bad_request("message thread not found")
        _check_open(server, group, closed=topic.closed)
        return topic.id, None
    if number is not None:
        if group.kind is not GroupKind.SUPERGROUP or number not in server.world.chats[group.id]:
            raise bad_request("message thread not found")
        return None, number
    if replied is not None and group.kind is GroupKind.SUPERGROUP:
        return None, replied.thread or replied.id
    return None, None


def _check_open(server: ChatServer, group: Group, *, closed: bool) -> None:
    if closed and not group.may(server.bot.id, "can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
