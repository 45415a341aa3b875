"""What the shop's people may write into each field of a product, and why an answer is not taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

from bot.cards.product_desk import NONE, Field, Wrong
from bot.voice.names import is_visible
from bot.voice.typed_money import OtherCurrency, read_money
from models.catalog.products import CATEGORY_CHARS, TITLE_CHARS, Product
from models.errors import Invalid
from models.funnel.targets import checked_target
from models.people.merchants import Merchant

_STOCK_DIGITS = 9
_TIME_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d")


class NotTaken(Exception):
    """The answer to a question is none."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


def _set_title(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del shop, now
    product.title = _words(text, TITLE_CHARS, Wrong.TITLE)


def _words(text: str, most: int, wrong: Wrong) -> str:
    """One line that a reader can see."""
    if len(text) > most or not is_visible(text):
        raise NotTaken(wrong)
    return " ".join(text.split())


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
        return read_money(text, currency)
    except OtherCurrency as error:
        raise NotTaken(Wrong.CURRENCY) from error
    except Invalid as error:
        raise NotTaken(wrong) from error


def plainly(text: str) -> str:
    """Figures as a Chinese keyboard writes them (`１２．５０`) in their plain form."""
    return unicodedata.normalize("NFKC", text)


def _set_sale_ends(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    if text == NONE:
        product.sale_ends_at = None
        return
    written = plainly(text)
    for form in _TIME_FORMS:
        try:
            ends_at = datetime.strptime(written, form).replace(tzinfo=shop.zone).astimezone(UTC)
        except ValueError:
            continue
        except OverflowError:  # the first or last day that there is, on the other side of UTC
            break
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
    count = plainly(text)
    if not (count.isascii() and count.isdecimal()) or len(count) > _STOCK_DIGITS:
        raise NotTaken(Wrong.STOCK)
    product.stock = int(count)


def _set_category(product: Product, text: str, shop: Merchant, now: datetime) -> None:
    del shop, now
    product.category = None if text == NONE else _words(text, CATEGORY_CHARS, Wrong.CATEGORY)


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
