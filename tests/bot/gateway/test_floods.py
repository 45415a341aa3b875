"""The server says "too many requests", and the gateway obeys."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from markupsafe import Markup

from bot.cards.card import Card
from bot.gateway.errors import (
    Sent,
    Throttled,
)
from bot.gateway.gateway import Gateway
from bot.gateway.speed import Lane
from tests.bot.gateway.cards import HELLO
from tests.bot.gateway.clock import JumpingClock
from tests.bot.gateway.double import ChatServer, Refusal, Request, Verdict


@dataclass(slots=True)
class Storm:
    """Forbids some chats, each for its time, and counts who does not obey."""

    clock: JumpingClock
    every: int
    retry_after: int
    forbidden: dict[int, float] = field(default_factory=dict)
    refused: int = 0
    disobeyed: int = 0

    def verdict(self, request: Request) -> Verdict:
        if request.at < self.forbidden.get(request.chat_id, 0):
            self.disobeyed += 1
        if request.chat_id % self.every == 0 and request.chat_id not in self.forbidden:
            self.refused += 1
            self.forbidden[request.chat_id] = request.at + self.retry_after
            return Refusal(429, f"Too Many Requests: retry after {self.retry_after}", self.retry_after)
        return None


async def test_a_storm_of_429_is_obeyed_and_all_arrive(
    gateway: Gateway, server: ChatServer, clock: JumpingClock
) -> None:
    storm = Storm(clock, every=10, retry_after=5)
    server.verdict = storm.verdict

    outcomes = await asyncio.gather(
        *(gateway.send(chat, HELLO, lane=Lane.BROADCAST) for chat in range(1, 201))
    )

    assert storm.refused == 20
    assert storm.disobeyed == 0
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert Counter(request.chat_id for request in server.taken) == Counter(range(1, 201))
    assert (gateway.counts.sent, gateway.counts.throttled) == (200, 20)


async def test_when_the_server_forbids_the_bot_all_wait(
    gateway: Gateway, server: ChatServer, clock: JumpingClock
) -> None:
    closed_until = clock.now + 30
    server.verdict = lambda request: (
        Refusal(429, "Too Many Requests", int(closed_until - request.at) + 1)
        if request.at < closed_until
        else None
    )

    outcomes = await asyncio.gather(*(gateway.send(chat, HELLO, lane=Lane.NOTICE) for chat in range(100)))

    refused = [request for request in server.requests if request.at < closed_until]
    assert len(refused) == 2, "the second refusal tells that it is the bot"
    assert all(isinstance(outcome, Sent) for outcome in outcomes)


async def test_a_refused_message_keeps_its_place(gateway: Gateway, server: ChatServer) -> None:
    server.verdict = lambda _: Refusal(429, "Too Many Requests", 4) if len(server.requests) == 1 else None

    await asyncio.gather(
        *(gateway.send(5, Card(Markup(word)), lane=Lane.NOTICE) for word in ("first", "second", "third"))
    )

    assert [request.fields["text"] for request in server.taken] == ["first", "second", "third"]


async def test_a_very_long_429_is_the_callers_to_wait_for(
    gateway: Gateway, server: ChatServer, clock: JumpingClock
) -> None:
    server.verdict = lambda _: Refusal(429, "Too Many Requests", 3600)
    asked_at = clock.now

    together = await asyncio.gather(*(gateway.send(5, HELLO, lane=Lane.NOTICE) for _ in range(3)))
    later = await gateway.send(5, HELLO, lane=Lane.REPLY)

    assert [*together, later] == [Throttled(3600.0)] * 4
    assert clock.now == asked_at
    assert len(server.requests) == 1


async def test_after_a_very_long_429_the_chat_is_open_again(
    gateway: Gateway, server: ChatServer, clock: JumpingClock
) -> None:
    server.verdict = lambda _: Refusal(429, "Too Many Requests", 3600) if len(server.requests) == 1 else None
    await asyncio.gather(*(gateway.send(5, HELLO, lane=Lane.NOTICE) for _ in range(3)))

    await clock.pass_seconds(3600)

    assert isinstance(await gateway.send(5, HELLO, lane=Lane.NOTICE), Sent)


async def test_at_the_server_no_window_is_broken(
    gateway: Gateway, server: ChatServer, clock: JumpingClock
) -> None:
    sends = (gateway.send(number % 70, HELLO, lane=Lane.NOTICE) for number in range(200))
    edits = (gateway.edit(number % 70, 9, HELLO) for number in range(100))

    await asyncio.gather(*sends, *edits)

    times = [request.at for request in server.requests]
    assert all(later - earlier >= 1 for earlier, later in zip(times, times[29:], strict=False))
    for chat in range(70):
        mine = [request.at for request in server.requests if request.chat_id == chat]
        assert all(later - earlier >= 1 for earlier, later in pairwise(mine))
