"""What the real server refuses, this one refuses, with the same code and sentence."""

from __future__ import annotations

import io
import json

import aiohttp
import pytest

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Clock, Hands
from tests.bot.sandbox.test_conversation import picture

NOT_MODIFIED = "message is not modified"
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


async def started(sandbox: Sandbox) -> int:
    phone = sandbox.phone("Ann")
    phone.start()
    return phone.id


@pytest.mark.parametrize(
    ("text", "parse_mode", "reason"),
    [
        ("", "", "message text is empty"),
        (" \n ", "", "message text is empty"),
        ("x" * 4097, "", "message is too long"),
        ("🎉" * 2049, "", "message is too long"),
        ("<b>x", "HTML", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("<h1>x</h1>", "HTML", 'can\'t parse entities: Unsupported start tag "h1" at byte offset 0'),
        (
            "é<b><i>x</b>",
            "HTML",
            'can\'t parse entities: Unmatched end tag at byte offset 9, expected "</i>", found "</b>"',
        ),
        ("x</b>", "HTML", "can't parse entities: Unexpected end tag at byte offset 1"),
        ("1 < 2", "HTML", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        ("x", "XML", "unsupported parse_mode"),
        (
            "1.0",
            "MarkdownV2",
            "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        ("🏟 _x", "MarkdownV2", "can't parse entities: Can't find end of Italic entity at byte offset 5"),
        ("||x", "MarkdownV2", "can't parse entities: Can't find end of Spoiler entity at byte offset 0"),
    ],
)
async def test_text_is_refused(
    hands: Hands, sandbox: Sandbox, text: str, parse_mode: str, reason: str
) -> None:
    reply = await hands.call("sendMessage", chat_id=await started(sandbox), text=text, parse_mode=parse_mode)
    assert (reply.status, reply.description) == (400, f"Bad Request: {reason}")


async def test_length_is_counted_without_the_markup(hands: Hands, sandbox: Sandbox) -> None:
    text = "<b>" + "&lt;" * 4096 + "</b>"
    reply = await hands.call("sendMessage", chat_id=await started(sandbox), text=text, parse_mode="HTML")
    assert reply.status == 200
    assert reply.fields["text"] == "<" * 4096


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "x", "callback_data": "a" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "copy_text": {"text": "a" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "url": "http://localhost/x"},
            "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "url": "ftp://shop.example/x"},
            "inline keyboard button URL 'ftp://shop.example/x' is invalid: Unsupported URL protocol",
        ),
    ],
)
async def test_a_button_is_refused(
    hands: Hands, sandbox: Sandbox, button: dict[str, object], reason: str
) -> None:
    markup = json.dumps({"inline_keyboard": [[button]]})
    reply = await hands.call("sendMessage", chat_id=await started(sandbox), text="x", reply_markup=markup)
    assert (reply.status, reply.description) == (400, f"Bad Request: {reason}")


async def test_the_longest_that_is_allowed_passes(hands: Hands, sandbox: Sandbox) -> None:
    row = [
        {"text": "tap", "callback_data": "é" * 32},
        {"text": "copy", "copy_text": {"text": "a" * 256}},
        {"text": "open", "url": "http://127.0.0.1:8080/r/K7Q2ABCD"},
    ]
    reply = await hands.call(
        "sendMessage",
        chat_id=await started(sandbox),
        text="🎉" * 2048,
        reply_markup={"inline_keyboard": [row]},
    )
    assert reply.status == 200


async def test_edits_and_deletions_name_what_is_wrong(hands: Hands, sandbox: Sandbox) -> None:
    chat_id = await started(sandbox)
    sent = (await hands.call("sendMessage", chat_id=chat_id, text="x")).number

    same = await hands.call(
        "editMessageText", chat_id=chat_id, message_id=sent, text="<b></b>x", parse_mode="HTML"
    )
    missing = await hands.call("editMessageText", chat_id=chat_id, message_id=1, text="y")
    no_caption = await hands.call("editMessageCaption", chat_id=chat_id, message_id=sent, caption="y")
    theirs = sandbox.people.messages(chat_id)[0].id
    foreign = await hands.call("editMessageText", chat_id=chat_id, message_id=theirs, text="y")
    deleted = await hands.call("deleteMessage", chat_id=chat_id, message_id=sent)
    again = await hands.call("deleteMessage", chat_id=chat_id, message_id=sent)

    assert NOT_MODIFIED in same.description
    assert missing.description == "Bad Request: message to edit not found"
    assert no_caption.description == "Bad Request: there is no caption in the message to edit"
    assert foreign.description == "Bad Request: message can't be edited"
    assert deleted.body == {"ok": True, "result": True}
    assert again.description == "Bad Request: message to delete not found"


async def test_a_tap_is_answered_once_in_time_and_in_few_words(
    hands: Hands, sandbox: Sandbox, clock: Clock
) -> None:
    chat_id = await started(sandbox)
    sent = (await hands.call("sendMessage", chat_id=chat_id, text="x")).number
    first = sandbox.people.tap_data(chat_id, sent, "a")
    late = sandbox.people.tap_data(chat_id, sent, "b")

    wordy = await hands.call("answerCallbackQuery", callback_query_id=first.id, text="x" * 201)
    fine = await hands.call("answerCallbackQuery", callback_query_id=first.id, text="x" * 200)
    twice = await hands.call("answerCallbackQuery", callback_query_id=first.id)
    unknown = await hands.call("answerCallbackQuery", callback_query_id="7")
    clock.advance(61)
    too_late = await hands.call("answerCallbackQuery", callback_query_id=late.id)

    assert wordy.description == "Bad Request: MESSAGE_TOO_LONG"
    assert fine.status == 200
    for refused in (twice, unknown, too_late):
        assert refused.description == f"Bad Request: {TOO_OLD}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (picture(5001, 5000), "PHOTO_INVALID_DIMENSIONS"),
        (picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (
            b"x" * (10 * 1024 * 1024 + 1),
            "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
    ids=["no picture", "too large a side", "too long a strip", "too many bytes"],
)
async def test_a_photo_is_refused(hands: Hands, sandbox: Sandbox, content: bytes, reason: str) -> None:
    form = aiohttp.FormData({"chat_id": str(await started(sandbox))})
    form.add_field("photo", io.BytesIO(content), filename="p.jpg")
    reply = await hands.upload("sendPhoto", form)
    assert (reply.status, reply.description) == (400, f"Bad Request: {reason}")


async def test_captions_and_file_ids_are_checked(hands: Hands, sandbox: Sandbox) -> None:
    chat_id = await started(sandbox)
    form = aiohttp.FormData({"chat_id": str(chat_id), "caption": "x" * 1024})
    form.add_field("document", b"a,b", filename="a.csv")
    fits = await hands.upload("sendDocument", form)
    document = fits.fields["document"]
    assert isinstance(document, dict)
    file_id = document["file_id"]

    long = await hands.call("sendDocument", chat_id=chat_id, document=file_id, caption="x" * 1025)
    other_kind = await hands.call("sendPhoto", chat_id=chat_id, photo=file_id)
    unknown = await hands.call("sendPhoto", chat_id=chat_id, photo="AgACAgI")
    outside = await hands.call("sendPhoto", chat_id=chat_id, photo="https://shop.example/a.jpg")

    assert long.description == "Bad Request: message caption is too long"
    assert other_kind.description == "Bad Request: can't use file of type Document as Photo"
    assert unknown.description == "Bad Request: wrong file identifier/HTTP URL specified"
    assert outside.description == "Bad Request: failed to get HTTP URL content"


async def test_wrong_token_method_chat_and_file_have_their_codes(hands: Hands, sandbox: Sandbox) -> None:
    async with hands.session.get(f"{sandbox.api_url}/bot1:wrong/getMe") as answer:
        assert (answer.status, await answer.json()) == (
            401,
            {"ok": False, "error_code": 401, "description": "Unauthorized"},
        )
    async with hands.session.get(f"{sandbox.api_url}/file/bot1:wrong/photos/file_0.jpg") as answer:
        assert answer.status == 401
    unknown = await hands.call("sendTelepathy")
    nowhere = await hands.call("sendMessage", chat_id=12, text="x")
    nobody = await hands.call("sendMessage", text="x")
    assert (unknown.status, unknown.description) == (404, "Not Found: method not found")
    assert (nowhere.status, nowhere.description) == (400, "Bad Request: chat not found")
    assert (nobody.status, nobody.description) == (400, "Bad Request: chat_id is empty")


async def test_every_way_of_sending_parameters_is_read(hands: Hands, sandbox: Sandbox) -> None:
    chat_id = await started(sandbox)
    address = hands.address("sendMessage")
    async with hands.session.get(address, params={"chat_id": chat_id, "text": "query"}) as answer:
        assert answer.status == 200
    async with hands.session.post(address, data={"chat_id": chat_id, "text": "form"}) as answer:
        assert answer.status == 200
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("chat_id", str(chat_id))
    form.add_field("text", "multipart")
    async with hands.session.post(address, data=form) as answer:
        assert answer.status == 200
    assert (await hands.call("SENDMESSAGE", chat_id=chat_id, text="json")).status == 200
    texts = [message.body.text for message in sandbox.people.messages(chat_id)][1:]
    assert texts == ["query", "form", "multipart", "json"]
