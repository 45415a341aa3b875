"""Links: distributor × product (or shop) × channel, each with an opaque code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.catalog.products import SKU_CHARS, ProductRow, product
from models.funnel.targets import (
    CODE_PARAMETER,
    VISITOR_PARAMETER,
    TargetRefused,
    around_trace,
    checked_target,
)
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.ids import ALPHABET, new_code, new_id
from models.store.sql import chunks, insert_ignore
from models.store.types import Key, Minor, UtcTime, Word

_CODE = re.compile(rf"[{ALPHABET}]{{8}}")
SHOP = ""
"""The SKU of a link that leads to the shop as a whole."""


class Channel(StrEnum):
    INLINE = "inline"
    POSTER = "poster"
    COPIED = "copied"
    BOARD = "board"
    BROADCAST = "broadcast"
    MINIAPP = "miniapp"
    VIDEO = "video"
    OTHER = "other"


class LinkState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class Link(SQLModel, table=True):
    """One way to the shop with a distributor's name on it. `sku` is empty for the shop as a whole."""

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("distributor_id", "sku", "channel"), Index(None, "merchant_id", "id"))

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    sku: str = Field(default=SHOP, sa_type=String(SKU_CHARS))
    channel: Channel = Field(sa_type=Word(Channel))
    code: str = Field(default_factory=new_code, unique=True, sa_type=String(16))
    state: LinkState = Field(default=LinkState.ACTIVE, sa_type=Word(LinkState))
    created_at: datetime = Field(sa_type=UtcTime)


class LinkTotal(SQLModel, table=True):
    """How often a link was clicked: raw, and unique (one per visitor and UTC clock hour)."""

    __tablename__ = "link_total"

    link_id: int = Field(primary_key=True, foreign_key="link.id", sa_type=Key)
    clicks: int = Field(default=0, sa_type=Minor)
    unique_clicks: int = Field(default=0, sa_type=Minor)


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link with its distributor's name for the shop and its totals."""

    link: Link
    distributor: str
    clicks: int
    unique_clicks: int


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


def read_code(typed: str) -> str | None:
    """The code that was typed, in its kept form; None when it can't be one."""
    code = typed.strip().upper()
    return code if _CODE.fullmatch(code) else None


async def link_for(
    session: AsyncSession,
    *,
    merchant: Merchant,
    distributor: Distributor,
    channel: Channel,
    sku: str,
    now: datetime,
) -> Link:
    """The distributor's link to a product (or the shop, `sku` empty) in a channel, made at first asking.

    Raises NotFound for a product that the catalogue lacks.
    """
    if sku != SHOP:
        await product(session, merchant.id, sku)
    await session.execute(
        insert_ignore(session, Link, ("distributor_id", "sku", "channel")).values(
            id=new_id(),
            merchant_id=merchant.id,
            distributor_id=distributor.id,
            sku=sku,
            channel=channel,
            code=new_code(),
            state=LinkState.ACTIVE,
            created_at=now,
        )
    )
    found = await session.execute(
        select(Link).where(
            col(Link.distributor_id) == distributor.id, col(Link.sku) == sku, col(Link.channel) == channel
        )
    )
    return found.scalar_one()


async def set_link_state(session: AsyncSession, link: Link, state: LinkState) -> None:
    """Pause a link or take it up again; its code stays."""
    link.state = state
    session.add(link)
    await session.flush()


async def links_by_code(session: AsyncSession, merchant_id: int, codes: Sequence[str]) -> dict[str, Link]:
    """This merchant's links among these codes (already in their kept form); foreign codes are unknown codes."""
    found: dict[str, Link] = {}
    for part in chunks(codes):
        # By code alone, which is unique: of a long list beside the merchant SQLite reads all of the merchant's links.
        rows = await session.execute(select(Link).where(col(Link.code).in_(part)))
        found.update({link.code: link for link in rows.scalars() if link.merchant_id == merchant_id})
    return found


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


async def links_seen(
    session: AsyncSession,
    merchant_id: int,
    *,
    distributor_id: int | None = None,
    link_id: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[LinkSeen]:
    """Links of a merchant with their totals, in the order in which they were made, behind the id `after`."""
    statement = (
        select(Link, col(Distributor.external_id), col(LinkTotal.clicks), col(LinkTotal.unique_clicks))
        .join(Distributor, col(Distributor.id) == col(Link.distributor_id))
        .outerjoin(LinkTotal, col(LinkTotal.link_id) == col(Link.id))
        .where(col(Link.merchant_id) == merchant_id, col(Link.id) > after)
        .order_by(col(Link.id))
        .limit(limit)
    )
    if distributor_id is not None:
        statement = statement.where(col(Link.distributor_id) == distributor_id)
    if link_id is not None:
        statement = statement.where(col(Link.id) == link_id)
    rows = await session.execute(statement)
    return [
        LinkSeen(link, external_id, clicks or 0, unique_clicks or 0)
        for link, external_id, clicks, unique_clicks in rows
    ]


async def link_code(session: AsyncSession, link_id: int | None) -> str | None:
    """The code of a link that a row of ours names."""
    if link_id is None:
        return None
    return (await session.execute(select(col(Link.code)).where(col(Link.id) == link_id))).scalar_one_or_none()
