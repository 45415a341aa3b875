"""Every error of the library has its reading."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable

import pytest
from telegram import error

from bot.gateway.errors import (
    Blocked,
    Gone,
    Migrated,
    NotConnected,
    NotModified,
    Outcome,
    Refused,
    ServerBusy,
    Then,
    Throttled,
    TokenRefused,
    Unknown,
    classify,
)
from bot.gateway.transport import (
    AnswerLostError,
    NotReachedError,
    ServerFailedError,
    TooManyRequestsError,
)


@pytest.fixture(autouse=True)
def _time_spans_as_the_next_major_version_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


Case = tuple[Callable[..., error.TelegramError], tuple[object, ...], Outcome]


def refused(words: str) -> Case:
    """A bad request; the library takes its prefix away."""
    return error.BadRequest, (f"Bad Request: {words[0].lower()}{words[1:]}",), Refused(words)


CASES: list[Case] = [
    (error.TelegramError, ("Invalid server response",), Unknown()),
    (error.NetworkError, ("httpx.ReadError",), Unknown()),
    (error.TimedOut, (), Unknown()),
    (AnswerLostError, ("Connection lost",), Unknown()),
    (NotReachedError, ("Not connected",), NotConnected()),
    (ServerFailedError, ("Bad Gateway (502)",), ServerBusy()),
    (error.RetryAfter, (dt.timedelta(seconds=7),), Throttled(7.0)),
    (TooManyRequestsError, (7,), Throttled(7.0)),
    (error.ChatMigrated, (-1001,), Migrated(-1001)),
    (error.InvalidToken, ("The token `4242:seeeecret` was rejected",), TokenRefused()),
    (error.EndPointNotFound, ("no such method",), Refused("no such method")),
    (error.Conflict, ("another reader",), Refused("another reader")),
    (error.PassportDecryptionError, ("odd",), Refused("PassportDecryptionError: odd")),
    *(
        (error.Forbidden, (words,), Blocked(words))
        for words in (
            "Forbidden: bot was blocked by the user",
            "Forbidden: user is deactivated",
            "Forbidden: bot can't initiate conversation with a user",
            "Forbidden: bot was kicked from the supergroup chat",
        )
    ),
    (error.BadRequest, ("Bad Request: chat not found",), Gone()),
    (error.BadRequest, ("Bad Request: PEER_ID_INVALID",), Gone()),
    (error.BadRequest, ("Bad Request: group chat was deactivated",), Gone()),
    (
        error.BadRequest,
        ("Bad Request: message is not modified: specified new message content is the same",),
        NotModified(),
    ),
    refused("Message text is empty"),
    refused("Can't parse entities: unexpected end tag at byte offset 3"),
    refused("Not enough rights to send text messages to the chat"),
]


@pytest.mark.parametrize(("kind", "args", "outcome"), CASES)
def test_an_error_has_one_reading(
    kind: Callable[..., error.TelegramError], args: tuple[object, ...], outcome: Outcome
) -> None:
    assert classify(kind(*args)) == outcome


def test_the_table_knows_every_class_of_the_library() -> None:
    known = {kind for kind, _, _ in CASES}

    ours = {
        kind
        for _, kind in inspect.getmembers(error, inspect.isclass)
        if issubclass(kind, error.TelegramError)
    }

    assert [kind for kind in ours if kind not in known] == []


def test_only_what_was_surely_not_sent_is_sent_again() -> None:
    again = {type(outcome) for _, _, outcome in CASES if outcome.then in {Then.RETRY, Then.WAIT}}

    assert again == {NotConnected, ServerBusy, Throttled}


def test_a_refused_token_is_not_repeated() -> None:
    outcome = classify(error.InvalidToken("The token `4242:seeeecret` was rejected by the server."))

    assert "4242" not in repr(outcome)
