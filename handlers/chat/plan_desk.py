"""The shop's desk for plans: what holds, versions, who has read the terms."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.plan_desk import (
    PlanDesk,
    Version,
    plan_desk_card,
    presets_card,
    readers_card,
    version_card,
    versions_card,
)
from bot.cards.plans import Shown, plan_in_two_sentences
from handlers.chat.managing import post
from handlers.chat.plan_picture import pictured, whole_picture
from handlers.chat.visit import Answer, Visit, read_key
from models.errors import NotFound
from models.people.merchants import Merchant
from models.people.permissions import MAY, Act, posts
from models.plans.terms import latest_readers, read_counts
from models.plans.versions import Plan, PlanBook

_MOST_READERS = 20


async def show(visit: Visit) -> Answer:
    """The desk."""
    shop = await post(visit, Act.REHEARSE_PLAN)
    return Answer(plan_desk_card(await desk_of(visit, shop), visit.voice))


async def show_versions(visit: Visit) -> Answer:
    """Every version."""
    shop = await post(visit, Act.REHEARSE_PLAN)
    return Answer(versions_card(await desk_of(visit, shop), visit.voice))


async def show_version(visit: Visit) -> Answer:
    """One version beside its picture."""
    shop = await post(visit, Act.REHEARSE_PLAN)
    desk, plan, version = await _version(visit, shop)
    moment = max(plan.starts_at, visit.now)
    shown = Shown(moment, shop.zone)
    sentences = plan_in_two_sentences(plan.document, shop.currency, visit.voice, shown)
    card = version_card(version, desk, sentences, visit.voice)
    wish = await whole_picture(visit, shop, plan.document, moment)
    return await pictured(visit, card, wish, visit.voice)


async def show_readers(visit: Visit) -> Answer:
    """Who opened the terms of a version."""
    shop = await post(visit, Act.REHEARSE_PLAN)
    desk, plan, version = await _version(visit, shop)
    readers = await latest_readers(visit.session, shop.id, plan.id, _MOST_READERS)
    return Answer(readers_card(version, desk, readers, visit.voice))


async def show_presets(visit: Visit) -> Answer:
    """Plans to start from."""
    await post(visit, Act.PUBLISH_PLAN)
    return Answer(presets_card(visit.voice))


async def desk_of(visit: Visit, shop: Merchant) -> PlanDesk:
    """What the desk shows."""
    book = await PlanBook.open(visit.session, shop.id)
    held = book.in_force(visit.now)
    roles = [role for at, role in await posts(visit.session, visit.person.id) if at.id == shop.id]
    return PlanDesk(
        currency=shop.currency,
        zone=shop.zone,
        versions=await _versions(visit, shop, book.newest_first),
        in_force=held.version if held is not None else None,
        may_publish=any(role in MAY[Act.PUBLISH_PLAN] for role in roles),
    )


async def _versions(visit: Visit, shop: Merchant, plans: Sequence[Plan]) -> list[Version]:
    read = await read_counts(visit.session, shop.id, [plan.id for plan in plans])
    return [
        Version(plan.version, plan.document.name, plan.starts_at, plan.told, read.get(plan.id, 0))
        for plan in plans
    ]


async def _version(visit: Visit, shop: Merchant) -> tuple[PlanDesk, Plan, Version]:
    """The version that a button names. Raises NotFound."""
    number = read_key(visit.subject, "plan")
    desk = await desk_of(visit, shop)
    version = next((each for each in desk.versions if each.number == number), None)
    if version is None:
        raise NotFound("plan", visit.subject)
    book = await PlanBook.open(visit.session, shop.id)
    return desk, book.numbered(number), version
