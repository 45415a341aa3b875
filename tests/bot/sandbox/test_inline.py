"""Inline mode: people type after the bot's name, the bot offers, and what they send stays the bot's to edit."""

from __future__ import annotations

import asyncio

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultPhoto,
    InlineQueryResultsButton,
    InputMediaPhoto,
    InputTextMessageContent,
    SwitchInlineQueryChosenChat,
)
from telegram.error import BadRequest

from bot.sandbox.chat.conversation import Chat
from bot.sandbox.chat.inline.result import InlineAnswer
from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Clock, Hands, Reply
from tests.bot.sandbox.test_conversation import picture

TOO_OLD = "Query is too old and response timeout expired or query id is invalid"
BUY = InlineKeyboardMarkup([[InlineKeyboardButton("Buy now", callback_data="buy:1")]])


@pytest.fixture
def ann(sandbox: Sandbox) -> Phone:
    sandbox.inline_mode()
    return sandbox.phone("Ann")


def article(name: str, text: str, keyboard: InlineKeyboardMarkup | None = None) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        name, text, InputTextMessageContent(f"<b>{text}</b>", parse_mode="HTML"), reply_markup=keyboard
    )


async def offered(
    ears: Ears, chat: Chat, query: str, *results: InlineQueryResultArticle, **traits: object
) -> InlineAnswer:
    """What somebody is offered after typing: asked of the bot and answered by it."""
    typing = asyncio.create_task(chat.types(query))
    asked = (await ears.hears()).inline_query
    assert asked is not None
    assert await ears.bot.answer_inline_query(asked.id, results, **traits)  # type: ignore[arg-type]
    return await typing


async def test_a_card_is_sent_to_a_friend_and_edited_there(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone
) -> None:
    # Given Ann, who types after the bot's name in her chat with Bob
    to_bob = ann.chat_with(bob)
    typing = asyncio.create_task(to_bob.types("mug"))
    asked = (await ears.hears()).inline_query
    assert asked is not None
    assert (asked.query, asked.offset, asked.chat_type) == ("mug", "", "private")
    assert asked.from_user.id == ann.id
    # When the bot offers a card with a button, and she sends it
    button = InlineQueryResultsButton("Open the shop", start_parameter="shop")
    await ears.bot.answer_inline_query(asked.id, [article("m", "A mug", BUY)], next_offset="2", button=button)
    answer = await typing
    assert (answer.next_offset, answer.cache_time, answer.is_personal) == ("2", 300, False)
    assert answer.button is not None
    assert answer.button.start_parameter == "shop"
    sent = await to_bob.chooses(answer.results[0])
    # Then Bob sees it from Ann, and the bot learns its name
    seen = await bob.chat_with(ann).sees("A mug")
    assert (seen.sender_id, seen.via_bot) == (ann.id, True)
    chosen = (await ears.hears()).chosen_inline_result
    assert chosen is not None
    assert (chosen.result_id, chosen.query) == ("m", "mug")
    assert chosen.inline_message_id == sent.inline_message_id is not None
    # When Bob taps, the bot knows the message by that name alone, and edits it
    tap = asyncio.create_task(bob.chat_with(ann).tap("Buy now"))
    query = (await ears.hears()).callback_query
    assert query is not None
    assert query.message is None
    assert query.inline_message_id == sent.inline_message_id
    await query.answer("Yours")
    assert (await tap).text == "Yours"
    assert await ears.bot.edit_message_text("Sold out", inline_message_id=sent.inline_message_id) is True
    # Then both see it
    assert to_bob.messages[-1].body.text == bob.chat_with(ann).messages[-1].body.text == "Sold out"


async def test_without_a_button_a_sent_card_has_no_name(ears: Ears, ann: Phone, bob: Phone) -> None:
    answer = await offered(ears, ann.chat_with(bob), "", article("m", "A mug"))
    sent = await ann.chat_with(bob).chooses(answer.results[0])
    chosen = (await ears.hears()).chosen_inline_result
    assert sent.inline_message_id is None
    assert chosen is not None
    assert chosen.inline_message_id is None


async def test_feedback_and_inline_mode_are_switches(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone
) -> None:
    sandbox.inline_mode(feedback=False)
    assert (await ears.bot.get_me()).supports_inline_queries
    answer = await offered(ears, ann.chat_with(bob), "", article("m", "A mug", BUY))
    await ann.chat_with(bob).chooses(answer.results[0])
    assert await ears.hears_all() == []
    sandbox.inline_mode(enabled=False)
    with pytest.raises(NotPossibleError, match="no inline mode"):
        await ann.chat_with(bob).types("")


async def test_an_answer_is_kept_for_everybody_unless_it_is_personal(
    ears: Ears, ann: Phone, bob: Phone, clock: Clock
) -> None:
    # Given a bot that forgot to say that an answer with Ann's link is for her alone
    await offered(ears, ann.chat_with(bob), "mug", article("m", "Ann's link"))
    # When Bob types the same, he is shown Ann's link and the bot is not even asked
    leaked = await bob.chat_with(ann).types("mug")
    assert [result.title for result in leaked.results] == ["Ann's link"]
    assert await ears.hears_all() == []
    # Until the answer is old
    clock.advance(301)
    again = await offered(ears, bob.chat_with(ann), "mug", article("m", "Bob's link"), is_personal=True)
    assert [result.title for result in again.results] == ["Bob's link"]
    # A personal one is kept for Bob alone
    assert (await bob.chat_with(ann).types("mug")).results == again.results
    fresh = await offered(ears, ann.chat_with(bob), "mug", article("m", "New link"), cache_time=0)
    assert [result.title for result in fresh.results] == ["New link"]
    # And with no time to be kept at all, the bot is asked each time
    await offered(ears, ann.chat_with(bob), "mug", article("m", "Newest link"))


async def test_what_is_kept_is_kept_for_one_kind_of_chat(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone
) -> None:
    group = sandbox.group("Friends", ann, with_bot=False)
    await offered(ears, ann.chat_with(bob), "mug", article("m", "private"))
    assert (await ann.chat_with(bob).types(" mug ")).results[0].title == "private"
    asked = await offered(ears, ann.in_group(group), "mug", article("m", "group"))
    assert asked.results[0].title == "group"


async def test_an_answer_comes_once_and_in_ten_seconds(
    ears: Ears, ann: Phone, bob: Phone, clock: Clock
) -> None:
    typing = asyncio.create_task(ann.chat_with(bob).types("a"))
    first = (await ears.hears()).inline_query
    assert first is not None
    await first.answer([])
    assert (await typing).results == ()
    with pytest.raises(BadRequest, match=TOO_OLD):
        await first.answer([])
    late = asyncio.create_task(ann.chat_with(bob).types("b", timeout=0.3))
    second = (await ears.hears()).inline_query
    assert second is not None
    clock.advance(11)
    with pytest.raises(BadRequest, match=TOO_OLD):
        await second.answer([])
    with pytest.raises(TimeoutError):
        await late
    with pytest.raises(BadRequest, match=TOO_OLD):
        await ears.bot.answer_inline_query("5", [])


async def test_where_somebody_types_is_told(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    group = sandbox.group("Friends", ann, with_bot=False)
    kinds = []
    for chat in (ann.with_bot, ann.in_group(group)):
        typing = asyncio.create_task(chat.types("x"))
        asked = (await ears.hears()).inline_query
        assert asked is not None
        kinds.append(asked.chat_type)
        await asked.answer([article("m", "x")], cache_time=0)
        await typing
    assert kinds == ["sender", "group"]


async def test_a_photo_is_offered_by_its_id_or_address(ears: Ears, ann: Phone, bob: Phone) -> None:
    ann.start()
    await ears.hears()
    stored = await ears.bot.send_photo(ann.id, picture())
    file_id = stored.photo[-1].file_id
    typing = asyncio.create_task(ann.chat_with(bob).types("photo"))
    asked = (await ears.hears()).inline_query
    assert asked is not None
    address = "https://shop.example/mug.jpg"
    await asked.answer(
        [
            InlineQueryResultCachedPhoto("1", file_id, title="Mug", caption="cached", reply_markup=BUY),
            InlineQueryResultPhoto("2", address, f"{address}?small", caption="linked", reply_markup=BUY),
        ]
    )
    cached, linked = (await typing).results
    assert (cached.kind, linked.photo, linked.thumbnail) == ("photo", address, f"{address}?small")
    sent = await ann.chat_with(bob).chooses(cached)
    assert sent.media is not None
    assert sent.media.file_id == file_id
    # A message sent through the bot takes new words and files that the server knows, and no uploads

    name = sent.inline_message_id
    assert await ears.bot.edit_message_caption(inline_message_id=name, caption="new") is True
    assert await ears.bot.edit_message_media(InputMediaPhoto(address), inline_message_id=name) is True
    with pytest.raises(BadRequest, match="Invalid message content specified"):
        await ears.bot.edit_message_media(InputMediaPhoto(picture()), inline_message_id=name)
    assert await ears.bot.edit_message_reply_markup(inline_message_id=name, reply_markup=BUY) is True
    with pytest.raises(BadRequest, match="Message is not modified"):
        await ears.bot.edit_message_reply_markup(inline_message_id=name, reply_markup=BUY)


async def test_where_the_bot_is_too_a_sent_card_is_edited_by_either_name(
    sandbox: Sandbox, ears: Ears, ann: Phone
) -> None:
    group = sandbox.group("Friends", ann)
    await ears.hears_all()
    answer = await offered(ears, ann.in_group(group), "mug", article("m", "A mug", BUY))
    sent = await ann.in_group(group).chooses(answer.results[0])
    heard = next(update.message for update in await ears.hears_all() if update.message)
    assert heard.via_bot is not None
    edited = await ears.bot.edit_message_text("Sold", group.id, heard.message_id)
    assert not isinstance(edited, bool)
    assert await ears.bot.edit_message_text("Back", inline_message_id=sent.inline_message_id) is True


async def test_buttons_type_for_people(sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone) -> None:
    # Given a card with buttons that type: into a chat to be picked, into one of some kinds, and here
    ann.start()
    group = sandbox.group("Friends", ann, with_bot=False)
    buttons = [
        InlineKeyboardButton("Send", switch_inline_query="mug"),
        InlineKeyboardButton("Here", switch_inline_query_current_chat="here"),
        InlineKeyboardButton(
            "To people",
            switch_inline_query_chosen_chat=SwitchInlineQueryChosenChat("people", allow_user_chats=True),
        ),
    ]
    await ears.bot.send_message(ann.id, "Mug", reply_markup=InlineKeyboardMarkup([buttons]))
    await ears.hears_all()

    async def typed(label: str, into: Chat | None) -> tuple[str, str | None]:
        switching = asyncio.create_task(ann.with_bot.switches(label, into))
        asked = (await ears.hears()).inline_query
        assert asked is not None
        await asked.answer([], cache_time=0)
        await switching
        return asked.query, asked.chat_type

    assert await typed("Send", ann.chat_with(bob)) == ("mug", "private")
    assert await typed("Here", None) == ("here", "sender")
    assert await typed("To people", ann.chat_with(bob)) == ("people", "private")
    with pytest.raises(NotPossibleError, match="types nothing there"):
        await ann.with_bot.switches("To people", ann.in_group(group))
    with pytest.raises(NotPossibleError, match="types nothing there"):
        await ann.with_bot.switches("Here", ann.chat_with(bob))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x", "invalid inline message identifier specified"), ("AgAAA" + "x" * 27, "MESSAGE_ID_INVALID")],
)
async def test_an_unknown_name_is_refused(hands: Hands, name: str, reason: str) -> None:
    reply = await hands.call("editMessageText", inline_message_id=name, text="x")
    assert reply.description == f"Bad Request: {reason}"


TEXT = {"message_text": "x"}
FINE = {"type": "article", "id": "1", "title": "x", "input_message_content": TEXT}


async def refused(hands: Hands, ann: Phone, **answer: object) -> Reply:
    """The reply to an answer that somebody waits for."""
    typing = asyncio.create_task(ann.with_bot.types("x", timeout=0.2))
    update = (await hands.call("getUpdates", offset=-1, timeout=5)).items[0]
    query = update["inline_query"]
    assert isinstance(query, dict)
    reply = await hands.call("answerInlineQuery", inline_query_id=query["id"], **answer)
    with pytest.raises(TimeoutError):
        await typing
    return reply


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({**FINE, "id": ""}, "RESULT_ID_INVALID"),
        ({**FINE, "id": "é" * 33}, "RESULT_ID_INVALID"),
        ({**FINE, "title": " "}, "ARTICLE_TITLE_EMPTY"),
        (
            {"type": "article", "id": "1", "input_message_content": TEXT},
            "can't parse inline query result: Can't find field \"title\"",
        ),
        (
            {"type": "article", "id": "1", "title": "x"},
            "can't parse inline query result: Can't find field \"message_text\"",
        ),
        (
            {**FINE, "input_message_content": {"message_text": ""}},
            "can't parse inline query result: Message text is empty",
        ),
        (
            {**FINE, "input_message_content": {"message_text": "<b>x", "parse_mode": "HTML"}},
            (
                "can't parse inline query result: Can't parse entities: "
                'Can\'t find end tag corresponding to start tag "b"'
            ),
        ),
        ({**FINE, "input_message_content": {"message_text": "x" * 4097}}, "MESSAGE_TOO_LONG"),
        (
            {**FINE, "type": "game"},
            'can\'t parse inline query result: type "game" is unsupported for the inline query result',
        ),
        ({**FINE, "thumbnail_url": "ftp://x.example/a"}, "WEBDOCUMENT_URL_INVALID"),
        ({"type": "photo", "id": "1", "photo_url": "https://x.example/a.jpg"}, "PHOTO_THUMB_URL_EMPTY"),
        (
            {"type": "photo", "id": "1", "photo_file_id": "AgACAgI"},
            "wrong remote file identifier specified: can't unserialize it",
        ),
        ({"type": "photo", "id": "1", "photo_url": "ftp://x.example/a.jpg"}, "WEBDOCUMENT_URL_INVALID"),
        (
            {
                "type": "document",
                "id": "1",
                "title": "",
                "document_url": "https://x.example/a.pdf",
                "mime_type": "application/pdf",
            },
            "FILE_TITLE_EMPTY",
        ),
        (
            {
                **FINE,
                "reply_markup": {
                    "inline_keyboard": [[{"text": "x", "web_app": {"url": "https://x.example"}}]]
                },
            },
            "BUTTON_TYPE_INVALID",
        ),
        ({"type": "photo", "id": "1"}, "can't parse inline query result: Can't find field \"photo_file_id\""),
        (
            {
                "type": "document",
                "id": "1",
                "title": "x",
                "document_url": "https://x.example/a.csv",
                "mime_type": "text/csv",
            },
            "unallowed document MIME type",
        ),
        (
            {**FINE, "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x" * 65}]]}},
            "BUTTON_DATA_INVALID",
        ),
        ({**FINE, "reply_markup": {"keyboard": [["x"]]}}, "inline keyboard expected"),
    ],
)
async def test_a_result_is_refused(hands: Hands, ann: Phone, result: object, reason: str) -> None:
    assert (await refused(hands, ann, results=[result])).description == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"results": [FINE, FINE]}, "RESULT_ID_DUPLICATE"),
        (
            {"results": [{**FINE, "id": str(number)} for number in range(51)]},
            "too many inline query results specified",
        ),
        ({"results": FINE}, "expected an Array of inline query results"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        (
            {"results": [], "button": {"text": "x"}},
            "InlineQueryResultsButton must have exactly one optional field",
        ),
        ({"results": [], "button": {"text": "x", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
    ],
)
async def test_an_answer_is_refused(hands: Hands, ann: Phone, answer: dict[str, object], reason: str) -> None:
    assert (await refused(hands, ann, **answer)).description == f"Bad Request: {reason}"
