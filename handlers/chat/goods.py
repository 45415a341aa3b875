"""Goods: the ways into the catalogue, its pages, one product with its link."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.cards.goods import (
    Aisle,
    GoodsPage,
    ProductFacts,
    ask_words_card,
    categories_card,
    goods_card,
    product_card,
)
from bot.media.gallery import shot_of
from handlers.chat.offers import link_url, my_link, my_product, offers
from handlers.chat.pages import page_behind
from handlers.chat.pictures import PicturedCard
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key
from models.catalog.products import Product, product_by_id
from models.catalog.searches import keep_search, search_of
from models.catalog.shelves import (
    ALL,
    NEW,
    SELLING,
    Shelf,
    Sorting,
    categories,
    found_by,
    shelf_count,
)
from models.errors import NotFound
from models.funnel.links import Channel
from models.people.persons import ask_person

_PLAIN = {Aisle.ALL: ALL, Aisle.HOT: SELLING, Aisle.NEW: NEW}


async def first_page(visit: Visit) -> Answer:
    """The catalogue from its beginning, or the products that a command's words name."""
    return await found(replace(visit, text=visit.subject)) if visit.subject else await show_all(visit)


async def page_after(visit: Visit) -> Answer:
    """The whole catalogue behind a product; from its beginning when that product has gone since."""
    return await _page(visit, Aisle.ALL, "all", ALL, "", visit.subject)


async def _in_aisle(visit: Visit, aisle: Aisle) -> Answer:
    return await _page(visit, aisle, str(aisle), _PLAIN[aisle], "", visit.subject)


show_all = partial(_in_aisle, aisle=Aisle.ALL)
show_hot = partial(_in_aisle, aisle=Aisle.HOT)
show_new = partial(_in_aisle, aisle=Aisle.NEW)


async def show_like(visit: Visit) -> Answer:
    """The category of the product that the button names; all of them when that one is empty by now."""
    key, _, after = visit.subject.partition(":")
    seat = await current_seat(visit)
    try:
        like = await product_by_id(visit.session, seat.merchant.id, read_key(key, "product"))
    except NotFound:
        return await show_kinds(visit)
    if like.category is None:
        return await show_kinds(visit)
    shelf = Shelf(Sorting.HOT, category=like.category)
    if await shelf_count(visit.session, seat.merchant.id, shelf) == 0:
        return await show_kinds(visit)
    return await _page(visit, Aisle.LIKE, f"like:{like.id}", shelf, like.category, after)


async def show_kinds(visit: Visit) -> Answer:
    """The categories."""
    seat = await current_seat(visit)
    return Answer(categories_card(await categories(visit.session, seat.merchant.id), visit.voice))


async def ask_words(visit: Visit) -> Answer:
    """Search: the next text is what is looked for."""
    await current_seat(visit)
    await ask_person(visit.session, visit.person.id, "goods:find", visit.now)
    return Answer(ask_words_card(visit.voice))


async def found(visit: Visit) -> Answer:
    """What the person's words name."""
    search = await keep_search(visit.session, visit.person.id, visit.text, visit.now)
    return await _found(visit, search.id, search.words, "")


async def show_found(visit: Visit) -> Answer:
    """A page of an earlier search; the whole catalogue when it was forgotten since."""
    key, _, after = visit.subject.partition(":")
    try:
        search = await search_of(visit.session, visit.person.id, read_key(key, "search"))
    except NotFound:
        return await show_all(replace(visit, subject=""))
    return await _found(visit, search.id, search.words, after)


async def _found(visit: Visit, search_id: int, words: str, after: str) -> Answer:
    seat = await current_seat(visit)
    shelf = await found_by(visit.session, seat.merchant.id, words)
    if not shelf.words:
        return await show_all(replace(visit, subject=""))
    return await _page(visit, Aisle.FOUND, f"found:{search_id}", shelf, words, after)


async def _page(visit: Visit, aisle: Aisle, place: str, shelf: Shelf, about: str, cursor: str) -> Answer:
    seat = await current_seat(visit)
    page, is_first = await page_behind(visit, seat.merchant.id, shelf, cursor)
    facts = GoodsPage(
        currency=seat.merchant.currency,
        aisle=aisle,
        place=place,
        about=about,
        total=await shelf_count(visit.session, seat.merchant.id, shelf),
        offers=tuple(await offers(visit, seat, page.items)),
        next_after=page.next_after,
        is_first=is_first,
        now=visit.now,
    )
    return Answer(goods_card(facts, visit.voice))


async def show(visit: Visit) -> Answer:
    """One product, with its picture and the person's own link to it."""
    seat, product = await my_product(visit, visit.subject)
    shot = shot_of(seat.merchant, product)
    card = product_card(await _facts(visit, seat, product), visit.voice)
    return Answer(card) if shot is None else Answer(errand=PicturedCard(card, shot))


async def _facts(visit: Visit, seat: Seat, product: Product) -> ProductFacts:
    link = await my_link(visit, seat, product.sku, Channel.COPIED)
    [offer] = await offers(visit, seat, (product,))
    return ProductFacts(
        currency=seat.merchant.currency,
        zone=seat.merchant.zone,
        offer=offer,
        url=link_url(visit, link.code),
        code=link.code,
        now=visit.now,
        app_url=_app_url(visit, product),
    )


def _app_url(visit: Visit, product: Product) -> str | None:
    """The page that sends the product's card in two taps, where such pages can be opened."""
    address = visit.context.app_address
    return f"{address}/share?product={product.id}&lang={visit.voice.language.tag}" if address else None
