"""/start: come home, or come in by an invitation of a distributor, a shop or the staff."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.buyers import INVITED
from bot.cards.card import Toast
from bot.cards.joining import (
    Invitation,
    ShopChoice,
    closed_shop_card,
    invitation_card,
    shops_card,
    staff_already_card,
    staff_link_used_card,
    staff_welcome_card,
    useless_link_card,
)
from bot.cards.plan_picture import PictureWish
from bot.cards.plans import Shown
from bot.cards.words import NAME_COLUMNS
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from bot.voice.names import plain_name
from handlers.chat import goods, home, inline
from handlers.chat.plan_picture import pictured
from handlers.chat.visit import Answer, NoSeat, Visit, current_seat
from models.errors import NotFound
from models.money.terms import next_terms
from models.people.distributors import Distributor, distributor_by_invite, enrolment, join
from models.people.merchants import Merchant, merchant, merchant_by_public_id, open_merchants
from models.people.permissions import posts
from models.people.persons import ask_person, choose_language, choose_merchant, close_question
from models.people.privacy import chat_hash
from models.people.staff import accept_invitation, invitation_of
from models.plans.versions import PlanBook

_BY_DISTRIBUTOR, _BY_SHOP, _BY_STAFF = INVITED, "m_", "s_"
_BACK = "back:"
"""What is remembered of somebody who came from an inline query: they go back to it once they have joined."""


class _Door:
    """Where an invitation leads: a merchant, and who invited."""

    def __init__(self, merchant: Merchant, sponsor: Distributor | None) -> None:
        self.merchant = merchant
        self.sponsor = sponsor

    @property
    def is_open(self) -> bool:
        """Whoever is invited by a distributor may come in; others only where the shop says so."""
        return self.sponsor is not None or self.merchant.open_to_join


async def start(visit: Visit) -> Answer:
    """/start, with or without a payload."""
    payload = visit.subject
    if not payload:
        return await home.show(visit)
    if payload == "goods":
        return await goods.show_all(replace(visit, subject=""))
    if payload.startswith(inline.START):
        return await _from_inline(visit, payload)
    if payload.startswith(_BY_STAFF):
        return await _staff(visit, payload.removeprefix(_BY_STAFF))
    return await see(visit)


async def _from_inline(visit: Visit, payload: str) -> Answer:
    """Somebody who typed our name in a chat and has not joined: joining, and then the way back there."""
    try:
        seat = await current_seat(visit)
    except NoSeat:
        words = inline.words_of(payload)
        await ask_person(visit.session, visit.person.id, _BACK + inline.start_payload(words), visit.now)
        choices = await open_merchants(visit.session)
        if len(choices) == 1:
            return await see(replace(visit, subject=choices[0].public_id))
        raise
    return await home.show_at(visit, seat.merchant.id, visit.voice, inline.words_of(payload))


async def shops(visit: Visit) -> Answer:
    """What somebody sees who has not joined anything: the shops that are open."""
    choices = [ShopChoice(shop.public_id, shop.name) for shop in await open_merchants(visit.session)]
    at_work = bool(await posts(visit.session, visit.person.id))
    return Answer(shops_card(choices, visit.voice, at_work=at_work))


async def see(visit: Visit) -> Answer:
    """The invitation behind a payload, or home for those who are in already."""
    return await _invitation(visit, visit.voice)


async def see_in(visit: Visit, language: Language) -> Answer:
    """The same in another language, which is the person's choice from now on."""
    await choose_language(visit.session, visit.person.id, language)
    return await _invitation(visit, Voice(language))


async def _invitation(visit: Visit, voice: Voice) -> Answer:
    door = await _door(visit, visit.subject)
    if door is None:
        return Answer(useless_link_card(voice))
    if await enrolment(visit.session, door.merchant.id, visit.person.id) is not None:
        return await _in_already(visit, door.merchant, voice)
    if not door.is_open:
        return Answer(closed_shop_card(door.merchant.name, voice))
    book = await PlanBook.open(visit.session, door.merchant.id)
    plan = book.in_force(visit.now)
    coming = await next_terms(visit.session, door.merchant, book, visit.now)
    facts = Invitation(
        payload=visit.subject,
        shop=door.merchant.name,
        currency=door.merchant.currency,
        inviter=door.sponsor.name if door.sponsor is not None else None,
        plan=plan.document if plan is not None else None,
        is_demo=door.merchant.is_demo,
        shown=Shown(visit.now, door.merchant.zone),
        coming=coming.starts_at if coming is not None else None,
    )
    card = invitation_card(facts, voice)
    if plan is None:
        return Answer(card)
    shop = door.merchant
    wish = PictureWish(shop.name, plan.document, shop.currency, shop.zone, visit.now, is_whole=False)
    return await pictured(visit, card, wish, voice)


async def accept(visit: Visit) -> Answer:
    """Join. Who is in already stays as they are, so that a doubled tap joins once."""
    door = await _door(visit, visit.subject)
    if door is None:
        return Answer(useless_link_card(visit.voice))
    if await enrolment(visit.session, door.merchant.id, visit.person.id) is not None:
        return await _in_already(visit, door.merchant, visit.voice)
    if not door.is_open:
        return Answer(closed_shop_card(door.merchant.name, visit.voice))
    await join(
        visit.session,
        merchant_id=door.merchant.id,
        person=visit.person,
        sponsor_id=door.sponsor.id if door.sponsor is not None else None,
        chat_hash=chat_hash(door.merchant.customer_key, visit.person.chat_id),
        now=visit.now,
    )
    back_to = None
    if (visit.person.asked or "").startswith(_BACK):
        back_to = inline.words_of((visit.person.asked or "").removeprefix(_BACK))
        await close_question(visit.session, visit.person.id)
    welcome = visit.voice.plain("Welcome to {shop}!", shop=_name(door.merchant, visit.voice))
    return await _home(visit, door.merchant, visit.voice, welcome, back_to)


async def _in_already(visit: Visit, shop: Merchant, voice: Voice) -> Answer:
    return await _home(visit, shop, voice, voice.plain("You belong to {shop}.", shop=_name(shop, voice)))


async def _home(visit: Visit, shop: Merchant, voice: Voice, words: str, back_to: str | None = None) -> Answer:
    await choose_merchant(visit.session, visit.person.id, shop.id)
    shown = await home.show_at(visit, shop.id, voice, back_to)
    return Answer(shown.card, Toast(words))


def _name(shop: Merchant, voice: Voice) -> str:
    return plain_name(shop.name, NAME_COLUMNS, voice.plain("the shop"))


async def _door(visit: Visit, payload: str) -> _Door | None:
    if payload.startswith(_BY_DISTRIBUTOR):
        sponsor = await distributor_by_invite(visit.session, payload.removeprefix(_BY_DISTRIBUTOR))
        return _Door(await merchant(visit.session, sponsor.merchant_id), sponsor) if sponsor else None
    if not payload.startswith(_BY_SHOP):
        return None
    # A shop's public id begins with m_ itself, so links carry it bare or behind the prefix.
    for public_id in (payload, payload.removeprefix(_BY_SHOP)):
        try:
            return _Door(await merchant_by_public_id(visit.session, public_id), None)
        except NotFound:
            continue
    return None


async def _staff(visit: Visit, token: str) -> Answer:
    staff = await accept_invitation(visit.session, token=token, person_id=visit.person.id, now=visit.now)
    if staff is None:
        return Answer(staff_link_used_card(visit.voice))
    shop = await merchant(visit.session, staff.merchant_id)
    invitation = await invitation_of(visit.session, token)
    if invitation.used_by != visit.person.id:
        is_open = invitation.is_open(visit.now)
        return Answer(staff_already_card(shop.name, staff.role, shop.public_id, visit.voice, is_open=is_open))
    return Answer(staff_welcome_card(shop.name, staff.role, shop.public_id, visit.voice))
