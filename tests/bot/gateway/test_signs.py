"""What goes outside the pace: answers to taps, signs of work, the registration at start-up."""

from __future__ import annotations

import asyncio
import json

from bot.cards.card import Toast
from bot.gateway.errors import (
    Throttled,
)
from bot.gateway.gateway import Gateway, Work
from bot.gateway.registration import Command, Commands, MenuApp, Profile, Registration, Scope
from tests.bot.gateway.clock import JumpingClock
from tests.bot.gateway.double import ChatServer, Refusal


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


async def test_registration_names_scope_and_language(gateway: Gateway, server: ChatServer) -> None:
    start = (Command("start", "Begin"),)
    registration = Registration(
        commands=(Commands(Scope.PRIVATE, "zh", start), Commands(Scope.GROUPS, "", ())),
        profiles=(Profile("", "Long words", "Short words"),),
        menu=MenuApp("Open", "https://m.example"),
    )
    server.verdict = lambda request: (
        Refusal(429, "Too Many Requests", retry_after=3600) if request.method == "setMyDescription" else None
    )

    failed = await gateway.register(registration)

    assert failed == (Throttled(3600.0),)
    assert [request.method for request in server.requests] == [
        "setMyCommands",
        "deleteMyCommands",
        "setMyDescription",
        "setMyShortDescription",
        "setChatMenuButton",
    ]
    assert json.loads(server.requests[0].fields["scope"]) == {"type": "all_private_chats"}
    assert server.requests[0].fields["language_code"] == "zh"
    assert json.loads(server.requests[-1].fields["menu_button"])["web_app"] == {"url": "https://m.example"}
