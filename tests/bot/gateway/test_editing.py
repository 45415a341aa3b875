"""A message becomes another card, or gives way to it."""

from __future__ import annotations

import json

import pytest

from bot.cards.card import Card
from bot.gateway.errors import (
    NotModified,
    Sent,
    Unknown,
)
from bot.gateway.gateway import Gateway, Shape
from tests.bot.gateway.cards import HELLO, POSTER
from tests.bot.gateway.double import ChatServer, Dropped, Refusal


async def test_an_edit_changes_the_message(gateway: Gateway, server: ChatServer) -> None:
    assert await gateway.edit(5, 77, HELLO) == Sent(77)
    assert await gateway.edit(6, 78, POSTER) == Sent(78, "large")

    text, media = server.requests
    assert (text.method, text.fields["message_id"]) == ("editMessageText", "77")
    assert (media.method, media.fields["message_id"]) == ("editMessageMedia", "78")
    described = json.loads(media.fields["media"])
    assert (described["type"], described["caption"]) == ("photo", "Your <i>poster</i>")
    assert media.uploads[described["media"].removeprefix("attach://")].content == b"\xff\xd8jpeg"


async def test_an_edit_that_changes_nothing_is_well(gateway: Gateway, server: ChatServer) -> None:
    server.verdict = lambda _: Refusal(400, "Bad Request: message is not modified: it is the same")

    assert await gateway.edit(5, 77, HELLO) == NotModified()

    assert len(server.requests) == 1
    assert not gateway.counts.failed


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (HELLO, "Bad Request: there is no text in the message to edit"),
        (POSTER, "Bad Request: there is no media in the message to edit"),
        (HELLO, "Bad Request: message to edit not found"),
        (HELLO, "Bad Request: message can't be edited"),
    ],
)
async def test_a_message_that_cannot_become_the_card_is_replaced(
    gateway: Gateway, server: ChatServer, card: Card, words: str
) -> None:
    server.verdict = lambda request: Refusal(400, words) if request.method.startswith("edit") else None

    outcome = await gateway.edit(5, 77, card)

    assert isinstance(outcome, Sent)
    assert outcome.message_id == 1
    assert [request.method for request in server.taken][-1] == "deleteMessage"
    assert server.taken[-1].fields["message_id"] == "77"


async def test_a_known_shape_saves_the_vain_edit(gateway: Gateway, server: ChatServer) -> None:
    await gateway.edit(5, 77, HELLO, old=Shape.PICTURE)
    await gateway.edit(6, 78, HELLO, old=Shape.TEXT)

    methods = [request.method for request in server.requests]
    assert methods == ["sendMessage", "deleteMessage", "editMessageText"]


async def test_the_old_message_stays_when_the_new_one_did_not_come(
    gateway: Gateway, server: ChatServer
) -> None:
    server.verdict = lambda _: Dropped()

    assert await gateway.edit(5, 77, HELLO, old=Shape.PICTURE) == Unknown()

    assert [request.method for request in server.requests] == ["sendMessage"]
