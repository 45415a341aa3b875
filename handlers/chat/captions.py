"""Captions for one product, with the person's own link in them."""

from __future__ import annotations

from bot.cards.captions import CaptionFacts, captions_card
from handlers.chat.offers import link_url, my_link, my_product
from handlers.chat.visit import Answer, Visit
from models.catalog.captions import captions_of
from models.funnel.links import Channel


async def show(visit: Visit) -> Answer:
    """Three tones, ready to copy."""
    seat, product = await my_product(visit, visit.subject)
    link = await my_link(visit, seat, product.sku, Channel.COPIED)
    written = await captions_of(visit.session, seat.merchant.id, product.id, visit.voice.language.code)
    facts = CaptionFacts(
        currency=seat.merchant.currency,
        product=product,
        url=link_url(visit, link.code),
        code=link.code,
        written=written,
    )
    return Answer(captions_card(facts, visit.voice))
