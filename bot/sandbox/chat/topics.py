"""The topics of a forum: what opening, renaming and closing them leaves in the chat."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group, Topic
from bot.sandbox.chat.membership import show_chat, write_service
from bot.sandbox.chat.state import Service, ServiceKind
from bot.sandbox.wire import Json, present

ICON_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
"""Bot API: the colours that a topic's icon may have."""


def open_topic(
    server: ChatServer,
    group: Group,
    name: str,
    by: int,
    icon_color: int = ICON_COLORS[0],
    icon_custom_emoji_id: str | None = None,
) -> Topic:
    """A new topic; the message that tells of it is the head of its thread."""
    number = server.world.next_message(group.id)
    topic = Topic(number, name, icon_color, by, icon_custom_emoji_id)
    group.topics[number] = topic
    created = present(name=name, icon_color=icon_color, icon_custom_emoji_id=icon_custom_emoji_id)
    service = Service(ServiceKind.TOPIC, {"forum_topic_created": created}, {"name": name})
    write_service(server, group.id, by, service, topic=number, number=number)
    show_chat(server, group)
    return topic


def rename_topic(
    server: ChatServer, group: Group, topic: Topic, name: str, emoji_id: str | None, by: int
) -> None:
    """Another name or icon; None leaves the icon."""
    edited: dict[str, Json] = {}
    if name != topic.name:
        edited["name"] = topic.name = name
    if emoji_id is not None:
        edited["icon_custom_emoji_id"] = emoji_id
        topic.icon_custom_emoji_id = emoji_id or None
    service = Service(ServiceKind.TOPIC_RENAMED, {"forum_topic_edited": edited}, {"name": name})
    write_service(server, group.id, by, service, topic=topic.id)
    show_chat(server, group)


def close_topic(server: ChatServer, group: Group, topic: Topic | None, by: int, *, closed: bool) -> None:
    """Close a topic, or open it again; none is the one that is always there."""
    if topic is None:
        group.general_closed = closed
    else:
        topic.closed = closed
    kind = ServiceKind.TOPIC_CLOSED if closed else ServiceKind.TOPIC_REOPENED
    field = "forum_topic_closed" if closed else "forum_topic_reopened"
    service = Service(kind, {field: {}}, {"name": topic.name if topic else "General"})
    write_service(server, group.id, by, service, topic=topic.id if topic else None)
    show_chat(server, group)


def delete_topic(server: ChatServer, group: Group, topic: Topic) -> None:
    """Take a topic away with all that was said in it."""
    del group.topics[topic.id]
    messages = server.world.chats[group.id].values()
    for number in [message.id for message in messages if message.topic == topic.id]:
        server.remove_from(group.id, number)
    show_chat(server, group)
