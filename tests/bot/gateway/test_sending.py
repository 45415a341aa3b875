"""A card goes out and an outcome comes back: on a real socket, on a clock that jumps."""

from __future__ import annotations

import json

import pytest
from markupsafe import Markup
from telegram import Bot

from bot.cards.card import Card, CopyText, OpenUrl, Picture, Tap, Toast
from bot.gateway.errors import (
    Blocked,
    Gone,
    Migrated,
    NotConnected,
    Outcome,
    Refused,
    Sent,
    ServerBusy,
    TokenRefused,
    Unknown,
)
from bot.gateway.gateway import Gateway
from bot.gateway.speed import Lane
from tests.bot.gateway.cards import EXPORT, HELLO, POSTER
from tests.bot.gateway.double import ChatServer, Dropped, Refusal, Verdict

NOT_PARSED = Refusal(400, "Bad Request: can't parse entities: unsupported start tag")


async def test_a_text_card_arrives_with_its_buttons(gateway: Gateway, server: ChatServer) -> None:
    rows = ((Tap("Share", "share:open:7"),), (OpenUrl("Shop", "https://s.example"), CopyText("Copy", "K7Q2")))

    outcome = await gateway.send(5, Card(HELLO.text, rows, silent=True), lane=Lane.NOTICE)

    assert outcome == Sent(1)
    (request,) = server.requests
    assert request.method == "sendMessage"
    assert request.fields["text"] == "<b>Hello</b> &amp; welcome"
    assert request.fields["parse_mode"] == "HTML"
    assert request.fields["disable_notification"] == "true"
    assert json.loads(request.fields["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(request.fields["reply_markup"])["inline_keyboard"] == [
        [{"text": "Share", "callback_data": "share:open:7"}],
        [{"text": "Shop", "url": "https://s.example"}, {"text": "Copy", "copy_text": {"text": "K7Q2"}}],
    ]


async def test_a_picture_is_uploaded_once_and_then_named(gateway: Gateway, server: ChatServer) -> None:
    first = await gateway.send(5, POSTER, lane=Lane.REPLY)
    assert first == Sent(1, "large")

    again = Card(POSTER.text, picture=Picture(file_id="large"))
    assert await gateway.send(6, again, lane=Lane.REPLY) == Sent(2, "large")

    upload, named = server.requests
    assert upload.method == named.method == "sendPhoto"
    assert upload.fields["caption"] == "Your <i>poster</i>"
    assert (upload.uploads["photo"].filename, upload.uploads["photo"].content) == ("tea.jpg", b"\xff\xd8jpeg")
    assert named.fields["photo"] == "large"


async def test_a_file_keeps_its_name(gateway: Gateway, server: ChatServer) -> None:
    assert await gateway.send(5, EXPORT, lane=Lane.REPLY) == Sent(1, "doc")

    assert server.requests[0].method == "sendDocument"
    assert server.requests[0].uploads["document"].filename == "entries.csv"


async def test_long_words_are_cut_to_what_the_message_takes(gateway: Gateway, server: ChatServer) -> None:
    long = Markup("<b>{}</b>").format("😀" * 3000)

    await gateway.send(5, Card(long), lane=Lane.REPLY)
    await gateway.send(6, Card(long, picture=POSTER.picture), lane=Lane.REPLY)

    text, caption = server.requests[0].fields["text"], server.requests[1].fields["caption"]
    assert text == "<b>" + "😀" * 2047 + "…</b>"
    assert caption == "<b>" + "😀" * 511 + "…</b>"


@pytest.mark.parametrize("card", [HELLO, POSTER])
async def test_what_cannot_be_parsed_goes_as_plain_text(
    gateway: Gateway, server: ChatServer, card: Card
) -> None:
    server.verdict = lambda request: NOT_PARSED if "parse_mode" in request.fields else None

    outcome = await gateway.send(5, card, lane=Lane.REPLY)

    assert isinstance(outcome, Sent)
    field_name = "text" if card is HELLO else "caption"
    words = [request.fields[field_name] for request in server.taken]
    assert words == [{"text": "Hello & welcome", "caption": "Your poster"}[field_name]]


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (
            Refusal(403, "Forbidden: bot was blocked by the user"),
            Blocked("Forbidden: bot was blocked by the user"),
        ),
        (Refusal(400, "Bad Request: chat not found"), Gone()),
        (
            Refusal(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009
            ),
            Migrated(-1009),
        ),
        (Refusal(400, "Bad Request: message text is empty"), Refused("Message text is empty")),
        (Refusal(401, "Unauthorized"), TokenRefused()),
        (Refusal(502, "Bad Gateway"), ServerBusy()),
        (Dropped(), Unknown()),
    ],
)
async def test_an_outcome_comes_back_after_one_try(
    gateway: Gateway, server: ChatServer, verdict: Verdict, outcome: Outcome
) -> None:
    server.verdict = lambda _: verdict

    assert await gateway.send(5, HELLO, lane=Lane.NOTICE) == outcome

    assert len(server.requests) == 1
    assert gateway.counts.failed == {type(outcome).__name__: 1}


async def test_a_reply_is_tried_three_times_when_the_server_is_busy(
    gateway: Gateway, server: ChatServer
) -> None:
    server.verdict = lambda _: Refusal(502, "Bad Gateway") if len(server.requests) < 3 else None

    assert isinstance(await gateway.send(5, HELLO, lane=Lane.REPLY), Sent)

    server.verdict = lambda _: Refusal(502, "Bad Gateway")
    assert await gateway.send(6, HELLO, lane=Lane.REPLY) == ServerBusy()
    assert len(server.requests) == 6


async def test_an_unclear_reply_is_not_repeated(gateway: Gateway, server: ChatServer) -> None:
    server.verdict = lambda _: Dropped()

    assert await gateway.send(5, HELLO, lane=Lane.REPLY) == Unknown()

    assert len(server.requests) == 1


async def test_without_a_server_nothing_is_sent_and_nothing_raised(gateway: Gateway, bot: Bot) -> None:
    await bot.request.shutdown()

    assert await gateway.send(5, HELLO, lane=Lane.NOTICE) == NotConnected()
    assert await gateway.send(5, HELLO, lane=Lane.REPLY) == NotConnected()
    await gateway.answer("1", Toast("Saved"))
    await gateway.working(5)
