"""Decisions on withdrawals: approved by one or two people, taken back soon, or refused (operations.md A10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict
from models.money.withdrawal_news import news_of_second, news_of_state, show_state
from models.money.withdrawal_states import (
    NOTE_CHARS,
    TABLE,
    UNDO_WITHIN,
    MovedOn,
    Step,
    Withdrawal,
    WithdrawalState,
    check_words,
    move,
)
from models.money.withdrawal_terms import in_the_way
from models.money.withdrawals import give_back, record, refuse_own
from models.people.merchants import Merchant, lock_merchant
from models.store.audit import Actor
from models.store.deeds import Deed


class SecondPersonNeeded(Conflict):
    """One person agreed, and can't agree twice."""

    code = "withdrawal_second_person"

    def __init__(self, reference: str) -> None:
        super().__init__(f"You approved {reference} already; a second person must agree, too.")


class TooLateToUndo(Conflict):
    """The time in which an approval can be taken back is over."""

    code = "withdrawal_too_late"

    def __init__(self, withdrawal: Withdrawal) -> None:
        minutes = UNDO_WITHIN // timedelta(minutes=1)
        super().__init__(
            f"An approval can be taken back within {minutes} minutes; refuse {withdrawal.reference} instead."
        )
        self.withdrawal = withdrawal


async def approve(
    session: AsyncSession, merchant: Merchant, asked: Withdrawal, *, actor: Actor, now: datetime
) -> Withdrawal:
    """Agree to a withdrawal; above the plan's threshold it takes another person's agreement, too.

    Raises OwnWithdrawal, SecondPersonNeeded, WithdrawalRefused while something stands in the way, and MovedOn when
    it is decided already.
    """
    await lock_merchant(session, merchant.id)
    await refuse_own(session, asked, actor)
    obstacle = await in_the_way(session, merchant, asked.distributor_id)
    if obstacle is not None:
        raise obstacle
    if not asked.needs_second:
        after = await _agree(session, asked, Step.APPROVE, WithdrawalState.APPROVED, actor, now)
    elif (first := await _first_approver(session, asked)) is None:
        after = await _agree(session, asked, Step.APPROVE, WithdrawalState.REQUESTED, actor, now)
        await news_of_second(session, after, actor, now)
    elif first in actor.words:
        raise SecondPersonNeeded(asked.reference)
    else:
        after = await _second(session, asked, actor, now)
    await record(session, asked, after, Deed.WITHDRAWAL_APPROVE, actor, now)
    if after.state is WithdrawalState.APPROVED:
        # Told only when it can't be taken back any more.
        await news_of_state(session, after, now, not_before=now + UNDO_WITHIN)
    return after


async def _first_approver(session: AsyncSession, asked: Withdrawal) -> str | None:
    """As it stands under the lock, not as it was read before."""
    statement = select(TABLE.c.approved_by).where(
        TABLE.c.merchant_id == asked.merchant_id,
        TABLE.c.id == asked.id,
        TABLE.c.state == WithdrawalState.REQUESTED,
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _agree(
    session: AsyncSession, asked: Withdrawal, step: Step, to: WithdrawalState, actor: Actor, now: datetime
) -> Withdrawal:
    return await move(
        session,
        asked,
        step,
        out_of={WithdrawalState.REQUESTED},
        to=to,
        actor=actor,
        now=now,
        only_if=TABLE.c.approved_by.is_(None),
        approved_by=actor.name,
        approved_at=now,
    )


async def _second(session: AsyncSession, asked: Withdrawal, actor: Actor, now: datetime) -> Withdrawal:
    return await move(
        session,
        asked,
        Step.SECOND,
        out_of={WithdrawalState.REQUESTED},
        to=WithdrawalState.APPROVED,
        actor=actor,
        now=now,
        only_if=TABLE.c.approved_by.is_not(None) & TABLE.c.approved_by.not_in(actor.words),
        seconded_by=actor.name,
        seconded_at=now,
    )


async def undo_approval(
    session: AsyncSession, merchant: Merchant, approved: Withdrawal, *, actor: Actor, now: datetime
) -> Withdrawal:
    """Take back what was agreed, within five minutes and while nothing was paid. Raises TooLateToUndo and MovedOn.

    All agreement is gone then, also another person's.
    """
    await lock_merchant(session, merchant.id)
    try:
        after = await move(
            session,
            approved,
            Step.UNDO,
            out_of={WithdrawalState.REQUESTED, WithdrawalState.APPROVED},
            to=WithdrawalState.REQUESTED,
            actor=actor,
            now=now,
            only_if=TABLE.c.approved_by.is_not(None)
            & or_(TABLE.c.seconded_at >= now - UNDO_WITHIN, TABLE.c.approved_at >= now - UNDO_WITHIN),
            approved_by=None,
            approved_at=None,
            seconded_by=None,
            seconded_at=None,
        )
    except MovedOn as error:
        if error.withdrawal.state is WithdrawalState.APPROVED:
            raise TooLateToUndo(error.withdrawal) from error
        raise
    await record(session, approved, after, Deed.WITHDRAWAL_UNDO, actor, now)
    # Not told, as the approval was not; but whoever has looked meanwhile saw it.
    await show_state(session, [after], now)
    return after


async def refuse(
    session: AsyncSession, merchant: Merchant, asked: Withdrawal, *, actor: Actor, why: str, now: datetime
) -> Withdrawal:
    """Refuse a withdrawal that nobody began to pay; its money is available again.

    Raises WordsTooLong, OwnWithdrawal and MovedOn.
    """
    check_words(why, NOTE_CHARS)
    await lock_merchant(session, merchant.id)
    await refuse_own(session, asked, actor)
    after = await move(
        session,
        asked,
        Step.REFUSE,
        out_of={WithdrawalState.REQUESTED, WithdrawalState.APPROVED},
        to=WithdrawalState.REFUSED,
        actor=actor,
        now=now,
        note=why,
        finished_at=now,
    )
    await give_back(session, after, now)
    await record(session, asked, after, Deed.WITHDRAWAL_REFUSE, actor, now, why)
    await news_of_state(session, after, now)
    return after
