"""What goes outside the pace: answers to taps, signs of work, the registration at start-up."""

from __future__ import annotations

import asyncio
import json

from bot.cards.card import Toast
from bot.gateway.errors import Throttled
from bot.gateway.gateway import Gateway, Work
from bot.gateway.registration import Command, Commands, MenuApp, Profile, Registration, Scope
from tests.bot.gateway.clock import JumpingClock
from tests.bot.gateway.double import ChatServer, Refusal, Request


async def test_a_tap_is_answered_at_once(gateway: Gateway, server: ChatServer, clock: JumpingClock) -> None:
    asked_at = clock.now

    await asyncio.gather(*(gateway.answer(str(number), Toast("Saved", alert=True)) for number in range(50)))
    await gateway.answer("last", Toast("x" * 300))
    await gateway.answer("quiet")

    assert clock.now == asked_at
    assert server.requests[0].fields["show_alert"] == "true"
    assert server.requests[-2].fields["text"] == "x" * 199 + "…"
    assert server.requests[-1].fields == {"callback_query_id": "quiet"}


async def test_a_stale_tap_is_no_error(gateway: Gateway, server: ChatServer) -> None:
    server.verdict = lambda _: Refusal(400, "Bad Request: query is too old and response timeout expired")

    await gateway.answer("1", Toast("Saved"))

    assert gateway.counts.failed == {"Refused": 1}


async def test_working_shows_what_is_made(gateway: Gateway, server: ChatServer) -> None:
    await gateway.working(5, Work.PICTURE)

    assert server.requests[0].fields == {"chat_id": "5", "action": "upload_photo"}


START = (Command("start", "Begin"),)
REGISTRATION = Registration(
    commands=(Commands(Scope.PRIVATE, "zh", START), Commands(Scope.GROUPS, "", ())),
    profiles=(Profile("", "Long words", "Short words"),),
    menu=MenuApp("Open", "https://m.example"),
)


async def test_registration_names_scope_and_language(gateway: Gateway, server: ChatServer) -> None:
    """Given a server that can be told and can't tell, everything is sent."""
    server.verdict = lambda request: (
        Refusal(404, "Not Found: method not found") if request.method.startswith("get") else None
    )

    failed = await gateway.register(REGISTRATION)

    assert failed == ()
    assert [request.method for request in server.taken] == [
        "setMyCommands",
        "deleteMyCommands",
        "setMyDescription",
        "setMyShortDescription",
        "setChatMenuButton",
    ]
    assert json.loads(server.taken[0].fields["scope"]) == {"type": "all_private_chats"}
    assert server.taken[0].fields["language_code"] == "zh"
    assert json.loads(server.taken[-1].fields["menu_button"])["web_app"] == {"url": "https://m.example"}


async def test_registration_stops_where_the_server_asks_to_wait(gateway: Gateway, server: ChatServer) -> None:
    def verdict(request: Request) -> Refusal | None:
        if request.method == "setMyDescription":
            return Refusal(429, "Too Many Requests", retry_after=3600)
        return Refusal(400, "Bad Request") if request.method.startswith("get") else None

    server.verdict = verdict

    failed = await gateway.register(REGISTRATION)

    assert failed == (Throttled(3600.0),)
    assert [request.method for request in server.taken] == ["setMyCommands", "deleteMyCommands"]
    assert server.requests[-1].method == "setMyDescription"


async def test_a_flood_of_questions_asks_for_nothing_more(gateway: Gateway, server: ChatServer) -> None:
    """Given a 429 to some of the questions, the longest wait counts and nothing is sent."""
    waits = {"getMyCommands": 5, "getChatMenuButton": 40}
    server.verdict = lambda request: Refusal(429, "Too Many", retry_after=waits.get(request.method, 1))

    failed = await gateway.register(REGISTRATION)

    assert failed == (Throttled(40.0),)
    assert {request.method[:3] for request in server.requests} == {"get"}
