"""The shop's people in chat: the shop's desk, finding goods, poster templates by file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.cards.answers import not_understood_card
from bot.cards.card import Toast
from bot.cards.inbox import inbox_card
from bot.cards.managing import (
    INBOX,
    DeskPage,
    ShopDesk,
    Workplace,
    ask_product_words_card,
    desk_goods_card,
    no_file_card,
    shop_desk_card,
    template_kept_card,
    template_refused_card,
    templates_card,
    unasked_upload_card,
    workplaces_card,
)
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.speed import Lane
from bot.media.errors import TemplateInvalidError
from bot.media.template import parse_template
from bot.voice.catalogue import Voice
from handlers.chat.duties import open_to
from handlers.chat.errands import Place
from handlers.chat.inbox import waiting_for
from handlers.chat.pages import page_behind
from handlers.chat.visit import Answer, Upload, Visit, read_key
from models.catalog.products import Product, product_by_id
from models.catalog.shelves import Shelf, Sorting, found_by, shelf_count
from models.catalog.templates import drop_template_by_id, keep_template, templates_of
from models.errors import NotFound
from models.people.merchants import Merchant, set_recruiting
from models.people.permissions import Act, check, post_at, posts
from models.people.persons import ask_person, choose_merchant

FIND_QUESTION: Final = "manage:find"
TEMPLATE_QUESTION: Final = "manage:template"
TEMPLATE_BYTES: Final = 1024 * 1024
_EVERYTHING: Final = Shelf(Sorting.TITLE, with_hidden=True)


async def post(visit: Visit, act: Act) -> Merchant:
    """The shop that the person works for and may do this at. Raises NotFound and NotAllowed."""
    return await post_at(visit.session, visit.person.id, visit.person.current_merchant_id, act)


Found = TypeVar("Found")


async def post_that_has(
    visit: Visit, act: Act, noun: str, key: str, find: Callable[[Merchant], Awaitable[Found]]
) -> tuple[Merchant, Found]:
    """What a button names, at whichever of the shops has it that the person works for.

    Raises NotFound and NotAllowed.
    """
    for shop, role in await posts(visit.session, visit.person.id):
        try:
            found = await find(shop)
        except NotFound:
            continue
        check(role, act)
        await go_to(visit, shop)
        return shop, found
    raise NotFound(noun, key)


async def post_with_product(visit: Visit, act: Act, key: str) -> tuple[Merchant, Product]:
    """The product that a button names. Raises NotFound and NotAllowed."""
    product_id = read_key(key, "product")
    return await post_that_has(
        visit, act, "product", key, lambda shop: product_by_id(visit.session, shop.id, product_id)
    )


async def go_to(visit: Visit, shop: Merchant) -> None:
    """What is shown from now on is this shop's."""
    now_at = await post(visit, Act.SEE_SHOP)
    if now_at.id != shop.id:
        await choose_merchant(visit.session, visit.person.id, shop.id)


async def show(visit: Visit) -> Answer:
    """The shop's desk."""
    shop = await post(visit, Act.SEE_SHOP)
    return Answer(shop_desk_card(await _desk(visit, shop), visit.voice))


async def show_shops(visit: Visit) -> Answer:
    """The shops of those who work for several."""
    now_at = await post(visit, Act.SEE_SHOP)
    shops = [
        Workplace(shop.public_id, shop.name, is_current=shop.id == now_at.id)
        for shop, _ in await posts(visit.session, visit.person.id)
    ]
    return Answer(workplaces_card(shops, visit.voice))


async def enter(visit: Visit) -> Answer:
    """Go over to the desk of another of the person's shops. Raises NotFound."""
    for shop, _ in await posts(visit.session, visit.person.id):
        if shop.public_id == visit.subject:
            await go_to(visit, shop)
            return Answer(shop_desk_card(await _desk(visit, shop), visit.voice))
    raise NotFound("shop", visit.subject)


async def _desk(visit: Visit, shop: Merchant) -> ShopDesk:
    works = await posts(visit.session, visit.person.id)
    role = next(role for each, role in works if each.id == shop.id)
    waits = await waiting_for(visit.session, shop.id, role)
    opens = open_to(role)
    return ShopDesk(
        shop=shop.name,
        role=role,
        opens=opens if waits else opens - {INBOX},
        products=await shelf_count(visit.session, shop.id, _EVERYTHING),
        templates=len(await templates_of(visit.session, shop.id)),
        recruits=shop.recruits_on_cards,
        waiting=sum(count for _, count in waits),
        shops=len(works),
    )


async def show_inbox(visit: Visit) -> Answer:
    """What waits for the person's decision."""
    shop = await post(visit, Act.SEE_SHOP)
    works = await posts(visit.session, visit.person.id)
    role = next(role for each, role in works if each.id == shop.id)
    waits = await waiting_for(visit.session, shop.id, role)
    return Answer(inbox_card(shop.name, waits, visit.voice))


async def switch(visit: Visit) -> Answer:
    """Whether shared cards invite their readers to promote too."""
    shop = await post(visit, Act.EDIT_SHOP)
    wanted = visit.subject == "on"
    await set_recruiting(visit.session, shop, recruits=wanted)
    words = visit.voice.plain("On.") if wanted else visit.voice.plain("Off.")
    return Answer(shop_desk_card(await _desk(visit, shop), visit.voice), Toast(words))


async def show_goods(visit: Visit) -> Answer:
    """Goods to edit, hidden ones too, behind a product."""
    shop = await post(visit, Act.SEE_SHOP)
    return await _goods(visit, shop, _EVERYTHING, visit.subject, "")


async def ask_words(visit: Visit) -> Answer:
    """Find: the next text is looked for."""
    await post(visit, Act.SEE_SHOP)
    await ask_person(visit.session, visit.person.id, FIND_QUESTION, visit.now)
    return Answer(ask_product_words_card(visit.voice))


async def found(visit: Visit) -> Answer:
    """The first of what the words name; after nothing the next text is looked for, too."""
    shop = await post(visit, Act.SEE_SHOP)
    shelf = await found_by(visit.session, shop.id, visit.text, with_hidden=True)
    if await shelf_count(visit.session, shop.id, shelf) == 0:
        await ask_person(visit.session, visit.person.id, FIND_QUESTION, visit.now)
    return await _goods(visit, shop, shelf, "", visit.text)


async def _goods(visit: Visit, shop: Merchant, shelf: Shelf, cursor: str, words: str) -> Answer:
    page, is_first = await page_behind(visit, shop.id, shelf, cursor)
    facts = DeskPage(
        currency=shop.currency,
        products=page.items,
        total=await shelf_count(visit.session, shop.id, shelf),
        next_after=page.next_after if not words else None,
        is_first=is_first,
        words=words,
    )
    return Answer(desk_goods_card(facts, visit.voice))


async def show_templates(visit: Visit) -> Answer:
    """The shop's own poster templates; the next file is one."""
    shop = await post(visit, Act.EDIT_LOOKS)
    await ask_person(visit.session, visit.person.id, TEMPLATE_QUESTION, visit.now)
    return Answer(templates_card(await templates_of(visit.session, shop.id), visit.voice))


async def drop_template(visit: Visit) -> Answer:
    """Take a template away; posters then use those that ship."""
    shop = await post(visit, Act.EDIT_LOOKS)
    await drop_template_by_id(visit.session, shop.id, read_key(visit.subject, "template"))
    return Answer(templates_card(await templates_of(visit.session, shop.id), visit.voice))


async def take_template(visit: Visit) -> Answer:
    """A template file."""
    shop = await post(visit, Act.EDIT_LOOKS)
    if visit.upload is None:
        return await show_templates(visit)
    return Answer(errand=TemplateErrand(shop.id, visit.upload, visit.person.id))


async def unasked(visit: Visit) -> Answer:
    """A picture or file that nobody asked for: a template of the shop's people, or a kind word."""
    assert visit.upload is not None  # asked for by the caller
    if not await posts(visit.session, visit.person.id):
        return Answer(not_understood_card(visit.voice))
    if (visit.upload.filename or "").lower().endswith(".json"):
        return await take_template(visit)
    return Answer(unasked_upload_card(visit.voice))


@dataclass(frozen=True, slots=True)
class TemplateErrand:
    """The errand of fetching a template file, checking it and keeping it."""

    merchant_id: int
    upload: Upload
    person_id: int

    @property
    def key(self) -> str:
        """One file at a time."""
        return f"template:{self.upload.file_id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Keep it, or say line by line what is wrong and wait for another."""
        is_kept = False
        raw = await context.gateway.download(self.upload.file_id, TEMPLATE_BYTES)
        card = no_file_card(TEMPLATE_BYTES // (1024 * 1024), voice)
        if raw is not None:
            try:
                source = raw.decode("utf-8-sig", "replace")
                template = parse_template(self.upload.filename or "template.json", source)
            except TemplateInvalidError as error:
                card = template_refused_card(error, voice)
            else:
                async with context.store.write() as session:
                    await keep_template(
                        session,
                        merchant_id=self.merchant_id,
                        family=template.name,
                        profile=template.profile,
                        source=source,
                        now=context.clock.now(),
                    )
                card, is_kept = template_kept_card(template.name, template.profile, voice), True
        if not is_kept:
            async with context.store.write() as session:
                await ask_person(session, self.person_id, TEMPLATE_QUESTION, context.clock.now())
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return is_kept and outcome.then is Then.DONE
