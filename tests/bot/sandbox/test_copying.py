"""Copies and forwards, one or many at once."""

from __future__ import annotations

import pytest
from telegram import InputMediaPhoto, MessageOriginChannel, MessageOriginUser
from telegram.error import BadRequest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands
from tests.bot.sandbox.test_conversation import picture


async def test_a_forward_says_where_it_comes_from_and_a_copy_does_not(
    ears: Ears, ann: Phone, bob: Phone, group: Gathering
) -> None:
    bob.start()
    said = ann.write("my claim")
    forwarded = await ears.bot.forward_message(group.id, ann.id, said.id)
    origin = forwarded.forward_origin
    assert isinstance(origin, MessageOriginUser)
    assert (origin.sender_user.id, forwarded.text) == (ann.id, "my claim")
    # Passed on once more it still comes from Ann
    again = await ears.bot.forward_message(bob.id, group.id, forwarded.message_id)
    assert again.forward_origin == origin
    copied = await ears.bot.copy_message(bob.id, ann.id, said.id)
    assert bob.messages[-1].id == copied.message_id
    assert not bob.messages[-1].forwarded
    # A copy is the bot's own to edit, a forward is nobody's
    await ears.bot.edit_message_text("decided", bob.id, copied.message_id)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await ears.bot.edit_message_text("decided", bob.id, again.message_id)


async def test_a_post_is_forwarded_as_the_channels(ears: Ears, ann: Phone, channel: Gathering) -> None:
    ann.start()
    post = await ears.bot.send_message(channel.id, "Sale")
    forwarded = await ears.bot.forward_message(ann.id, channel.id, post.message_id)
    origin = forwarded.forward_origin
    assert isinstance(origin, MessageOriginChannel)
    assert (origin.chat.id, origin.message_id) == (channel.id, post.message_id)


async def test_many_go_at_once_and_albums_stay_albums(
    sandbox: Sandbox, ears: Ears, ann: Phone, bob: Phone
) -> None:
    ann.start()
    bob.start()
    album = await ears.bot.send_media_group(
        ann.id, [InputMediaPhoto(picture(), caption="one"), InputMediaPhoto(picture(300, 300))]
    )
    word = await ears.bot.send_message(ann.id, "word")
    numbers = [message.message_id for message in (*album, word)]
    # When three messages and one that is gone are copied without captions, then forwarded
    copied = await ears.bot.copy_messages(bob.id, ann.id, [*numbers, numbers[-1] + 100], remove_caption=True)
    forwarded = await ears.bot.forward_messages(bob.id, ann.id, numbers)
    # Then what is there goes, in order, the album as a new album
    assert len(copied) == len(forwarded) == 3
    new = bob.messages[1:4]
    assert [message.body.text for message in new] == ["", "", "word"]
    assert new[0].album == new[1].album
    assert new[0].album not in {None, album[0].media_group_id}
    assert [message.forwarded for message in bob.messages[1:]] == [False] * 3 + [True] * 3
    assert bob.messages[4].body.text == "one"


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ([], "message identifiers are not specified"),
        ([5, 5], "message identifiers must be in a strictly increasing order"),
        ([6, 5], "message identifiers must be in a strictly increasing order"),
        (list(range(1, 102)), "too many message identifiers specified"),
        ([5], "there are no messages to {verb}"),
        ([0], "invalid message identifier specified"),
        (["first"], "invalid message identifier specified"),
        (5, "expected an Array of message identifiers"),
    ],
)
@pytest.mark.parametrize("verb", ["copy", "forward"])
async def test_a_list_is_refused(hands: Hands, ann: Phone, verb: str, numbers: object, reason: str) -> None:
    ann.start()
    reply = await hands.call(f"{verb}Messages", chat_id=ann.id, from_chat_id=ann.id, message_ids=numbers)
    assert (reply.status, reply.description) == (400, f"Bad Request: {reason.format(verb=verb)}")


async def test_notices_and_missing_messages_are_not_passed_on(
    ears: Ears, ann: Phone, group: Gathering
) -> None:
    ann.start()
    notice = group.messages[0]
    with pytest.raises(BadRequest, match="Message can't be copied"):
        await ears.bot.copy_message(ann.id, group.id, notice.id)
    with pytest.raises(BadRequest, match="Message can't be forwarded"):
        await ears.bot.forward_message(ann.id, group.id, notice.id)
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await ears.bot.copy_message(ann.id, group.id, 4711)
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await ears.bot.forward_message(ann.id, group.id, 4711)
