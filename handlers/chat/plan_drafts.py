"""A new plan in chat: sent or chosen, looked through, its warnings confirmed by name, published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.cards.card import Card, Toast
from bot.cards.managing import no_file_card
from bot.cards.plan_desk import ask_plan_card
from bot.cards.plan_drafts import (
    DraftFacts,
    confirm_card,
    draft_card,
    draft_changes_card,
    draft_picture_card,
    plan_refused_card,
    published_card,
)
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.voice.catalogue import Voice
from handlers.chat import plan_desk
from handlers.chat.errands import Place
from handlers.chat.managing import post
from handlers.chat.pictures import show
from handlers.chat.plan_picture import pictured, whole_picture
from handlers.chat.presets import preset_of
from handlers.chat.visit import Answer, Upload, Visit, read_key
from models.errors import NotFound
from models.people.merchants import Merchant
from models.people.permissions import Act
from models.people.persons import ask_person
from models.plans.drafts import PlanDraft, accept_warning, draft_of, drop_draft, keep_draft
from models.plans.lint import Code
from models.plans.lint_findings import WarningsOpen
from models.plans.publishing import preview_plan, publish_plan
from models.plans.reading import PlanRefused
from models.store.audit import Actor

PLAN_QUESTION: Final = "plan:file"
PLAN_BYTES: Final = 256 * 1024
_Then = Callable[[Visit, Merchant, PlanDraft], Awaitable[Answer]]


async def ask_file(visit: Visit) -> Answer:
    """The next file or text is a plan."""
    await post(visit, Act.PUBLISH_PLAN)
    await ask_person(visit.session, visit.person.id, PLAN_QUESTION, visit.now)
    return Answer(ask_plan_card(visit.voice))


async def take(visit: Visit) -> Answer:
    """A plan as a file, or as text."""
    shop = await post(visit, Act.PUBLISH_PLAN)
    if visit.upload is not None:
        return Answer(errand=PlanFileErrand(shop, visit.upload, visit))
    return await _looked_at(visit, shop, await _kept(visit, shop, visit.text))


async def choose_preset(visit: Visit) -> Answer:
    """A plan that ships, in the shop's currency, beside its picture."""
    shop = await post(visit, Act.PUBLISH_PLAN)
    text = preset_of(visit.subject, shop, visit.now, visit.voice)
    try:
        preview = await preview_plan(
            visit.session, merchant_id=shop.id, currency=shop.currency, text=text, now=visit.now
        )
    except PlanRefused as refused:
        return Answer(plan_refused_card(refused.findings, visit.voice))
    if preview.waits_for_notice:
        # Written for a start that its notice allows, so that its boost lasts as long as it says.
        text = preset_of(visit.subject, shop, preview.starts_at, visit.voice)
    return await _beside_picture(visit, shop, await _kept(visit, shop, text))


async def look(visit: Visit) -> Answer:
    """The draft beside its picture."""
    return await _of_draft(visit, _beside_picture)


async def show_draft(visit: Visit) -> Answer:
    """Findings and differences."""
    return await _of_draft(visit, _looked_at)


async def show_changes(visit: Visit) -> Answer:
    """Every difference, page by page."""
    key, _, page = visit.subject.partition(":")

    async def paged(at: Visit, shop: Merchant, draft: PlanDraft) -> Answer:
        try:
            facts = await _facts(at, shop, draft)
        except PlanRefused as refused:
            return Answer(plan_refused_card(refused.findings, at.voice))
        return Answer(draft_changes_card(facts, read_key(page, "page"), at.voice))

    return await _of_draft(replace(visit, subject=key), paged)


async def confirm(visit: Visit) -> Answer:
    """Once more before it is published."""
    return await _of_draft(visit, _asked_again)


async def accept(visit: Visit) -> Answer:
    """A warning is confirmed by its name."""
    key, _, code = visit.subject.partition(":")
    named = replace(visit, subject=key)
    if code not in set(Code):
        return await show_draft(named)

    async def accepted(at: Visit, shop: Merchant, draft: PlanDraft) -> Answer:
        await accept_warning(at.session, draft, code)
        return await _looked_at(at, shop, draft)

    return await _of_draft(named, accepted)


async def publish(visit: Visit) -> Answer:
    """Publish the draft; a doubled tap finds it gone and shows the desk."""
    return await _of_draft(visit, _published)


async def _published(visit: Visit, shop: Merchant, draft: PlanDraft) -> Answer:
    try:
        done = await publish_plan(
            visit.session,
            merchant_id=shop.id,
            currency=shop.currency,
            text=draft.text,
            now=visit.now,
            accepted=draft.accepted,
            actor=Actor.person(visit.person.id),
        )
    except WarningsOpen:
        return await _looked_at(visit, shop, draft)  # the catalogue has changed since
    except PlanRefused as refused:
        return Answer(plan_refused_card(refused.findings, visit.voice))
    await drop_draft(visit.session, draft)
    row = done.row
    card = published_card(row.name, row.version, row.starts_at, done.told, shop.zone, visit.voice)
    return Answer(card, Toast(visit.voice.plain("Published.")))


async def _of_draft(visit: Visit, then: _Then) -> Answer:
    shop = await post(visit, Act.PUBLISH_PLAN)
    try:
        draft = await draft_of(visit.session, shop.id, visit.person.id, read_key(visit.subject, "draft"))
    except NotFound:
        shown = await plan_desk.show(visit)
        return Answer(shown.card, Toast(visit.voice.plain("That plan is no longer in draft.")))
    return await then(visit, shop, draft)


async def _kept(visit: Visit, shop: Merchant, text: str) -> PlanDraft:
    return await keep_draft(
        visit.session, merchant_id=shop.id, person_id=visit.person.id, text=text, now=visit.now
    )


async def _facts(visit: Visit, shop: Merchant, draft: PlanDraft) -> DraftFacts:
    """Raises PlanRefused."""
    preview = await preview_plan(
        visit.session, merchant_id=shop.id, currency=shop.currency, text=draft.text, now=visit.now
    )
    return DraftFacts(draft.id, shop.currency, shop.zone, preview, frozenset(draft.accepted), visit.now)


async def _looked_at(visit: Visit, shop: Merchant, draft: PlanDraft) -> Answer:
    """The draft's card; of a plan that is refused, why, and the question stays open for a better one."""
    try:
        facts = await _facts(visit, shop, draft)
    except PlanRefused as refused:
        await ask_person(visit.session, visit.person.id, PLAN_QUESTION, visit.now)
        return Answer(plan_refused_card(refused.findings, visit.voice))
    return Answer(draft_card(facts, visit.voice))


async def _beside_picture(visit: Visit, shop: Merchant, draft: PlanDraft) -> Answer:
    try:
        facts = await _facts(visit, shop, draft)
    except PlanRefused as refused:
        return Answer(plan_refused_card(refused.findings, visit.voice))
    wish = await whole_picture(visit, shop, facts.preview.document, facts.shown_at)
    return await pictured(visit, draft_picture_card(facts, visit.voice), wish, visit.voice)


async def _asked_again(visit: Visit, shop: Merchant, draft: PlanDraft) -> Answer:
    try:
        facts = await _facts(visit, shop, draft)
    except PlanRefused as refused:
        return Answer(plan_refused_card(refused.findings, visit.voice))
    return Answer(draft_card(facts, visit.voice) if facts.open_codes else confirm_card(facts, visit.voice))


@dataclass(frozen=True, slots=True)
class PlanFileErrand:
    """The errand of fetching a plan file and looking it through."""

    shop: Merchant
    upload: Upload
    visit: Visit

    @property
    def key(self) -> str:
        """One file at a time."""
        return f"plan:{self.upload.file_id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Keep it as a draft and say what is to be said of it, or wait for another."""
        raw = await context.gateway.download(self.upload.file_id, PLAN_BYTES)
        if raw is None:
            outcome = await show(context, place, no_file_card(1, voice))
            return outcome.then is Then.DONE
        text = raw.decode("utf-8-sig", "replace")
        async with context.store.write() as session:
            visit = replace(self.visit, session=session, now=context.clock.now(), voice=voice)
            answer = await _looked_at(visit, self.shop, await _kept(visit, self.shop, text))
        assert isinstance(answer.card, Card)  # a draft that is looked at is words
        outcome = await show(context, place, answer.card)
        return outcome.then is Then.DONE
