"""Distributors in the hands of the shop's people: find one, and set level, profile or sponsor."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.card import Toast
from bot.cards.distributors import (
    NO_PROFILE,
    NOBODY,
    Seen,
    ask_distributor_card,
    ask_sponsor_card,
    choose_level_card,
    choose_profile_card,
    confirm_level_card,
    confirm_profile_card,
    confirm_sponsor_card,
    distributor_card,
    found_distributors_card,
    sponsor_fault_words,
)
from bot.voice.catalogue import Voice
from handlers.chat.duties import open_to
from handlers.chat.managing import post, post_that_has
from handlers.chat.visit import Answer, Visit, read_key
from models.errors import NotFound
from models.money.standing import distributors_named, standing_of
from models.people.distributors import (
    Distributor,
    check_has_not_left,
    distributor,
    distributor_by_external_id,
)
from models.people.merchants import Merchant, lock_merchant
from models.people.permissions import MAY, Act, posts
from models.people.persons import ask_person
from models.people.profiles import profile_at
from models.people.sponsors import SponsorRefused, check_sponsor, set_sponsor
from models.plans.appointments import (
    NoPlanYet,
    agree_profile,
    give_level,
    level_standing,
    plan_in_force,
)
from models.plans.ranks import Level, Profile
from models.plans.versions import Plan, PlanBook
from models.store.audit import Actor

FIND_QUESTION = "distributor:find"


async def ask_words(visit: Visit) -> Answer:
    """Find: the next text is looked for."""
    await post(visit, Act.SEE_SHOP)
    await ask_person(visit.session, visit.person.id, FIND_QUESTION, visit.now)
    return Answer(ask_distributor_card(visit.voice))


async def found(visit: Visit) -> Answer:
    """Who is called so; after nobody the next text is looked for, too."""
    shop = await post(visit, Act.SEE_SHOP)
    named = await distributors_named(visit.session, shop.id, visit.text)
    if len(named) == 1:
        return await _seen(visit, shop, named[0])
    if not named:
        await ask_person(visit.session, visit.person.id, FIND_QUESTION, visit.now)
    return Answer(found_distributors_card(visit.text, named, visit.voice))


async def _one(visit: Visit, act: Act, key: str) -> tuple[Merchant, Distributor]:
    """Whom a button names. Raises NotFound and NotAllowed, and HasLeft where something is to be set."""
    wanted = read_key(key, "distributor")
    shop, who = await post_that_has(
        visit, act, "distributor", key, lambda shop: distributor(visit.session, shop.id, wanted)
    )
    if act is not Act.SEE_SHOP:
        check_has_not_left(who)
    return shop, who


async def _held_still(visit: Visit, shop: Merchant, *people: Distributor | None) -> None:
    """Take the shop's lock and read them anew under it: whoever changed or left meanwhile is seen."""
    await lock_merchant(visit.session, shop.id)
    for one in people:
        if one is not None:
            await visit.session.refresh(one)


async def show(visit: Visit) -> Answer:
    """One distributor."""
    return await _seen(visit, *await _one(visit, Act.SEE_SHOP, visit.subject))


async def _seen(visit: Visit, shop: Merchant, who: Distributor, words: str = "") -> Answer:
    role = next(role for each, role in await posts(visit.session, visit.person.id) if each.id == shop.id)
    facts = Seen(
        standing=await standing_of(visit.session, shop, who, visit.now),
        plan=(await PlanBook.open(visit.session, shop.id)).in_force(visit.now),
        currency=shop.currency,
        zone=shop.zone,
        opens=open_to(role),
        with_money=role in MAY[Act.SEE_MONEY],
    )
    return Answer(distributor_card(facts, visit.voice), Toast(words) if words else None)


def _done(visit: Visit, *, changed: bool) -> str:
    return visit.voice.plain("Done.") if changed else visit.voice.plain("That is so already.")


def _no_plan(visit: Visit) -> Answer:
    words = visit.voice.plain("No plan is in force yet, so there are no levels or profiles to give.")
    return Answer(toast=Toast(words, alert=True))


@dataclass(frozen=True, slots=True)
class _Named:
    """What a button names of a plan version: whose, which version, which place in its list, and what else."""

    shop: Merchant
    who: Distributor
    plan: Plan
    place: str
    rest: str
    is_current: bool
    """Whether that version is the one in force."""


async def _named(visit: Visit, act: Act) -> _Named:
    """Raises NotFound, NotAllowed and NoPlanYet."""
    key, _, rest = visit.subject.partition(":")
    version, _, rest = rest.partition(":")
    place, _, rest = rest.partition(":")
    shop, who = await _one(visit, act, key)
    plan = await plan_in_force(visit.session, shop.id, visit.now)
    return _Named(shop, who, plan, place, rest, is_current=version == str(plan.version))


async def show_levels(visit: Visit) -> Answer:
    """The plan's levels to choose from."""
    shop, who = await _one(visit, Act.SET_LEVEL, visit.subject)
    try:
        return await _levels(visit, shop, who)
    except NoPlanYet:
        return _no_plan(visit)


async def _levels(visit: Visit, shop: Merchant, who: Distributor, words: str = "") -> Answer:
    plan = await plan_in_force(visit.session, shop.id, visit.now)
    held = await level_standing(visit.session, shop.id, who.id, visit.now)
    return Answer(choose_level_card(who, held, plan, visit.voice), Toast(words) if words else None)


def _new_plan(visit: Visit) -> str:
    return visit.voice.plain("Another plan is in force since. Choose again.")


def _level(named: _Named) -> tuple[Level, bool]:
    """The level and whether it is to be pinned. Raises NotFound."""
    levels = named.plan.document.levels
    place = read_key(named.place, "level")
    if place >= len(levels) or named.rest not in {"0", "1"}:
        raise NotFound("level", named.place)
    return levels[place], named.rest == "1"


async def confirm_level(visit: Visit) -> Answer:
    """What another level means."""
    try:
        named = await _named(visit, Act.SET_LEVEL)
    except NoPlanYet:
        return _no_plan(visit)
    if not named.is_current:
        return await _levels(visit, named.shop, named.who, _new_plan(visit))
    level, _ = _level(named)
    held = await level_standing(visit.session, named.shop.id, named.who.id, visit.now)
    return Answer(confirm_level_card(named.who, held, level, named.plan, visit.subject, visit.voice))


async def give(visit: Visit) -> Answer:
    """A level, from now on."""
    try:
        named = await _named(visit, Act.SET_LEVEL)
    except NoPlanYet:
        return _no_plan(visit)
    if not named.is_current:
        return await _levels(visit, named.shop, named.who, _new_plan(visit))
    level, pinned = _level(named)
    await _held_still(visit, named.shop, named.who)
    given = await give_level(
        visit.session,
        named.shop,
        named.who,
        level.key,
        pinned=pinned,
        since=visit.now,
        actor=Actor.person(visit.person.id),
        now=visit.now,
    )
    return await _seen(visit, named.shop, named.who, _done(visit, changed=given.changed))


async def show_profiles(visit: Visit) -> Answer:
    """The plan's profiles to choose from."""
    shop, who = await _one(visit, Act.SET_PROFILE, visit.subject)
    try:
        return await _profiles(visit, shop, who)
    except NoPlanYet:
        return _no_plan(visit)


async def _profiles(visit: Visit, shop: Merchant, who: Distributor, words: str = "") -> Answer:
    plan = await plan_in_force(visit.session, shop.id, visit.now)
    agreed = await profile_at(visit.session, shop.id, who.id, visit.now)
    return Answer(choose_profile_card(who, agreed, plan, visit.voice), Toast(words) if words else None)


def _profile(named: _Named) -> Profile | None:
    """The profile, or none. Raises NotFound."""
    if named.place == NO_PROFILE:
        return None
    profiles, place = named.plan.document.profiles, read_key(named.place, "profile")
    if place >= len(profiles):
        raise NotFound("profile", named.place)
    return profiles[place]


async def confirm_profile(visit: Visit) -> Answer:
    """What another profile means."""
    try:
        named = await _named(visit, Act.SET_PROFILE)
    except NoPlanYet:
        return _no_plan(visit)
    if not named.is_current:
        return await _profiles(visit, named.shop, named.who, _new_plan(visit))
    agreed = await profile_at(visit.session, named.shop.id, named.who.id, visit.now)
    card = confirm_profile_card(named.who, agreed, _profile(named), named.plan, visit.subject, visit.voice)
    return Answer(card)


async def agree(visit: Visit) -> Answer:
    """A profile, from now on."""
    try:
        named = await _named(visit, Act.SET_PROFILE)
    except NoPlanYet:
        return _no_plan(visit)
    if not named.is_current:
        return await _profiles(visit, named.shop, named.who, _new_plan(visit))
    profile = _profile(named)
    await _held_still(visit, named.shop, named.who)
    agreed = await agree_profile(
        visit.session,
        named.shop,
        named.who,
        profile.key if profile is not None else None,
        actor=Actor.person(visit.person.id),
        now=visit.now,
    )
    return await _seen(visit, named.shop, named.who, _done(visit, changed=agreed.changed))


async def ask_sponsor(visit: Visit) -> Answer:
    """The next text names the sponsor."""
    _, who = await _one(visit, Act.SET_SPONSOR, visit.subject)
    return await _ask_sponsor(visit, who, "")


async def _ask_sponsor(visit: Visit, who: Distributor, wrong: str) -> Answer:
    await ask_person(visit.session, visit.person.id, f"distributor:above:{who.id}", visit.now)
    return Answer(ask_sponsor_card(who, wrong, visit.voice))


async def name_sponsor(visit: Visit) -> Answer:
    """Who it shall be, by external id or name; one who can't be is asked for again, with the reason."""
    shop, who = await _one(visit, Act.SET_SPONSOR, visit.subject)
    named = await _called(visit, shop, visit.text)
    if len(named) != 1:
        return await _ask_sponsor(visit, who, _not_one(len(named), visit.voice))
    [above] = named
    try:
        await check_sponsor(visit.session, shop.id, who, above)
    except SponsorRefused as refused:
        return await _ask_sponsor(visit, who, sponsor_fault_words(refused.fault, visit.voice))
    return await _confirm_sponsor(visit, shop, who, above)


async def _called(visit: Visit, shop: Merchant, words: str) -> list[Distributor]:
    """Who has this external id, else the one of exactly this name, else everybody who has it as a part of theirs."""
    try:
        return [await distributor_by_external_id(visit.session, shop.id, words.strip())]
    except NotFound:
        named = await distributors_named(visit.session, shop.id, words)
    exactly = [one for one in named if one.name.casefold() == words.strip().casefold()]
    return exactly if len(exactly) == 1 else named


def _not_one(found: int, voice: Voice) -> str:
    if found:
        return voice.plain("Several distributors match. Send me the whole external id of one.")
    return voice.plain("No distributor has that name or external id.")


async def _pair(visit: Visit) -> tuple[Merchant, Distributor, Distributor | None]:
    """Whom a button puts under whom. Raises NotFound and NotAllowed."""
    key, _, above = visit.subject.partition(":")
    shop, who = await _one(visit, Act.SET_SPONSOR, key)
    wanted = read_key(above, "distributor")
    return shop, who, await distributor(visit.session, shop.id, wanted) if wanted != NOBODY else None


async def confirm_sponsor(visit: Visit) -> Answer:
    """What another sponsor means."""
    return await _confirm_sponsor(visit, *await _pair(visit))


async def _confirm_sponsor(
    visit: Visit, shop: Merchant, who: Distributor, above: Distributor | None
) -> Answer:
    before = await distributor(visit.session, shop.id, who.sponsor_id) if who.sponsor_id is not None else None
    return Answer(confirm_sponsor_card(who, before, above, visit.voice))


async def attach(visit: Visit) -> Answer:
    """Another sponsor, or none, from now on."""
    shop, who, above = await _pair(visit)
    await _held_still(visit, shop, who, above)
    try:
        done = await set_sponsor(
            visit.session, shop, who, above, actor=Actor.person(visit.person.id), now=visit.now
        )
    except SponsorRefused as refused:
        return Answer(toast=Toast(sponsor_fault_words(refused.fault, visit.voice), alert=True))
    return await _seen(visit, shop, who, _done(visit, changed=done.changed))
