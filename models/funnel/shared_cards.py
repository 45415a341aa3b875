"""Buyers' cards that lie in chats: what each shows, so that it is changed in place when that is no longer so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.catalog.products import Product, ProductRow, ProductState
from models.funnel.links import Link
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.sql import insert_ignore, table_of, values_of
from models.store.types import Key, Minor, UtcTime, Word


class CardState(StrEnum):
    """What a buyer's card says: to be had, sold out, over, or taken off the list."""

    OPEN = "open"
    SOLD_OUT = "sold_out"
    OVER = "over"
    GONE = "gone"


class SharedCard(SQLModel, table=True):
    """One card by the chat server's id of it; `price_minor` and `state` are what it shows now.

    `lost_at` is set when the chat server lets nobody change it any more.
    """

    __tablename__ = "shared_card"
    __table_args__ = (Index(None, "product_id"),)

    inline_message_id: str = Field(primary_key=True, sa_type=String(100))
    link_id: int = Field(foreign_key="link.id", sa_type=Key)
    product_id: int = Field(foreign_key="product.id", sa_type=Key)
    language: str = Field(sa_type=String(16))
    price_minor: int = Field(sa_type=Minor)
    state: CardState = Field(default=CardState.OPEN, sa_type=Word(CardState))
    has_picture: bool = False
    shared_at: datetime = Field(sa_type=UtcTime)
    lost_at: datetime | None = Field(default=None, sa_type=UtcTime)


@dataclass(frozen=True, slots=True)
class StaleCard:
    """A card that shows what is no longer so, with all that the right one is made of."""

    card: SharedCard
    product: Product
    code: str
    merchant: Merchant
    invite_code: str
    state: CardState


_CARD, _PRODUCT, _LINK = table_of(SharedCard), table_of(ProductRow), table_of(Link)
_DISTRIBUTOR = table_of(Distributor)


def card_state(product: Product, now: datetime) -> CardState:
    """What a card of this product says now."""
    if not product.is_on_sale:
        return CardState.GONE
    if product.is_over(now):
        return CardState.OVER
    return CardState.SOLD_OUT if product.is_sold_out else CardState.OPEN


async def keep_shared_card(session: AsyncSession, card: SharedCard) -> None:
    """Remember a card that was sent; the same one told again changes nothing."""
    await session.execute(
        insert_ignore(session, SharedCard, ("inline_message_id",)).values(card.model_dump())
    )


async def stale_cards(
    session: AsyncSession, now: datetime, limit: int, *, but: Collection[str] = ()
) -> list[StaleCard]:
    """Cards that no longer show what is so, the latest shared first: buyers look at those. None of `but`."""
    state = case(
        (_PRODUCT.c.state != ProductState.ON_SALE, CardState.GONE.value),
        (_PRODUCT.c.sale_ends_at <= now, CardState.OVER.value),
        (_PRODUCT.c.stock <= 0, CardState.SOLD_OUT.value),
        else_=CardState.OPEN.value,
    )
    rows = await session.execute(
        select(_CARD.c.inline_message_id, _PRODUCT.c.id.label("product_id"))
        .join(_PRODUCT, _PRODUCT.c.id == _CARD.c.product_id)
        .where(
            _CARD.c.lost_at.is_(None),
            _CARD.c.inline_message_id.not_in(but),
            or_(
                _CARD.c.state != state,
                and_(_CARD.c.state == CardState.OPEN, _CARD.c.price_minor != _PRODUCT.c.price_minor),
            ),
        )
        .order_by(_CARD.c.shared_at.desc())
        .limit(limit)
    )
    keys = [row.inline_message_id for row in rows]
    return await _with_facts(session, keys, now) if keys else []


async def _with_facts(session: AsyncSession, keys: Sequence[str], now: datetime) -> list[StaleCard]:
    cards = await session.execute(
        select(SharedCard, _LINK.c.code, _DISTRIBUTOR.c.invite_code, Merchant)
        .join(_LINK, _LINK.c.id == _CARD.c.link_id)
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _LINK.c.distributor_id)
        .join(Merchant, table_of(Merchant).c.id == _LINK.c.merchant_id)
        .where(_CARD.c.inline_message_id.in_(keys))
    )
    found = [(card, code, invite, merchant) for card, code, invite, merchant in cards]
    rows = await session.execute(
        select(_PRODUCT).where(_PRODUCT.c.id.in_(sorted({card.product_id for card, *_ in found})))
    )
    products = {row.id: values_of(row, Product) for row in rows}
    order = {key: place for place, key in enumerate(keys)}
    stale = [
        StaleCard(card, product, code, merchant, invite, card_state(product, now))
        for card, code, invite, merchant in found
        for product in [products[card.product_id]]
    ]
    return sorted(stale, key=lambda each: order[each.card.inline_message_id])


async def mark_shown(session: AsyncSession, stale: StaleCard) -> None:
    """The card shows what is so now; one that another process changed meanwhile is left alone."""
    await session.execute(
        update(_CARD)
        .where(
            _CARD.c.inline_message_id == stale.card.inline_message_id,
            _CARD.c.state == stale.card.state,
            _CARD.c.price_minor == stale.card.price_minor,
        )
        .values(state=stale.state, price_minor=stale.product.price_minor)
    )


async def mark_lost(session: AsyncSession, inline_message_id: str, now: datetime) -> None:
    """The card can't be changed any more: deleted, or too old."""
    await session.execute(
        update(_CARD).where(_CARD.c.inline_message_id == inline_message_id).values(lost_at=now)
    )


async def forget_shared_cards(session: AsyncSession, before: datetime) -> None:
    """Purge cards that nobody scrolls back to any more."""
    await session.execute(_CARD.delete().where(_CARD.c.shared_at < before))
