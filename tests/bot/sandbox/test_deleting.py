"""Deleting: what the bot may take away, where, and until when."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands

TWO_DAYS = 48 * 3600
KEPT = "Message can't be deleted"


async def test_in_private_both_sides_go_for_two_days(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    theirs = ann.start()
    mine = await ears.bot.send_message(ann.id, "x")
    old = await ears.bot.send_message(ann.id, "y")
    sandbox.clock.forward(TWO_DAYS - 1)
    assert await mine.delete()
    assert await ears.bot.delete_message(ann.id, theirs.id)
    sandbox.clock.forward(1)
    with pytest.raises(BadRequest, match=f"{KEPT} for everyone"):
        await old.delete()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await mine.delete()


async def test_in_a_group_others_messages_take_a_right(
    sandbox: Sandbox, ears: Ears, bob: Phone, group: Gathering
) -> None:
    theirs = bob.in_group(group).write("spam")
    mine = await ears.bot.send_message(group.id, "x")
    with pytest.raises(BadRequest, match=KEPT):
        await ears.bot.delete_message(group.id, theirs.id)
    assert await mine.delete()
    group.promote_bot("can_delete_messages")
    assert await ears.bot.delete_message(group.id, theirs.id)
    # Even with the right, what is two days old stays
    old = bob.in_group(group).write("old spam")
    sandbox.clock.forward(TWO_DAYS)
    with pytest.raises(BadRequest, match=KEPT):
        await ears.bot.delete_message(group.id, old.id)


async def test_how_a_chat_began_stays(ears: Ears, group: Gathering, forum: Gathering) -> None:
    group.promote_bot()
    thread = forum.topic("Sales")
    for gathering, number in ((group, group.messages[0].id), (forum, thread)):
        with pytest.raises(BadRequest, match=KEPT):
            await ears.bot.delete_message(gathering.id, number)
    joined = group.messages[1]
    assert await ears.bot.delete_message(group.id, joined.id)


async def test_in_a_channel_own_posts_take_the_right_to_post(
    ears: Ears, ann: Phone, channel: Gathering
) -> None:
    mine = await ears.bot.send_message(channel.id, "mine")
    theirs = ann.in_group(channel).write("by hand")
    channel.promote_bot("can_post_messages")
    with pytest.raises(BadRequest, match=KEPT):
        await ears.bot.delete_message(channel.id, theirs.id)
    assert await mine.delete()
    channel.promote_bot("can_delete_messages")
    assert await ears.bot.delete_message(channel.id, theirs.id)


async def test_several_go_together_or_not_at_all(ears: Ears, bob: Phone, group: Gathering) -> None:
    mine = [await ears.bot.send_message(group.id, text) for text in "ab"]
    theirs = bob.in_group(group).write("x")
    numbers = [message.message_id for message in mine]
    with pytest.raises(BadRequest, match=KEPT):
        await ears.bot.delete_messages(group.id, [*numbers, theirs.id])
    # What is gone already is skipped
    assert await ears.bot.delete_messages(group.id, [*numbers, 4711])
    assert [message.id for message in group.messages if message.service is None] == [theirs.id]


async def test_a_bot_that_is_out_deletes_nothing_and_one_that_is_blocked_does(
    hands: Hands, sandbox: Sandbox, ann: Phone, group: Gathering
) -> None:
    said = ann.start()
    ann.block()
    deleted = await hands.call("deleteMessage", chat_id=ann.id, message_id=said.id)
    nameless = await hands.call("deleteMessage", chat_id=ann.id)
    mine = await hands.call("sendMessage", chat_id=group.id, text="x")
    group.remove_bot()
    refused = await hands.call("deleteMessage", chat_id=group.id, message_id=mine.number)
    assert deleted.status == 200
    assert nameless.description == "Bad Request: message identifier is not specified"
    assert refused.description == "Forbidden: bot was kicked from the supergroup chat"
