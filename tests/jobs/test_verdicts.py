"""What each outcome of the chat server makes of a notice (operations C5 to C7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args

import pytest

from bot.gateway.errors import (
    Blocked,
    Gone,
    Migrated,
    NotConnected,
    NotModified,
    Outcome,
    Refused,
    Sent,
    ServerBusy,
    Throttled,
    TokenRefused,
    Unknown,
)
from jobs.verdicts import FIRST_PAUSE, GIVE_UP_AFTER, LONGEST_PAUSE, UNCLEAR, Again, ending, pause
from models.store.outbox import Notice, NoticeKind, NoticeState

FOR_GOOD: list[tuple[Outcome, NoticeState, str | None]] = [
    (Sent(7), NoticeState.SENT, None),
    (NotModified(), NoticeState.SENT, None),
    (Blocked("Forbidden: bot was blocked by the user"), NoticeState.DROPPED, "blocked by the user"),
    (Gone(), NoticeState.DROPPED, "does not exist"),
    (Migrated(-100), NoticeState.FAILED, "-100"),
    (Refused("Bad Request: BUTTON_DATA_INVALID"), NoticeState.FAILED, "BUTTON_DATA_INVALID"),
]
"""Outcome, the state the notice ends in, and what its row says why."""
LATER: list[tuple[Outcome, int, timedelta]] = [
    (Throttled(321.5), 0, timedelta(seconds=321.5)),
    (TokenRefused(), 0, timedelta(0)),
    (NotConnected(), 1, FIRST_PAUSE),
    (ServerBusy(), 1, FIRST_PAUSE),
    (Unknown(), 1, timedelta(seconds=30)),
]
"""Outcome, attempts counted, and how long the notice waits."""


@pytest.fixture
def notice(now: datetime) -> Notice:
    return Notice(
        merchant_id=1, person_id=2, key="debt:1", kind=NoticeKind.DEBT, not_before=now, created_at=now
    )


def test_every_outcome_has_its_row_here() -> None:
    named = {type(outcome) for outcome, *_ in [*FOR_GOOD, *LATER]}
    assert named == set(get_args(Outcome))


def test_every_kind_of_notice_says_what_to_do_when_it_is_unclear_whether_it_arrived() -> None:
    assert set(UNCLEAR) == set(NoticeKind)


@pytest.mark.parametrize(("outcome", "state", "reason"), FOR_GOOD)
def test_some_outcomes_end_a_notice_for_good(
    notice: Notice, now: datetime, outcome: Outcome, state: NoticeState, reason: str | None
) -> None:
    end = ending(notice, outcome, now, share=1)

    assert (end.state, end.finished_at, end.tries) == (state, now, 0)
    assert end.error is None if reason is None else reason in (end.error or "")


@pytest.mark.parametrize(("outcome", "tries", "wait"), LATER)
def test_others_put_it_back(
    notice: Notice, now: datetime, outcome: Outcome, tries: int, wait: timedelta
) -> None:
    end = ending(notice, outcome, now, share=1)

    assert (end.state, end.tries, end.not_before) == (NoticeState.QUEUED, tries, now + wait)
    assert end.finished_at is None


def test_pauses_double_up_to_ten_minutes_and_half_of_each_is_chance() -> None:
    assert [pause(tries, 1).total_seconds() for tries in (0, 1, 2, 6, 7, 99)] == [5, 10, 20, 320, 600, 600]
    assert pause(99, 0) == LONGEST_PAUSE / 2


def test_after_three_days_without_a_connection_a_notice_is_given_up(notice: Notice, now: datetime) -> None:
    end = ending(notice, NotConnected(), now + GIVE_UP_AFTER, share=1)

    assert (end.state, end.error) == (NoticeState.FAILED, "given up: NotConnected")


def test_a_money_notice_that_may_not_have_arrived_is_sent_once_more_and_not_twice(
    notice: Notice, now: datetime
) -> None:
    first = ending(notice, Unknown(), now, share=1)
    between = ending(
        notice.model_copy(update={"error": first.error, "tries": 1}), NotConnected(), now, share=1
    )
    last = ending(notice.model_copy(update={"error": between.error, "tries": 2}), Unknown(), now, share=1)

    assert [end.state for end in (first, between, last)] == [
        NoticeState.QUEUED,
        NoticeState.QUEUED,
        NoticeState.UNKNOWN,
    ]


def test_what_is_sent_to_many_is_never_sent_again_on_a_guess(
    notice: Notice, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(UNCLEAR, notice.kind, Again.NEVER)

    assert ending(notice, Unknown(), now, share=1).state is NoticeState.UNKNOWN
