"""The topics of a forum: opened, renamed, closed; and where a message belongs."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.groups import Group, Topic
from bot.sandbox.chat.membership import show_chat
from bot.sandbox.chat.state import Message, Service, ServiceKind
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
    topic = Topic(number, name, icon_color, icon_custom_emoji_id)
    group.topics[number] = topic
    created = present(name=name, icon_color=icon_color, icon_custom_emoji_id=icon_custom_emoji_id)
    fields: dict[str, Json] = {"forum_topic_created": created}
    server.say(
        Message(
            id=number,
            chat_id=group.id,
            from_bot=by == server.bot.id,
            sent_at=server.date,
            body=Formatted(),
            sender_id=by,
            service=Service(ServiceKind.TOPIC, fields, {"name": name}),
            topic=number,
        )
    )
    show_chat(server, group)
    return topic
