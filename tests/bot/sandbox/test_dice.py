"""Throws: drawn by the server from a seed, in each emoji's range."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest

from bot.sandbox.chat.methods.dice import SIDES
from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Clock, Hands

DAY = 24 * 3600


async def values(ears: Ears, chat_id: int, emoji: str, times: int) -> list[int]:
    thrown = [await ears.bot.send_dice(chat_id, emoji=emoji) for _ in range(times)]
    assert all(message.dice is not None and message.dice.emoji == emoji for message in thrown)
    return [message.dice.value for message in thrown if message.dice is not None]


@pytest.mark.parametrize("emoji", SIDES)
async def test_every_value_of_the_range_comes_up_and_no_other(ears: Ears, ann: Phone, emoji: str) -> None:
    ann.start()
    times = 60 if SIDES[emoji] < 10 else 400
    thrown = await values(ears, ann.id, emoji, times)
    assert set(thrown) <= set(range(1, SIDES[emoji] + 1))
    assert SIDES[emoji] > 10 or set(thrown) == set(range(1, SIDES[emoji] + 1))
    assert max(thrown) > SIDES[emoji] * 0.8


async def test_a_die_is_meant_when_nothing_is_said(ears: Ears, ann: Phone) -> None:
    ann.start()
    thrown = await ears.bot.send_dice(ann.id)
    assert thrown.dice is not None
    assert thrown.dice.emoji == "🎲"
    with pytest.raises(BadRequest, match="Emoticon_invalid"):
        await ears.bot.send_dice(ann.id, emoji="🧧")


async def test_the_same_seed_throws_the_same(clock: Clock) -> None:
    async def throws(seed: int) -> list[int]:
        sandbox = Sandbox(limits=NO_LIMITS, clock=clock, seed=seed)
        return [sandbox.chat.chance.randint(1, 6) for _ in range(20)]

    assert await throws(7) == await throws(7) != await throws(8)


async def test_a_throw_stands_for_a_day_and_is_never_edited(
    ears: Ears, hands: Hands, ann: Phone, sandbox: Sandbox
) -> None:
    ann.start()
    thrown = await ears.bot.send_dice(ann.id)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await ears.bot.edit_message_text("6", ann.id, thrown.message_id)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await thrown.delete()
    sandbox.clock.forward(DAY)
    assert await thrown.delete()
