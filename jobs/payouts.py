"""Every minute: payouts whose provider said nothing in time become `unknown`, for a person to look into."""

from __future__ import annotations

from datetime import datetime

import structlog

from jobs.context import JobContext
from models.errors import DomainError
from models.money.payouts import mark_unknown, unanswered
from models.money.withdrawal_states import MovedOn
from models.people.merchants import merchant
from models.store.audit import Actor

log = structlog.get_logger(__name__)
CLOCK = Actor("clock")


class PayoutsLeft(DomainError):
    """Some payouts could not be marked; the next run tries them again."""

    code = "payouts_left"

    def __init__(self, references: list[str]) -> None:
        super().__init__(f"These payouts could not be marked unknown: {', '.join(references)}.")


async def give_up_waiting(context: JobContext, now: datetime) -> None:
    """Mark them, each in a transaction of its own. Raises PayoutsLeft at the end."""
    async with context.store.read() as session:
        silent = await unanswered(session, now)
    left = []
    for one in silent:
        try:
            async with context.store.write() as session:
                shop = await merchant(session, one.merchant_id)
                await mark_unknown(session, shop, one, actor=CLOCK, why="no answer in time", now=now)
            log.error("a payout was not answered", withdrawal=one.reference, provider=one.provider)
        except MovedOn:
            continue  # it was answered, or decided, meanwhile
        except Exception:  # told in the tick's end, and the others go on
            log.exception("a payout could not be marked", withdrawal=one.reference)
            left.append(one.reference)
    if left:
        raise PayoutsLeft(left)
