"""Goods to share: the list, and one product with what I earn on it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bot.cards.card import Card, CopyText, Row, Tap
from bot.cards.plans import percent_text
from bot.cards.words import back_button, home_button, title
from bot.voice.catalogue import Voice
from bot.voice.money import approx_money, money
from bot.voice.names import plain_name
from models.catalog.products import Product
from models.plans.document import Rate

_LABEL_COLUMNS = 18


@dataclass(frozen=True, slots=True)
class Offer:
    """A product and what it earns at the reader's level (minor units; None while no plan is in force)."""

    product: Product
    rate: Rate | None
    earns_minor: int | None


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """A page of the catalogue; `total` counts all of it."""

    currency: str
    total: int
    offers: tuple[Offer, ...]
    next_after: str | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """One product with its reader's own link."""

    currency: str
    offer: Offer
    url: str
    code: str


def goods_card(page: GoodsPage, voice: Voice) -> Card:
    """A page of products; each button opens one."""
    if page.total == 0:
        text = voice.say(
            "🛍 <b>Goods</b>\n\nThe shop's products will stand here. It has none in its catalogue yet; "
            "you can already share the shop as a whole."
        )
        return Card(text, ((Tap(voice.plain("🔗 Share"), "share:open"),), (back_button("home:open", voice),)))
    parts = [voice.plural("🛍 <b>Goods</b> · {n} product", "🛍 <b>Goods</b> · {n} products", page.total)]
    parts += [_listed(number, offer, page.currency, voice) for number, offer in enumerate(page.offers, 1)]
    buttons = [_product_button(number, offer, voice) for number, offer in enumerate(page.offers, 1)]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    turns: list[Tap] = []
    if not page.is_first:
        turns.append(Tap(voice.plain("⏮ First page"), "goods:open"))
    if page.next_after is not None:
        turns.append(Tap(voice.plain("Next ▶"), f"goods:after:{page.next_after}"))
    if turns:
        rows.append(tuple(turns))
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("home:open", voice),)))


def _listed(number: int, offer: Offer, currency: str, voice: Voice) -> Markup:
    name = title(offer.product.title, voice)
    price = money(offer.product.price_minor, currency, voice.language)
    if offer.earns_minor is None:
        return voice.say("<b>{number}.</b> {title}\n{price}", number=number, title=name, price=price)
    return voice.say(
        "<b>{number}.</b> {title}\n{price}, you earn <b>{amount}</b>",
        number=number,
        title=name,
        price=price,
        amount=approx_money(offer.earns_minor, currency, voice.language),
    )


def _product_button(number: int, offer: Offer, voice: Voice) -> Tap:
    name = plain_name(offer.product.title, _LABEL_COLUMNS, voice.plain("a product"))
    return Tap(f"{number}. {name}", f"goods:show:{offer.product.id}")


def product_card(facts: ProductFacts, voice: Voice) -> Card:
    """One product: price, what I earn, stock, my link."""
    product = facts.offer.product
    lines = [
        voice.say("🛍 <b>{title}</b>", title=title(product.title, voice)),
        voice.say("Price: <b>{price}</b>", price=money(product.price_minor, facts.currency, voice.language)),
        _earns(facts, voice),
    ]
    if product.stock is not None:
        lines.append(_stock(product.stock, voice))
    link = voice.say("Your link, code <b>{code}</b>:\n<code>{url}</code>", code=facts.code, url=facts.url)
    rows: tuple[Row, ...] = (
        (
            CopyText(voice.plain("📋 Copy link"), facts.url),
            Tap(voice.plain("🖼 Poster"), f"goods:poster:{product.id}"),
        ),
        (back_button("goods:open", voice), home_button(voice)),
    )
    return Card(Markup("\n\n").join((Markup("\n").join(lines), link)), rows)


def _earns(facts: ProductFacts, voice: Voice) -> Markup:
    offer = facts.offer
    if offer.earns_minor is None:
        return voice.say("You earn: the shop's commission plan is not out yet")
    amount = approx_money(offer.earns_minor, facts.currency, voice.language)
    if offer.rate is None or offer.earns_minor == 0:
        return voice.say("You earn: nothing on this one")
    if offer.rate.percent is not None:
        return voice.say(
            "You earn <b>{amount}</b> ({percent}% of the price)",
            amount=amount,
            percent=percent_text(offer.rate.percent),
        )
    return voice.say("You earn <b>{amount}</b> apiece", amount=amount)


def _stock(stock: int, voice: Voice) -> Markup:
    if stock <= 0:
        return voice.say("⛔ Out of stock")
    return voice.say("In stock: {stock}", stock=f"{stock:,}")
