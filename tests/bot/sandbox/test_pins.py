"""Pinned messages: where the bot may pin, what the chat says of it, and what comes off again."""

from __future__ import annotations

import pytest
from telegram import Message
from telegram.error import BadRequest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears

NO_RIGHTS = "Not enough rights to manage pinned messages in the chat"


async def test_a_pinned_board_is_announced_and_found(ears: Ears, ann: Phone, group: Gathering) -> None:
    # Given a bot that may pin
    group.promote_bot("can_pin_messages")
    board = await ears.bot.send_message(group.id, "Board")
    await ears.hears_all()
    # When it pins its board in silence
    assert await ears.bot.pin_chat_message(group.id, board.message_id, disable_notification=True)
    # Then the chat says so, to the bot too, and the chat shows it
    told = (await ears.hears()).message
    assert told is not None
    assert isinstance(told.pinned_message, Message)
    assert told.pinned_message.text == "Board"
    assert told.reply_to_message is None
    said = group.messages[-1]
    assert (said.service and said.service.kind, said.silent) == ("pinned", True)
    chat = await ears.bot.get_chat(group.id)
    assert chat.pinned_message is not None
    assert chat.pinned_message.message_id == board.message_id
    # And pinning it again changes nothing
    assert await ears.bot.pin_chat_message(group.id, board.message_id)
    assert await ears.hears_all() == []
    assert ann.in_group(group).last.id == board.message_id


async def test_messages_are_unpinned_one_by_one_or_all(ears: Ears, group: Gathering) -> None:
    group.promote_bot()
    first, second, third = [await ears.bot.send_message(group.id, text) for text in "abc"]
    for message in (second, first, third):
        await message.pin()
    assert group.group.pinned == [first.message_id, second.message_id, third.message_id]
    # Without a name the latest comes off
    assert await ears.bot.unpin_chat_message(group.id)
    assert await ears.bot.unpin_chat_message(group.id, first.message_id)
    assert group.group.pinned == [second.message_id]
    assert await ears.bot.unpin_all_chat_messages(group.id)
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await ears.bot.unpin_chat_message(group.id)
    # A pinned message that is deleted is pinned no longer
    await third.pin()
    await third.delete()
    assert group.group.pinned == []


async def test_without_the_right_nothing_is_pinned(ears: Ears, group: Gathering) -> None:
    board = await ears.bot.send_message(group.id, "Board")
    for asking in (board.pin(), board.unpin(), ears.bot.unpin_all_chat_messages(group.id)):
        with pytest.raises(BadRequest, match=NO_RIGHTS):
            await asking
    group.promote_bot("can_delete_messages")
    with pytest.raises(BadRequest, match=NO_RIGHTS):
        await board.pin()


async def test_in_a_small_group_the_bot_must_be_made_an_administrator(
    sandbox: Sandbox, ears: Ears, ann: Phone
) -> None:
    group = sandbox.group("Family", ann)
    group.group.permissions |= {"can_pin_messages"}
    board = await ears.bot.send_message(group.id, "Board")
    with pytest.raises(BadRequest, match=NO_RIGHTS):
        await board.pin()
    group.promote_bot("can_pin_messages")
    assert await board.pin()


async def test_a_channel_needs_the_right_to_edit(ears: Ears, channel: Gathering) -> None:
    post = await ears.bot.send_message(channel.id, "Sale")
    assert await post.pin()
    assert channel.messages[-1].service is not None
    channel.promote_bot("can_post_messages")
    with pytest.raises(BadRequest, match=NO_RIGHTS):
        await post.unpin()


async def test_in_private_everything_may_be_pinned_but_notices(ears: Ears, ann: Phone) -> None:
    ann.start()
    card = await ears.bot.send_message(ann.id, "Card")
    assert await card.pin()
    notice = ann.messages[-1]
    with pytest.raises(BadRequest, match="Message can't be pinned"):
        await ears.bot.pin_chat_message(ann.id, notice.id)
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await ears.bot.pin_chat_message(ann.id, 5)
