"""Thousands of sends on a clock that jumps: no window of the chat server is ever broken."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from bot.gateway.pacing import Pacing
from bot.gateway.speed import UNLIMITED, Lane, Rates, Speed
from tests.bot.gateway.clock import JumpingClock


@dataclass(frozen=True, slots=True)
class Start:
    chat_id: int
    lane: Lane
    at: float
    name: str = ""


@dataclass(slots=True)
class Traffic:
    """Makes calls that take 80 ms each and notes when they start."""

    clock: JumpingClock
    pacing: Pacing
    starts: list[Start] = field(default_factory=list)

    async def call(self, chat_id: int, lane: Lane, name: str = "") -> None:
        async with self.pacing.turn(self.pacing.place(chat_id, lane)):
            self.starts.append(Start(chat_id, lane, self.clock.now, name))
            await self.clock.pass_seconds(0.08)

    def most_in_a_second(self, lane: Lane | None = None) -> int:
        times = [start.at for start in self.starts if lane in {None, start.lane}]
        return max(
            sum(1 for at in times[index : index + 99] if at < first + 0.9999)
            for index, first in enumerate(times)
        )

    def closest_in_a_chat(self) -> float:
        by_chat: dict[int, list[float]] = {}
        for start in self.starts:
            by_chat.setdefault(start.chat_id, []).append(start.at)
        return min(later - earlier for times in by_chat.values() for earlier, later in pairwise(times))


@pytest.fixture
def traffic(clock: JumpingClock) -> Traffic:
    return Traffic(clock, Pacing(clock))


async def test_two_thousand_sends_break_no_window(traffic: Traffic) -> None:
    lanes = list(Lane)

    await asyncio.gather(*(traffic.call(number * 7 % 300, lanes[number % 3]) for number in range(2000)))

    assert len(traffic.starts) == 2000
    assert traffic.most_in_a_second() <= 28
    assert traffic.closest_in_a_chat() >= 1.05
    took = traffic.starts[-1].at - traffic.starts[0].at
    assert took < 2000 / 28 * 1.05, "the pace is used, not only kept"


async def test_broadcasts_keep_to_25_a_second_and_leave_room(traffic: Traffic) -> None:
    await asyncio.gather(*(traffic.call(chat, Lane.BROADCAST) for chat in range(500)))

    assert traffic.most_in_a_second(Lane.BROADCAST) == 25


async def test_replies_then_notices_overtake_a_broadcast(traffic: Traffic, clock: JumpingClock) -> None:
    broadcast = [asyncio.create_task(traffic.call(chat, Lane.BROADCAST)) for chat in range(200)]
    await clock.pass_seconds(1)
    asked_at = clock.now

    notices = [traffic.call(chat, Lane.NOTICE) for chat in range(1000, 1010)]
    replies = [traffic.call(chat, Lane.REPLY) for chat in range(2000, 2010)]
    await asyncio.gather(*notices, *replies)

    since = [start.lane for start in traffic.starts if start.at > asked_at]
    assert since[:20] == [Lane.REPLY] * 10 + [Lane.NOTICE] * 10
    assert clock.now - asked_at < 1
    await asyncio.gather(*broadcast)


async def test_a_reply_overtakes_broadcasts_to_the_same_chat(traffic: Traffic) -> None:
    queued = [traffic.call(5, Lane.BROADCAST, str(number)) for number in range(3)]

    await asyncio.gather(*queued, traffic.call(5, Lane.REPLY, "reply"))

    assert [start.name for start in traffic.starts] == ["0", "reply", "1", "2"]


async def test_first_come_first_served_within_lane_and_chat(traffic: Traffic) -> None:
    await asyncio.gather(*(traffic.call(number % 4, Lane.NOTICE, str(number)) for number in range(40)))

    for chat in range(4):
        names = [int(start.name) for start in traffic.starts if start.chat_id == chat]
        assert names == sorted(names)


async def test_a_chat_that_waits_holds_up_no_other(traffic: Traffic) -> None:
    crowd = [traffic.call(1, Lane.REPLY) for _ in range(20)]

    await asyncio.gather(*crowd, traffic.call(2, Lane.BROADCAST))

    assert [start.chat_id for start in traffic.starts[:3]] == [1, 2, 1]


async def test_a_group_gets_at_most_20_in_any_minute(traffic: Traffic) -> None:
    await asyncio.gather(*(traffic.call(-100, Lane.NOTICE) for _ in range(70)))

    times = [start.at for start in traffic.starts]
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[20:], strict=False))
    assert times[-1] - times[0] < 4 * 60


async def test_a_429_forbids_its_chat_for_exactly_that_long(traffic: Traffic, clock: JumpingClock) -> None:
    async with traffic.pacing.turn(traffic.pacing.place(1, Lane.NOTICE)):
        traffic.pacing.forbid(1, 7)
        refused_at = clock.now

    await asyncio.gather(traffic.call(1, Lane.NOTICE), traffic.call(2, Lane.NOTICE))

    assert {start.chat_id: round(start.at - refused_at) for start in traffic.starts} == {2: 0, 1: 7}


async def test_a_second_refused_chat_stops_the_whole_bot(traffic: Traffic, clock: JumpingClock) -> None:
    for chat in (1, 2):
        async with traffic.pacing.turn(traffic.pacing.place(chat, Lane.NOTICE)):
            traffic.pacing.forbid(chat, 7)
    refused_at = clock.now

    await asyncio.gather(*(traffic.call(chat, Lane.REPLY) for chat in range(1, 6)))

    assert min(start.at for start in traffic.starts) >= refused_at + 7


async def test_a_429_slows_the_bot_down_and_it_recovers(traffic: Traffic, clock: JumpingClock) -> None:
    async with traffic.pacing.turn(traffic.pacing.place(-1, Lane.NOTICE)):
        traffic.pacing.forbid(-1, 1)
    await clock.pass_seconds(1)

    await asyncio.gather(*(traffic.call(chat, Lane.NOTICE) for chat in range(800)))

    gaps = [later.at - earlier.at for earlier, later in pairwise(traffic.starts)]
    assert gaps[0] > 1.3 / 28
    assert gaps[-1] == pytest.approx(1 / 28)
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(gaps))


async def test_all_429_of_one_window_are_one_step_back(clock: JumpingClock) -> None:
    speed = Speed(Rates(slow_down=0.5))

    for _ in range(10):
        speed.slow_down(clock.now, clock.now + 5)

    assert speed.share(clock.now + 5) == 0.5
    speed.slow_down(clock.now + 5, clock.now + 9)
    assert speed.share(clock.now + 9) == 0.25


async def test_chats_are_forgotten(traffic: Traffic, clock: JumpingClock) -> None:
    await asyncio.gather(*(traffic.call(chat, Lane.NOTICE) for chat in range(-50, 100)))
    await clock.pass_seconds(61)

    await traffic.call(1, Lane.NOTICE)

    assert traffic.pacing.chats == 1
    assert traffic.pacing.waiting == 0


async def test_who_stops_waiting_leaves_no_trace(traffic: Traffic, clock: JumpingClock) -> None:
    async with traffic.pacing.turn(traffic.pacing.place(1, Lane.REPLY)):
        waiting = [asyncio.create_task(traffic.call(chat, Lane.REPLY)) for chat in (1, 1, 2)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert traffic.pacing.waiting == 0

    await traffic.call(1, Lane.REPLY, "after")

    assert [start.name for start in traffic.starts] == ["after"]
    await clock.pass_seconds(2)
    await traffic.call(3, Lane.REPLY)
    assert traffic.pacing.chats == 1


async def test_who_stops_in_the_moment_of_the_turn_gives_it_back(clock: JumpingClock) -> None:
    traffic = Traffic(clock, Pacing(clock, UNLIMITED))
    async with traffic.pacing.turn(traffic.pacing.place(1, Lane.REPLY)):
        late = asyncio.create_task(traffic.call(1, Lane.REPLY, "late"))
        await asyncio.sleep(0)
        assert traffic.pacing.waiting == 1
    assert traffic.pacing.waiting == 0, "it has its turn, but has not woken yet"

    late.cancel()
    await asyncio.gather(late, return_exceptions=True)

    assert traffic.starts == []
    await traffic.call(1, Lane.REPLY, "after")
    assert [start.name for start in traffic.starts] == ["after"]


async def test_without_limits_nobody_waits(clock: JumpingClock) -> None:
    traffic = Traffic(clock, Pacing(clock, UNLIMITED))

    await asyncio.gather(*(traffic.call(chat, Lane.BROADCAST) for chat in range(500)))

    assert {start.at for start in traffic.starts} == {1000.0}
    assert traffic.pacing.chats == 0


async def test_a_slower_bot_keeps_to_its_own_rates(clock: JumpingClock) -> None:
    traffic = Traffic(clock, Pacing(clock, Rates(per_second=10)))

    await asyncio.gather(*(traffic.call(chat, Lane.REPLY) for chat in range(50)))

    assert traffic.most_in_a_second() == 10
