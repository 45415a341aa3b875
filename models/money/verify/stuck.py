"""What should have moved on by itself and has not (operations.md A9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.closings import ClosingRow
from models.money.commissions import CommissionRow, CommissionState
from models.money.verify.finding import Finding, FindingKind, found_rows
from models.money.verify.naming import named
from models.money.withdrawal_states import OPEN, WithdrawalRow, WithdrawalState
from models.people.merchants import Merchant
from models.store.inbox import EventState, ReceivedEventRow
from models.store.outbox import NoticeRow, NoticeState
from models.store.sql import table_of
from models.store.ticks import Tick

PATIENCE = timedelta(minutes=10)
"""How long something may be late before it counts as stuck."""
JOB_PATIENCE = timedelta(hours=1)
PARKED_TOO_LONG = timedelta(days=3)
PAYOUT_PATIENCE = timedelta(days=7)
LOST_PATIENCE = timedelta(days=1)
_COMMISSION, _WITHDRAWAL = table_of(CommissionRow), table_of(WithdrawalRow)


async def find_stuck(session: AsyncSession, merchant: Merchant, now: datetime) -> list[Finding]:
    """What should have moved on by itself and has not."""
    notice, event, closing = table_of(NoticeRow), table_of(ReceivedEventRow), table_of(ClosingRow)
    stuck = [
        *await found_rows(
            session,
            FindingKind.STUCK_NOTICE,
            "notice",
            select(notice.c.id).where(
                notice.c.merchant_id == merchant.id,
                notice.c.state == NoticeState.SENDING,
                notice.c.leased_until < now - PATIENCE,
            ),
            "is still being sent, though its sender fell silent long ago",
        ),
        *await found_rows(
            session,
            FindingKind.STUCK_EVENT,
            "event",
            select(event.c.event_id).where(
                event.c.merchant_id == merchant.id,
                event.c.state == EventState.PARKED,
                event.c.received_at < now - PARKED_TOO_LONG,
            ),
            "has been parked for more than three days",
        ),
        *await found_rows(
            session,
            FindingKind.STUCK_RELEASE,
            "commission",
            select(_COMMISSION.c.id).where(
                _COMMISSION.c.merchant_id == merchant.id,
                _COMMISSION.c.state.in_([CommissionState.AWAITING, CommissionState.HELD]),
                or_(_COMMISSION.c.release_at < now - PATIENCE, _COMMISSION.c.release_at.is_(None)),
            ),
            "should have been released",
        ),
        *await found_rows(
            session,
            FindingKind.STUCK_CLOSING,
            "closing",
            select(closing.c.period).where(
                closing.c.merchant_id == merchant.id,
                closing.c.finished_at.is_(None),
                closing.c.closed_at < now - JOB_PATIENCE,
            ),
            "began more than an hour ago, and not everybody's bonus is posted",
        ),
        *await _withdrawals(session, merchant, now),
    ]
    return await named(session, merchant, stuck)


async def _withdrawals(session: AsyncSession, merchant: Merchant, now: datetime) -> list[Finding]:
    """Withdrawals that nobody decides on, pays or looks into."""
    undecided = (
        _WITHDRAWAL.c.state.in_([WithdrawalState.REQUESTED, WithdrawalState.APPROVED]),
        _WITHDRAWAL.c.requested_at < now - PAYOUT_PATIENCE,
    )
    on_its_way = (
        _WITHDRAWAL.c.state == WithdrawalState.PAYING,
        _WITHDRAWAL.c.due_at < now - PAYOUT_PATIENCE,
        _WITHDRAWAL.c.claimed_at < now - PAYOUT_PATIENCE,
    )
    lost = (
        _WITHDRAWAL.c.state == WithdrawalState.UNKNOWN,
        _WITHDRAWAL.c.claimed_at < now - LOST_PATIENCE,
    )
    stuck = FindingKind.STUCK_WITHDRAWAL
    kinds = (
        (stuck, undecided, "was asked for more than a week ago and is still {1}"),
        (stuck, on_its_way, "should have arrived more than a week ago and is still {1}"),
        (
            FindingKind.STUCK_PAYOUT,
            lost,
            "is {1}: look whether the money left, then mark it paid or failed",
        ),
    )
    return [
        finding
        for kind, where, sentence in kinds
        for finding in await found_rows(
            session,
            kind,
            "withdrawal",
            select(_WITHDRAWAL.c.reference, _WITHDRAWAL.c.state).where(
                _WITHDRAWAL.c.merchant_id == merchant.id, OPEN, *where
            ),
            sentence,
        )
    ]


async def find_stuck_ticks(session: AsyncSession, now: datetime) -> list[Finding]:
    """Runs of jobs, of the whole deployment, that began and never ended."""
    tick = table_of(Tick)
    return await found_rows(
        session,
        FindingKind.STUCK_TICK,
        "tick",
        select(tick.c.job).where(tick.c.finished_at.is_(None), tick.c.taken_at < now - JOB_PATIENCE),
        "began more than an hour ago and never ended",
    )
