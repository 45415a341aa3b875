"""A products file into the merchant's catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal

from bot.imports.into_store import Intake, in_batches
from bot.imports.rows import ProductRow
from bot.imports.tables import BadRow
from models.catalog.products import Product, keep_products
from models.errors import DomainError
from models.funnel.targets import checked_target
from models.people.merchants import Merchant
from models.store.currency import floor_to_minor, to_minor
from models.store.engine import Store

ToMinor = Callable[[Decimal, str], int]


def exact_minor(amount: Decimal, currency: str) -> int:
    """Minor units of a price that a person wrote. Raises Invalid when the currency has fewer places."""
    return to_minor(format(amount, "f"), currency)


def floored_minor(amount: Decimal, currency: str) -> int:
    """Minor units of a price that orders were made at; fractions of the minor unit are cut."""
    return floor_to_minor(amount, currency)


async def import_products(
    store: Store,
    merchant: Merchant,
    rows: Iterable[ProductRow | BadRow],
    now: datetime,
    intake: Intake,
    minor: ToMinor = exact_minor,
) -> None:
    """Add new products and bring known SKUs up to date. The host of `url` must be one of the merchant's."""
    for batch in in_batches(intake.good(rows)):
        products = [made for row in batch if (made := _product(row, merchant, now, intake, minor))]
        async with store.write() as session:
            added, changed = await keep_products(session, merchant.id, products)
        intake.kept(added, changed)


def _moment(told: datetime, merchant: Merchant) -> datetime:
    """A time of the file in UTC; one without a zone is by the shop's clock."""
    aware = told if told.tzinfo is not None else told.replace(tzinfo=merchant.zone)
    return aware.astimezone(UTC)


def _product(
    row: ProductRow, merchant: Merchant, now: datetime, intake: Intake, minor: ToMinor
) -> Product | None:
    try:
        return Product(
            merchant_id=merchant.id,
            sku=row.sku,
            title=row.title,
            price_minor=minor(row.price, merchant.currency),
            category=row.category,
            url=checked_target(row.url, merchant.shop_hosts) if row.url else None,
            image=row.image,
            stock=row.stock,
            cost_minor=minor(row.cost, merchant.currency) if row.cost is not None else None,
            list_price_minor=minor(row.list_price, merchant.currency) if row.list_price is not None else None,
            sale_ends_at=_moment(row.sale_ends, merchant) if row.sale_ends is not None else None,
            updated_at=now,
        )
    except DomainError as error:
        intake.refuse(row.line_number, str(error))
        return None
