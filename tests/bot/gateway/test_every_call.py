"""Each kind of call that the product makes, against each way in which a server fails: an outcome, never an error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.cards.card import Card, Picture, Tap, Toast
from bot.cards.inline import InlineAnswer, InlineResult, StartButton
from bot.gateway import gateway as module
from bot.gateway.errors import (
    Blocked,
    Gone,
    Migrated,
    NotModified,
    Outcome,
    Refused,
    Sent,
    ServerBusy,
    Throttled,
    TokenRefused,
    Unknown,
)
from bot.gateway.gateway import Face, Gateway, Work
from bot.gateway.speed import Lane
from tests.bot.gateway.cards import EXPORT, HELLO, POSTER
from tests.bot.gateway.clock import JumpingClock
from tests.bot.gateway.double import ChatServer, Dropped, Refusal, Silence, Verdict

KNOWN = Card(Markup("Your <i>poster</i>"), picture=Picture(file_id="known"))
FILE = Card(Markup("Entries"), picture=Picture(file_id="known", as_file=True))
MESSAGE = "A" * 30
RESULTS = InlineAnswer(
    (InlineResult("k:t", "A mug", "£10", HELLO), InlineResult("k:p", "A lamp", "£20", KNOWN))
)

Call = Callable[[Gateway], Awaitable[Outcome | None]]
PACED: dict[str, tuple[str, Call]] = {
    "text": ("sendMessage", lambda gateway: gateway.send(5, HELLO, lane=Lane.NOTICE)),
    "photo": ("sendPhoto", lambda gateway: gateway.send(5, POSTER, lane=Lane.NOTICE)),
    "known photo": ("sendPhoto", lambda gateway: gateway.send(5, KNOWN, lane=Lane.NOTICE)),
    "document": ("sendDocument", lambda gateway: gateway.send(5, EXPORT, lane=Lane.NOTICE)),
    "edit of text": ("editMessageText", lambda gateway: gateway.edit(5, 7, HELLO, lane=Lane.NOTICE)),
    "edit of media": ("editMessageMedia", lambda gateway: gateway.edit(5, 7, POSTER, lane=Lane.NOTICE)),
    "edit of a file": ("editMessageMedia", lambda gateway: gateway.edit(5, 7, FILE, lane=Lane.NOTICE)),
    "inline text": (
        "editMessageText",
        lambda gateway: gateway.edit_inline(MESSAGE, HELLO, lane=Lane.BROADCAST),
    ),
    "inline caption": (
        "editMessageCaption",
        lambda gateway: gateway.edit_inline(MESSAGE, KNOWN, lane=Lane.BROADCAST),
    ),
}
"""Calls that wait for their turn."""


async def answers(gateway: Gateway) -> None:
    await gateway.answer("1", Toast("Saved"))


QUIET: dict[str, tuple[str, Callable[[Gateway], Awaitable[object]], object]] = {
    "tap": ("answerCallbackQuery", answers, None),
    "prepared": ("savePreparedInlineMessage", lambda gateway: gateway.prepare(5, RESULTS.results[0]), None),
    "chat": ("getChat", lambda gateway: gateway.chat_number("@store_room"), None),
    "download": ("getFile", lambda gateway: gateway.download("known", 99), None),
    "face": (
        "getUserProfilePhotos",
        lambda gateway: gateway.face(5, 99),
        Face(None, is_sure=False),
    ),
    "action": ("sendChatAction", lambda gateway: gateway.working(5, Work.PICTURE), None),
}
"""Calls outside the pace, with what they answer when they fail."""
FAILURES: dict[str, tuple[Verdict, Outcome]] = {
    "403": (
        Refusal(403, "Forbidden: bot was blocked by the user"),
        Blocked("Forbidden: bot was blocked by the user"),
    ),
    "401": (Refusal(401, "Unauthorized"), TokenRefused()),
    "500": (Refusal(500, "Internal Server Error"), ServerBusy()),
    "502": (Refusal(502, "Bad Gateway"), ServerBusy()),
    "dropped": (Dropped(), Unknown()),
    "gone": (Refusal(400, "Bad Request: chat not found"), Gone()),
    "migrated": (
        Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009),
        Migrated(-1009),
    ),
    "refused": (Refusal(400, "Bad Request: BUTTON_DATA_INVALID"), Refused("Button_data_invalid")),
}
paced = pytest.mark.parametrize(("method", "call"), list(PACED.values()), ids=list(PACED))
failing = pytest.mark.parametrize(("verdict", "outcome"), list(FAILURES.values()), ids=list(FAILURES))
quiet = pytest.mark.parametrize(("method", "call", "answer"), list(QUIET.values()), ids=list(QUIET))


@paced
@failing
async def test_each_failure_of_each_call_is_an_outcome(
    gateway: Gateway, server: ChatServer, method: str, call: Call, verdict: Verdict, outcome: Outcome
) -> None:
    server.verdict = lambda _: verdict
    assert await call(gateway) == outcome
    assert [request.method for request in server.requests] == [method]
    assert gateway.counts.failed == {type(outcome).__name__: 1}


@paced
async def test_a_429_is_waited_for_to_the_second_and_costs_no_attempt(
    gateway: Gateway, server: ChatServer, clock: JumpingClock, method: str, call: Call
) -> None:
    server.verdict = lambda _: Refusal(429, "Too Many Requests", 7) if len(server.requests) == 1 else None
    assert isinstance(await call(gateway), Sent)
    first, second = server.of(method)
    assert second.at - first.at >= 7
    assert gateway.counts.throttled == 1


@paced
async def test_a_429_that_outlasts_all_patience_comes_back(
    gateway: Gateway, server: ChatServer, method: str, call: Call
) -> None:
    server.verdict = lambda _: Refusal(429, "Too Many Requests", 3600)
    outcome = await call(gateway)
    assert isinstance(outcome, Throttled)
    assert outcome.retry_after > 3000
    assert len(server.of(method)) == 1


@paced
async def test_words_that_can_not_be_parsed_go_plainly(
    gateway: Gateway, server: ChatServer, method: str, call: Call
) -> None:
    refusal = Refusal(400, "Bad Request: can't parse entities: unsupported start tag")
    server.verdict = lambda request: refusal if "parse_mode" in str(request.fields) else None
    assert isinstance(await call(gateway), Sent)
    assert [request.method for request in server.requests] == [method, method]
    said = server.taken[-1].fields
    words = said.get("text") or said.get("caption") or json.loads(said["media"])["caption"]
    assert words
    assert "<" not in words


@pytest.mark.parametrize("call", [call for method, call in PACED.values() if method.startswith("edit")])
async def test_what_is_not_modified_is_well(gateway: Gateway, server: ChatServer, call: Call) -> None:
    server.verdict = lambda _: Refusal(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
    )
    assert await call(gateway) == NotModified()
    assert not gateway.counts.failed


@pytest.mark.parametrize(
    "words", ["MESSAGE_ID_INVALID", "message to edit not found", "there is no text in the message to edit"]
)
async def test_an_inline_message_that_is_gone_is_no_reason_to_send_another(
    gateway: Gateway, server: ChatServer, words: str
) -> None:
    server.verdict = lambda _: Refusal(400, f"Bad Request: {words}")
    outcome = await gateway.edit_inline(MESSAGE, HELLO, lane=Lane.BROADCAST)
    assert isinstance(outcome, Refused)
    assert len(server.requests) == 1


async def test_edits_of_one_inline_message_wait_for_each_other(
    gateway: Gateway, server: ChatServer, clock: JumpingClock
) -> None:
    await asyncio.gather(
        *(
            gateway.edit_inline(name, replace(HELLO, text=Markup(f"{turn}")), lane=Lane.BROADCAST)
            for turn in range(2)
            for name in (MESSAGE, "B" * 30)
        )
    )
    mine = [request.at for request in server.requests if request.fields["inline_message_id"] == MESSAGE]
    assert mine[1] - mine[0] >= 1


async def test_the_longest_words_fit_a_caption_and_a_result(gateway: Gateway, server: ChatServer) -> None:
    long = Markup("<b>{}</b>").format("灯" * 5000)
    await gateway.edit_inline(MESSAGE, replace(KNOWN, text=long), lane=Lane.BROADCAST)
    await gateway.edit(5, 7, replace(POSTER, text=long))
    await gateway.answer_inline(
        "1", InlineAnswer((InlineResult("k:p", "A lamp", "", replace(KNOWN, text=long)),))
    )
    caption, media, answer = server.requests
    captions = [
        caption.fields["caption"],
        json.loads(media.fields["media"])["caption"],
        json.loads(answer.fields["results"])[0]["caption"],
    ]
    assert [len(each) for each in captions] == [1024 + len("<b></b>")] * 3


@failing
async def test_an_inline_answer_that_fails_is_told_once(
    gateway: Gateway, server: ChatServer, verdict: Verdict, outcome: Outcome
) -> None:
    server.verdict = lambda _: verdict
    assert await gateway.answer_inline("1", RESULTS) == outcome
    assert len(server.requests) == 1


async def test_an_inline_answer_is_not_waited_for(
    gateway: Gateway, server: ChatServer, clock: JumpingClock
) -> None:
    server.verdict = lambda _: Refusal(429, "Too Many Requests", 30)
    before = clock.monotonic()
    assert await gateway.answer_inline("1", RESULTS) == Throttled(30)
    assert clock.monotonic() - before < 1


async def test_an_inline_answer_says_whose_it_is_and_how_long_it_holds(
    gateway: Gateway, server: ChatServer
) -> None:
    rows = ((Tap("A", "home:open"),),)
    said = InlineAnswer(
        (InlineResult("k:t", "A mug", "£10", Card(HELLO.text, rows)), RESULTS.results[1]),
        "7",
        StartButton("Join", "q_"),
    )
    assert await gateway.answer_inline("1", said) is None
    [request] = server.requests
    assert (request.fields["is_personal"], request.fields["next_offset"]) == ("true", "7")
    assert int(request.fields["cache_time"]) == 5
    assert json.loads(request.fields["button"]) == {"text": "Join", "start_parameter": "q_"}
    article, photo = json.loads(request.fields["results"])
    assert (article["type"], article["id"], article["description"]) == ("article", "k:t", "£10")
    assert article["input_message_content"]["message_text"] == str(HELLO.text)
    assert article["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "home:open"
    assert (photo["type"], photo["photo_file_id"], photo["caption"]) == ("photo", "known", str(KNOWN.text))


@quiet
@pytest.mark.parametrize("verdict", [verdict for verdict, _ in FAILURES.values()], ids=list(FAILURES))
async def test_a_call_outside_the_pace_fails_quietly_and_once(
    gateway: Gateway,
    server: ChatServer,
    method: str,
    call: Callable[[Gateway], Awaitable[object]],
    answer: object,
    verdict: Verdict,
) -> None:
    server.verdict = lambda _: verdict
    assert await call(gateway) == answer
    assert [request.method for request in server.requests] == [method]
    assert sum(gateway.counts.failed.values()) == 1


@quiet
async def test_a_call_outside_the_pace_waits_for_no_429_and_holds_up_no_message(
    gateway: Gateway,
    server: ChatServer,
    clock: JumpingClock,
    method: str,
    call: Callable[[Gateway], Awaitable[object]],
    answer: object,
) -> None:
    server.verdict = lambda request: (
        Refusal(429, "Too Many Requests", 60) if request.method == method else None
    )
    before = clock.monotonic()
    assert await call(gateway) == answer
    assert isinstance(await gateway.send(5, HELLO, lane=Lane.REPLY), Sent)
    assert clock.monotonic() - before < 2


async def test_a_face_is_waited_for_only_so_long(
    gateway: Gateway, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FACE_SECONDS", 0.05)
    server.verdict = lambda _: Silence()
    assert await gateway.face(5, 99) == Face(None, is_sure=False)
    assert gateway.counts.failed == {"Unknown": 1}
