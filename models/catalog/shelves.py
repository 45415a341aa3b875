"""How a catalogue is looked through: all of it, what sells, what is new, one category, or by words.

Cursors are product ids: a page begins behind the product that the one before ended with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from sqlalchemy import ColumnElement, String, and_, bindparam, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import Product, ProductRow, ProductState, product_by_id
from models.catalog.words import characters, pairs, terms
from models.store.prepared import Prepared
from models.store.sql import table_of, values_of

_TABLE = table_of(ProductRow)
_ESCAPE = "\\"


class Sorting(StrEnum):
    """In which order."""

    TITLE = "title"
    HOT = "hot"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the catalogue: `category` and `words` narrow it, `sold` leaves out what nobody bought lately;
    `with_hidden` is for the shop's own people."""

    sorting: Sorting = Sorting.TITLE
    category: str | None = None
    words: tuple[str, ...] = ()
    sold: bool = False
    with_hidden: bool = False


ALL = Shelf()
HOT = Shelf(Sorting.HOT)
"""Everything, the best sellers first."""
SELLING = Shelf(Sorting.HOT, sold=True)
"""The best sellers alone."""
NEW = Shelf(Sorting.NEW)


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of products and where the next one starts (None at the end)."""

    items: tuple[Product, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Category:
    """A category with how many products it has; `product_id` is one of them and stands for it in buttons."""

    name: str
    product_id: int
    products: int


async def found_by(
    session: AsyncSession, merchant_id: int, typed: str, *, with_hidden: bool = False
) -> Shelf:
    """The shelf of what somebody typed, the best sellers first.

    Every word must occur. Where nothing has them all, Chinese is taken to pairs of characters, so that
    `红色杯子` finds `杯子 红色`, and in the end to single ones, so that `大红色杯子` finds `杯子 大红色`.
    """
    words = terms(typed)
    shelf = Shelf(Sorting.HOT, words=tuple(words), with_hidden=with_hidden)
    for wider in (pairs, characters):
        if not shelf.words or await shelf_count(session, merchant_id, shelf):
            return shelf
        shelf = replace(shelf, words=tuple(wider(words)))
    return shelf


async def shelf_page(
    session: AsyncSession, merchant_id: int, shelf: Shelf, after: str | None, size: int
) -> ProductPage:
    """`size` products of a shelf behind the cursor `after`. Raises NotFound when that product has gone."""
    statement = select(_TABLE).where(*_on(merchant_id, shelf))
    if after is not None:
        last = await product_by_id(session, merchant_id, int(after))
        statement = statement.where(_behind(last, shelf.sorting))
    rows = (await session.execute(statement.order_by(*_ORDERS[shelf.sorting]).limit(size + 1))).all()
    items = tuple(values_of(row, Product) for row in rows[:size])
    return ProductPage(items, str(items[-1].id) if len(rows) > size else None)


async def shelf_count(session: AsyncSession, merchant_id: int, shelf: Shelf) -> int:
    """How many products a shelf has."""
    counted = select(func.count()).select_from(_TABLE).where(*_on(merchant_id, shelf))
    return int((await session.execute(counted)).scalar_one())


async def categories(session: AsyncSession, merchant_id: int) -> list[Category]:
    """The categories that distributors see, by name."""
    rows = await session.execute(
        select(_TABLE.c.category, func.min(_TABLE.c.id).label("product_id"), func.count().label("products"))
        .where(*_on(merchant_id, ALL), _TABLE.c.category.is_not(None))
        .group_by(_TABLE.c.category)
        .order_by(_TABLE.c.category)
    )
    return [Category(row.category, row.product_id, row.products) for row in rows]


async def has_products(session: AsyncSession, merchant_id: int) -> bool:
    """Whether distributors see any product at all."""
    return await _ANY.first(session, merchant_id=merchant_id) is not None


_ANY = Prepared(
    select(_TABLE.c.id)
    .where(_TABLE.c.merchant_id == bindparam("merchant_id"), _TABLE.c.state == ProductState.ON_SALE)
    .limit(1),
    lambda row: cast("int", row[0]),
)


def _on(merchant_id: int, shelf: Shelf) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = [_TABLE.c.merchant_id == merchant_id]
    if not shelf.with_hidden:
        narrowed.append(_TABLE.c.state == ProductState.ON_SALE)
    if shelf.category is not None:
        narrowed.append(_TABLE.c.category == shelf.category)
    if shelf.sold:
        narrowed.append(_TABLE.c.heat > 0)
    narrowed += [
        type_coerce(_TABLE.c.search, String).like(f"%{_literal(word)}%", escape=_ESCAPE)
        for word in shelf.words
    ]
    return narrowed


def _literal(word: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    return word


_ORDERS: dict[Sorting, Sequence[ColumnElement[object]]] = {
    Sorting.TITLE: (_TABLE.c.title, _TABLE.c.id),
    Sorting.HOT: (_TABLE.c.heat.desc(), _TABLE.c.id.desc()),
    Sorting.NEW: (_TABLE.c.created_at.desc(), _TABLE.c.id.desc()),
}


def _behind(last: Product, sorting: Sorting) -> ColumnElement[bool]:
    match sorting:
        case Sorting.TITLE:
            title, key = _TABLE.c.title, _TABLE.c.id
            return or_(title > last.title, and_(title == last.title, key > last.id))
        case Sorting.HOT:
            heat, key = _TABLE.c.heat, _TABLE.c.id
            return or_(heat < last.heat, and_(heat == last.heat, key < last.id))
        case Sorting.NEW:
            made, key = _TABLE.c.created_at, _TABLE.c.id
            return or_(made < last.created_at, and_(made == last.created_at, key < last.id))
