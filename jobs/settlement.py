"""Every minute: what has been held long enough becomes available."""

from __future__ import annotations

import time
from datetime import datetime

import structlog

from jobs.context import JobContext
from models.errors import DomainError
from models.money.settlement import CHUNK, Settled, merchants_with_due, next_size, settle_due
from models.money.settlement_places import Place
from models.people.merchants import lock_merchant
from models.store.engine import Store

log = structlog.get_logger(__name__)


class SettlementIncomplete(DomainError):
    """Something that was due could not be released; the next run tries it again."""

    code = "settlement_incomplete"

    def __init__(self, skipped: int, merchants: list[int]) -> None:
        super().__init__(f"{skipped} commissions were skipped; merchants that failed whole: {merchants}.")


async def settle(context: JobContext, now: datetime) -> None:
    """Settle at all merchants; one that fails never stops another. Raises SettlementIncomplete at the end."""
    async with context.store.read() as session:
        merchant_ids = await merchants_with_due(session, now)
    skipped, failed = 0, []
    for merchant_id in merchant_ids:
        try:
            skipped += await _settle_at(context.store, merchant_id, now)
        except Exception:  # told in the tick's end, and the other merchants go on
            log.exception("a merchant's settlement failed", merchant=merchant_id)
            failed.append(merchant_id)
    if skipped or failed:
        raise SettlementIncomplete(skipped, failed)


async def _settle_at(store: Store, merchant_id: int, now: datetime) -> int:
    """One run at one merchant, a transaction a chunk; answers how many rows were skipped."""
    skipped, after, size = 0, None, CHUNK
    while True:
        began = time.monotonic_ns()
        done = await _chunk(store, merchant_id, now, size, after)
        size = next_size(size, (time.monotonic_ns() - began) // 1_000_000)
        if done.commissions:
            log.info(
                "settled",
                merchant=merchant_id,
                commissions=done.commissions,
                amount_minor=done.amount_minor,
                cashback_minor=done.cashback_minor,
            )
        for row in done.skipped:
            log.error("a commission can't be released", commission=row.commission_id, reason=row.reason)
        skipped += len(done.skipped)
        if done.reached is None:
            return skipped
        after = done.reached


async def _chunk(store: Store, merchant_id: int, now: datetime, size: int, after: Place | None) -> Settled:
    async with store.write() as session:
        merchant = await lock_merchant(session, merchant_id)
        return await settle_due(session, merchant, now, limit=size, after=after)
