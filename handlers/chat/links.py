"""My links: the list, one link with its funnel, new, rename, pause."""

from __future__ import annotations

from bot.cards.card import Toast
from bot.cards.links import LinkFacts, LinksFacts, ask_name_card, channels_card, link_card, links_card
from bot.voice.names import is_visible
from handlers.chat.offers import link_url, my_product
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key, seats, take_seat
from models.catalog.products import products_by_sku
from models.errors import NotFound
from models.funnel.links import (
    NAME_CHARS,
    Link,
    LinkState,
    TooManyLinks,
    another_link,
    own_link,
    rename_link,
    set_link_state,
)
from models.money.link_figures import channel_figures, link_row, link_rows
from models.people.persons import ask_person

PAGE = 6


async def show(visit: Visit) -> Answer:
    """The newest links."""
    return await _page(visit, None)


async def show_after(visit: Visit) -> Answer:
    """Links behind one."""
    return await _page(visit, read_key(visit.subject, "link"))


async def _page(visit: Visit, after: int | None) -> Answer:
    seat = await current_seat(visit)
    found = await link_rows(visit.session, seat.distributor.id, after=after, limit=PAGE)
    facts = LinksFacts(seat.merchant.currency, found.items, found.next_after, is_first=after is None)
    return Answer(links_card(facts, visit.voice))


async def show_of_product(visit: Visit) -> Answer:
    """The links of one product, in every channel."""
    seat, product = await my_product(visit, visit.subject)
    found = await link_rows(visit.session, seat.distributor.id, after=None, limit=2 * PAGE, sku=product.sku)
    facts = LinksFacts(seat.merchant.currency, found.items, None, is_first=True, product_id=product.id)
    return Answer(links_card(facts, visit.voice))


async def show_channels(visit: Visit) -> Answer:
    """What each channel brought."""
    seat = await current_seat(visit)
    found = await channel_figures(visit.session, seat.distributor.id)
    return Answer(channels_card(found, seat.merchant.currency, visit.voice))


async def show_one(visit: Visit) -> Answer:
    """One link with its funnel."""
    seat, link = await _mine(visit)
    return await _one(visit, seat, link)


async def _one(visit: Visit, seat: Seat, link: Link, toast: Toast | None = None) -> Answer:
    row = await link_row(visit.session, seat.distributor.id, link.id)
    products = await products_by_sku(visit.session, seat.merchant.id, [link.sku])
    product = products.get(link.sku)
    facts = LinkFacts(
        currency=seat.merchant.currency,
        zone=seat.merchant.zone,
        row=row,
        url=link_url(visit, link.code),
        product_id=product.id if product is not None and product.is_on_sale else None,
        made_at=link.created_at,
    )
    return Answer(link_card(facts, visit.voice), toast)


async def _mine(visit: Visit) -> tuple[Seat, Link]:
    """The link that a button names, at whichever of the person's shops it is. Raises NotFound."""
    key = read_key(visit.subject, "link")
    for seat in await seats(visit):
        try:
            link = await own_link(visit.session, seat.distributor.id, key)
        except NotFound:
            continue
        await take_seat(visit, seat)
        return seat, link
    raise NotFound("link", visit.subject)


async def make_another(visit: Visit) -> Answer:
    """One more link to the same place, so that two groups can be told apart; then it wants a name."""
    seat, link = await _mine(visit)
    try:
        made = await another_link(visit.session, link, channel=link.channel, name="", now=visit.now)
    except TooManyLinks:
        words = visit.voice.plain(
            "You have as many links of this kind as there can be: rename one and go on with it."
        )
        return Answer(toast=Toast(words, alert=True))
    await ask_person(visit.session, visit.person.id, f"link:name:{made.id}", visit.now)
    row = await link_row(visit.session, seat.distributor.id, made.id)
    return Answer(ask_name_card(row, visit.voice), Toast(visit.voice.plain("A new link. What is it for?")))


async def ask_name(visit: Visit) -> Answer:
    """Rename: the next text is the name."""
    seat, link = await _mine(visit)
    await ask_person(visit.session, visit.person.id, f"link:name:{link.id}", visit.now)
    return Answer(ask_name_card(await link_row(visit.session, seat.distributor.id, link.id), visit.voice))


async def rename(visit: Visit) -> Answer:
    """The name that the person sent; one that can't be taken is asked for again."""
    seat, link = await _mine(visit)
    name = " ".join(visit.text.split())
    if len(name) > NAME_CHARS or not is_visible(name):
        row = await link_row(visit.session, seat.distributor.id, link.id)
        await ask_person(visit.session, visit.person.id, f"link:name:{link.id}", visit.now)
        return Answer(ask_name_card(row, visit.voice, refused=True))
    await rename_link(visit.session, link, name)
    return await _one(visit, seat, link)


async def pause(visit: Visit) -> Answer:
    """Let a link rest."""
    return await _set(visit, LinkState.PAUSED, visit.voice.plain("Paused. It counts nothing from now on."))


async def resume(visit: Visit) -> Answer:
    """Take a link up again."""
    return await _set(visit, LinkState.ACTIVE, visit.voice.plain("It counts again."))


async def _set(visit: Visit, state: LinkState, words: str) -> Answer:
    seat, link = await _mine(visit)
    await set_link_state(visit.session, link, state)
    return await _one(visit, seat, link, Toast(words))
