"""A whole conversation through python-telegram-bot's own Bot, over its own transport."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.bot_api import complaints, wrong_answers


def library_bot(sandbox: Sandbox, token: str | None = None) -> Bot:
    return Bot(
        token or sandbox.token,
        base_url=f"{sandbox.api_url}/bot",
        base_file_url=f"{sandbox.api_url}/file/bot",
    )


def picture(width: int = 640, height: int = 480) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG")
    return out.getvalue()


async def test_a_person_and_the_library_talk(sandbox: Sandbox) -> None:
    # Given a person who opened an invite link
    ann = sandbox.phone("Ann", language_code="zh-hans")
    ann.open(f"https://t.me/{sandbox.bot.username}?start=K7Q2ABCD")

    async with library_bot(sandbox) as bot:
        # When the bot reads it and answers with a card
        (update,) = await bot.get_updates(timeout=5)
        assert update.message is not None
        assert update.message.text == "/start K7Q2ABCD"
        assert update.message.entities[0].type == "bot_command"
        assert update.message.from_user is not None
        assert update.message.from_user.language_code == "zh-hans"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Join", callback_data="join:1")]])
        sent = await bot.send_message(
            ann.id, "<b>Hello</b> &lt;Ann&gt;", parse_mode=ParseMode.HTML, reply_markup=keyboard
        )
        # Then the person sees the words without markup
        assert (await ann.sees("Hello <Ann>")).id == sent.message_id
        assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == [("bold", 0, 5)]

        # When the person taps, the bot edits the card and says a word
        tap = sandbox.people.tap(ann.id, sent.message_id, ann.button("Join")[1])
        (tapped,) = await bot.get_updates(offset=update.update_id + 1, timeout=5)
        assert tapped.callback_query is not None
        assert tapped.callback_query.data == "join:1"
        assert await tapped.callback_query.answer("Welcome", show_alert=True)
        await bot.edit_message_text("Done", ann.id, sent.message_id)
        # Then both arrive
        answer = await tap.answered
        assert (answer.text, answer.alert) == ("Welcome", True)
        assert ann.last.body.text == "Done"
        assert ann.last.edited_at is not None
    assert complaints(sandbox.journal) == wrong_answers(sandbox.journal) == []


async def test_pictures_are_sent_reused_changed_and_fetched(sandbox: Sandbox) -> None:
    ann = sandbox.phone("Ann")
    ann.start()
    async with library_bot(sandbox) as bot:
        # Given a picture sent as bytes
        first = await bot.send_photo(ann.id, picture(), caption="one")
        assert [size.width for size in first.photo] == [90, 320, 640]
        # When its id is used again, the second message shows the same picture
        second = await bot.send_photo(ann.id, first.photo[-1].file_id)
        assert second.photo[-1].file_unique_id == first.photo[-1].file_unique_id
        # And it can be fetched
        file = await bot.get_file(first.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == picture()
        # And replaced
        changed = await bot.edit_message_media(
            InputMediaPhoto(picture(200, 100), caption="two"), ann.id, second.message_id
        )
        assert not isinstance(changed, bool)
        assert (changed.caption, changed.photo[-1].width) == ("two", 200)
        # And a file keeps its name
        document = await bot.send_document(ann.id, b"a,b\n", filename="entries.csv", caption="CSV")
        assert document.document is not None
        assert (document.document.file_name, document.document.file_size) == ("entries.csv", 4)
    assert complaints(sandbox.journal) == wrong_answers(sandbox.journal) == []


async def test_commands_depend_on_scope_and_language(sandbox: Sandbox) -> None:
    ann, li = sandbox.phone("Ann", language_code="en"), sandbox.phone("李雷", language_code="zh-hans")
    async with library_bot(sandbox) as bot:
        await bot.set_my_commands([BotCommand("start", "Home")])
        await bot.set_my_commands([BotCommand("start", "首页")], language_code="zh")
        await bot.set_my_description("推广助手", "zh")
        assert (await bot.get_my_commands(language_code="zh"))[0].description == "首页"
        assert (await bot.get_me()).username == sandbox.bot.username
    assert sandbox.chat.commands_for(ann.person) == (("start", "Home"),)
    assert sandbox.chat.commands_for(li.person) == (("start", "首页"),)
    assert complaints(sandbox.journal) == wrong_answers(sandbox.journal) == []


async def test_the_library_recognises_every_refusal(sandbox: Sandbox) -> None:
    ann, stranger = sandbox.phone("Ann"), sandbox.phone("Stranger")
    ann.start()
    async with library_bot(sandbox) as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(5, "hello")
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await bot.send_message(stranger.id, "hello")
        ann.block()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(ann.id, "hello")
        sandbox.people.deactivate(ann.id)
        with pytest.raises(Forbidden, match="user is deactivated"):
            await bot.send_message(ann.id, "hello")
    with pytest.raises(InvalidToken):
        async with library_bot(sandbox, "1:wrong"):
            pytest.fail("a wrong token was let in")
