"""The storage chat, where pictures are kept once so that they can be shared from any chat."""

from __future__ import annotations

from telegram import (
    Bot,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberRestricted,
)
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient

STORAGE = Subject(Group.CHAT, "storage chat")


async def look(patient: Patient) -> list[Check]:
    """Whether the bot may post pictures there."""
    bot, chosen = patient.bot, patient.settings.storage_chat
    if bot is None:
        return []
    if chosen is None:
        unset = STORAGE.warned(
            "STORAGE_CHAT is not set: a picture can be shared inline only once somebody saw it in their own chat.",
            "Make a private channel, add the bot as an administrator who may post messages, and set "
            "STORAGE_CHAT to the channel's number (-100…).",
        )
        return [unset]
    try:
        chat = await bot.get_chat(chosen)
        if chat.type == ChatType.PRIVATE:
            return [STORAGE.passed("It is a private chat, whose person sees every picture that is kept.")]
        member = await bot.get_chat_member(chat.id, bot.id)
    except (BadRequest, Forbidden) as error:
        return [_not_there(chosen, error)]
    return [_may_post(bot, chat, member)]


def _not_there(chosen: str, error: BadRequest | Forbidden) -> Check:
    return STORAGE.failed(
        f"The bot can't see the chat {chosen} ({error.message}).",
        "Add the bot to it (to a channel as an administrator), and look at STORAGE_CHAT.",
    )


def _may_post(bot: Bot, chat: ChatFullInfo, member: ChatMember) -> Check:
    if member.status in {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}:
        return STORAGE.failed(f"@{bot.username} is not in {_called(chat)}.", "Add the bot to it.")
    if chat.type == ChatType.CHANNEL:
        if isinstance(member, ChatMemberOwner) or (
            isinstance(member, ChatMemberAdministrator) and member.can_post_messages
        ):
            return STORAGE.passed(f"The bot may post in the channel {_called(chat)}.")
        return STORAGE.failed(
            f"The bot may not post in the channel {_called(chat)}.",
            "Make it an administrator of the channel with the right to post messages.",
        )
    if not _may_send_pictures(chat, member):
        return STORAGE.failed(
            f"The bot may not send pictures in {_called(chat)}.",
            "Allow pictures in the group's permissions, or make the bot an administrator.",
        )
    return STORAGE.passed(f"The bot may post in the group {_called(chat)}.")


def _may_send_pictures(chat: ChatFullInfo, member: ChatMember) -> bool:
    if isinstance(member, ChatMemberAdministrator | ChatMemberOwner):
        return True
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_photos
    return chat.permissions is None or chat.permissions.can_send_photos is not False


def _called(chat: ChatFullInfo) -> str:
    return chat.title or str(chat.id)
