"""Drawing the shop's pages: templates, prices and dates for a reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from urllib.parse import quote

from aiohttp import web
from babel.dates import format_datetime
from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.sandbox.languages import Ribbon, language_of
from bot.sandbox.shop.orders import Buyer
from bot.sandbox.shop.setup import Product, ShopSetup
from bot.sandbox.shop.words import CATEGORIES, WORDS

LOCALES = {"en": "en", "zh": "zh_CN"}
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("bot.sandbox.shop", "pages"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """How one reader sees amounts, dates and words."""

    language: str
    currency: str

    def say(self, key: str) -> str:
        """A word of the shop; an unknown key stands for itself."""
        return WORDS[self.language].get(key, key)

    def money(self, amount: Decimal) -> str:
        """An amount in the shop's currency; one currency needs no country before its sign."""
        return format_currency(amount, self.currency, locale=LOCALES[self.language]).replace("CN¥", "¥")

    def moment(self, seconds: float) -> str:
        """A date and time (UTC)."""
        when = datetime.fromtimestamp(seconds, UTC)
        return f"{format_datetime(when, 'medium', locale=LOCALES[self.language])} UTC"

    def category(self, name: str) -> str:
        """A category as a heading."""
        return CATEGORIES[self.language].get(name, name.capitalize())

    def title(self, product: Product) -> str:
        """A product's title."""
        return product.title_in(self.language)


def picture_url(product: Product) -> str | None:
    """Where a product's picture is on this server."""
    if isinstance(product.picture, str):
        return product.picture
    return f"/shop/pictures/{quote(product.sku, safe='')}.jpg" if product.picture else None


def product_url(product: Product) -> str:
    """A product's page on this server."""
    return f"/shop/products/{quote(product.sku, safe='')}"


@dataclass(frozen=True, slots=True)
class Painter:
    """Renders the templates for one shop."""

    setup: ShopSetup
    ribbon: Ribbon | None

    def reader(self, request: web.Request) -> Reader:
        """Whoever asks."""
        return Reader(language_of(request), self.setup.currency)

    def draw(
        self, request: web.Request, buyer: Buyer, template: str, *, status: int = 200, **shown: object
    ) -> web.Response:
        """A page as an HTML response, which also keeps the reader's choice of language."""
        reader = self.reader(request)
        other = "en" if reader.language == "zh" else "zh"
        helpers: dict[str, Callable[..., object]] = {
            "t": reader.say,
            "money": reader.money,
            "moment": reader.moment,
            "title_of": reader.title,
            "category_of": reader.category,
            "picture_url": picture_url,
            "product_url": product_url,
        }
        html = (
            _templates()
            .get_template(template)
            .render(
                language="zh-CN" if reader.language == "zh" else "en",
                shop=self.setup,
                buyer=buyer,
                cart_count=sum(buyer.cart.values()),
                ribbon=self.ribbon.text(reader.language) if self.ribbon else "",
                other_language=str(request.rel_url.update_query(lang=other)),
                **helpers,
                **shown,
            )
        )
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        response = web.Response(text=html, content_type="text/html", status=status, headers=headers)
        if "lang" in request.query:
            response.set_cookie("lang", reader.language, samesite="Lax")
        return response
