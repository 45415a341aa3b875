"""Weeks of the demo's history, told to the store day by day as they would have come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.imports.order_intake import ReadEvent
from bot.sandbox.market.story import Day
from models.errors import DomainError
from models.funnel.events import EventStatus, Receipt
from models.money.settlement import settle_due
from models.people.merchants import Merchant
from models.sales import receive

NO_ADDRESS = ""
"""The story's events carry no IP address, so there is nothing to salt."""


class HistoryRefused(DomainError):
    """An event of the shipped history was not accepted: a fault of ours, never of the person's."""

    code = "demo_history_refused"

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(
            f"The demo's event {receipt.id} was answered {receipt.status} ({receipt.detail}); "
            "please report this."
        )


async def tell_history(session: AsyncSession, shop: Merchant, days: Sequence[Day], read: ReadEvent) -> None:
    """Tell each day's events and release what its end made due. Raises HistoryRefused."""
    for day in days:
        events = [read(telling.raw, shop, day.until, NO_ADDRESS) for telling in day.tellings]
        for receipt in await receive(session, shop, events, day.until):
            if receipt.status is not EventStatus.ACCEPTED:
                raise HistoryRefused(receipt)
        await _release(session, shop, day.until)


async def _release(session: AsyncSession, shop: Merchant, until: datetime) -> None:
    released = await settle_due(session, shop, until)
    while released.reached is not None:
        released = await settle_due(session, shop, until, after=released.reached)
