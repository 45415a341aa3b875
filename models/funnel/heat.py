"""What sells: each product's orders of the last two weeks, counted by a job and read by the catalogue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import ProductRow
from models.funnel.orders import OrderLineRow, OrderRow, OrderState
from models.store.sql import table_of

HEAT_DAYS: Final = 14
_ORDER, _LINE, _PRODUCT = table_of(OrderRow), table_of(OrderLineRow), table_of(ProductRow)


async def measure_heat(session: AsyncSession, merchant_id: int, now: datetime) -> int:
    """Bring every product's `heat` up to date; answers how many changed. A returned line counts no more."""
    since = now - timedelta(days=HEAT_DAYS)
    counted = await session.execute(
        select(_LINE.c.sku, func.count(_LINE.c.order_id.distinct()).label("orders"))
        .join(_ORDER, _ORDER.c.id == _LINE.c.order_id)
        .where(
            _ORDER.c.merchant_id == merchant_id,
            _ORDER.c.paid_at > since,
            _ORDER.c.paid_at <= now,
            _ORDER.c.state.not_in([OrderState.CANCELLED, OrderState.REFUNDED]),
            _LINE.c.fully_refunded.is_(False),
        )
        .group_by(_LINE.c.sku)
    )
    orders = {row.sku: int(row.orders) for row in counted}
    known = await session.execute(
        select(_PRODUCT.c.id, _PRODUCT.c.sku, _PRODUCT.c.heat).where(_PRODUCT.c.merchant_id == merchant_id)
    )
    changed = [
        {"key": row.id, "measured": orders.get(row.sku, 0)}
        for row in known
        if row.heat != orders.get(row.sku, 0)
    ]
    if changed:
        connection = await session.connection()
        await connection.execute(
            update(_PRODUCT).where(_PRODUCT.c.id == bindparam("key")).values(heat=bindparam("measured")),
            changed,
        )
    return len(changed)
