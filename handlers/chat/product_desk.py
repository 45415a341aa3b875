"""One product on the desk of the shop's people: add, edit field by field, picture, captions, on sale or hidden."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.cards.card import Toast
from bot.cards.managing import ask_sku_card, bad_sku_card
from bot.cards.product_desk import (
    NONE,
    DeskFacts,
    Field,
    Wrong,
    ask_field_card,
    desk_card,
    wrong_words,
)
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.speed import Lane
from bot.media.errors import PictureError
from bot.media.pictures import take_in
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.managing import post, post_with_product
from handlers.chat.pictures import MOST_PICTURE_BYTES
from handlers.chat.product_fields import SETTERS, NotTaken
from handlers.chat.visit import Answer, Upload, Visit
from models.catalog.pictures import keep_picture
from models.catalog.products import (
    SKU_CHARS,
    Product,
    ProductState,
    edit_product,
    keep_products,
    product_by_id,
    products_by_sku,
)
from models.errors import NotFound
from models.people.merchants import Merchant
from models.people.permissions import Act
from models.people.persons import ask_person


async def ask_sku(visit: Visit) -> Answer:
    """Add: the next text is the product's number."""
    await post(visit, Act.EDIT_GOODS)
    await ask_person(visit.session, visit.person.id, "manage:sku", visit.now)
    return Answer(ask_sku_card(visit.voice))


async def add(visit: Visit) -> Answer:
    """A hidden product with this number, or the one that has it already."""
    shop, sku = await post(visit, Act.EDIT_GOODS), visit.text.strip()
    if not 1 <= len(sku) <= SKU_CHARS or not sku.isprintable():
        await ask_person(visit.session, visit.person.id, "manage:sku", visit.now)
        return Answer(bad_sku_card(SKU_CHARS, visit.voice))
    known = await products_by_sku(visit.session, shop.id, [sku])
    if sku not in known:
        made = Product(
            merchant_id=shop.id,
            sku=sku,
            title=sku,
            price_minor=0,
            state=ProductState.HIDDEN,
            updated_at=visit.now,
        )
        await keep_products(visit.session, shop.id, [made])
    known = await products_by_sku(visit.session, shop.id, [sku])
    return _desk(visit, shop, known[sku])


async def show(visit: Visit) -> Answer:
    """One product with all its fields."""
    return _desk(visit, *await post_with_product(visit, Act.SEE_SHOP, visit.subject))


def _desk(visit: Visit, shop: Merchant, product: Product, words: str = "") -> Answer:
    card = desk_card(DeskFacts(shop.currency, shop.zone, product), visit.voice)
    return Answer(card, Toast(words) if words else None)


async def ask(visit: Visit) -> Answer:
    """A field: the next message is its new value."""
    key, _, word = visit.subject.partition(":")
    _, product = await post_with_product(visit, Act.EDIT_GOODS, key)
    field = _field(word)
    await _ask(visit, product, field)
    return Answer(ask_field_card(product, field, visit.voice))


async def _ask(visit: Visit, product: Product, field: Field) -> None:
    question = _picture_question(product) if field is Field.PICTURE else f"product:set:{product.id}:{field}"
    await ask_person(visit.session, visit.person.id, question, visit.now)


def _picture_question(product: Product) -> str:
    return f"product:picture:{product.id}"


def _field(word: str) -> Field:
    if word not in set(Field):
        raise NotFound("field", word)
    return Field(word)


async def set_field(visit: Visit) -> Answer:
    """The answer to a field's question; one that can't be taken is asked for again, with the reason."""
    key, _, word = visit.subject.partition(":")
    shop, product = await post_with_product(visit, Act.EDIT_GOODS, key)
    field = _field(word)
    try:
        SETTERS[field](product, visit.text.strip(), shop, visit.now)
    except NotTaken as refusal:
        await _ask(visit, product, field)
        words = wrong_words(refusal.wrong, visit.voice, tuple(sorted(shop.shop_hosts)), shop.currency)
        return Answer(ask_field_card(product, field, visit.voice, words))
    await edit_product(visit.session, product, visit.now)
    return _desk(visit, shop, product)


async def toggle_sale(visit: Visit) -> Answer:
    """Put a product before the distributors, or take it away from them."""
    key, _, wanted = visit.subject.partition(":")
    shop, product = await post_with_product(visit, Act.EDIT_GOODS, key)
    if wanted == "on" and product.price_minor == 0:
        return Answer(toast=Toast(wrong_words(Wrong.UNPRICED, visit.voice), alert=True))
    product.state = ProductState.ON_SALE if wanted == "on" else ProductState.HIDDEN
    await edit_product(visit.session, product, visit.now)
    words = visit.voice.plain("On sale.") if product.is_on_sale else visit.voice.plain("Hidden.")
    return _desk(visit, shop, product, words)


async def set_picture(visit: Visit) -> Answer:
    """The picture that the person sent, or none."""
    shop, product = await post_with_product(visit, Act.EDIT_GOODS, visit.subject)
    if visit.upload is not None:
        return Answer(errand=PictureErrand(shop, product, visit.upload, visit.person.id))
    if visit.text.strip() == NONE:
        product.picture_id = product.image = None
        await edit_product(visit.session, product, visit.now)
        return _desk(visit, shop, product)
    await _ask(visit, product, Field.PICTURE)
    words = wrong_words(Wrong.PICTURE, visit.voice)
    return Answer(ask_field_card(product, Field.PICTURE, visit.voice, words))


@dataclass(frozen=True, slots=True)
class PictureErrand:
    """The errand of fetching a picture that staff sent, taking it in, and setting it as a product's."""

    merchant: Merchant
    product: Product
    upload: Upload
    person_id: int

    @property
    def key(self) -> str:
        """One picture at a time."""
        return f"taking:{self.product.id}:{self.upload.file_id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Set it, or say what is wrong with it and wait for another."""
        content = await self._taken_in(context)
        now = context.clock.now()
        async with context.store.write() as session:
            product = await product_by_id(session, self.merchant.id, self.product.id)
            if content is not None:
                product.picture_id = await keep_picture(session, self.merchant.id, content, now)
                await edit_product(session, product, now)
            else:
                await ask_person(session, self.person_id, _picture_question(product), now)
        if content is None:
            card = ask_field_card(product, Field.PICTURE, voice, wrong_words(Wrong.PICTURE, voice))
        else:
            card = desk_card(DeskFacts(self.merchant.currency, self.merchant.zone, product), voice)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return content is not None and outcome.then is Then.DONE

    async def _taken_in(self, context: ChatContext) -> bytes | None:
        raw = await context.gateway.download(self.upload.file_id, MOST_PICTURE_BYTES)
        if raw is None:
            return None
        try:
            return await asyncio.to_thread(take_in, raw)
        except PictureError:
            return None
