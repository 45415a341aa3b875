"""Mini Apps: signed facts, prepared messages, and one answer for each opening."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from aiogram.utils.web_app import safe_parse_webapp_init_data
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
)
from telegram.error import BadRequest

from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Clock, Hands

CARD = InlineQueryResultArticle(
    "m",
    "A mug",
    InputTextMessageContent("A mug"),
    reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Buy", callback_data="buy")]]),
)


def opened(phone: Phone) -> str:
    """The init data with which a person opens an app from their chat with the bot."""
    address = phone.with_bot.opens_app("https://shop.example/app?x=1")
    return parse_qs(urlsplit(address).fragment)["tgWebAppData"][0]


async def test_the_facts_are_signed_with_the_bots_token(sandbox: Sandbox, clock: Clock) -> None:
    mei = sandbox.phone("梅", language_code="zh-hans", username="mei")
    data = opened(mei)
    # An independent reader accepts them
    read = safe_parse_webapp_init_data(sandbox.token, data)
    assert read.user is not None
    assert (read.user.id, read.user.first_name, read.user.language_code) == (mei.id, "梅", "zh-hans")
    assert read.auth_date.timestamp() == clock.now
    assert read.chat_type == "sender"
    # And refuses them for another bot, or changed
    with pytest.raises(ValueError, match="Invalid"):
        safe_parse_webapp_init_data("1:other", data)
    with pytest.raises(ValueError, match="Invalid"):
        safe_parse_webapp_init_data(sandbox.token, data.replace(str(mei.id), str(mei.id + 1)))
    # The signature for third parties is counted in, as it is by the real server
    facts = dict(parse_qsl(data))
    proof = facts.pop("hash")
    assert "signature" in facts
    secret = hmac.new(b"WebAppData", sandbox.token.encode(), hashlib.sha256).digest()
    lines = "\n".join(f"{name}={facts[name]}" for name in sorted(facts))
    assert hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest() == proof


async def test_a_prepared_message_goes_to_the_chats_it_was_made_for(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone, clock: Clock
) -> None:
    sandbox.inline_mode()
    prepared = await ears.bot.save_prepared_inline_message(ann.id, CARD, allow_user_chats=True)
    assert prepared.expiration_date.timestamp() == clock.now + 24 * 3600
    # When Ann sends it to Bob
    sent = ann.chat_with(bob).send_prepared(prepared.id)
    # Then he sees it, and the bot may edit it
    seen = await bob.chat_with(ann).sees("A mug")
    assert seen.via_bot
    chosen = (await ears.hears()).chosen_inline_result
    assert chosen is not None
    assert chosen.inline_message_id == sent.inline_message_id
    assert await ears.bot.edit_message_text("Sold", inline_message_id=sent.inline_message_id)
    # And it goes nowhere else, to nobody else's chats, and not for ever
    group = sandbox.group("Shoppers", ann, with_bot=False)
    with pytest.raises(NotPossibleError, match="not prepared for such a chat"):
        ann.in_group(group).send_prepared(prepared.id)
    with pytest.raises(NotPossibleError, match="no such prepared message"):
        bob.chat_with(ann).send_prepared(prepared.id)
    sandbox.clock.forward(24 * 3600)
    with pytest.raises(NotPossibleError, match="too old"):
        ann.chat_with(bob).send_prepared(prepared.id)


async def test_an_opened_app_sends_one_message(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    query_id = dict(parse_qsl(opened(ann)))["query_id"]
    sent = await ears.bot.answer_web_app_query(query_id, CARD)
    assert sent.inline_message_id == ann.messages[-1].inline_message_id is not None
    heard = (await ears.hears()).message
    assert heard is not None
    assert heard.via_bot is not None
    assert (heard.text, heard.via_bot.id) == ("A mug", sandbox.bot.id)
    with pytest.raises(BadRequest, match="Query is too old"):
        await ears.bot.answer_web_app_query(query_id, CARD)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"result": None}, "result isn't specified"),
        ({"user_id": 5}, "user not found"),
        ({"allow_user_chats": False}, "PEER_TYPES_INVALID"),
        (
            {"result": {"type": "article", "id": "", "title": "x"}},
            "can't parse inline query result: Can't find field \"message_text\"",
        ),
    ],
)
async def test_a_prepared_message_is_refused(
    hands: Hands, ann: Phone, params: dict[str, object], reason: str
) -> None:
    fine: dict[str, object] = {
        "user_id": ann.id,
        "result": json.loads(CARD.to_json()),
        "allow_user_chats": True,
    }
    reply = await hands.call("savePreparedInlineMessage", **(fine | params))
    assert (reply.status, reply.description) == (400, f"Bad Request: {reason}")
