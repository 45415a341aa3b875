"""Every night: what is no longer needed, or may no longer be kept, goes (business.md 3, operations E6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from jobs.context import JobContext
from models.catalog.searches import forget_searches
from models.funnel.clicks import forget_clicks
from models.funnel.orders import OrderRow
from models.funnel.shared_cards import forget_shared_cards
from models.money.asking import forget_questions
from models.store.chat_files import forget_chat_files
from models.store.deployment import forget_salts, forget_used
from models.store.engine import Store
from models.store.sql import table_of
from models.store.ticks import forget_ticks
from models.store.updates import forget_updates

CLICKS_KEPT: Final = timedelta(days=400)
"""Longer than the longest attribution window, which is a year."""
USED_KEPT: Final = timedelta(days=1)
TICKS_KEPT: Final = timedelta(days=30)
UPDATES_KEPT: Final = timedelta(days=7)
"""The chat server repeats nothing that is older than a day."""
FILES_KEPT: Final = timedelta(days=60)
"""What was uploaded earlier is uploaded again when it is asked for."""
SEARCHES_KEPT: Final = timedelta(days=60)
QUESTIONS_KEPT: Final = timedelta(days=60)
CARDS_KEPT: Final = timedelta(days=180)
"""Older cards keep what they said last."""
ADDRESSES_KEPT: Final = timedelta(days=30)
BATCH: Final = 2_000


async def purge(context: JobContext, now: datetime) -> None:
    """Forget each kind of thing in transactions of its own, so that nobody waits long for the write lock."""
    async with context.store.write() as session:
        await forget_updates(session, now - UPDATES_KEPT)
        await forget_ticks(session, now - TICKS_KEPT)
        await forget_salts(session, now)
        await forget_used(session, now - USED_KEPT)
    async with context.store.write() as session:
        await forget_chat_files(session, now - FILES_KEPT)
        await forget_searches(session, now - SEARCHES_KEPT)
        await forget_questions(session, now - QUESTIONS_KEPT)
        await forget_shared_cards(session, now - CARDS_KEPT)
    async with context.store.write() as session:
        await forget_clicks(session, now - CLICKS_KEPT)
    while await _forget_addresses(context.store, now - ADDRESSES_KEPT) == BATCH:
        pass


async def _forget_addresses(store: Store, before: datetime) -> int:
    """Clear a batch of IP hashes of old orders; answers how many."""
    order = table_of(OrderRow)
    old = select(order.c.id).where(order.c.placed_at < before, order.c.ip_hash.is_not(None)).limit(BATCH)
    async with store.write() as session:
        cleared = await session.execute(
            update(order).where(order.c.id.in_(old)).values(ip_hash=None).returning(order.c.id)
        )
        return len(cleared.all())
