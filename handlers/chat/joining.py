"""/start: come home, or come in by an invitation of a distributor, a shop or the staff."""

from __future__ import annotations

from bot.cards.card import Toast
from bot.cards.joining import (
    Invitation,
    ShopChoice,
    closed_shop_card,
    invitation_card,
    shops_card,
    staff_link_used_card,
    staff_welcome_card,
    useless_link_card,
)
from bot.cards.words import NAME_COLUMNS
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from bot.voice.names import plain_name
from handlers.chat import home
from handlers.chat.visit import Answer, Visit
from models.errors import NotFound
from models.people.distributors import Distributor, distributor_by_invite, enrolment, join
from models.people.merchants import Merchant, merchant, merchant_by_public_id, open_merchants
from models.people.persons import choose_language, choose_merchant
from models.people.privacy import chat_hash
from models.people.staff import accept_invitation
from models.plans.versions import PlanBook

_BY_DISTRIBUTOR, _BY_SHOP, _BY_STAFF = "j_", "m_", "s_"


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
    if payload.startswith(_BY_STAFF):
        return await _staff(visit, payload.removeprefix(_BY_STAFF))
    return await see(visit)


async def shops(visit: Visit) -> Answer:
    """What somebody sees who has not joined anything: the shops that are open."""
    choices = [ShopChoice(shop.public_id, shop.name) for shop in await open_merchants(visit.session)]
    return Answer(shops_card(choices, visit.voice))


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
    plan = (await PlanBook.open(visit.session, door.merchant.id)).in_force(visit.now)
    facts = Invitation(
        payload=visit.subject,
        shop=door.merchant.name,
        currency=door.merchant.currency,
        inviter=door.sponsor.name if door.sponsor is not None else None,
        plan=plan.document if plan is not None else None,
        is_demo=door.merchant.is_demo,
    )
    return Answer(invitation_card(facts, voice))


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
    welcome = visit.voice.plain("Welcome to {shop}!", shop=_name(door.merchant, visit.voice))
    return await _home(visit, door.merchant, visit.voice, welcome)


async def _in_already(visit: Visit, shop: Merchant, voice: Voice) -> Answer:
    return await _home(visit, shop, voice, voice.plain("You belong to {shop}.", shop=_name(shop, voice)))


async def _home(visit: Visit, shop: Merchant, voice: Voice, words: str) -> Answer:
    await choose_merchant(visit.session, visit.person.id, shop.id)
    shown = await home.show_at(visit, shop.id, voice)
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
    return Answer(staff_welcome_card(shop.name, staff.role, shop.public_id, visit.voice))
