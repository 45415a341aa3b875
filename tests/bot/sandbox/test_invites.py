"""Ways into a chat: invitations, requests, links that bring the bot, and posts that are talked about."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest

from bot.sandbox.chat.acts.linking import follow
from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears


async def test_people_come_in_by_the_bots_link(sandbox: Sandbox, ears: Ears, group: Gathering) -> None:
    # Given a link of the bot for two hours and one person
    group.promote_bot("can_invite_users")
    ears.allowed = ["chat_member"]
    await ears.hears_all()
    ends = int(sandbox.clock.now()) + 7200
    link = await ears.bot.create_chat_invite_link(group.id, name="Week 1", expire_date=ends, member_limit=1)
    assert (link.name, link.member_limit, link.is_primary, link.creator.id) == (
        "Week 1",
        1,
        False,
        sandbox.bot.id,
    )
    # When two people follow it
    eve, max_ = sandbox.phone("Eve"), sandbox.phone("Max")
    assert eve.enter(link.invite_link).key == str(group.id)
    with pytest.raises(NotPossibleError, match="over"):
        max_.enter(link.invite_link)
    # Then the bot is told by which link the first came
    change = (await ears.hears()).chat_member
    assert change is not None
    assert change.invite_link is not None
    assert (change.new_chat_member.user.id, change.invite_link.name) == (eve.id, "Week 1")
    # And a main link that is replaced leads nowhere
    old = group.invite_link
    new = await ears.bot.export_chat_invite_link(group.id)
    assert (await ears.bot.get_chat(group.id)).invite_link == new == group.invite_link
    with pytest.raises(NotPossibleError, match="not valid"):
        max_.enter(old)
    edited = await ears.bot.edit_chat_invite_link(group.id, link.invite_link, name="Week 2", member_limit=9)
    assert (edited.invite_link, edited.name, edited.member_limit) == (link.invite_link, "Week 2", 9)
    revoked = await ears.bot.revoke_chat_invite_link(group.id, link.invite_link)
    assert revoked.is_revoked


async def test_who_must_ask_is_let_in_or_not(sandbox: Sandbox, ears: Ears, group: Gathering) -> None:
    group.promote_bot()
    link = await ears.bot.create_chat_invite_link(group.id, creates_join_request=True)
    await ears.hears_all()
    eve, max_ = sandbox.phone("Eve"), sandbox.phone("Max")
    for person in (eve, max_):
        assert follow(sandbox.people, person.id, link.invite_link) == ""
        request = (await ears.hears()).chat_join_request
        assert request is not None
        assert (request.from_user.id, request.user_chat_id) == (person.id, person.id)
    assert await ears.bot.approve_chat_join_request(group.id, eve.id)
    assert await ears.bot.decline_chat_join_request(group.id, max_.id)
    assert [group.group.member(person.id).is_in for person in (eve, max_)] == [True, False]
    with pytest.raises(BadRequest, match="Hide_requester_missing"):
        await ears.bot.approve_chat_join_request(group.id, max_.id)
    with pytest.raises(BadRequest, match="User_already_participant"):
        await ears.bot.approve_chat_join_request(group.id, eve.id)


async def test_links_take_a_right(ears: Ears, group: Gathering) -> None:
    for asking in (
        ears.bot.export_chat_invite_link(group.id),
        ears.bot.create_chat_invite_link(group.id),
        ears.bot.revoke_chat_invite_link(group.id, "https://t.me/+x"),
    ):
        with pytest.raises(BadRequest, match="Not enough rights to manage chat invite link"):
            await asking
    group.promote_bot()
    with pytest.raises(BadRequest, match="Invite_hash_expired"):
        await ears.bot.revoke_chat_invite_link(group.id, "https://t.me/+x")
    with pytest.raises(BadRequest, match="Chat_admin_required"):
        await ears.bot.edit_chat_invite_link(group.id, group.invite_link, name="mine")
    with pytest.raises(BadRequest, match="Member limit can't be specified"):
        await ears.bot.create_chat_invite_link(group.id, member_limit=1, creates_join_request=True)


async def test_a_link_brings_the_bot_into_a_group(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    group = sandbox.group("Shoppers", ann, with_bot=False)
    link = f"https://t.me/{sandbox.bot.username}?startgroup=g_7"
    with pytest.raises(NotPossibleError, match="choose a chat"):
        follow(sandbox.people, ann.id, link)
    # When Ann follows the link and picks her group
    said = ann.bring_bot(link, group)
    assert said is not None
    # Then the bot is told that it is in, and by what it was brought
    updates = await ears.hears_all()
    changed, joined, started = updates
    assert changed.my_chat_member is not None
    assert joined.message is not None
    assert joined.message.new_chat_members
    assert started.message is not None
    assert started.message.text == f"/start@{sandbox.bot.username} g_7"


async def test_a_link_asks_for_rights_at_once(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    group = sandbox.group("Shoppers", ann, kind="supergroup", with_bot=False)
    link = f"https://t.me/{sandbox.bot.username}?startgroup&admin=pin_messages+delete_messages"
    assert ann.bring_bot(link, group) is None
    member = group.group.member(sandbox.bot.id)
    assert member.rights == {"can_manage_chat", "can_pin_messages", "can_delete_messages"}
    # Without a payload nothing greets the bot
    changed, joined = await ears.hears_all()
    assert changed.my_chat_member is not None
    assert joined.message is not None
    assert joined.message.new_chat_members


async def test_a_link_brings_the_bot_into_a_channel(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    channel = sandbox.group("News", ann, kind="channel", with_bot=False)
    link = f"https://t.me/{sandbox.bot.username}?startchannel&admin=post_messages"
    assert ann.bring_bot(link, channel) is None
    (changed,) = await ears.hears_all()
    assert changed.my_chat_member is not None
    assert channel.group.may(sandbox.bot.id, "can_post_messages")
    assert not channel.group.may(sandbox.bot.id, "can_edit_messages")


async def test_posts_are_passed_on_to_where_they_are_talked_about(
    ears: Ears, channel: Gathering, group: Gathering
) -> None:
    channel.discuss_in(group)
    group.promote_bot()
    await ears.hears_all()
    post = await ears.bot.send_message(channel.id, "Sale")
    passed_on = (await ears.hears()).message
    assert passed_on is not None
    assert passed_on.is_automatic_forward
    assert passed_on.sender_chat is not None
    assert passed_on.from_user is not None
    assert (passed_on.chat.id, passed_on.sender_chat.id) == (group.id, channel.id)
    assert passed_on.from_user.id == 777000
    assert passed_on.forward_origin is not None
    assert post.text == passed_on.text
    assert (await ears.bot.get_chat(channel.id)).linked_chat_id == group.id
