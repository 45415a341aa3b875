"""The buyer's card: what arrives in a chat when somebody shares. No commission on it, and always the Ad label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, OpenUrl, Picture, Row
from bot.cards.inline import InlineResult
from bot.cards.words import shop_name, title
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import approx_money, money
from bot.voice.names import cut
from models.catalog.products import Product
from models.funnel.shared_cards import CardState

_RESULT_COLUMNS = 80


@dataclass(frozen=True, slots=True)
class BuyersFacts:
    """A product as buyers see it, over one link. `invite_url` None: the shop recruits nobody on cards."""

    shop: str
    currency: str
    zone: ZoneInfo
    product: Product
    url: str
    state: CardState
    now: datetime
    invite_url: str | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """A shop as a whole, over one link."""

    shop: str
    url: str
    invite_url: str | None = None


INVITED = "j_"
"""How a distributor's invitation begins as a start payload."""


def invite_link(bot_username: str, invite_code: str) -> str:
    """Where somebody joins with a distributor as their sponsor."""
    return f"https://t.me/{bot_username}?start={INVITED}{invite_code}"


def buyers_card(facts: BuyersFacts, voice: Voice) -> Card:
    """Title, price, deadline and the way to buy; once it can't be had, it says so and offers no price."""
    product = facts.product
    lines = [voice.say("<b>{title}</b>", title=title(product.title, voice))]
    match facts.state:
        case CardState.OPEN:
            lines += _offer(facts, voice)
        case CardState.SOLD_OUT:
            lines.append(voice.say("⛔ Sold out"))
        case CardState.OVER:
            lines.append(voice.say("⌛ This offer is over"))
        case CardState.GONE:
            lines.append(voice.say("⌛ No longer on sale"))
    lines.append(voice.say("{shop} · <i>{ad}</i>", shop=shop_name(facts.shop, voice), ad=voice.plain("Ad")))
    way = (
        OpenUrl(voice.plain("🛒 Buy now"), facts.url)
        if facts.state is CardState.OPEN
        else OpenUrl(voice.plain("🏬 To the shop"), facts.url)
    )
    return Card(Markup("\n").join(lines), _rows(way, facts.invite_url, voice), facts.picture)


def _offer(facts: BuyersFacts, voice: Voice) -> list[Markup]:
    product = facts.product
    price = money(product.price_minor, facts.currency, voice.language)
    if product.is_reduced(facts.now):
        assert product.list_price_minor is not None  # a reduced product has one
        before = money(product.list_price_minor, facts.currency, voice.language)
        lines = [voice.say("<b>{price}</b> <s>{before}</s>", price=price, before=before)]
    else:
        lines = [voice.say("<b>{price}</b>", price=price)]
    if product.sale_ends_at is not None:
        until = moment(product.sale_ends_at, facts.zone, voice.language)
        lines.append(voice.say("⏰ Until {when}", when=until))
    return lines


def shop_card(facts: ShopFacts, voice: Voice) -> Card:
    """The shop as a whole."""
    lines = (
        voice.say("🏬 <b>{shop}</b>", shop=shop_name(facts.shop, voice)),
        voice.say("Have a look around. <i>{ad}</i>", ad=voice.plain("Ad")),
    )
    way = OpenUrl(voice.plain("🏬 To the shop"), facts.url)
    return Card(Markup("\n").join(lines), _rows(way, facts.invite_url, voice))


def _rows(way: OpenUrl, invite_url: str | None, voice: Voice) -> tuple[Row, ...]:
    if invite_url is None:
        return ((way,),)
    return ((way,), (OpenUrl(voice.plain("🙋 I want to promote too"), invite_url),))


def product_result(key: str, facts: BuyersFacts, earns_minor: int | None, voice: Voice) -> InlineResult:
    """A product in the list of results; what it earns is for the sharer's eyes and not on the card."""
    price = money(facts.product.price_minor, facts.currency, voice.language)
    if facts.state is CardState.SOLD_OUT:
        description = voice.plain("{price} · ⛔ sold out", price=price)
    elif facts.state is not CardState.OPEN:
        description = voice.plain("⌛ This offer is over")
    elif earns_minor:
        amount = approx_money(earns_minor, facts.currency, voice.language)
        description = voice.plain("{price} · you earn {amount}", price=price, amount=amount)
    else:
        description = price
    name = cut(facts.product.title, _RESULT_COLUMNS) or voice.plain("a product")
    return InlineResult(key, name, description, buyers_card(facts, voice))


def shop_result(key: str, facts: ShopFacts, voice: Voice) -> InlineResult:
    """The shop as a whole in the list of results."""
    name = cut(facts.shop, _RESULT_COLUMNS) or voice.plain("the shop")
    return InlineResult(key, name, voice.plain("The whole shop, with your link"), shop_card(facts, voice))
