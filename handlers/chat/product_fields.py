"""What the shop's people may write into each field of a product, and why an answer is not taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot.cards.product_desk import NONE, Field, Wrong
from models.catalog.products import CATEGORY_CHARS, TITLE_CHARS, Product
from models.errors import Invalid
from models.funnel.targets import checked_target
from models.people.merchants import Merchant
from models.store.currency import to_minor

_MOST_STOCK = 1_000_000_000
_TIME_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d")


class NotTaken(Exception):
    """The answer to a question is none."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


def _set_title(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del shop, now
    if not 1 <= len(text) <= TITLE_CHARS:
        raise NotTaken(Wrong.TITLE)
    product.title = " ".join(text.split())


def _set_price(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del now
    price = _amount(text, shop.currency, Wrong.PRICE)
    if price == 0:
        raise NotTaken(Wrong.PRICE)
    product.price_minor = price
    if product.list_price_minor is not None and product.list_price_minor <= price:
        product.list_price_minor = None


def _set_list_price(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del now
    if text == NONE:
        product.list_price_minor = None
        return
    before = _amount(text, shop.currency, Wrong.LIST_PRICE)
    if before <= product.price_minor:
        raise NotTaken(Wrong.LIST_PRICE)
    product.list_price_minor = before


def _amount(text: str, currency: str, wrong: Wrong) -> int:
    try:
        return to_minor(text.replace(",", ".") if "." not in text else text, currency)
    except Invalid as error:
        raise NotTaken(wrong) from error


def _set_sale_ends(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    if text == NONE:
        product.sale_ends_at = None
        return
    for form in _TIME_FORMS:
        try:
            local = datetime.strptime(text, form).replace(tzinfo=shop.zone)
        except ValueError:
            continue
        ends_at = local.astimezone(UTC)
        if ends_at <= now:
            break
        product.sale_ends_at = ends_at
        return
    raise NotTaken(Wrong.SALE_ENDS)


def _set_stock(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del shop, now
    if text == NONE:
        product.stock = None
        return
    if not (text.isascii() and text.isdecimal()) or int(text[:12]) > _MOST_STOCK:
        raise NotTaken(Wrong.STOCK)
    product.stock = int(text)


def _set_category(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del shop, now
    if not 1 <= len(text) <= CATEGORY_CHARS:
        raise NotTaken(Wrong.CATEGORY)
    product.category = None if text == NONE else " ".join(text.split())


def _set_address(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del now
    if text == NONE:
        product.url = None
        return
    try:
        product.url = checked_target(text, shop.shop_hosts)
    except Invalid as error:
        raise NotTaken(Wrong.ADDRESS) from error


SETTERS: dict[Field, Callable[[Product, str, Merchant, datetime], None]] = {
    Field.TITLE: _set_title,
    Field.PRICE: _set_price,
    Field.LIST_PRICE: _set_list_price,
    Field.SALE_ENDS: _set_sale_ends,
    Field.STOCK: _set_stock,
    Field.CATEGORY: _set_category,
    Field.ADDRESS: _set_address,
}
"""By the field: checks the text that was typed and sets it. Raises NotTaken."""
