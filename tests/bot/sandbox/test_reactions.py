"""Reactions: given by people and the bot, and told to a bot that asked and leads."""

from __future__ import annotations

import pytest
from telegram import ReactionTypeEmoji
from telegram.error import BadRequest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.views import message_view
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands

ASKED = ["message_reaction", "message_reaction_count"]


async def test_a_reaction_is_told_to_a_bot_that_leads_and_asked(
    sandbox: Sandbox, ears: Ears, bob: Phone, group: Gathering
) -> None:
    post = await ears.bot.send_message(group.id, "Proof?")
    chat = bob.in_group(group)
    # Neither one that leads but never asked is told, nor a plain member that did
    group.promote_bot()
    chat.react(chat.last, "👍")
    group.demote_bot()
    ears.allowed = ASKED
    await ears.hears_all()
    chat.react(chat.last, "")
    assert await ears.hears_all() == []
    # When it leads and asks
    group.promote_bot()
    chat.react(chat.last, "👀")
    chat.react(chat.last, "🎉")
    chat.react(chat.last, "🎉")
    # Then it hears of each change, once
    changes = [update.message_reaction for update in await ears.hears_all()]
    assert all(change is not None for change in changes)
    steps = [
        (change.old_reaction, change.new_reaction, change.message_id)
        for change in changes
        if change is not None
    ]
    eyes, party = ReactionTypeEmoji("👀"), ReactionTypeEmoji("🎉")
    assert steps == [((), (eyes,), post.message_id), ((eyes,), (party,), post.message_id)]
    assert changes[0] is not None
    assert changes[0].user is not None
    assert changes[0].user.id == bob.id


async def test_the_bot_reacts_and_everybody_sees_it(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone, group: Gathering
) -> None:
    ears.allowed = ASKED
    proof = bob.in_group(group).write("/proof")
    bob.in_group(group).react(proof, "👀")
    await ears.hears_all()
    assert await ears.bot.set_message_reaction(group.id, proof.id, "👀")
    seen = message_view(sandbox.chat.world, proof, bob.id)["reactions"]
    assert seen == [{"emoji": "👀", "count": 2, "mine": True}]
    # One takes the place of the other, none takes it back, and the bot isn't told of its own
    assert await ears.bot.set_message_reaction(group.id, proof.id, ReactionTypeEmoji("🎉"))
    assert await ears.bot.set_message_reaction(group.id, proof.id)
    assert message_view(sandbox.chat.world, proof, ann.id)["reactions"] == [
        {"emoji": "👀", "count": 1, "mine": False}
    ]
    assert await ears.hears_all() == []


async def test_in_private_the_bot_is_told(ears: Ears, ann: Phone) -> None:
    ears.allowed = ASKED
    await ears.hears_all()
    ann.start()
    await ears.bot.send_message(ann.id, "x")
    ann.with_bot.react(ann.last, "❤")
    change = (await ears.hears()).message_reaction
    assert change is not None
    assert change.chat.id == ann.id


async def test_of_a_channels_readers_only_numbers_are_told(
    ears: Ears, ann: Phone, bob: Phone, channel: Gathering
) -> None:
    ears.allowed = ASKED
    await ears.bot.send_message(channel.id, "Sale")
    await ears.hears_all()
    ann.in_group(channel).react(ann.in_group(channel).last, "🔥")
    bob.in_group(channel).react(bob.in_group(channel).last, "🔥")
    first, second = [update.message_reaction_count for update in await ears.hears_all()]
    assert first is not None
    assert second is not None
    assert [count.total_count for told in (first, second) for count in told.reactions] == [1, 2]


@pytest.mark.parametrize(
    ("reaction", "reason"),
    [
        ([{"type": "emoji", "emoji": "🧧"}], "REACTION_INVALID"),
        ([{"type": "paid"}], "REACTION_INVALID"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "👎"}], "REACTIONS_TOO_MANY"),
        ([{"type": "wink"}], "can't parse reaction type: invalid type"),
        ({"type": "emoji"}, "expected an Array of ReactionType"),
    ],
)
async def test_a_reaction_is_refused(hands: Hands, ann: Phone, reaction: object, reason: str) -> None:
    message = ann.start()
    reply = await hands.call("setMessageReaction", chat_id=ann.id, message_id=message.id, reaction=reaction)
    assert (reply.status, reply.description) == (400, f"Bad Request: {reason}")


async def test_there_must_be_something_to_react_to(ears: Ears, ann: Phone) -> None:
    ann.start()
    with pytest.raises(BadRequest, match="Message to react not found"):
        await ears.bot.set_message_reaction(ann.id, 5, "👍")
    with pytest.raises(NotPossibleError, match="no reaction"):
        ann.with_bot.react(ann.messages[0], "🧧")
