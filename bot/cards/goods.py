"""Goods to share: ways into the catalogue, its pages, and one product with what I earn on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Button, Card, CopyText, OpenApp, Row, SendToChat, Tap
from bot.cards.plans import percent_text
from bot.cards.words import back_button, home_button, suspended_line, title
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from bot.voice.money import approx_money, money
from bot.voice.names import person_name, plain_name
from models.catalog.products import Product
from models.catalog.shelves import Category
from models.plans.rules import Boost, Rate

_LABEL_COLUMNS = 18
_SEARCH_COLUMNS = 40
MOST_CATEGORIES = 24


class Aisle(StrEnum):
    """The ways into the catalogue; the word stands in buttons."""

    ALL = "all"
    HOT = "hot"
    NEW = "new"
    LIKE = "like"
    """The category of a product, which stands for it in buttons."""
    FOUND = "found"
    """What was looked for, by the number under which the words are kept."""


_HEADS = {
    Aisle.ALL: Phrase("🛍 Goods"),
    Aisle.HOT: Phrase("🔥 Selling now"),
    Aisle.NEW: Phrase("🆕 New"),
    Aisle.LIKE: Phrase("🗂 Category"),
    Aisle.FOUND: Phrase("🔍 Found"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A product and what it earns its reader (minor units; None while no plan is in force), with a boost on it."""

    product: Product
    rate: Rate | None
    earns_minor: int | None
    boost: Boost | None = None
    is_suspended: bool = False
    """Whether its reader knows that they are suspended: what they earn stays under review."""


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """A page of one aisle; `total` counts all of it, `about` is its category or the words looked for.

    `place` names the aisle in buttons: `all`, `hot`, `new`, `like:7`, `found:9`.
    """

    currency: str
    aisle: Aisle
    place: str
    about: str
    total: int
    offers: tuple[Offer, ...]
    next_after: str | None
    is_first: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """One product with its reader's own link; `app_url` is a page of ours that sends its card in two taps."""

    currency: str
    zone: ZoneInfo
    offer: Offer
    url: str
    code: str
    now: datetime
    app_url: str | None = None


def goods_card(page: GoodsPage, voice: Voice) -> Card:
    """A page of products; each button opens one."""
    if page.total == 0:
        return _nothing_card(page, voice)
    parts = [
        voice.say(
            "<b>{head}</b> · {count}",
            head=_head(page, voice),
            count=voice.plural("{n} product", "{n} products", page.total),
        )
    ]
    if any(offer.is_suspended for offer in page.offers):
        parts.append(suspended_line(voice))
    parts += [_listed(number, offer, page, voice) for number, offer in enumerate(page.offers, 1)]
    buttons = [_product_button(number, offer, voice) for number, offer in enumerate(page.offers, 1)]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    turns: list[Tap] = []
    if not page.is_first:
        turns.append(Tap(voice.plain("⏮ First page"), f"goods:{page.place}"))
    if page.next_after is not None:
        turns.append(Tap(voice.plain("Next ▶"), f"goods:{page.place}:{page.next_after}"))
    if turns:
        rows.append(tuple(turns))
    return Card(Markup("\n\n").join(parts), (*rows, *_aisles(page.aisle, voice)))


def _nothing_card(page: GoodsPage, voice: Voice) -> Card:
    if page.aisle is Aisle.FOUND:
        text = voice.say(
            "🔍 Nothing is called <b>{words}</b>. Try a shorter word, or look at what sells.",
            words=_about(page, voice),
        )
        return Card(text, _aisles(page.aisle, voice))
    if page.aisle is Aisle.HOT:
        text = voice.say(
            "🔥 <b>Selling now</b>\n\nWhat buyers order will stand here, the best sellers of two weeks first. "
            "Nothing was ordered lately. 👉 Look at what is new, and share it."
        )
        return Card(text, _aisles(page.aisle, voice))
    text = voice.say(
        "🛍 <b>Goods</b>\n\nThe shop's products will stand here. It has none in its catalogue yet; "
        "you can already share the shop as a whole."
    )
    return Card(text, ((Tap(voice.plain("🔗 Share"), "share:open"),), (back_button("home:open", voice),)))


def _head(page: GoodsPage, voice: Voice) -> str | Markup:
    head = voice.phrase(_HEADS[page.aisle])
    if not page.about:
        return head
    return voice.say("{name}: {value}", name=head, value=_about(page, voice))


def _about(page: GoodsPage, voice: Voice) -> Markup:
    return person_name(page.about, _SEARCH_COLUMNS, voice.plain("this"))


def _aisles(here: Aisle, voice: Voice) -> tuple[Row, ...]:
    ways = (
        (Aisle.ALL, Tap(voice.plain("🛍 All"), "goods:all")),
        (Aisle.HOT, Tap(voice.plain("🔥 Hot"), "goods:hot")),
        (Aisle.NEW, Tap(voice.plain("🆕 New"), "goods:new")),
    )
    return (
        tuple(way for aisle, way in ways if aisle is not here),
        (Tap(voice.plain("🗂 Categories"), "goods:kinds"), Tap(voice.plain("🔍 Search"), "goods:ask")),
        (back_button("home:open", voice),),
    )


def _listed(number: int, offer: Offer, page: GoodsPage, voice: Voice) -> Markup:
    product, language = offer.product, voice.language
    name = title(product.title, voice)
    price = _now_and_before(product, page.currency, page.now, voice)
    lines = [voice.say("<b>{number}.</b> {title}", number=number, title=name)]
    if offer.earns_minor is None or offer.is_suspended:
        lines.append(price)
    else:
        earns = approx_money(offer.earns_minor, page.currency, language)
        lines.append(voice.say("{price}, you earn <b>{amount}</b>", price=price, amount=earns))
    marks = _marks(product, page, voice)
    return Markup("\n").join([*lines, marks] if marks else lines)


def _marks(product: Product, page: GoodsPage, voice: Voice) -> Markup:
    """What is special about a product now, and counted, never guessed (chat.md 2, rule 15)."""
    marks = []
    if product.is_sold_out:
        marks.append(voice.say("⛔ Out of stock"))
    if page.aisle is Aisle.HOT and product.heat:
        marks.append(voice.plural("{n} order in two weeks", "{n} orders in two weeks", product.heat))
    return Markup(" · ").join(marks)


def _product_button(number: int, offer: Offer, voice: Voice) -> Tap:
    name = plain_name(offer.product.title, _LABEL_COLUMNS, voice.plain("a product"))
    return Tap(f"{number}. {name}", f"goods:show:{offer.product.id}")


def categories_card(found: Sequence[Category], voice: Voice) -> Card:
    """The categories; each button opens one."""
    if not found:
        return Card(
            voice.say(
                "🗂 <b>Categories</b>\n\nThe shop has not sorted its goods. 👉 Look through all of them."
            ),
            (
                (Tap(voice.plain("🛍 All"), "goods:all"),),
                (back_button("goods:open", voice), home_button(voice)),
            ),
        )
    buttons = [
        Tap(
            f"{plain_name(each.name, _LABEL_COLUMNS, voice.plain('unnamed'))} · {each.products:,}",
            f"goods:like:{each.product_id}",
        )
        for each in found[:MOST_CATEGORIES]
    ]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    text = voice.say("🗂 <b>Categories</b>\nWhich one?")
    if len(found) > MOST_CATEGORIES:
        text = voice.say(
            "🗂 <b>Categories</b>\nThe first {n} of {all}; search finds the others too.",
            n=MOST_CATEGORIES,
            all=len(found),
        )
    return Card(text, (*rows, (back_button("goods:open", voice), home_button(voice))))


def ask_words_card(voice: Voice) -> Card:
    """Search: the next text is what is looked for."""
    text = voice.say(
        "🔍 <b>Search</b>\n\nSend me a word of the product's name, its number or its category. "
        "Several words narrow it down."
    )
    return Card(text, ((back_button("goods:open", voice), home_button(voice)),))


def product_card(facts: ProductFacts, voice: Voice) -> Card:
    """One product: picture, price, what I earn, stock, my link, and every way to share it."""
    product = facts.offer.product
    lines = [voice.say("🛍 <b>{title}</b>", title=title(product.title, voice)), _price(facts, voice)]
    lines.append(suspended_line(voice) if facts.offer.is_suspended else _earns(facts, voice))
    if product.stock is not None:
        lines.append(_stock(product.stock, voice))
    if product.sale_ends_at is not None:
        lines.append(_until(facts, product.sale_ends_at, voice))
    link = voice.say("Your link, code <b>{code}</b>:\n<code>{url}</code>", code=facts.code, url=facts.url)
    send: tuple[Button, ...] = (SendToChat(voice.plain("📤 Send to chat"), facts.code),)
    if facts.app_url is not None:
        send = (*send, OpenApp(voice.plain("⚡ Two taps"), facts.app_url))
    rows: tuple[Row, ...] = (
        send,
        (
            CopyText(voice.plain("📋 Copy link"), facts.url),
            Tap(voice.plain("🖼 Poster"), f"goods:poster:{product.id}"),
        ),
        (
            Tap(voice.plain("✍️ Captions"), f"caption:show:{product.id}"),
            Tap(voice.plain("🔗 My links"), f"link:of:{product.id}"),
        ),
        (back_button("goods:open", voice), home_button(voice)),
    )
    return Card(Markup("\n\n").join((Markup("\n").join(lines), link)), rows)


def _price(facts: ProductFacts, voice: Voice) -> Markup:
    price = _now_and_before(facts.offer.product, facts.currency, facts.now, voice)
    return voice.say("Price: {price}", price=price)


def _now_and_before(product: Product, currency: str, now: datetime, voice: Voice) -> Markup:
    """Today's price, and the one that it was reduced from."""
    price = money(product.price_minor, currency, voice.language)
    if not product.is_reduced(now):
        return voice.say("<b>{price}</b>", price=price)
    assert product.list_price_minor is not None  # a reduced product has one
    before = money(product.list_price_minor, currency, voice.language)
    return voice.say("<b>{price}</b> <s>{before}</s>", price=price, before=before)


def _until(facts: ProductFacts, ends_at: datetime, voice: Voice) -> Markup:
    when = moment(ends_at, facts.zone, voice.language)
    if ends_at <= facts.now:
        return voice.say("⌛ This price ended {when}", when=when)
    return voice.say("⏰ This price holds until {when}", when=when)


def _earns(facts: ProductFacts, voice: Voice) -> Markup:
    offer = facts.offer
    if offer.earns_minor is None:
        return voice.say("You earn: the shop's commission plan is not out yet")
    amount = approx_money(offer.earns_minor, facts.currency, voice.language)
    if offer.earns_minor == 0:
        return voice.say("You earn: nothing on this one")
    if offer.boost is not None:
        until = moment(offer.boost.ends, facts.zone, voice.language)
        return voice.say("🔥 You earn <b>{amount}</b> until {until}", amount=amount, until=until)
    if offer.rate is None:
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
