"""What became of a call to the chat server, as data: one frozen value per case (operations C6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
)

from bot.gateway.transport import NotReachedError, ServerFailedError, TooManyRequestsError


class Then(StrEnum):
    """What the outcome asks of whoever wanted the message sent."""

    DONE = "done"
    """It is there."""
    RETRY = "retry"
    """Nothing was sent: send again later, the attempt counts."""
    WAIT = "wait"
    """Nothing was sent: send again after the named time, no attempt counted."""
    READDRESS = "readdress"
    """The chat has another id: keep it and send there."""
    DEACTIVATE = "deactivate"
    """The chat does not take messages from us: a state, never retried."""
    FAIL = "fail"
    """This message will never be taken: count it as failed and keep a sample."""
    UNCLEAR = "unclear"
    """It may or may not be there: the kind of message decides (operations C7)."""
    STOP = "stop"
    """The bot itself is refused: nothing can be sent until its token is mended."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it; `file_id` names its picture for the next time."""

    message_id: int
    file_id: str | None = None
    then: ClassVar[Then] = Then.DONE


@dataclass(frozen=True, slots=True)
class NotModified:
    """An edit that would change nothing: the message already shows the card."""

    then: ClassVar[Then] = Then.DONE


@dataclass(frozen=True, slots=True)
class Blocked:
    """403: blocked, never started, deactivated or removed from the group."""

    description: str
    then: ClassVar[Then] = Then.DEACTIVATE


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat does not exist (any more)."""

    then: ClassVar[Then] = Then.DEACTIVATE


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group became a supergroup with another id."""

    new_chat_id: int
    then: ClassVar[Then] = Then.READDRESS


@dataclass(frozen=True, slots=True)
class Throttled:
    """429 for longer than the gateway waits itself; `retry_after` in seconds."""

    retry_after: float
    then: ClassVar[Then] = Then.WAIT


@dataclass(frozen=True, slots=True)
class Refused:
    """The server says that the request is wrong."""

    description: str
    then: ClassVar[Then] = Then.FAIL


@dataclass(frozen=True, slots=True)
class NotConnected:
    """No connection: nothing was sent."""

    then: ClassVar[Then] = Then.RETRY


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sent, but the answer never came: it may have been taken."""

    then: ClassVar[Then] = Then.UNCLEAR


@dataclass(frozen=True, slots=True)
class ServerBusy:
    """5xx: the server could not do it now."""

    then: ClassVar[Then] = Then.RETRY


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """401 (or 404 for a malformed token): the server does not know this bot. Carries no words of the error,
    for the library writes the token into them."""

    then: ClassVar[Then] = Then.STOP


Outcome = (
    Sent
    | NotModified
    | Blocked
    | Gone
    | Migrated
    | Throttled
    | Refused
    | NotConnected
    | Unknown
    | ServerBusy
    | TokenRefused
)

_NOT_MODIFIED: Final = ("message is not modified",)
_GONE: Final = ("chat not found", "user not found", "peer_id_invalid", "group chat was deactivated")
_UNPARSED: Final = ("can't parse entities", "can't parse message text", "can't parse caption")
_UNEDITABLE: Final = (
    "message to edit not found",
    "message_id_invalid",
    "message identifier is not specified",
    "message can't be edited",
    "there is no text in the message",
    "there is no media in the message",
    "there is no caption in the message",
)


def classify(exc: TelegramError) -> Outcome:  # noqa: PLR0911 - one line a case is the table
    """What an error of the library or of our transport means; never a `Sent`.

    A time-out, a broken connection and any class not named here are `Unknown`: only what is sure to have
    sent nothing may be sent again. The special come before the general: to the library BadRequest is a
    NetworkError.
    """
    match exc:
        case NotReachedError():
            return NotConnected()
        case ServerFailedError():
            return ServerBusy()
        case TooManyRequestsError():
            return Throttled(float(exc.retry_after))
        case RetryAfter():
            return Throttled(_seconds(exc.retry_after))
        case Forbidden():
            return Blocked(exc.message)
        case InvalidToken():
            return TokenRefused()
        case ChatMigrated():
            return Migrated(exc.new_chat_id)
        case BadRequest():
            return _bad_request(exc.message)
        case EndPointNotFound() | Conflict() | PassportDecryptionError():
            return Refused(exc.message)
        case _:
            return Unknown()


def is_unparsed(outcome: Outcome) -> bool:
    """Whether the server could not read our HTML (operations C9: then plain text goes)."""
    return isinstance(outcome, Refused) and _says(outcome.description, _UNPARSED)


def is_uneditable(outcome: Outcome) -> bool:
    """Whether the old message cannot become the new card: gone, or of another shape."""
    return isinstance(outcome, Refused) and _says(outcome.description, _UNEDITABLE)


def _bad_request(description: str) -> Outcome:
    if _says(description, _NOT_MODIFIED):
        return NotModified()
    return Gone() if _says(description, _GONE) else Refused(description)


def _says(description: str, phrases: tuple[str, ...]) -> bool:
    words = description.lower()
    return any(phrase in words for phrase in phrases)


def _seconds(wait: dt.timedelta | float) -> float:
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
