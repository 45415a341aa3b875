"""Topics of a forum: opened, written in, closed and deleted; and threads where there are no topics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from telegram import Bot
from telegram.error import BadRequest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands


async def test_a_topic_is_opened_and_written_in(ears: Ears, bob: Phone, forum: Gathering) -> None:
    await ears.hears_all()
    # When the bot opens a topic
    topic = await ears.bot.create_forum_topic(forum.id, "Flash sales")
    told = (await ears.hears()).message
    # Then the chat says so at the head of the thread
    assert told is not None
    assert told.forum_topic_created is not None
    assert (told.forum_topic_created.name, told.message_id) == ("Flash sales", topic.message_thread_id)
    # And messages of both sides stand in it
    card = await ears.bot.send_message(forum.id, "Sale", message_thread_id=topic.message_thread_id)
    assert (card.message_thread_id, card.is_topic_message) == (topic.message_thread_id, True)
    bob.in_group(forum).write("Mine", topic=topic.message_thread_id)
    heard = (await ears.hears()).message
    assert heard is not None
    assert (heard.message_thread_id, heard.is_topic_message) == (topic.message_thread_id, True)
    # Who replies to nothing replies to the topic's head
    assert heard.reply_to_message is not None
    assert heard.reply_to_message.forum_topic_created is not None
    assert heard.reply_to_message.message_id == topic.message_thread_id
    # A reply stays in its topic, a message without one is in the topic that is always there
    answer = await ears.bot.send_message(forum.id, "Yours", reply_to_message_id=heard.message_id)
    assert answer.message_thread_id == topic.message_thread_id
    general = await ears.bot.send_message(forum.id, "Hello")
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    assert await ears.bot.send_chat_action(forum.id, "typing", message_thread_id=topic.message_thread_id)


async def test_a_closed_topic_is_for_those_who_manage_topics(
    ears: Ears, bob: Phone, forum: Gathering
) -> None:
    thread = forum.topic("Rules")
    assert await ears.bot.close_forum_topic(forum.id, thread)
    assert (await ears.bot.send_message(forum.id, "x", message_thread_id=thread)).text == "x"
    with pytest.raises(NotPossibleError, match="closed"):
        bob.in_group(forum).write("x", topic=thread)
    forum.demote_bot()
    with pytest.raises(BadRequest, match="Topic_closed"):
        await ears.bot.send_message(forum.id, "x", message_thread_id=thread)
    forum.promote_bot()
    assert await ears.bot.reopen_forum_topic(forum.id, thread)
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await ears.bot.reopen_forum_topic(forum.id, thread)
    bob.in_group(forum).write("x", topic=thread)
    kinds = [message.service.kind.value for message in forum.messages if message.service]
    assert kinds[-3:] == ["topic", "topic_closed", "topic_reopened"]


async def test_the_general_topic_closes_too(ears: Ears, bob: Phone, forum: Gathering) -> None:
    assert await ears.bot.close_general_forum_topic(forum.id)
    forum.demote_bot()
    with pytest.raises(BadRequest, match="Topic_closed"):
        await ears.bot.send_message(forum.id, "x")
    forum.promote_bot()
    assert await ears.bot.reopen_general_forum_topic(forum.id)


async def test_a_topic_is_renamed_and_deleted_with_its_messages(ears: Ears, forum: Gathering) -> None:
    topic = await ears.bot.create_forum_topic(forum.id, "Sales", icon_color=16766590)
    thread = topic.message_thread_id
    assert topic.icon_color == 16766590
    await ears.bot.send_message(forum.id, "in it", message_thread_id=thread)
    kept = await ears.bot.send_message(forum.id, "beside it")
    await ears.hears_all()
    assert await ears.bot.edit_forum_topic(forum.id, thread, name="Flash sales")
    told = (await ears.hears()).message
    assert told is not None
    assert told.forum_topic_edited is not None
    assert told.forum_topic_edited.name == "Flash sales"
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await ears.bot.edit_forum_topic(forum.id, thread, name="Flash sales")
    assert await ears.bot.delete_forum_topic(forum.id, thread)
    assert [message.id for message in forum.messages if message.service is None] == [kept.message_id]
    with pytest.raises(BadRequest, match="Message thread not found"):
        await ears.bot.send_message(forum.id, "x", message_thread_id=thread)


async def test_pins_of_one_topic_come_off_together(ears: Ears, forum: Gathering) -> None:
    topic = await ears.bot.create_forum_topic(forum.id, "Sales")
    inside = await ears.bot.send_message(forum.id, "in", message_thread_id=topic.message_thread_id)
    beside = await ears.bot.send_message(forum.id, "beside")
    await inside.pin()
    await beside.pin()
    assert await ears.bot.unpin_all_forum_topic_messages(forum.id, topic.message_thread_id)
    assert forum.group.pinned == [beside.message_id]


Asking = Callable[[Bot, int, int], Awaitable[object]]
CREATE: Asking = lambda bot, chat, _thread: bot.create_forum_topic(chat, "x")  # noqa: E731
EDIT: Asking = lambda bot, chat, thread: bot.edit_forum_topic(chat, thread, name="x")  # noqa: E731
CLOSE: Asking = lambda bot, chat, thread: bot.close_forum_topic(chat, thread)  # noqa: E731
DELETE: Asking = lambda bot, chat, thread: bot.delete_forum_topic(chat, thread)  # noqa: E731


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (CREATE, "Not enough rights to create a topic"),
        (EDIT, "Not enough rights to edit the topic"),
        (CLOSE, "Not enough rights to edit the topic"),
        (DELETE, "Not enough rights to delete the topic"),
    ],
    ids=["create", "edit", "close", "delete"],
)
async def test_topics_take_a_right(ears: Ears, forum: Gathering, ask: Asking, reason: str) -> None:
    thread = forum.topic("Ann's")
    forum.promote_bot("can_pin_messages")
    with pytest.raises(BadRequest, match=reason):
        await ask(ears.bot, forum.id, thread)


async def test_what_the_bot_opened_it_may_close_without_the_right(ears: Ears, forum: Gathering) -> None:
    topic = await ears.bot.create_forum_topic(forum.id, "Mine")
    forum.demote_bot()
    assert await ears.bot.close_forum_topic(forum.id, topic.message_thread_id)


async def test_a_group_without_topics_has_threads_of_replies(
    ears: Ears, bob: Phone, group: Gathering
) -> None:
    board = await ears.bot.send_message(group.id, "Board")
    await ears.hears_all()
    first = bob.in_group(group).write("+1", reply_to=bob.in_group(group).last)
    heard = (await ears.hears()).message
    assert heard is not None
    # A reply names its thread, though it is in no topic
    assert (heard.message_thread_id, heard.is_topic_message) == (board.message_id, None)
    answer = await ears.bot.send_message(group.id, "noted", reply_to_message_id=first.id)
    assert answer.message_thread_id == board.message_id
    same = await ears.bot.send_message(group.id, "x", message_thread_id=board.message_id)
    assert same.message_thread_id == board.message_id
    with pytest.raises(BadRequest, match="Message thread not found"):
        await ears.bot.send_message(group.id, "x", message_thread_id=4711)
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await ears.bot.create_forum_topic(group.id, "x")


@pytest.mark.parametrize("thread", [1, 4711])
async def test_the_general_topic_is_not_named(hands: Hands, forum: Gathering, thread: int) -> None:
    reply = await hands.call("sendMessage", chat_id=forum.id, text="x", message_thread_id=thread)
    assert reply.description == "Bad Request: message thread not found"
    unknown = await hands.call("closeForumTopic", chat_id=forum.id, message_thread_id=thread)
    assert unknown.description == "Bad Request: TOPIC_ID_INVALID"
    nameless = await hands.call("createForumTopic", chat_id=forum.id, name=" ")
    assert nameless.description == "Bad Request: TOPIC_TITLE_EMPTY"
