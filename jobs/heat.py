"""Every ten minutes: what sells, for the catalogue's hot shelf."""

from __future__ import annotations

from datetime import datetime

from jobs.context import JobContext
from models.funnel.heat import measure_heat
from models.people.merchants import all_merchants


async def measure(context: JobContext, now: datetime) -> None:
    """Count every merchant's orders of the last days, a transaction each."""
    async with context.store.read() as session:
        merchant_ids = [merchant.id for merchant in await all_merchants(session)]
    for merchant_id in merchant_ids:
        async with context.store.write() as session:
            await measure_heat(session, merchant_id, now)
