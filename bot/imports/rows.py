"""The typed rows of the three files that Tuike names itself: products, distributors and coupons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.imports.tables import BadRow, Columns, read_rows

PRICE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
"""A price in major units, up to four decimals (business.md 4); no signs, spaces or thousands marks."""
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")

PRODUCT_COLUMNS = Columns(
    ("sku", "title", "price"), ("category", "url", "image", "stock", "cost", "list_price", "sale_ends")
)
DISTRIBUTOR_COLUMNS = Columns(
    ("external_id", "name", "telegram_id", "sponsor", "level"), ("email", "phone", "profile")
)
COUPON_COLUMNS = Columns(("code", "distributor"))


def read_price(text: str) -> Decimal:
    """A decimal string as an exact Decimal. Raises ValueError with a sentence for anything else."""
    if not PRICE.fullmatch(text):
        raise ValueError("a price is written like 12.50, with at most four decimals")
    return Decimal(text)


def _price_cell(cell: object) -> object:
    return read_price(cell) if isinstance(cell, str) else cell


def _whole_number_cell(cell: object) -> object:
    if isinstance(cell, str) and not WHOLE_NUMBER.fullmatch(cell):
        raise ValueError("write a whole number like 25")
    return cell


def _moment_cell(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    try:
        return datetime.fromisoformat(cell)
    except ValueError as error:
        raise ValueError("a time is written like 2026-12-01 18:00") from error


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address starts with https:// or http:// and names a host")
    return url


Short = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Moment = Annotated[datetime, BeforeValidator(_moment_cell)]
Price = Annotated[Decimal, BeforeValidator(_price_cell), Field(ge=0)]
Count = Annotated[int, BeforeValidator(_whole_number_cell), Field(ge=0)]
ChatId = Annotated[int, BeforeValidator(_whole_number_cell), Field(gt=0, lt=2**52)]
Address = Annotated[str, Field(max_length=2000), AfterValidator(_web_address)]


class FileRow(BaseModel):
    """A row that knows its line, so that what goes wrong later can still name it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_number: int


class ProductRow(FileRow):
    """One product; `sku` is case-sensitive, `price`, `cost` and `list_price` are in major units.

    `list_price` is the price before a reduction; `sale_ends` is when today's price ends, by the shop's clock
    where it names no zone.
    """

    sku: Short
    title: Text
    price: Price
    category: Short | None = None
    url: Address | None = None
    image: Text | None = None
    stock: Count | None = None
    cost: Price | None = None
    list_price: Price | None = None
    sale_ends: Moment | None = None


class DistributorRow(FileRow):
    """One distributor; `sponsor` is the `external_id` of the distributor who invited them."""

    external_id: Short
    name: Text
    telegram_id: ChatId | None = None
    sponsor: Short | None = None
    level: Short | None = None
    email: Text | None = None
    phone: Short | None = None
    profile: Short | None = None


class CouponRow(FileRow):
    """One coupon code that belongs to a distributor, named by `external_id`."""

    code: Short
    distributor: Short


R = TypeVar("R", bound=FileRow)


def read_products(path: Path) -> Iterator[ProductRow | BadRow]:
    """Rows of a products file. Raises TableError for an unreadable file or wrong columns."""
    return _typed(path, PRODUCT_COLUMNS, ProductRow, lambda row: row.sku)


def read_distributors(path: Path) -> Iterator[DistributorRow | BadRow]:
    """Rows of a distributors file. Raises TableError for an unreadable file or wrong columns."""
    return _typed(path, DISTRIBUTOR_COLUMNS, DistributorRow, lambda row: row.external_id)


def read_coupons(path: Path) -> Iterator[CouponRow | BadRow]:
    """Rows of a coupons file. Raises TableError for an unreadable file or wrong columns."""
    return _typed(path, COUPON_COLUMNS, CouponRow, lambda row: row.code)


def _typed(path: Path, columns: Columns, model: type[R], key: Callable[[R], str]) -> Iterator[R | BadRow]:
    rows = read_rows(path, columns)
    name = columns.required[0]

    def typed() -> Iterator[R | BadRow]:
        lines: dict[str, int] = {}
        for row in rows:
            if isinstance(row, BadRow):
                yield row
                continue
            try:
                value = model.model_validate({"line_number": row.line_number, **row.cells})
            except ValidationError as error:
                yield BadRow(row.line_number, _sentence(error))
                continue
            first = lines.setdefault(key(value), row.line_number)
            if first != row.line_number:
                yield BadRow(row.line_number, f"The {name} {key(value)} is already on line {first}.")
                continue
            yield value

    return typed()


def _sentence(error: ValidationError) -> str:
    faults = []
    for fault in error.errors(include_url=False):
        column = ".".join(str(part) for part in fault["loc"])
        cell = fault["input"]
        if cell is None:
            faults.append(f"{column} is empty")
            continue
        shown = cell if len(str(cell)) <= 40 else f"{str(cell)[:40]}…"
        reason = fault["msg"].removeprefix("Value error, ")
        faults.append(f"{column} is {shown!r}: {reason[:1].lower()}{reason[1:]}")
    return "; ".join(faults) + "."
