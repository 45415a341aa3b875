"""Notices leave the outbox once, in order, whatever the chat server and the process do (operations C2 to C7)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from bot.cards.card import Card
from bot.clock import SetClock
from bot.gateway.errors import (
    Blocked,
    Gone,
    Migrated,
    NotConnected,
    NotModified,
    Outcome,
    Refused,
    Sent,
    Throttled,
    TokenRefused,
    Unknown,
)
from bot.gateway.speed import Lane
from jobs.delivery import HALT
from jobs.letters import Letter
from jobs.outbox import Sender
from models.people.persons import Person, mark_unreachable
from models.store.engine import Store
from models.store.outbox import LEASE, Notice, NoticeKind, NoticeState, waiting_notices
from tests.builders import Shop, line
from tests.jobs.letters import ScriptedCourier, all_notices, never, plain_letters, queue, sender


async def person(store: Store, key: int) -> Person:
    async with store.read() as session:
        return await session.get_one(Person, key)


async def test_each_notice_is_sent_once_and_keeps_its_message_number(
    shop: Shop, store: Store, clock: SetClock
) -> None:
    people = [await shop.person(number) for number in range(1, 6)]
    await queue(shop, people)
    courier = ScriptedCourier()

    await sender(store, courier, clock).drain()
    await sender(store, courier, clock).drain()

    assert sorted(courier.calls) == [(number, f"n:{number}") for number in range(1, 6)]
    kept = await all_notices(store)
    assert {notice.state for notice in kept.values()} == {NoticeState.SENT}
    assert sorted(notice.message_id or 0 for notice in kept.values()) == [1, 2, 3, 4, 5]


async def test_a_notice_is_not_sent_before_its_time(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    await queue(shop, [await shop.person(1)], at=now + timedelta(seconds=1))
    courier = ScriptedCourier()

    await sender(store, courier, clock).drain()
    early = list(courier.calls)
    clock.set(now + timedelta(seconds=1))
    await sender(store, courier, clock).drain()

    assert (early, len(courier.calls)) == ([], 1)


async def test_one_persons_notices_stay_in_order_and_hold_up_nobody_elses(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    busy, other = await shop.person(1), await shop.person(2)
    for number in range(60):
        await queue(shop, [busy], key=f"{number:02}", at=now + timedelta(microseconds=number))
    await queue(shop, [other], key="late", at=now + timedelta(milliseconds=1))
    clock.set(now + timedelta(seconds=1))
    courier = ScriptedCourier(gate=asyncio.Event())
    sending = sender(store, courier, clock, window=4)

    claimed = [await sending.fill() for _ in range(3)]
    assert courier.gate is not None
    courier.gate.set()
    await sending.drain()

    assert sum(claimed) == 2
    assert courier.of(1) == [f"{number:02}:1" for number in range(60)]
    assert courier.calls.index((2, "late:2")) < 3


OUTCOMES: list[tuple[Outcome, NoticeState, bool]] = [
    (Sent(1), NoticeState.SENT, False),
    (Blocked("Forbidden: bot was blocked by the user"), NoticeState.DROPPED, True),
    (Gone(), NoticeState.DROPPED, True),
    (Refused("Bad Request: wrong"), NoticeState.FAILED, False),
    (NotConnected(), NoticeState.QUEUED, False),
    (Throttled(400), NoticeState.QUEUED, False),
    (Unknown(), NoticeState.QUEUED, False),
]


@pytest.mark.parametrize(("outcome", "state", "unreachable"), OUTCOMES)
async def test_an_outcome_is_kept_with_the_notice_and_with_its_reader(
    shop: Shop, store: Store, clock: SetClock, outcome: Outcome, state: NoticeState, unreachable: bool
) -> None:
    reader = await shop.person(1)
    await queue(shop, [reader])

    await sender(store, ScriptedCourier({1: [outcome]}), clock).drain()

    assert (await all_notices(store))["n:1"].state is state
    assert ((await person(store, reader.id)).unreachable_since is not None) is unreachable


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Sent(77), NoticeState.SENT),
        (NotModified(), NoticeState.SENT),
        (Refused("Bad Request: message to edit not found"), NoticeState.DROPPED),
        (Refused("Bad Request: wrong"), NoticeState.FAILED),
        (NotConnected(), NoticeState.QUEUED),
    ],
    ids=str,
)
async def test_a_letter_into_a_message_changes_it_and_sends_nothing(
    shop: Shop, store: Store, clock: SetClock, outcome: Outcome, state: NoticeState
) -> None:
    async def into_message(
        session: AsyncSession, notices: Sequence[Notice], now: datetime
    ) -> dict[int, Letter]:
        return {
            key: replace(each, into=77) for key, each in (await plain_letters(session, notices, now)).items()
        }

    await queue(shop, [await shop.person(1)])
    courier = ScriptedCourier(edits=[outcome])
    await sender(store, courier, clock, write=into_message).drain()
    assert (courier.calls, courier.amended) == ([], [(1, 77, "n:1")])
    assert (await all_notices(store))["n:1"].state is state


async def test_a_chat_that_moved_keeps_its_new_number_and_gets_the_message_there(
    shop: Shop, store: Store, clock: SetClock
) -> None:
    reader = await shop.person(-5)
    await queue(shop, [reader])
    courier = ScriptedCourier({-5: [Migrated(-1005)]})

    await sender(store, courier, clock).drain()

    assert [chat for chat, _ in courier.calls] == [-5, -1005]
    assert (await person(store, reader.id)).chat_id == -1005
    assert (await all_notices(store))["n:-5"].state is NoticeState.SENT


async def test_a_chat_that_moves_onto_a_known_number_leaves_both_people_as_they_are(
    shop: Shop, store: Store, clock: SetClock
) -> None:
    reader, other = await shop.person(-5), await shop.person(-1005)
    await queue(shop, [reader])

    await sender(store, ScriptedCourier({-5: [Migrated(-1005)]}), clock).drain()

    assert (await person(store, reader.id)).chat_id == -5
    assert (await person(store, other.id)).chat_id == -1005


async def test_a_money_notice_that_may_be_lost_comes_once_more_with_the_same_words(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    await queue(shop, [await shop.person(1)], kind=NoticeKind.RELEASED)
    courier = ScriptedCourier({1: [Unknown(), Unknown(), Sent(3)]})
    sending = sender(store, courier, clock)

    for minutes in range(4):
        clock.set(now + timedelta(minutes=minutes))
        await sending.drain()

    assert courier.of(1) == ["n:1", "n:1"]
    assert (await all_notices(store))["n:1"].state is NoticeState.UNKNOWN


async def test_a_refused_token_stops_the_lane_loudly_and_loses_nothing(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    await queue(shop, [await shop.person(number) for number in (1, 2)])
    courier = ScriptedCourier({1: [TokenRefused()], 2: [TokenRefused()]})
    sending = sender(store, courier, clock)

    with capture_logs() as logs:
        await sending.drain()
    while_halted = len(courier.calls)
    clock.set(now + HALT - timedelta(seconds=1))
    await sending.drain()
    still_halted = len(courier.calls)
    clock.set(now + HALT)
    await sending.drain()

    assert [entry["log_level"] for entry in logs] == ["error"]
    assert (while_halted, still_halted, len(courier.calls)) == (2, 2, 4)
    kept = (await all_notices(store)).values()
    assert [(notice.state, notice.tries) for notice in kept] == [(NoticeState.SENT, 0)] * 2


async def test_a_stopped_sender_that_resumes_late_is_refused(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    await queue(shop, [await shop.person(1)])
    frozen, gate = ScriptedCourier({1: [Refused("Bad Request: late")]}, gate=asyncio.Event()), asyncio.Event()
    frozen.gate = gate
    first = sender(store, frozen, clock)
    await first.fill()

    clock.set(now + LEASE + timedelta(seconds=1))
    second = ScriptedCourier()
    await sender(store, second, clock).drain()
    gate.set()
    with capture_logs() as logs:
        await first.drain()

    notice = (await all_notices(store))["n:1"]
    assert (notice.state, notice.fence, notice.error) == (NoticeState.SENT, 2, None)
    assert "a notice had been claimed by another sender" in [entry["event"] for entry in logs]


async def test_a_heartbeat_keeps_what_waits_for_its_turn_however_long(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    await queue(shop, [await shop.person(1)])
    courier = ScriptedCourier(gate=asyncio.Event())
    slow = sender(store, courier, clock)
    await slow.fill()

    stolen = 0
    for beat in range(1, 6):
        clock.set(now + beat * LEASE * 0.9)
        await slow.beat()
        stolen += await sender(store, ScriptedCourier(), clock).fill()
    assert courier.gate is not None
    courier.gate.set()
    await slow.drain()

    assert (stolen, len(courier.calls)) == (0, 1)
    assert (await all_notices(store))["n:1"].fence == 1


async def test_without_the_heartbeat_the_same_notice_is_claimed_again(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    await queue(shop, [await shop.person(1)])
    gate = asyncio.Event()
    slow = sender(store, ScriptedCourier(gate=gate), clock)
    await slow.fill()

    clock.set(now + 5 * LEASE)
    stolen = await sender(store, ScriptedCourier(), clock).fill()
    gate.set()
    await slow.drain()

    assert stolen == 1


async def test_only_one_process_sends_for_a_bot_and_the_next_takes_over_when_it_is_silent(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    await queue(shop, [await shop.person(1)])
    active, standby = sender(store, ScriptedCourier(), clock), sender(store, ScriptedCourier(), clock)
    await active.drain()
    await queue(shop, [await shop.person(2)], at=now)

    while_held = await standby.fill()
    clock.set(now + LEASE + timedelta(seconds=1))
    await standby.drain()

    assert while_held == 0
    assert (active.counts[NoticeState.SENT], standby.counts[NoticeState.SENT]) == (1, 1)


async def test_a_card_that_cannot_be_written_fails_alone(shop: Shop, store: Store, clock: SetClock) -> None:
    await queue(shop, [await shop.person(number) for number in (1, 2, 3)])

    async def clumsy(session: AsyncSession, notices: Sequence[Notice], now: datetime) -> dict[int, Letter]:
        if any(notice.key == "n:2" for notice in notices):
            raise KeyError("amount")
        return await plain_letters(session, [notice for notice in notices if notice.key != "n:3"], now)

    with capture_logs() as logs:
        await sender(store, ScriptedCourier(), clock, write=clumsy).drain()

    kept = await all_notices(store)
    assert [kept[f"n:{number}"].state for number in (1, 2, 3)] == [
        NoticeState.SENT,
        NoticeState.FAILED,
        NoticeState.DROPPED,
    ]
    assert kept["n:2"].error == "KeyError: 'amount'"
    assert [entry["event"] for entry in logs] == ["a notice can't be written"]


async def test_a_bad_card_among_many_keeps_nobody_else_from_theirs(
    shop: Shop, store: Store, clock: SetClock
) -> None:
    await queue(shop, [await shop.person(number) for number in range(1, 10)])

    async def clumsy(session: AsyncSession, notices: Sequence[Notice], now: datetime) -> dict[int, Letter]:
        if any(notice.key in {"n:4", "n:9"} for notice in notices):
            raise KeyError("amount")
        return await plain_letters(session, notices, now)

    courier = ScriptedCourier()
    await sender(store, courier, clock, write=clumsy).drain()

    assert [chat for chat, _ in courier.calls] == [1, 2, 3, 5, 6, 7, 8]
    kept = await all_notices(store)
    failed = {key for key, notice in kept.items() if notice.state is NoticeState.FAILED}
    assert failed == {"n:4", "n:9"}


async def test_endings_are_committed_together(shop: Shop, store: Store, clock: SetClock) -> None:
    await queue(shop, [await shop.person(number) for number in range(1, 51)])
    sending = sender(store, ScriptedCourier(), clock, window=50)
    await sending.fill()
    commits = 0

    def count(_: Connection) -> None:
        nonlocal commits
        commits += 1

    async with store.write() as session:
        engine = session.get_bind().engine
    event.listen(engine, "commit", count)
    await sending.drain()
    event.remove(engine, "commit", count)

    assert sending.counts[NoticeState.SENT] == 50
    assert 1 <= commits <= 5


async def test_what_has_ended_is_kept_while_others_hang(shop: Shop, store: Store, clock: SetClock) -> None:
    await queue(shop, [await shop.person(number) for number in range(1, 5)])
    hanging = asyncio.Event()

    class OneHangs(ScriptedCourier):
        async def send(self, chat_id: int, card: Card, *, lane: Lane) -> Outcome:
            if chat_id == 3:
                await hanging.wait()
            return await ScriptedCourier.send(self, chat_id, card, lane=lane)

    sending = sender(store, OneHangs(), clock)
    await sending.fill()
    async with asyncio.timeout(20):
        while sending.counts[NoticeState.SENT] < 3:  # noqa: ASYNC110 - nobody tells of an ending
            await asyncio.sleep(0)
    kept = await all_notices(store)
    hanging.set()
    await sending.drain()

    assert [kept[f"n:{number}"].state.value for number in range(1, 5)] == ["sent", "sent", "sending", "sent"]
    assert sending.counts[NoticeState.SENT] == 4


async def test_it_wakes_when_told_and_stops_when_told(shop: Shop, store: Store, clock: SetClock) -> None:
    courier = ScriptedCourier(called=asyncio.Event())
    sending = sender(store, courier, clock)
    running = asyncio.create_task(sending.run())
    await queue(shop, [await shop.person(1)])
    sending.wake()

    async with asyncio.timeout(20):
        assert courier.called is not None
        await courier.called.wait()
    sending.stop()
    await running

    async with store.read() as session:
        assert await waiting_notices(session) == 0


async def test_a_sale_is_told_in_the_readers_language_by_the_shipped_cards(
    shop: Shop, store: Store, clock: SetClock
) -> None:
    mei = await shop.distributor("mei", person=await shop.person(1))
    link = await shop.link(mei)
    await shop.tell(shop.paid("A-1001", line(price="20.00"), code=link.code))
    courier = ScriptedCourier()

    await Sender(store, courier, clock, bot_id=1, pause=never).drain()

    [text] = courier.of(1)
    assert "£2.00" in text
    assert "A-1001" in text


async def test_who_cannot_be_reached_is_not_written_to(
    shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    reader = await shop.person(1)
    mei = await shop.distributor("mei", person=reader)
    link = await shop.link(mei)
    await shop.tell(shop.paid("A-1001", line(), code=link.code))
    async with store.write() as session:
        await mark_unreachable(session, reader.id, now)
    courier = ScriptedCourier()

    await Sender(store, courier, clock, bot_id=1, pause=never).drain()

    assert courier.calls == []
    assert {notice.state for notice in (await all_notices(store)).values()} == {NoticeState.DROPPED}
