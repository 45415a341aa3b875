"""Products of a merchant. SKUs are case-sensitive: 85123A and 85123a are two products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Index, String, Text, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.catalog.words import searchable
from models.errors import NotFound
from models.store.ids import new_id
from models.store.sql import chunks, insert_all, table_of, update_all, values_of
from models.store.types import Key, Minor, UtcTime, Word

SKU_CHARS = 100
TITLE_CHARS = 500
CATEGORY_CHARS = 100


class ProductState(StrEnum):
    """Whether distributors see a product. Links to a hidden one still lead to the shop."""

    ON_SALE = "on_sale"
    HIDDEN = "hidden"


class Product(SQLModel):
    """What is sold. Money in minor units of the merchant's currency; `cost_minor` None when not known.

    `list_price_minor` is the price before a reduction, `sale_ends_at` when the price of today ends. A picture is
    one that staff sent (`picture_id`), else one at the shop's address `image`. `heat` counts the orders of the
    last days, `created_at` None becomes `updated_at` when the product is first kept; `search` is what is looked
    through for words.
    """

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    sku: str = Field(sa_type=String(SKU_CHARS))
    title: str = Field(sa_type=String(TITLE_CHARS))
    price_minor: int = Field(sa_type=Minor)
    category: str | None = Field(default=None, sa_type=String(CATEGORY_CHARS))
    url: str | None = Field(default=None, sa_type=Text)
    image: str | None = Field(default=None, sa_type=Text)
    stock: int | None = Field(default=None, sa_type=Minor)
    cost_minor: int | None = Field(default=None, sa_type=Minor)
    list_price_minor: int | None = Field(default=None, sa_type=Minor)
    sale_ends_at: datetime | None = Field(default=None, sa_type=UtcTime)
    state: ProductState = Field(default=ProductState.ON_SALE, sa_type=Word(ProductState))
    picture_id: int | None = Field(default=None, foreign_key="picture.id", sa_type=Key)
    heat: int = Field(default=0, sa_type=Minor)
    search: str = Field(default="", sa_type=Text)
    created_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=False)
    updated_at: datetime = Field(sa_type=UtcTime)

    @property
    def is_on_sale(self) -> bool:
        """Whether distributors see it."""
        return self.state is ProductState.ON_SALE

    @property
    def is_sold_out(self) -> bool:
        """Whether there is none left, where the shop counts."""
        return self.stock is not None and self.stock <= 0

    def is_reduced(self, now: datetime) -> bool:
        """Whether the price of today is a reduced one that still holds."""
        return (
            self.list_price_minor is not None
            and self.list_price_minor > self.price_minor
            and not self.is_over(now)
        )

    def is_over(self, now: datetime) -> bool:
        """Whether the price that was announced has ended."""
        return self.sale_ends_at is not None and self.sale_ends_at <= now


class ProductRow(Product, table=True):
    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("merchant_id", "sku"),
        Index(None, "merchant_id", "category"),
        Index(None, "merchant_id", "title"),
        Index(None, "merchant_id", "heat"),
        Index(None, "merchant_id", "created_at"),
    )


async def products_by_sku(session: AsyncSession, merchant_id: int, skus: Sequence[str]) -> dict[str, Product]:
    """The catalogue's products among these SKUs."""
    table = table_of(ProductRow)
    found: dict[str, Product] = {}
    for part in chunks(skus):
        rows = await session.execute(
            select(table).where(table.c.merchant_id == merchant_id, table.c.sku.in_(part))
        )
        found.update({row.sku: values_of(row, Product) for row in rows})
    return found


class Kind(NamedTuple):
    """What rating needs to know of a product: its category, and what a unit costs the shop (minor units)."""

    category: str | None
    cost_minor: int | None


async def kinds_by_sku(session: AsyncSession, merchant_id: int, skus: Sequence[str]) -> dict[str, Kind]:
    """Of each SKU that the catalogue knows, only what rating needs."""
    table = table_of(ProductRow)
    found: dict[str, Kind] = {}
    for part in chunks(skus):
        rows = await session.execute(
            select(table.c.sku, table.c.category, table.c.cost_minor).where(
                table.c.merchant_id == merchant_id, table.c.sku.in_(part)
            )
        )
        found.update({row.sku: Kind(row.category, row.cost_minor) for row in rows})
    return found


async def product(session: AsyncSession, merchant_id: int, sku: str) -> Product:
    """Raises NotFound."""
    found = await products_by_sku(session, merchant_id, [sku])
    if sku not in found:
        raise NotFound("product", sku)
    return found[sku]


async def product_by_id(session: AsyncSession, merchant_id: int, product_id: int) -> Product:
    """Raises NotFound."""
    table = table_of(ProductRow)
    row = (
        await session.execute(
            select(table).where(table.c.merchant_id == merchant_id, table.c.id == product_id)
        )
    ).first()
    if row is None:
        raise NotFound("product", str(product_id))
    return values_of(row, Product)


async def keep_products(
    session: AsyncSession, merchant_id: int, products: Iterable[Product]
) -> tuple[int, int]:
    """Add new products and bring known ones up to date, by SKU. Returns (added, changed)."""
    latest = {product.sku: product for product in products}
    known = await products_by_sku(session, merchant_id, list(latest))
    for product in latest.values():
        product.search = searchable(product.title, product.sku, product.category)
        product.created_at = product.created_at or product.updated_at
    added = [product for sku, product in latest.items() if sku not in known]
    changed = []
    for sku, before in known.items():
        product = latest[sku]
        product.id = before.id
        changed.append(product)
    await insert_all(session, ProductRow, added)
    await update_all(session, ProductRow, changed, _TOLD)
    return len(added), len(changed)


_TOLD = (
    "title",
    "price_minor",
    "category",
    "url",
    "image",
    "stock",
    "cost_minor",
    "list_price_minor",
    "sale_ends_at",
    "search",
    "updated_at",
)
"""What the shop tells of a product; what is ours (state, picture, heat) stays."""


async def edit_product(session: AsyncSession, product: Product, now: datetime) -> None:
    """Write a product back that staff changed."""
    product.search = searchable(product.title, product.sku, product.category)
    product.updated_at = now
    await update_all(session, ProductRow, [product], (*_TOLD, "state", "picture_id"))
