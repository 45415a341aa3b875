"""Albums: several pictures or files at once."""

from __future__ import annotations

import pytest
from telegram import InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.phone import Phone
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands
from tests.bot.sandbox.test_conversation import picture


async def test_pictures_arrive_as_one_album(ears: Ears, ann: Phone) -> None:
    ann.start()
    stored = await ears.bot.send_photo(ann.id, picture(100, 100))
    # When new pictures and one that the server knows are sent at once
    media = [
        InputMediaPhoto(picture(), caption="<b>Poster</b>", parse_mode="HTML"),
        InputMediaPhoto(stored.photo[-1].file_id),
        InputMediaPhoto(picture(300, 200)),
    ]
    sent = await ears.bot.send_media_group(ann.id, media)
    # Then they share one album, each a message of its own
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["Poster", None, None]
    assert [message.album for message in ann.messages[-3:]] == [sent[0].media_group_id] * 3
    # A file can't take a picture's place in it
    with pytest.raises(BadRequest, match="Can't use the media of the specified type in the album"):
        await ears.bot.edit_message_media(
            InputMediaDocument(b"a,b", filename="a.csv"), ann.id, sent[0].message_id
        )


async def test_files_form_an_album_and_one_alone_is_none(ears: Ears, group: Gathering) -> None:
    files = [InputMediaDocument(b"a,b", filename=f"{name}.csv") for name in "ab"]
    sent = await ears.bot.send_media_group(group.id, files)
    assert [message.document and message.document.file_name for message in sent] == ["a.csv", "b.csv"]
    (alone,) = await ears.bot.send_media_group(group.id, [InputMediaPhoto(picture())])
    assert alone.media_group_id is None
    group.restrict_bot("can_send_messages", "can_send_documents")
    with pytest.raises(BadRequest, match="Not enough rights to send photos to the chat"):
        await ears.bot.send_media_group(group.id, [InputMediaPhoto(picture())] * 2)


async def test_kinds_are_not_mixed(ears: Ears, ann: Phone) -> None:
    ann.start()
    mixed: list[InputMediaPhoto | InputMediaDocument] = [
        InputMediaPhoto(picture()),
        InputMediaDocument(b"a,b", filename="a.csv"),
    ]
    with pytest.raises(BadRequest, match="Document can't be mixed with other media types"):
        await ears.bot.send_media_group(ann.id, mixed)
    assert len(ann.messages) == 1


PHOTO = {"type": "photo", "media": "AgACAgI"}


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        (None, 'parameter "media" is required'),
        ([], "there are no messages to send"),
        ([PHOTO] * 11, "too many messages to send as an album"),
        (PHOTO, "expected an Array of InputMedia"),
        (["x"], "can't parse InputMedia: expected an Object"),
        ([{"type": "photo"}], "can't parse InputMedia: media not found"),
        (
            [{**PHOTO, "type": "animation"}],
            "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup",
        ),
        ([{**PHOTO, "type": "hologram"}], 'can\'t parse InputMedia: type "hologram" is unsupported'),
        ([PHOTO], "wrong file identifier/HTTP URL specified"),
        ([{**PHOTO, "caption": "x" * 1025}], "message caption is too long"),
    ],
)
async def test_an_album_is_refused(hands: Hands, ann: Phone, media: object, reason: str) -> None:
    ann.start()
    asked = {} if media is None else {"media": media}
    reply = await hands.call("sendMediaGroup", chat_id=ann.id, **asked)
    assert (reply.status, reply.description) == (400, f"Bad Request: {reason}")
    assert len(ann.messages) == 1
