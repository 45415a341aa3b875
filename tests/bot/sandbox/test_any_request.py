"""Whatever a bot asks, the server answers in the Bot API's envelope: it never stumbles over a request."""

from __future__ import annotations

import json
import random

import pytest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.methods import METHODS
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Hands

TRIES = 40
NAMES = [
    "message_id",
    "message_ids",
    "message_thread_id",
    "from_chat_id",
    "user_id",
    "text",
    "caption",
    "photo",
    "document",
    "media",
    "emoji",
    "reaction",
    "reply_markup",
    "reply_parameters",
    "entities",
    "parse_mode",
    "inline_message_id",
    "inline_query_id",
    "results",
    "result",
    "button",
    "next_offset",
    "cache_time",
    "web_app_query_id",
    "callback_query_id",
    "name",
    "title",
    "permissions",
    "scope",
    "commands",
    "invite_link",
    "member_limit",
    "expire_date",
    "allow_user_chats",
    "offset",
    "limit",
    "action",
    "file_id",
    "rights",
    "icon_color",
]
ODD: list[object] = [
    "",
    "x",
    "-1",
    0,
    -5,
    2**70,
    1.5,
    None,
    True,
    [],
    {},
    [[]],
    [{}],
    [None],
    ["x"],
    {"type": "photo"},
    {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "x"}},
    {"type": "chat", "chat_id": "x"},
    {"inline_keyboard": "x"},
    {"inline_keyboard": [["x"]]},
    {"inline_keyboard": [[{"text": "x", "callback_data": 5}]]},
    {"keyboard": [[{"text": 5}]]},
    "{",
    "[1, 2",
    '["1", "2"]',
    "\ud800",
]


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_odd_parameters_are_refused_not_stumbled_over(
    hands: Hands, sandbox: Sandbox, ann: Phone, group: Gathering, forum: Gathering, method: str
) -> None:
    # Given chats of every kind, and a seed that draws the same odd requests each time
    dice = random.Random(method)
    ann.start()
    group.promote_bot()
    ann.in_group(group).write("x")
    thread = forum.topic("Sales")
    chats = [ann.id, group.id, forum.id, 0, "x", "@nobody", -4, None]
    numbers = [ann.messages[-1].id, group.messages[-1].id, group.messages[0].id, thread]
    for _ in range(TRIES):
        params: dict[str, object] = {"chat_id": dice.choice(chats), "timeout": 0}
        params |= {name: dice.choice([*ODD, *numbers, ann.id]) for name in dice.sample(NAMES, 8)}
        # When it is asked, then it answers: yes, or no with a reason
        reply = await hands.call(method, **params)
        assert reply.status in {200, 400, 403, 404, 409}, json.dumps(params)
        assert reply.body["ok"] is (reply.status == 200)
