"""Order numbers as people type them: with `#`, spaces, other case, zeros in front or none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Invalid
from models.funnel.orders import REF_CHARS, Order, OrderRow
from models.store.sql import table_of, values_of

_MOST_ZEROS = 8
_ZEROS_IN_FRONT = re.compile(r"(?<!\d)0+(?=\d)")
_FIRST_FIGURES = re.compile(r"(?P<head>\D*)0*(?P<figures>\d.*)", re.DOTALL)


class BadOrderNumber(Invalid):
    """What was typed can't be an order number."""

    code = "bad_order_number"

    def __init__(self) -> None:
        super().__init__(f"An order number has 1 to {REF_CHARS} characters.")


def read_number(typed: str) -> str:
    """The number that somebody typed, without space around it. Raises BadOrderNumber."""
    number = unicodedata.normalize("NFKC", typed).strip()
    if not (1 <= len(number) <= REF_CHARS) or not number.isprintable():
        raise BadOrderNumber
    return number


def has_figure(number: str) -> bool:
    """Whether there is a figure in it; what has none is hardly an order number."""
    return any(letter.isdecimal() for letter in number)


def plainest(number: str) -> str:
    """One form for all ways of writing a number; those that agree in it mean one order."""
    bare = "".join(unicodedata.normalize("NFKC", number).split()).replace("#", "").casefold()
    return _ZEROS_IN_FRONT.sub("", bare)[:REF_CHARS]


def spellings(number: str) -> list[str]:
    """The number as it was typed, then other ways in which the shop may write it, the nearest first."""
    bare = "".join(number.split()).replace("#", "")
    found = [number, bare]
    split = _FIRST_FIGURES.fullmatch(bare)
    if split is not None:
        head, figures = split["head"], split["figures"]
        found += [head + "0" * zeros + figures for zeros in range(_MOST_ZEROS + 1)]
    cased = [spelled for each in found for spelled in (each, each.upper(), each.lower())]
    marked = [spelled for each in cased for spelled in (each, f"#{each}")]
    return [each for each in dict.fromkeys(marked) if 1 <= len(each) <= REF_CHARS]


async def orders_spelled(session: AsyncSession, merchant_id: int, number: str) -> list[Order]:
    """A merchant's orders that the number may mean, the nearest first."""
    names = spellings(number)
    table = table_of(OrderRow)
    rows = await session.execute(
        select(table).where(table.c.merchant_id == merchant_id, table.c.order_ref.in_(names))
    )
    found = [values_of(row, Order) for row in rows]
    return sorted(found, key=lambda order: names.index(order.order_ref))


def nearest(orders: Sequence[Order], distributor_id: int) -> Order | None:
    """Of several orders the distributor's own, else the nearest."""
    return next((each for each in orders if each.distributor_id == distributor_id), next(iter(orders), None))
