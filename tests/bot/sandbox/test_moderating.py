"""The bot leads a group: bans, restrictions, promotions, permissions and the chat's name."""

from __future__ import annotations

import pytest
from telegram import ChatMemberAdministrator, ChatMemberBanned, ChatMemberRestricted, ChatPermissions
from telegram.error import BadRequest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.test_conversation import picture


async def test_who_is_banned_cannot_come_back_until_it_is_lifted(
    ears: Ears, bob: Phone, group: Gathering
) -> None:
    group.promote_bot()
    await ears.hears_all()
    assert await ears.bot.ban_chat_member(group.id, bob.id)
    left = (await ears.hears()).message
    assert left is not None
    assert left.left_chat_member is not None
    assert isinstance(await ears.bot.get_chat_member(group.id, bob.id), ChatMemberBanned)
    with pytest.raises(NotPossibleError, match="banned"):
        group.join(bob)
    assert await ears.bot.unban_chat_member(group.id, bob.id, only_if_banned=True)
    group.join(bob)
    # Who is in is left in when only a ban was meant
    assert await ears.bot.unban_chat_member(group.id, bob.id, only_if_banned=True)
    assert group.group.member(bob.id).is_in


async def test_who_is_restricted_only_reads(ears: Ears, bob: Phone, group: Gathering) -> None:
    group.promote_bot()
    assert await ears.bot.restrict_chat_member(group.id, bob.id, ChatPermissions.no_permissions())
    member = await ears.bot.get_chat_member(group.id, bob.id)
    assert isinstance(member, ChatMemberRestricted)
    assert not member.can_send_messages
    with pytest.raises(NotPossibleError, match="only some may write"):
        bob.in_group(group).write("x")
    assert await ears.bot.restrict_chat_member(group.id, bob.id, ChatPermissions.all_permissions())
    bob.in_group(group).write("x")


async def test_permissions_are_everybodys(ears: Ears, bob: Phone, group: Gathering) -> None:
    group.promote_bot()
    assert await ears.bot.set_chat_permissions(group.id, ChatPermissions(can_send_photos=True))
    # Who may send pictures may write
    chat = await ears.bot.get_chat(group.id)
    assert chat.permissions is not None
    assert (chat.permissions.can_send_messages, chat.permissions.can_send_documents) == (True, False)
    none = ChatPermissions(can_send_photos=True)
    assert await ears.bot.set_chat_permissions(group.id, none, use_independent_chat_permissions=True)
    with pytest.raises(NotPossibleError, match="only some may write"):
        bob.in_group(group).write("x")


async def test_the_bot_gives_only_rights_that_it_has(ears: Ears, bob: Phone, group: Gathering) -> None:
    group.promote_bot("can_promote_members", "can_pin_messages")
    assert await ears.bot.promote_chat_member(group.id, bob.id, can_pin_messages=True)
    member = await ears.bot.get_chat_member(group.id, bob.id)
    assert isinstance(member, ChatMemberAdministrator)
    assert (member.can_pin_messages, member.can_delete_messages) == (True, False)
    with pytest.raises(BadRequest, match="Right_forbidden"):
        await ears.bot.promote_chat_member(group.id, bob.id, can_delete_messages=True)
    assert await ears.bot.promote_chat_member(group.id, bob.id)
    assert group.group.member(bob.id).status == "member"


async def test_the_chat_is_renamed_and_says_so(ears: Ears, group: Gathering) -> None:
    group.promote_bot("can_change_info")
    await ears.hears_all()
    assert await ears.bot.set_chat_title(group.id, "Deals")
    told = (await ears.hears()).message
    assert told is not None
    assert (told.new_chat_title, told.chat.title) == ("Deals", "Deals")
    with pytest.raises(BadRequest, match="Chat_not_modified"):
        await ears.bot.set_chat_title(group.id, "Deals")
    assert await ears.bot.set_chat_description(group.id, "Every day")
    assert (await ears.bot.get_chat(group.id)).description == "Every day"
    with pytest.raises(BadRequest, match="Chat description is not modified"):
        await ears.bot.set_chat_description(group.id, "Every day")


async def test_without_rights_the_bot_leads_nobody(
    ears: Ears, ann: Phone, bob: Phone, group: Gathering
) -> None:
    bot, nothing = ears.bot, ChatPermissions.no_permissions()
    restricting = "Not enough rights to restrict/unrestrict chat member"
    for asking, reason in (
        (bot.ban_chat_member(group.id, bob.id), restricting),
        (bot.unban_chat_member(group.id, bob.id), restricting),
        (bot.restrict_chat_member(group.id, bob.id, nothing), restricting),
        (bot.promote_chat_member(group.id, bob.id, can_pin_messages=True), "Not enough rights"),
        (bot.set_chat_permissions(group.id, nothing), "Not enough rights to change chat permissions"),
        (bot.set_chat_title(group.id, "x"), "Not enough rights to change chat title"),
        (bot.set_chat_description(group.id, "x"), "Not enough rights to set chat description"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await asking
    group.promote_bot()
    group.promote(bob)
    for asking, reason in (
        (bot.ban_chat_member(group.id, ann.id), "Can't remove chat owner"),
        (bot.ban_chat_member(group.id, bob.id), "User is an administrator of the chat"),
        (bot.ban_chat_member(group.id, bot.id), "Can't restrict self"),
        (bot.ban_chat_member(group.id, 5), "Participant_id_invalid"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await asking


async def test_portraits_are_seen_and_fetched(sandbox: Sandbox, ears: Ears, ann: Phone) -> None:
    assert (await ears.bot.get_user_profile_photos(ann.id)).total_count == 0
    ann.show_portrait(picture(200, 200))
    ann.show_portrait(picture(300, 300))
    shown = await ears.bot.get_user_profile_photos(ann.id, limit=1)
    assert (shown.total_count, len(shown.photos), shown.photos[0][-1].width) == (2, 1, 300)
    file = await ears.bot.get_file(shown.photos[0][-1].file_id)
    assert bytes(await file.download_as_bytearray()) == picture(300, 300)
