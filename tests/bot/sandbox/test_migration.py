"""A group becomes a supergroup: another id, two notices, and an error that says where it went."""

from __future__ import annotations

import pytest
from telegram.error import ChatMigrated

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands


@pytest.fixture
def small(sandbox: Sandbox, ann: Phone, bob: Phone) -> Gathering:
    return sandbox.group("Family", ann, [bob])


async def test_both_chats_tell_of_it_and_the_old_one_names_the_new(
    ears: Ears, bob: Phone, small: Gathering
) -> None:
    small.promote_bot("can_pin_messages")
    await ears.hears_all()
    old = small.id
    small.migrate()
    # Then both chats say so
    left, came = (await ears.hears()).message, (await ears.hears()).message
    assert left is not None
    assert came is not None
    assert (left.chat.id, left.migrate_to_chat_id) == (old, small.id)
    assert (came.chat.id, came.migrate_from_chat_id) == (small.id, old)
    assert (came.chat.type, came.message_id) == ("supergroup", 1)
    # And whoever writes to the old one is told where it went
    with pytest.raises(ChatMigrated) as refusal:
        await ears.bot.send_message(old, "x")
    assert refusal.value.new_chat_id == small.id
    # Standings went along
    assert (await ears.bot.send_message(small.id, "x")).chat.title == "Family"
    assert bob.in_group(small).write("hi").chat_id == small.id
    assert small.group.may(ears.bot.id, "can_pin_messages")


async def test_every_way_of_writing_is_refused_the_same(hands: Hands, ann: Phone, small: Gathering) -> None:
    old = small.id
    words = ann.in_group(small).write("/x")
    small.migrate()
    asked: dict[str, dict[str, object]] = {
        "sendMessage": {"text": "x"},
        "sendDice": {},
        "pinChatMessage": {"message_id": words.id},
        "sendChatAction": {"action": "typing"},
        "exportChatInviteLink": {},
    }
    for method, params in asked.items():
        reply = await hands.call(method, chat_id=old, **params)
        assert reply.status == 400, method
        assert reply.description == "Bad Request: group chat was upgraded to a supergroup chat"
        assert reply.body["parameters"] == {"migrate_to_chat_id": small.id}


async def test_only_a_group_grows_and_only_once(small: Gathering, group: Gathering) -> None:
    with pytest.raises(NotPossibleError, match="only a group"):
        group.migrate()
    old = Gathering(small.server, small.group)
    small.migrate()
    with pytest.raises(NotPossibleError, match="only a group"):
        old.migrate()
