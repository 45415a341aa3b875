"""Promises: one poster for forty taps, and every look again for whoever goes on and comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers.chat.errands import ONE_EACH, Claims, Place

NEW, HERE, THERE = Place(1), Place(1, 10), Place(1, 11)
SOON = timedelta(seconds=1)


@pytest.mark.parametrize("place", [NEW, HERE])
def test_what_was_promised_a_moment_ago_is_not_promised_again(place: Place, now: datetime) -> None:
    claims = Claims()
    assert claims.claim(place, "square", now)
    assert not any(claims.claim(place, "square", now + SOON) for _ in range(39))
    assert claims.claim(place, "square", now + ONE_EACH)


def test_others_and_other_messages_are_promised_theirs(now: datetime) -> None:
    claims = Claims()
    assert all(claims.claim(place, "square", now) for place in (NEW, HERE, THERE, Place(2), Place(2, 10)))


def test_who_goes_on_to_another_look_and_back_gets_it(now: datetime) -> None:
    claims = Claims()
    assert [claims.claim(HERE, look, now) for look in ("square", "tall", "square")] == [True] * 3


def test_who_goes_on_to_another_screen_and_back_gets_it(now: datetime) -> None:
    claims = Claims()
    assert claims.claim(HERE, "square", now)
    assert claims.claim(THERE, "square", now)
    claims.go_on(HERE)
    assert claims.claim(HERE, "square", now)
    assert not claims.claim(THERE, "square", now)


def test_two_things_on_their_way_as_messages_of_their_own_are_each_promised_once(now: datetime) -> None:
    claims = Claims()
    assert [claims.claim(NEW, file, now) for file in ("csv", "xlsx", "csv")] == [True, True, False]
    claims.go_on(NEW)
    assert not claims.claim(NEW, "xlsx", now)


def test_what_did_not_succeed_may_be_asked_for_at_once(now: datetime) -> None:
    claims = Claims()
    for place in (NEW, HERE):
        assert claims.claim(place, "square", now)
        claims.release(place, "square")
        assert claims.claim(place, "square", now)
