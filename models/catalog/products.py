"""Products of a merchant. SKUs are case-sensitive: 85123A and 85123a are two products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Index, String, Text, UniqueConstraint, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import NotFound
from models.store.ids import new_id
from models.store.prepared import Prepared
from models.store.sql import chunks, insert_all, table_of, update_all, values_of
from models.store.types import Key, Minor, UtcTime

SKU_CHARS = 100


class Product(SQLModel):
    """What is sold. Money in minor units of the merchant's currency; `cost_minor` None when not known."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    sku: str = Field(sa_type=String(SKU_CHARS))
    title: str = Field(sa_type=String(500))
    price_minor: int = Field(sa_type=Minor)
    category: str | None = Field(default=None, sa_type=String(100))
    url: str | None = Field(default=None, sa_type=Text)
    image: str | None = Field(default=None, sa_type=Text)
    stock: int | None = Field(default=None, sa_type=Minor)
    cost_minor: int | None = Field(default=None, sa_type=Minor)
    updated_at: datetime = Field(sa_type=UtcTime)


class ProductRow(Product, table=True):
    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("merchant_id", "sku"), Index(None, "merchant_id", "category"))


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of products and where the next one starts (None at the end)."""

    items: tuple[Product, ...]
    next_after: str | None


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


async def categories_by_sku(
    session: AsyncSession, merchant_id: int, skus: Sequence[str]
) -> dict[str, str | None]:
    """Only what rating needs: the category of each SKU that the catalogue knows."""
    table = table_of(ProductRow)
    found: dict[str, str | None] = {}
    for part in chunks(skus):
        rows = await session.execute(
            select(table.c.sku, table.c.category).where(
                table.c.merchant_id == merchant_id, table.c.sku.in_(part)
            )
        )
        found.update({row.sku: row.category for row in rows})
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


async def product_page(session: AsyncSession, merchant_id: int, after: str | None, size: int) -> ProductPage:
    """Products in the order of their titles, `size` of them behind the cursor `after` (a product id)."""
    table = table_of(ProductRow)
    statement = select(table).where(table.c.merchant_id == merchant_id)
    if after is not None:
        last = await product_by_id(session, merchant_id, int(after))
        statement = statement.where(
            or_(table.c.title > last.title, and_(table.c.title == last.title, table.c.id > last.id))
        )
    rows = (await session.execute(statement.order_by(table.c.title, table.c.id).limit(size + 1))).all()
    items = tuple(values_of(row, Product) for row in rows[:size])
    return ProductPage(items, str(items[-1].id) if len(rows) > size else None)


async def keep_products(
    session: AsyncSession, merchant_id: int, products: Iterable[Product]
) -> tuple[int, int]:
    """Add new products and bring known ones up to date, by SKU. Returns (added, changed)."""
    latest = {product.sku: product for product in products}
    known = await products_by_sku(session, merchant_id, list(latest))
    added = [product for sku, product in latest.items() if sku not in known]
    changed = []
    for sku, before in known.items():
        product = latest[sku]
        product.id = before.id
        changed.append(product)
    await insert_all(session, ProductRow, added)
    await update_all(
        session,
        ProductRow,
        changed,
        ("title", "price_minor", "category", "url", "image", "stock", "cost_minor", "updated_at"),
    )
    return len(added), len(changed)


_COUNT = Prepared(
    select(func.count()).where(col(ProductRow.merchant_id) == bindparam("merchant_id")),
    lambda row: cast("int", row[0]),
)


async def count_products(session: AsyncSession, merchant_id: int) -> int:
    """How many products the merchant's catalogue has."""
    return await _COUNT.first(session, merchant_id=merchant_id) or 0


_ANY = Prepared(
    select(table_of(ProductRow).c.id).where(col(ProductRow.merchant_id) == bindparam("merchant_id")).limit(1),
    lambda _: True,
)


async def has_products(session: AsyncSession, merchant_id: int) -> bool:
    """Whether the merchant's catalogue has any product; to count them all costs more the more there are."""
    return await _ANY.first(session, merchant_id=merchant_id) is not None
