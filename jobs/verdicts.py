"""What an outcome of the chat server makes of a notice: the whole policy as one table (operations C5 to C7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

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
from models.store.outbox import Ending, Notice, NoticeKind, NoticeState


class Again(StrEnum):
    """What is done when nobody knows whether a message arrived."""

    ONCE = "once"
    """Sent once more: two of the same with one reference number do less harm than none."""
    NEVER = "never"
    """Left alone."""


UNCLEAR: Final[dict[NoticeKind, Again]] = {
    NoticeKind.ORDER_PAID: Again.ONCE,
    NoticeKind.RELEASED: Again.ONCE,
    NoticeKind.REFUND: Again.ONCE,
    NoticeKind.DEBT: Again.ONCE,
    NoticeKind.CASE_HELD: Again.ONCE,
    NoticeKind.CASE_DECIDED: Again.ONCE,
    NoticeKind.CASE_WAITING: Again.NEVER,
    NoticeKind.CASE_APPEAL: Again.ONCE,
    NoticeKind.BONUS: Again.ONCE,
    NoticeKind.CLAIM_FILED: Again.ONCE,
    NoticeKind.CLAIM_DECIDED: Again.ONCE,
    NoticeKind.WITHDRAWAL_ASKED: Again.ONCE,
    NoticeKind.WITHDRAWAL_MOVED: Again.ONCE,
    NoticeKind.WITHDRAWAL_SHOWN: Again.ONCE,
    NoticeKind.PAYOUT_ACCOUNT: Again.ONCE,
    NoticeKind.TERMS: Again.ONCE,
    NoticeKind.LEVEL_UP: Again.ONCE,
    NoticeKind.LEVEL_WARNING: Again.ONCE,
    NoticeKind.LEVEL_DOWN: Again.ONCE,
    NoticeKind.LEVEL_SET: Again.ONCE,
    NoticeKind.PROFILE_SET: Again.ONCE,
    NoticeKind.SPONSOR_SET: Again.ONCE,
    NoticeKind.MEMBER_SET: Again.ONCE,
    NoticeKind.REMINDER: Again.NEVER,
    NoticeKind.STAFF: Again.ONCE,
}
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=10)
UNCLEAR_PAUSE: Final = timedelta(seconds=30)
GIVE_UP_AFTER: Final = timedelta(days=3)
"""A notice that could not be sent for so long would only puzzle its reader."""
_UNCLEAR: Final = "unclear"


def ending(notice: Notice, outcome: Outcome, now: datetime, share: float) -> Ending:
    """How this attempt ended. `share` (0 to 1) spreads repeats, so that a crowd does not come back at once."""
    match outcome:
        case Throttled(retry_after=seconds):
            return _put_back(notice, now + timedelta(seconds=seconds), "throttled")
        case TokenRefused():
            return _put_back(notice, now, "the bot's token is refused")
        case NotConnected() | ServerBusy():
            return _tried_again(notice, now, share, type(outcome).__name__)
        case Unknown():
            return _unclear(notice, now)
        case _:
            return _for_good(notice, outcome, now)


def _for_good(
    notice: Notice, outcome: Sent | NotModified | Blocked | Gone | Migrated | Refused, now: datetime
) -> Ending:
    match outcome:
        case Sent(message_id=message_id):
            return _finished(notice, NoticeState.SENT, now, message_id=message_id)
        case NotModified():
            return _finished(notice, NoticeState.SENT, now)
        case Blocked(description=description):
            return _finished(notice, NoticeState.DROPPED, now, error=description)
        case Gone():
            return _finished(notice, NoticeState.DROPPED, now, error="the chat does not exist")
        case Migrated(new_chat_id=chat_id):
            return _finished(notice, NoticeState.FAILED, now, error=f"the chat moved twice, now to {chat_id}")
        case Refused(description=description):
            return _finished(notice, NoticeState.FAILED, now, error=description)


def dropped(notice: Notice, now: datetime, reason: str) -> Ending:
    """There is nothing to send, or nobody to send it to."""
    return _finished(notice, NoticeState.DROPPED, now, error=reason)


def put_off(notice: Notice, not_before: datetime) -> Ending:
    """The reader has quiet hours: nothing was tried."""
    return _put_back(notice, not_before, "quiet hours")


def failed(notice: Notice, now: datetime, reason: str) -> Ending:
    """The notice can't be made into a message."""
    return _finished(notice, NoticeState.FAILED, now, error=reason)


def pause(tries: int, share: float) -> timedelta:
    """How long to wait after so many tries: doubling, at most ten minutes, of which half is left to chance."""
    whole: timedelta = min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
    return whole * (0.5 + share / 2)


def _finished(
    notice: Notice,
    state: NoticeState,
    now: datetime,
    *,
    message_id: int | None = None,
    error: str | None = None,
) -> Ending:
    return Ending(
        notice,
        state,
        notice.tries,
        notice.not_before,
        finished_at=now,
        message_id=message_id,
        error=error or notice.error,
    )


def _put_back(notice: Notice, not_before: datetime, error: str) -> Ending:
    """Put back without counting the attempt: it was not the notice's fault."""
    return Ending(notice, NoticeState.QUEUED, notice.tries, not_before, error=_after(notice, error))


def _tried_again(notice: Notice, now: datetime, share: float, error: str) -> Ending:
    if now - notice.created_at >= GIVE_UP_AFTER:
        return _finished(notice, NoticeState.FAILED, now, error=f"given up: {error}")
    not_before = now + pause(notice.tries, share)
    return Ending(notice, NoticeState.QUEUED, notice.tries + 1, not_before, error=_after(notice, error))


def _unclear(notice: Notice, now: datetime) -> Ending:
    if UNCLEAR[notice.kind] is Again.NEVER or _was_unclear(notice):
        return _finished(notice, NoticeState.UNKNOWN, now, error=_UNCLEAR)
    return Ending(notice, NoticeState.QUEUED, notice.tries + 1, now + UNCLEAR_PAUSE, error=_UNCLEAR)


def _was_unclear(notice: Notice) -> bool:
    return (notice.error or "").startswith(_UNCLEAR)


def _after(notice: Notice, error: str) -> str:
    """What to remember: that an earlier attempt was unclear must outlive every later one."""
    return f"{_UNCLEAR}, then {error}" if _was_unclear(notice) else error
