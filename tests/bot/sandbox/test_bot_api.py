"""The check of requests finds what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.bot_api import check_request, watch, wrong_answers
from tests.bot.sandbox.hands import Hands

KEYBOARD = '{"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}'


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"chat_id": "5", "text": "x", "parse_mode": "HTML", "reply_markup": KEYBOARD}),
        ("sendMessage", {"chat_id": 5, "text": "x", "disable_notification": "true"}),
        ("sendPhoto", {"chat_id": "5", "photo": b"...", "caption": "x"}),
        (
            "editMessageMedia",
            {"chat_id": "5", "message_id": "1", "media": '{"type":"photo","media":"attach://a"}'},
        ),
        ("setMyCommands", {"commands": '[{"command":"start","description":"x"}]', "language_code": "zh"}),
        ("getUpdates", {"offset": "5", "timeout": "10", "allowed_updates": '["message"]'}),
    ],
)
def test_right_requests_pass(method: str, params: dict[str, object]) -> None:
    assert check_request(method, params) == []


@pytest.mark.parametrize(
    ("method", "params", "named"),
    [
        ("sendTelepathy", {}, "no such method"),
        ("sendMessage", {"chat_id": 5}, "text"),
        ("sendMessage", {"chat_id": 5, "text": "x", "colour": "red"}, "unknown field 'colour'"),
        (
            "sendMessage",
            {"chat_id": 5, "text": "x", "reply_markup": '{"inline_keyboard": [{}]}'},
            "reply_markup",
        ),
        (
            "sendMessage",
            {"chat_id": 5, "text": "x", "reply_markup": KEYBOARD.replace("callback_data", "calback_data")},
            "unknown field 'calback_data'",
        ),
        ("editMessageText", {"chat_id": 5, "message_id": "first", "text": "x"}, "message_id"),
        ("answerCallbackQuery", {"text": "x"}, "callback_query_id"),
        ("sendPhoto", {"chat_id": 5}, "photo"),
    ],
)
def test_wrong_requests_are_named(method: str, params: dict[str, object], named: str) -> None:
    assert any(named in complaint for complaint in check_request(method, params))


async def test_a_sandbox_is_watched(hands: Hands, sandbox: Sandbox) -> None:
    wrong = watch(sandbox.journal)
    await hands.call("getMe")
    assert wrong == []
    await hands.call("sendMessage", chat_id=5, text="x", reply_markup={"inline_keyboard": [[{"txt": "x"}]]})
    assert wrong


async def test_a_wrong_answer_of_the_sandbox_is_named(hands: Hands, sandbox: Sandbox) -> None:
    await hands.call("getMe")
    assert wrong_answers(sandbox.journal) == []
    (entry,) = sandbox.journal.entries("getMe")
    sandbox.journal.write(replace(entry, answer={"ok": True, "result": {"id": "first"}}))
    assert len(wrong_answers(sandbox.journal)) == 1
