"""Captions on the desk of the shop's people: what is written, and writing one anew."""

from __future__ import annotations

from bot.cards.product_desk import NONE, Wrong, ask_caption_card, desk_captions_card, wrong_words
from bot.voice.languages import Language
from bot.voice.names import is_visible
from handlers.chat.managing import post_with_product
from handlers.chat.visit import Answer, Visit
from models.catalog.captions import CaptionTooLong, Tone, captions_of, write_caption
from models.catalog.products import Product
from models.errors import NotFound
from models.people.merchants import Merchant
from models.people.permissions import Act
from models.people.persons import ask_person


async def show(visit: Visit) -> Answer:
    """What the shop has written for a product."""
    return await _captions(visit, *await post_with_product(visit, Act.SEE_SHOP, visit.subject))


async def _captions(visit: Visit, shop: Merchant, product: Product) -> Answer:
    written = {
        (tone, language): text
        for language in Language
        for tone, text in (await captions_of(visit.session, shop.id, product.id, language.code)).items()
    }
    return Answer(desk_captions_card(product, written, visit.voice))


async def ask(visit: Visit) -> Answer:
    """A caption: the next text is it."""
    _, product, tone, language = await _caption_named(visit)
    await _ask(visit, product, tone, language)
    return Answer(ask_caption_card(product, tone, language, visit.voice))


async def _ask(visit: Visit, product: Product, tone: Tone, language: Language) -> None:
    question = f"product:caption:{product.id}:{tone}:{language.code}"
    await ask_person(visit.session, visit.person.id, question, visit.now)


async def _caption_named(visit: Visit) -> tuple[Merchant, Product, Tone, Language]:
    key, _, rest = visit.subject.partition(":")
    tone, _, code = rest.partition(":")
    languages = {language.code: language for language in Language}
    if tone not in set(Tone) or code not in languages:
        raise NotFound("caption", rest)
    shop, product = await post_with_product(visit, Act.EDIT_GOODS, key)
    return shop, product, Tone(tone), languages[code]


async def write(visit: Visit) -> Answer:
    """The caption that the person sent."""
    shop, product, tone, language = await _caption_named(visit)
    if not is_visible(visit.text):
        return await _ask_again(visit, product, tone, language)
    try:
        await write_caption(
            visit.session,
            merchant_id=shop.id,
            product_id=product.id,
            tone=tone,
            language=language.code,
            text="" if visit.text.strip() == NONE else visit.text,
            now=visit.now,
        )
    except CaptionTooLong:
        return await _ask_again(visit, product, tone, language)
    return await _captions(visit, shop, product)


async def _ask_again(visit: Visit, product: Product, tone: Tone, language: Language) -> Answer:
    await _ask(visit, product, tone, language)
    words = wrong_words(Wrong.CAPTION, visit.voice)
    return Answer(ask_caption_card(product, tone, language, visit.voice, words))
