"""The demo's market as a shop in the browser."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.market.goods import GOODS
from bot.sandbox.market.seeding import Market
from bot.sandbox.shop.setup import Product, ShopSetup

POSTAGE = "2.95"


def market_shop(market: Market, pictures: Mapping[str, bytes], events_url: str) -> ShopSetup:
    """The shop with its goods and pictures (JPEG by SKU), which sends its events to the product."""
    goods = (
        Product(
            sku=good.sku,
            title=good.title,
            price=good.price,
            category=good.category,
            picture=pictures[good.sku],
            titles={"zh": good.title_zh},
        )
        for good in GOODS
    )
    return ShopSetup(
        market.name, market.currency, tuple(goods), events_url, market.webhook_secret, shipping=POSTAGE
    )
