"""People send pictures and files, and the bot fetches and passes them on."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest

from bot.sandbox.chat.people import NotPossibleError
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Hands
from tests.bot.sandbox.test_conversation import picture

MEGABYTE = 1024 * 1024


async def test_the_bot_fetches_what_a_person_sends(sandbox: Sandbox, ears: Ears) -> None:
    ann = sandbox.phone("Ann")
    # When a person sends a picture and a table
    ann.send_photo(picture(), "my proof")
    ann.send_document(b"order,amount\n", "orders.csv", "my orders")
    # Then the bot gets both with their captions, and can fetch them
    photo, table = (await ears.hears()).message, (await ears.hears()).message
    assert photo is not None
    assert table is not None
    assert table.document is not None
    assert (photo.caption, table.caption) == ("my proof", "my orders")
    assert table.document.file_name == "orders.csv"
    fetched = await (await ears.bot.get_file(table.document.file_id)).download_as_bytearray()
    assert bytes(fetched) == b"order,amount\n"
    shot = await (await ears.bot.get_file(photo.photo[-1].file_id)).download_as_bytearray()
    assert bytes(shot) == picture()


async def test_a_file_id_serves_in_every_chat_but_not_as_another_kind(sandbox: Sandbox, ears: Ears) -> None:
    ann, bob = sandbox.phone("Ann"), sandbox.phone("Bob")
    bob.start()
    ann.send_photo(picture())
    await ears.hears()
    told = (await ears.hears()).message
    assert told is not None
    file_id = told.photo[-1].file_id
    passed_on = await ears.bot.send_photo(bob.id, file_id)
    assert passed_on.photo[-1].file_unique_id == told.photo[-1].file_unique_id
    with pytest.raises(BadRequest, match="Can't use file of type photo as document"):
        await ears.bot.send_document(bob.id, file_id)


async def test_a_large_file_reaches_the_bot_but_cannot_be_fetched(sandbox: Sandbox, ears: Ears) -> None:
    sandbox.phone("Ann").send_document(b"x" * (20 * MEGABYTE + 1), "large.bin")
    told = (await ears.hears()).message
    assert told is not None
    assert told.document is not None
    with pytest.raises(BadRequest, match="File is too big"):
        await ears.bot.get_file(told.document.file_id)


async def test_a_client_refuses_what_is_no_picture_or_says_too_much(sandbox: Sandbox, hands: Hands) -> None:
    ann = sandbox.phone("Ann")
    with pytest.raises(NotPossibleError, match="IMAGE_PROCESS_FAILED"):
        ann.send_photo(b"no picture")
    with pytest.raises(NotPossibleError, match="1024"):
        ann.send_photo(picture(), "x" * 1025)
    assert (await hands.call("getUpdates")).items == []
