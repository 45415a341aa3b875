"""Topics of a forum: opened, renamed, closed, reopened and deleted by the bot."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group, Topic
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.state import Person
from bot.sandbox.chat.topics import ICON_COLORS, close_topic, delete_topic, open_topic, rename_topic
from bot.sandbox.chat.world import Access
from bot.sandbox.wire import Json

NAME_CHARACTERS = 128
"""Bot API limit of a topic's name."""


async def create_forum_topic(server: ChatServer, params: Params) -> Json:
    """A new topic."""
    group = _forum(server, params)
    if not group.may(server.bot.id, "can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    color = params.number("icon_color") or ICON_COLORS[0]
    emoji = params.text("icon_custom_emoji_id") or None
    return open_topic(server, group, _name(params), server.bot.id, color, emoji).as_json()


async def edit_forum_topic(server: ChatServer, params: Params) -> Json:
    """Another name or icon."""
    group, topic = _topic(server, params)
    emoji = params.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in params.values else None
    name = _name(params) if params.text("name") else topic.name
    if name == topic.name and emoji in {None, topic.icon_custom_emoji_id}:
        raise bad_request("TOPIC_NOT_MODIFIED")
    rename_topic(server, group, topic, name, emoji, server.bot.id)
    return True


async def close_forum_topic(server: ChatServer, params: Params) -> Json:
    """Only those who manage topics may write there from now on."""
    return _turn(server, *_topic(server, params), closed=True)


async def reopen_forum_topic(server: ChatServer, params: Params) -> Json:
    """Everybody may write there again."""
    return _turn(server, *_topic(server, params), closed=False)


async def delete_forum_topic(server: ChatServer, params: Params) -> Json:
    """The topic goes with all its messages."""
    group = _forum(server, params)
    if not group.may(server.bot.id, "can_delete_messages"):
        raise bad_request("not enough rights to delete the topic")
    delete_topic(server, group, _find(group, params))
    return True


async def close_general_forum_topic(server: ChatServer, params: Params) -> Json:
    """The same for the topic that is always there."""
    return _turn_general(server, params, closed=True)


async def reopen_general_forum_topic(server: ChatServer, params: Params) -> Json:
    """Everybody may write there again."""
    return _turn_general(server, params, closed=False)


def _forum(server: ChatServer, params: Params) -> Group:
    place = server.world.place(params, access=Access.WRITE)
    if isinstance(place, Person) or not place.is_forum:
        raise bad_request("the chat is not a forum")
    return place


def _find(group: Group, params: Params) -> Topic:
    topic = group.topics.get(params.number("message_thread_id") or 0)
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _topic(server: ChatServer, params: Params) -> tuple[Group, Topic]:
    """The topic that the bot may change: with the right, or because it opened it."""
    group = _forum(server, params)
    topic = _find(group, params)
    bot_id = server.bot.id
    if not group.may(bot_id, "can_manage_topics") and topic.creator_id != bot_id:
        raise bad_request("not enough rights to edit the topic")
    return group, topic


def _turn(server: ChatServer, group: Group, topic: Topic, *, closed: bool) -> Json:
    if topic.closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    close_topic(server, group, topic, server.bot.id, closed=closed)
    return True


def _turn_general(server: ChatServer, params: Params, *, closed: bool) -> Json:
    group = _forum(server, params)
    if not group.may(server.bot.id, "can_manage_topics"):
        raise bad_request("not enough rights to edit the topic")
    if group.general_closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    close_topic(server, group, None, server.bot.id, closed=closed)
    return True


def _name(params: Params) -> str:
    name = params.text("name").strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    return name[:NAME_CHARACTERS]


METHODS: dict[str, Method] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
    "closeGeneralForumTopic": close_general_forum_topic,
    "reopenGeneralForumTopic": reopen_general_forum_topic,
}
