"""Every ten minutes: periods that are over are closed (docs/plans.md, "What a period pays")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.context import JobContext
from models.errors import DomainError
from models.money.closings import Closing
from models.people.merchants import all_merchants, lock_merchant
from models.sales.closing import end_closing, pay_ladders, pay_targets
from models.sales.demotions import Moved
from models.sales.due_closings import open_closing
from models.store.engine import Store

log = structlog.get_logger(__name__)


class ClosingIncomplete(DomainError):
    """Some merchants' periods could not be closed; the next run tries them again."""

    code = "closing_incomplete"

    def __init__(self, merchants: list[int]) -> None:
        super().__init__(f"Periods could not be closed at merchants {merchants}.")


@dataclass(frozen=True, slots=True)
class Closed:
    """One period that was closed: bonuses and what they come to (minor units), and whose level changed."""

    closing: Closing
    bonuses: int
    amount_minor: int
    moved: tuple[Moved, ...]

    @property
    def warned(self) -> int:
        """How many levels are at risk."""
        return sum(moved.level is None for moved in self.moved)

    @property
    def demoted(self) -> int:
        """How many levels were lost."""
        return sum(moved.level is not None for moved in self.moved)


Witness = Callable[[AsyncSession, Closed], Awaitable[None]]
"""What is written of a closed period in the transaction that finishes it, under the merchant's lock."""


async def close_periods(context: JobContext, now: datetime) -> None:
    """Close at all merchants; one that fails never stops another. Raises ClosingIncomplete at the end."""
    async with context.store.read() as session:
        merchant_ids = [merchant.id for merchant in await all_merchants(session)]
    failed = []
    for merchant_id in merchant_ids:
        try:
            for closed in await close_due(context.store, merchant_id, now, patient=True):
                log.info(
                    "closed",
                    merchant=merchant_id,
                    period=closed.closing.period,
                    bonuses=closed.bonuses,
                    amount_minor=closed.amount_minor,
                    levels=len(closed.moved),
                )
        except Exception:  # told in the tick's end, and the other merchants go on
            log.exception("a merchant's periods could not be closed", merchant=merchant_id)
            failed.append(merchant_id)
    if failed:
        raise ClosingIncomplete(failed)


async def close_due(
    store: Store, merchant_id: int, now: datetime, *, patient: bool, witness: Witness | None = None
) -> list[Closed]:
    """Close everything of one merchant that is over at `now`, a few transactions a period."""
    done: list[Closed] = []
    while (closing := await _begin(store, merchant_id, now, patient=patient)) is not None:
        done.append(await _close(store, closing, now, witness))
    return done


async def _begin(store: Store, merchant_id: int, now: datetime, *, patient: bool) -> Closing | None:
    async with store.write() as session:
        merchant = await lock_merchant(session, merchant_id)
        return await open_closing(session, merchant, now, patient=patient)


async def _close(store: Store, closing: Closing, now: datetime, witness: Witness | None) -> Closed:
    bonuses, amount, after = 0, 0, 0
    while True:
        async with store.write() as session:
            merchant = await lock_merchant(session, closing.merchant_id)
            paid = await pay_ladders(session, merchant, closing, now, after=after)
        bonuses, amount = bonuses + paid.bonuses, amount + paid.amount_minor
        if paid.reached is None:
            break
        after = paid.reached
    async with store.write() as session:
        merchant = await lock_merchant(session, closing.merchant_id)
        paid = await pay_targets(session, merchant, closing, now)
        moved = await end_closing(session, merchant, closing, now)
        closed = Closed(closing, bonuses + paid.bonuses, amount + paid.amount_minor, tuple(moved))
        if witness is not None:
            await witness(session, closed)
    return closed
