"""A history sent over HTTP: signed, in order, once each, whatever the receiver does meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.imports.events import ShopEventJson
from bot.imports.history import read_history
from bot.imports.replay import ATTEMPTS, Rejection, ReplayReport, ReplayStoppedError, replay
from tests.bot.imports.exports import MONTH, history_of, line, shop_map
from tests.bot.imports.receiver import Fault, Receiver, answering, drop, receiving


@pytest.fixture
def events(tmp_path: Path) -> list[ShopEventJson]:
    lines = [line(invoice=str(1000 + n), at=f"2010-12-01 08:{n:02}:00") for n in range(10)]
    return list(history_of(tmp_path, *lines).events)


def ids(events: list[ShopEventJson]) -> list[str]:
    return [event["id"] for event in events]


def ignore(_: ReplayReport) -> None:
    """Nobody watches."""


class Sleeps:
    """A clock that does not wait but remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)


async def test_events_arrive_signed_in_order_and_in_batches(events: list[ShopEventJson]) -> None:
    receiver = Receiver()
    seen: list[int] = []

    async with receiving(receiver) as target:
        report = await replay(events, target, lambda now: seen.append(now.sent), batch=4)

    assert [event.id for event in receiver.kept] == ids(events)
    assert receiver.sizes == [4, 4, 2]
    assert seen == [4, 8, 10]
    assert receiver.open_at_most == 1
    assert report.answers == {"accepted": 10}
    assert report.rate > 0


async def test_a_whole_month_arrives_in_order_of_time_and_again_as_duplicates() -> None:
    receiver = Receiver()
    history = read_history(MONTH, shop_map())
    first_days = [event for event in history.events if event["occurred_at"] < "2010-12-03"]

    async with receiving(receiver) as target:
        first = await replay(first_days, target, ignore)
        second = await replay(first_days, target, ignore)

    times = [event.occurred_at for event in receiver.kept]
    assert times == sorted(times)
    assert first.answers == {"accepted": len(first_days)}
    assert second.answers == {"duplicate": len(first_days)}
    assert len(receiver.kept) == len(first_days) > 200


@pytest.mark.parametrize(
    "fault",
    [drop, answering(503), answering(429), answering(502), answering(504)],
    ids=["dropped", "503", "429", "502", "504"],
)
async def test_a_passing_failure_is_tried_again(events: list[ShopEventJson], fault: Fault) -> None:
    receiver = Receiver(faults=[fault, fault])
    sleeps = Sleeps()

    async with receiving(receiver) as target:
        report = await replay(events, target, ignore, batch=5, sleep=sleeps)

    assert [event.id for event in receiver.kept] == ids(events)
    assert report.retries == 2
    assert sleeps.asked == [0.5, 1.0]


async def test_an_answer_lost_after_storing_loses_and_doubles_nothing(events: list[ShopEventJson]) -> None:
    receiver = Receiver(drop_after={2})

    async with receiving(receiver) as target:
        report = await replay(events, target, ignore, batch=4, sleep=Sleeps())

    assert [event.id for event in receiver.kept] == ids(events)
    assert report.answers == {"accepted": 6, "duplicate": 4}


async def test_a_replay_killed_in_the_middle_is_finished_by_the_next(events: list[ShopEventJson]) -> None:
    receiver = Receiver()

    async with receiving(receiver) as target:
        await replay(events[:7], target, ignore, batch=3)
        report = await replay(events, target, ignore, batch=4)

    assert [event.id for event in receiver.kept] == ids(events)
    assert report.answers == {"duplicate": 7, "accepted": 3}


@pytest.mark.parametrize(
    ("header", "waited"),
    [("7", 7.0), ("0", 0.5), ("86400", 30.0), ("soon", 0.5), ("Fri, 31 Dec 1999 23:59:59 GMT", 0.5)],
)
async def test_retry_after_is_honoured_within_bounds(
    events: list[ShopEventJson], header: str, waited: float
) -> None:
    sleeps = Sleeps()

    async with receiving(Receiver(faults=[answering(429, header)])) as target:
        await replay(events, target, ignore, sleep=sleeps)

    assert sleeps.asked == [waited]


async def test_retry_after_may_be_a_date(events: list[ShopEventJson]) -> None:
    sleeps = Sleeps()
    in_twenty_seconds = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)

    async with receiving(Receiver(faults=[answering(503, in_twenty_seconds)])) as target:
        await replay(events, target, ignore, sleep=sleeps)

    (waited,) = sleeps.asked
    assert 10 < waited <= 20


async def test_a_receiver_that_stays_away_stops_the_replay_with_what_was_done(
    events: list[ShopEventJson],
) -> None:
    receiver = Receiver()
    sleeps = Sleeps()

    async with receiving(receiver) as target:

        def fail_from_now_on(_: ReplayReport) -> None:
            receiver.faults = [answering(503)] * 50

        with pytest.raises(ReplayStoppedError, match="no answer after 8 attempts") as stopped:
            await replay(events, target, fail_from_now_on, batch=6, sleep=sleeps)

    assert stopped.value.report.answers == {"accepted": 6}
    assert sleeps.asked == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    assert receiver.requests == 1 + ATTEMPTS


async def test_rejected_events_are_counted_with_their_reason_and_stop_nothing(
    events: list[ShopEventJson],
) -> None:
    receiver = Receiver(refused={"1003:paid"})

    async with receiving(receiver) as target:
        report = await replay(events, target, ignore)

    assert report.answers == {"accepted": 9, "rejected": 1}
    assert report.rejections == [Rejection("1003:paid", "currency: unknown")]


async def test_a_wrong_secret_stops_at_once_and_says_so(events: list[ShopEventJson]) -> None:
    receiver = Receiver()

    async with receiving(receiver) as target:
        stranger = replace(target, secret="whsec_c29tZWJvZHkgZWxzZQ==")
        with pytest.raises(ReplayStoppedError, match=r"answered 401 .is the webhook secret this merchant's"):
            await replay(events, stranger, ignore)

    assert receiver.requests == 1
    assert receiver.kept == []
    assert "whsec" not in repr(stranger)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (answering(404), "answered 404 .is the events path right"),
        (answering(302), "answered 302"),
        (lambda _: web.Response(status=202, text="thanks"), "no list of results"),
        (lambda _: web.json_response({"results": []}, status=202), "for other events"),
    ],
    ids=["not found", "redirect", "no JSON", "too few results"],
)
async def test_an_answer_that_makes_no_sense_stops_the_replay(
    events: list[ShopEventJson], fault: Fault, sentence: str
) -> None:
    async with receiving(Receiver(faults=[fault])) as target:
        with pytest.raises(ReplayStoppedError, match=sentence):
            await replay(events, target, ignore, sleep=Sleeps())


async def test_huge_orders_are_cut_to_the_body_limit(tmp_path: Path) -> None:
    lines = [line(invoice=str(1000 + n), sku=f"S{k}") for n in range(100) for k in range(500)]
    history = history_of(tmp_path, *lines)
    receiver = Receiver()

    async with receiving(receiver) as target:
        report = await replay(history.events, target, ignore, batch=500)

    assert report.answers == {"accepted": 100}
    assert len(receiver.sizes) > 1


async def test_a_malformed_secret_or_batch_is_refused_before_anything_is_sent(
    events: list[ShopEventJson],
) -> None:
    receiver = Receiver()

    async with receiving(receiver) as target:
        with pytest.raises(ValueError, match="whsec_ and base64"):
            await replay(events, replace(target, secret="whsec_???"), ignore)
        with pytest.raises(ValueError, match="a batch has 1 to 500 events"):
            await replay(events, target, ignore, batch=501)

    assert receiver.requests == 0


async def test_nothing_to_send_is_a_finished_replay() -> None:
    async with receiving(Receiver()) as target:
        report = await replay([], target, ignore)

    assert (report.sent, report.rate) == (0, 0.0)
