"""Groups, supergroups and channels: who comes and goes, what the bot hears there and what it may say."""

from __future__ import annotations

import asyncio

import pytest
from telegram import ChatMemberAdministrator, ChatMemberLeft, ChatMemberOwner, Message
from telegram.error import BadRequest, Forbidden

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.members import Status
from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands


async def messages(ears: Ears) -> list[Message]:
    return [update.message for update in await ears.hears_all() if update.message is not None]


async def texts(ears: Ears) -> list[str | None]:
    return [message.text for message in await messages(ears)]


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_the_bot_is_told_that_it_was_brought_in(
    sandbox: Sandbox, ears: Ears, ann: Phone, kind: str
) -> None:
    group = sandbox.group("Shoppers", ann, kind=kind)
    changed, joined = (await ears.hears()).my_chat_member, (await ears.hears()).message
    assert changed is not None
    assert (changed.chat.id, changed.chat.type, changed.from_user.id) == (group.id, kind, ann.id)
    assert (changed.old_chat_member.status, changed.new_chat_member.status) == ("left", "member")
    assert joined is not None
    assert [user.id for user in joined.new_chat_members] == [sandbox.bot.id]
    assert (str(group.id).startswith("-100"), group.id < 0) == (kind == "supergroup", True)


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_the_last_that_the_bot_hears_is_that_it_is_out(
    sandbox: Sandbox, ears: Ears, ann: Phone, kind: str
) -> None:
    group = sandbox.group("Shoppers", ann, kind=kind)
    await ears.hears_all()
    group.remove_bot()
    ann.in_group(group).write("/now that it is gone")
    changed, left = await ears.hears_all()
    assert changed.my_chat_member is not None
    assert changed.my_chat_member.new_chat_member.status == "kicked"
    assert left.message is not None
    assert left.message.left_chat_member is not None
    assert left.message.left_chat_member.id == sandbox.bot.id
    with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
        await ears.bot.send_message(group.id, "x")


async def test_in_privacy_mode_the_bot_hears_what_is_meant_for_it(
    sandbox: Sandbox, ears: Ears, ann: Phone, group: Gathering
) -> None:
    chat, name = ann.in_group(group), sandbox.bot.username
    said = await ears.bot.send_message(group.id, "Hello")
    await ears.hears_all()
    # When people talk
    among_us = chat.write("just among us")
    chat.write("/goods")
    chat.write(f"/goods@{name}")
    chat.write("/goods@other_bot")
    chat.write(f"what says @{name}?")
    chat.write("nice", reply_to=among_us)
    chat.write("yes", reply_to=next(m for m in chat.messages if m.id == said.message_id))
    # Then the bot hears its commands, its name and replies to its words
    assert await texts(ears) == ["/goods", f"/goods@{name}", f"what says @{name}?", "yes"]
    # And everything once it leads the group, or when BotFather's privacy is off
    group.promote_bot()
    await ears.hears_all()
    chat.write("among us and a bot")
    group.demote_bot()
    await ears.hears_all()
    chat.write("among us again")
    sandbox.bot.privacy = False
    chat.write("in public")
    assert await texts(ears) == ["in public"]
    assert (await ears.bot.get_me()).can_read_all_group_messages


async def test_people_who_come_and_go_are_told_to_a_bot_that_leads_and_asked(
    sandbox: Sandbox, ears: Ears, ann: Phone, group: Gathering
) -> None:
    ears.allowed = ["message", "chat_member"]
    group.promote_bot()
    await ears.hears_all()
    eve = sandbox.phone("Eve")
    group.join(eve)
    group.promote(eve, "can_pin_messages")
    group.set(eve.id, Status.MEMBER)
    group.leave(eve)
    updates = await ears.hears_all()
    changes = [update.chat_member for update in updates if update.chat_member]
    steps = [(change.old_chat_member.status, change.new_chat_member.status) for change in changes]
    assert steps == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "member"),
        ("member", "left"),
    ]
    services = [update.message for update in updates if update.message]
    assert [user.id for user in services[0].new_chat_members] == [eve.id]
    assert services[1].left_chat_member is not None
    assert services[1].left_chat_member.id == eve.id
    # And not to a bot that leads nothing
    group.demote_bot()
    await ears.hears_all()
    group.join(eve)
    assert [update.chat_member for update in await ears.hears_all() if update.chat_member] == []


async def test_the_bot_asks_who_is_there(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone, group: Gathering
) -> None:
    group.promote_bot("can_pin_messages")
    chat = await ears.bot.get_chat(group.id)
    assert (chat.title, chat.type) == ("Shoppers", "supergroup")
    assert chat.permissions is not None
    assert (chat.permissions.can_send_messages, chat.permissions.can_pin_messages) == (True, False)
    leaders = await ears.bot.get_chat_administrators(group.id)
    assert [(type(leader), leader.user.id) for leader in leaders] == [
        (ChatMemberOwner, ann.id),
        (ChatMemberAdministrator, sandbox.bot.id),
    ]
    mine = await ears.bot.get_chat_member(group.id, sandbox.bot.id)
    assert isinstance(mine, ChatMemberAdministrator)
    assert (mine.can_pin_messages, mine.can_delete_messages) == (True, False)
    assert await ears.bot.get_chat_member_count(group.id) == 3
    group.leave(bob)
    assert isinstance(await ears.bot.get_chat_member(group.id, bob.id), ChatMemberLeft)
    with pytest.raises(BadRequest, match="Participant_id_invalid"):
        await ears.bot.get_chat_member(group.id, 5)
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await ears.bot.get_chat_administrators(ann.id)


async def test_the_bot_leaves_and_is_out(ears: Ears, group: Gathering) -> None:
    await ears.hears_all()
    assert await ears.bot.leave_chat(group.id)
    update, left = await ears.hears_all()
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "left"
    assert left.message is not None
    assert left.message.left_chat_member is not None
    for asking in (ears.bot.get_chat(group.id), ears.bot.send_message(group.id, "x")):
        with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
            await asking


async def test_a_public_chat_is_named_by_its_username(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    group = sandbox.group("Deals", ann, kind="supergroup", username="deals_group", with_bot=False)
    assert (await ears.bot.get_chat("@Deals_Group")).id == group.id
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await ears.bot.send_message("@deals_group", "x")
    group.add_bot()
    assert (await ears.bot.send_message("@deals_group", "x")).chat.username == "deals_group"
    with pytest.raises(BadRequest, match="Chat not found"):
        await ears.bot.send_message("@nobody_here", "x")


async def test_a_restricted_bot_is_told_what_it_may_not_send(ears: Ears, group: Gathering) -> None:
    group.restrict_bot()
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await ears.bot.send_message(group.id, "x")
    group.restrict_bot("can_send_messages")
    assert (await ears.bot.send_message(group.id, "x")).text == "x"
    with pytest.raises(BadRequest, match="Not enough rights to send documents to the chat"):
        await ears.bot.send_document(group.id, b"x", filename="x.csv")


async def test_what_the_bot_says_in_a_channel_the_channel_says(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone
) -> None:
    channel = sandbox.group("News", ann, [bob], kind="channel")
    (update,) = await ears.hears_all()
    assert update.my_chat_member is not None
    # When the bot and the owner post
    post = await ears.bot.send_message(channel.id, "Sale")
    assert (post.from_user, post.sender_chat and post.sender_chat.id) == (None, channel.id)
    ann.in_group(channel).write("By hand")
    (update,) = await ears.hears_all()
    assert update.channel_post is not None
    assert (update.channel_post.text, update.channel_post.from_user) == ("By hand", None)
    assert [message.body.text for message in bob.in_group(channel).messages[1:]] == ["Sale", "By hand"]
    # Then it may edit its own post, others' with the right, and post with the right only
    assert isinstance(await ears.bot.edit_message_text("Sale!", channel.id, post.message_id), Message)
    channel.promote_bot("can_edit_messages")
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await ears.bot.send_message(channel.id, "x")
    number = update.channel_post.message_id
    assert isinstance(await ears.bot.edit_message_text("By two hands", channel.id, number), Message)
    channel.promote_bot("can_post_messages")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await ears.bot.edit_message_text("By three hands", channel.id, number)
    with pytest.raises(NotPossibleError, match="only some may write"):
        bob.in_group(channel).write("and I?")


async def test_supergroups_count_their_messages_each_on_its_own(
    sandbox: Sandbox, ears: Ears, ann: Phone, group: Gathering
) -> None:
    other = sandbox.group("Others", ann, kind="supergroup")
    first, second = await ears.bot.send_message(group.id, "x"), await ears.bot.send_message(other.id, "x")
    assert first.message_id == second.message_id < 10


async def test_a_tap_in_a_group_is_one_persons(
    ears: Ears, hands: Hands, ann: Phone, bob: Phone, group: Gathering
) -> None:

    keyboard = {"inline_keyboard": [[{"text": "Mine", "callback_data": "mine"}]]}
    await hands.call("sendMessage", chat_id=group.id, text="Board", reply_markup=keyboard)
    await ears.hears_all()
    tapping = asyncio.create_task(bob.in_group(group).tap("Mine"))
    query = (await ears.hears()).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.from_user.id, query.message.chat.id) == (bob.id, group.id)
    await query.answer("12 orders", show_alert=True)
    assert (await tapping).text == "12 orders"
    again = asyncio.create_task(ann.in_group(group).tap("Mine"))
    other = (await ears.hears()).callback_query
    assert other is not None
    assert (other.chat_instance, other.from_user.id) == (query.chat_instance, ann.id)
    await other.answer()
    await again


async def test_people_keep_to_their_rights(sandbox: Sandbox, bob: Phone, group: Gathering) -> None:
    eve = sandbox.phone("Eve")
    with pytest.raises(NotPossibleError, match="is not in Shoppers"):
        eve.in_group(group).write("hello")
    with pytest.raises(NotPossibleError, match="can_promote_members"):
        group.set(bob.id, Status.ADMINISTRATOR, by=bob)
    group.remove(eve)
    with pytest.raises(NotPossibleError, match="banned"):
        group.join(eve)


async def test_a_mini_app_is_not_opened_from_a_group(hands: Hands, ann: Phone, group: Gathering) -> None:
    ann.start()
    keyboard = {"inline_keyboard": [[{"text": "Open", "web_app": {"url": "https://shop.example/app"}}]]}
    asked = {"text": "x", "reply_markup": keyboard}
    private = await hands.call("sendMessage", chat_id=ann.id, **asked)
    refused = await hands.call("sendMessage", chat_id=group.id, **asked)
    plain = await hands.call("sendMessage", chat_id=group.id, text="y")
    edit = await hands.call("editMessageText", chat_id=group.id, message_id=plain.number, **asked)
    assert private.status == 200
    assert refused.description == edit.description == "Bad Request: BUTTON_TYPE_INVALID"
