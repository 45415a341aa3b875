"""Sharing into any chat: `@bot …` is answered with the asker's own cards, and what is chosen is an exposure."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.buyers import BuyersFacts, ShopFacts, invite_link, product_result, shop_result
from bot.cards.card import Picture
from bot.cards.goods import Offer
from bot.cards.inline import IN_WORDS, WITH_PICTURE, InlineAnswer, InlineResult, StartButton
from bot.context import ChatContext
from bot.media.gallery import shot_of
from bot.voice.catalogue import Voice
from handlers.chat.offers import link_url, my_link, my_product, offers
from handlers.chat.visit import NoSeat, Seat, Visit, read_key, seats
from models.catalog.products import Product, products_by_sku
from models.catalog.shelves import HOT, NEW, Shelf, found_by, shelf_page
from models.errors import NotFound
from models.funnel.exposures import keep_exposure, recent_skus
from models.funnel.links import SHOP, Channel, Link, link_by_code, links_for, read_code
from models.funnel.shared_cards import CardState, SharedCard, card_state, keep_shared_card
from models.store.chat_files import chat_files
from models.store.ids import ALPHABET

PAGE: Final = 20
RECENT: Final = 6
"""How many of the person's own latest stand before what sells."""
START: Final = "q_"
"""The start payload that leads somebody who has not joined yet back to what they asked."""
_PAYLOAD_CHARS: Final = 64
_KEY: Final = re.compile(
    rf"(?P<code>[{ALPHABET}]{{8}}):(?P<language>\w{{1,16}}):(?P<state>{'|'.join(CardState)}):(?P<price>\d{{1,18}})"
    rf"({WITH_PICTURE}|{IN_WORDS})",
    re.ASCII,
)
_SHELVES: Final = {"#new": NEW, "#新": NEW, "#新品": NEW, "#hot": HOT, "#热": HOT, "#热卖": HOT}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed behind our name, and from which result on."""

    words: str
    offset: str


async def answer(visit: Visit, asked: Asked) -> InlineAnswer:
    """Their own results; for somebody who has not joined, one button that leads to joining and back."""
    try:
        places = await seats(visit)
    except NoSeat:
        label = visit.voice.plain("Join a shop to share its goods")
        return InlineAnswer(button=StartButton(label, start_payload(asked.words)))
    results, next_offset, is_first = await _found(visit, places, asked)
    if not results and is_first:
        label = visit.voice.plain("Nothing is called that. Look through the goods")
        return InlineAnswer(button=StartButton(label, "goods"))
    return InlineAnswer(tuple(results), next_offset)


async def _found(visit: Visit, places: list[Seat], asked: Asked) -> tuple[list[InlineResult], str, bool]:
    """The results, the offset behind them, and whether these are the first."""
    by_code = await _by_code(visit, places, asked.words)
    if by_code is not None:
        return by_code, "", True
    seat = places[0]
    products, next_offset, is_first = await _products(visit, seat, asked)
    results = await _results(visit, seat, products)
    if is_first and not asked.words.strip():
        results.append(await _shop(visit, seat))
    return results, next_offset, is_first


async def _products(visit: Visit, seat: Seat, asked: Asked) -> tuple[list[Product], str, bool]:
    """The products that are asked for, the offset behind them, and whether these are the first."""
    session, merchant_id = visit.session, seat.merchant.id
    words = " ".join(asked.words.split())
    shelf = await _shelf(session, merchant_id, words)
    after = asked.offset or None
    try:
        if after is not None:
            read_key(after, "product")
        page = await shelf_page(session, merchant_id, shelf, after, PAGE)
    except NotFound:
        after = None
        page = await shelf_page(session, merchant_id, shelf, None, PAGE)
    products = list(page.items)
    if not words:
        recent = await _recent(visit, seat)
        mine = {product.sku for product in recent}
        products = [product for product in products if product.sku not in mine]
        products = [*recent, *products] if after is None else products
    return products, page.next_after or "", after is None


async def _shelf(session: AsyncSession, merchant_id: int, words: str) -> Shelf:
    if not words:
        return HOT
    return _SHELVES.get(words.casefold()) or await found_by(session, merchant_id, words)


async def _by_code(visit: Visit, places: list[Seat], words: str) -> list[InlineResult] | None:
    """What a link of the person's own leads to, at whichever of their shops; None where the words are no such code."""
    code = read_code(words)
    link = await link_by_code(visit.session, code) if code is not None else None
    seat = next(
        (seat for seat in places if link is not None and link.distributor_id == seat.distributor.id), None
    )
    if link is None or seat is None:
        return None
    if link.sku == SHOP:
        return [await _shop(visit, seat)]
    found = await products_by_sku(visit.session, seat.merchant.id, [link.sku])
    return await _results(visit, seat, [product for product in found.values() if product.is_on_sale])


async def _recent(visit: Visit, seat: Seat) -> list[Product]:
    skus = await recent_skus(visit.session, seat.distributor.id, RECENT)
    found = await products_by_sku(visit.session, seat.merchant.id, skus)
    return [found[sku] for sku in skus if sku in found and found[sku].is_on_sale]


async def _results(visit: Visit, seat: Seat, products: list[Product]) -> list[InlineResult]:
    if not products:
        return []
    links = await links_for(
        visit.session,
        merchant=seat.merchant,
        distributor=seat.distributor,
        channel=Channel.INLINE,
        skus=[product.sku for product in products],
        now=visit.now,
    )
    pictures = await _pictures(visit.session, visit.context, seat, products)
    return [
        _result(visit, seat, offer, links[offer.product.sku], pictures.get(offer.product.id))
        for offer in await offers(visit, seat, products)
    ]


async def prepared(visit: Visit) -> InlineResult:
    """The card of the product that the visit names, over the person's own link of the page inside the client.

    Raises NoSeat, and NotFound for a product of none of their shops.
    """
    seat, product = await my_product(visit, visit.subject)
    link = await my_link(visit, seat, product.sku, Channel.MINIAPP)
    [offer] = await offers(visit, seat, (product,))
    pictures = await _pictures(visit.session, visit.context, seat, [product])
    return _result(visit, seat, offer, link, pictures.get(product.id))


async def _pictures(
    session: AsyncSession, context: ChatContext, seat: Seat, products: list[Product]
) -> dict[int, Picture]:
    shots = {product.id: shot_of(seat.merchant, product) for product in products}
    keys = {product_id: shot.key for product_id, shot in shots.items() if shot is not None}
    known = await chat_files(session, context.gateway.bot_id, list(keys.values()))
    return {product_id: Picture(file_id=known[key]) for product_id, key in keys.items() if key in known}


def _result(visit: Visit, seat: Seat, offer: Offer, link: Link, picture: Picture | None) -> InlineResult:
    facts = BuyersFacts(
        shop=seat.merchant.name,
        currency=seat.merchant.currency,
        zone=seat.merchant.zone,
        product=offer.product,
        url=link_url(visit, link.code),
        state=card_state(offer.product, visit.now),
        now=visit.now,
        invite_url=invite_url(visit.context, seat),
        picture=picture,
    )
    key = result_key(link, visit.voice, facts.state, offer.product.price_minor)
    key += IN_WORDS if picture is None else WITH_PICTURE
    earns = offer.earns_minor if not offer.is_suspended else None
    return product_result(key, facts, earns, visit.voice)


async def _shop(visit: Visit, seat: Seat) -> InlineResult:
    links = await links_for(
        visit.session,
        merchant=seat.merchant,
        distributor=seat.distributor,
        channel=Channel.INLINE,
        skus=[SHOP],
        now=visit.now,
    )
    facts = ShopFacts(seat.merchant.name, link_url(visit, links[SHOP].code), invite_url(visit.context, seat))
    return shop_result(result_key(links[SHOP], visit.voice) + IN_WORDS, facts, visit.voice)


def invite_url(context: ChatContext, seat: Seat) -> str | None:
    """Where a reader who wants to promote too joins, with the sharer as sponsor; the shop may not want it."""
    if not seat.merchant.recruits_on_cards:
        return None
    return invite_link(context.bot_username, seat.distributor.invite_code)


def result_key(link: Link, voice: Voice, state: CardState = CardState.OPEN, price_minor: int = 0) -> str:
    """What comes back when a result is chosen: the link's code, and what the card shows.

    Somebody may look at their results for an hour before they choose, and the price is another by then.
    """
    return f"{link.code}:{voice.language.code}:{state}:{price_minor}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A result that was sent: its key, and the message's id where it can be changed later."""

    key: str
    inline_message_id: str | None
    told_as: str
    """What tells this choice from every other: the message's id, or the update's number."""


async def chosen(session: AsyncSession, one: Chosen, now: datetime) -> None:
    """Keep the exposure and, of a product's card, what it shows. Keys of ours only; all else is left alone."""
    told = _KEY.fullmatch(one.key)
    link = await link_by_code(session, told["code"]) if told is not None else None
    if told is None or link is None:
        return
    await keep_exposure(session, link, one.told_as, now)
    if one.inline_message_id is None or link.sku == SHOP:
        return
    product = (await products_by_sku(session, link.merchant_id, [link.sku])).get(link.sku)
    if product is None:
        return
    await keep_shared_card(
        session,
        SharedCard(
            inline_message_id=one.inline_message_id,
            link_id=link.id,
            product_id=product.id,
            language=told["language"],
            price_minor=int(told["price"]),
            state=CardState(told["state"]),
            has_picture=one.key.endswith(WITH_PICTURE),
            shared_at=now,
        ),
    )


def start_payload(words: str) -> str:
    """What leads back to a query: the words themselves where they fit into a start payload, else to none."""
    packed = base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")
    return START + packed if len(START + packed) <= _PAYLOAD_CHARS else START


def words_of(payload: str) -> str:
    """The words behind such a payload; none where a part got lost, or where somebody made it up."""
    packed = payload.removeprefix(START)
    if len(payload) > _PAYLOAD_CHARS:
        return ""
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return ""
