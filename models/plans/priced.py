"""The catalogue as a plan is held against it: prices, costs and categories, no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import ProductRow, ProductState, products_by_sku
from models.plans.document import PlanDocument
from models.plans.sample import hundred
from models.store.sql import table_of

_LEAST_USUAL = 10_000


@dataclass(frozen=True, slots=True)
class Priced:
    """One product; amounts in minor units, the cost None where it is not known."""

    sku: str
    category: str | None
    price_minor: int
    cost_minor: int | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that a merchant sells, and its currency."""

    currency: str
    goods: Sequence[Priced] = ()
    by_sku: dict[str, Priced] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_sku", {each.sku: each for each in self.goods})

    @property
    def usual_price(self) -> int:
        """The median price; where nothing is sold yet 100, or 10,000 of a currency without hundredths."""
        prices = sorted(each.price_minor for each in self.goods)
        return prices[len(prices) // 2] if prices else max(hundred(self.currency), _LEAST_USUAL)

    @property
    def highest_price(self) -> int:
        """The dearest product's; where nothing is sold yet, the usual one."""
        return max((each.price_minor for each in self.goods), default=self.usual_price)

    @property
    def titles(self) -> dict[str, str]:
        """What buyers call the products that have a title here, by their numbers."""
        return {each.sku: each.title for each in self.goods if each.title}

    def category_of(self, sku: str) -> str | None:
        """The category of a product, where both are known."""
        return self.by_sku[sku].category if sku in self.by_sku else None


async def catalogue_of(session: AsyncSession, merchant_id: int, currency: str) -> Catalogue:
    """What is on sale at a merchant."""
    table = table_of(ProductRow)
    rows = await session.execute(
        select(table.c.sku, table.c.category, table.c.price_minor, table.c.cost_minor)
        .where(table.c.merchant_id == merchant_id, table.c.state == ProductState.ON_SALE)
        .order_by(table.c.sku)
    )
    return Catalogue(currency, [Priced(*row) for row in rows])


async def named_goods(
    session: AsyncSession, merchant_id: int, currency: str, *plans: PlanDocument
) -> Catalogue:
    """Only the products that these plans name, hidden ones too: enough to compare and to name what they earn."""
    skus = {
        rule.product for plan in plans for rule in (*plan.rates, *plan.boosts) if rule.product is not None
    }
    found = await products_by_sku(session, merchant_id, sorted(skus))
    return Catalogue(
        currency,
        [
            Priced(each.sku, each.category, each.price_minor, each.cost_minor, each.title)
            for each in found.values()
        ],
    )
