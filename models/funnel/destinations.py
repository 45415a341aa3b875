"""Where a link's code leads: what a redirect needs to know, and nothing else (operations.md F1, F2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.catalog.products import ProductRow
from models.funnel.links import Link, LinkState
from models.funnel.targets import (
    CODE_PARAMETER,
    VISITOR_PARAMETER,
    TargetRefused,
    around_trace,
    checked_target,
)
from models.people.merchants import Merchant


@dataclass(frozen=True, slots=True)
class Destination:
    """What a redirect needs to know; kept in memory by code. `counted` False: a paused link."""

    link_id: int
    merchant_id: int
    target: str
    counted: bool
    head: str
    tail: str

    def trace(self, code: str, visitor: str) -> str:
        """The target with what the shop sends back with an order."""
        return f"{self.head}{CODE_PARAMETER}={code}&{VISITOR_PARAMETER}={visitor}{self.tail}"


async def destination(session: AsyncSession, code: str) -> Destination | None:
    """Where a code leads; None for a code that nobody was given.

    A paused link still brings the buyer to the shop, without trace or count. A product whose address is
    missing or no longer allowed leads to the shop's first address.
    """
    row = (
        await session.execute(
            select(Link, Merchant, col(ProductRow.url))
            .join(Merchant, col(Merchant.id) == col(Link.merchant_id))
            .outerjoin(
                ProductRow,
                (col(ProductRow.merchant_id) == col(Link.merchant_id))
                & (col(ProductRow.sku) == col(Link.sku)),
            )
            .where(col(Link.code) == code)
        )
    ).first()
    if row is None:
        return None
    link, merchant, product_url = row
    target = merchant.shop_urls[0]
    if product_url:
        try:
            target = checked_target(product_url, merchant.shop_hosts)
        except TargetRefused:
            target = merchant.shop_urls[0]
    head, tail = around_trace(target)
    return Destination(
        link.id, merchant.id, target, counted=link.state is LinkState.ACTIVE, head=head, tail=tail
    )
