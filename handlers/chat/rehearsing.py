"""Rehearsing a plan: a file, a coming version or a preset, over some months, with an hourglass that moves."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final

import structlog

from bot.cards.card import Card, Picture, Toast
from bot.cards.rehearsal import (
    Coming,
    comparison,
    findings_card,
    no_plan_file_card,
    nothing_to_rehearse_card,
    progress_card,
    refused_plan_card,
    rehearsal_failed_card,
    report_card,
    sources_card,
    spans_card,
)
from bot.cards.rehearsal_people import people_columns, people_file_card, people_row
from bot.context import ChatContext
from bot.gateway.errors import Sent, Then
from bot.gateway.speed import Lane
from bot.media.errors import MediaError
from bot.media.sheets import SheetForm, sheet
from bot.media.trends import Theme
from bot.rehearsals import RehearsalFailedError, Wish, rehearse_beside
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.managing import post
from handlers.chat.pictures import show
from handlers.chat.presets import preset_of
from handlers.chat.visit import Answer, Upload, Visit, read_key
from models.errors import NotFound
from models.people.merchants import Merchant
from models.people.permissions import MAY, Act, posts
from models.people.persons import ask_person
from models.plans.document import PlanDocument
from models.plans.drafts import draft_of, keep_draft
from models.plans.presets import preset_names
from models.plans.reading import PlanFile, PlanRefused, read_plan, read_plan_file
from models.plans.versions import PlanBook
from models.rehearsal.rehearsing import NothingInForce
from models.rehearsal.report import Rehearsed
from models.rehearsal.spans import SpanChoice, span_of

log = structlog.stdlib.get_logger(__name__)

FILE_QUESTION: Final = "plan:trial"
PLAN_BYTES: Final = 256 * 1024
_EDIT_EACH: Final = 1.0
"""Seconds between two edits of the hourglass (chat.md 2, rule 8)."""
_DRAFT, _VERSION, _PRESET = "d", "v", "p"


async def choose_plan(visit: Visit) -> Answer:
    """Which plan; the next file is one. With a draft's key, that one."""
    shop = await post(visit, Act.REHEARSE_PLAN)
    if visit.subject:
        return await _spans(visit, shop, visit.subject)
    await ask_person(visit.session, visit.person.id, FILE_QUESTION, visit.now)
    book = await PlanBook.open(visit.session, shop.id)
    coming = [Coming(plan.version, plan.document.name) for plan in book.all() if plan.starts_at > visit.now]
    return Answer(sources_card(coming, preset_names(), visit.voice))


async def take_file(visit: Visit) -> Answer:
    """A plan as a file, or as the text of a message."""
    shop = await post(visit, Act.REHEARSE_PLAN)
    if visit.upload is not None:
        return Answer(errand=PlanFileErrand(shop, visit.upload, visit.person.id))
    if not visit.text.strip():
        return await choose_plan(visit)
    try:
        document = read_plan(visit.text, shop.currency)
    except PlanRefused as refused:
        await ask_person(visit.session, visit.person.id, FILE_QUESTION, visit.now)
        return Answer(refused_plan_card(refused.findings, visit.voice))
    draft = await keep_draft(
        visit.session, merchant_id=shop.id, person_id=visit.person.id, text=visit.text, now=visit.now
    )
    return Answer(spans_card(document.name, f"{_DRAFT}:{draft.id}", visit.voice))


async def choose_span(visit: Visit) -> Answer:
    """Which months."""
    return await _spans(visit, await post(visit, Act.REHEARSE_PLAN), visit.subject)


async def _spans(visit: Visit, shop: Merchant, source: str) -> Answer:
    document, _ = await _document(visit, shop, source)
    return Answer(spans_card(document.name, source, visit.voice))


async def play(visit: Visit) -> Answer:
    """Rehearse; the card that was tapped becomes the hourglass."""
    shop = await post(visit, Act.REHEARSE_PLAN)
    source, _, word = visit.subject.rpartition(":")
    if word not in set(SpanChoice):
        raise NotFound("span", word)
    document, file = await _document(visit, shop, source)
    span = await span_of(visit.session, shop, SpanChoice(word), visit.now)
    draft = await _draft_in_work(visit, shop, source)
    if span is None:
        return Answer(nothing_to_rehearse_card(visit.voice, draft))
    wish = Wish(
        visit.context.store.url.render_as_string(hide_password=False),
        shop.id,
        document.model_dump_json(),
        *span,
    )
    return Answer(
        toast=Toast(visit.voice.plain("⏳ Rehearsing…")),
        errand=RehearsalErrand(shop, document.name, wish, draft, file),
    )


async def _draft_in_work(visit: Visit, shop: Merchant, source: str) -> str | None:
    """The draft's key, where it is one that this person may go on with."""
    kind, _, key = source.partition(":")
    works = await posts(visit.session, visit.person.id)
    may_publish = any(each.id == shop.id and role in MAY[Act.PUBLISH_PLAN] for each, role in works)
    return key if kind == _DRAFT and may_publish else None


async def _document(visit: Visit, shop: Merchant, source: str) -> tuple[PlanDocument, PlanFile | None]:
    """The plan that a button names: this person's draft (with its file), a version, or a preset. Raises NotFound."""
    kind, _, key = source.partition(":")
    if kind == _PRESET:
        return read_plan(preset_of(key, shop, visit.now, visit.voice), shop.currency), None
    if kind == _VERSION:
        number = read_key(key, "version")
        book = await PlanBook.open(visit.session, shop.id)
        plan = next((plan for plan in book.all() if plan.version == number), None)
        if plan is None:
            raise NotFound("version", key)
        return plan.document, None
    if kind != _DRAFT:
        raise NotFound("plan", source)
    draft = await draft_of(visit.session, shop.id, visit.person.id, read_key(key, "draft"))
    try:
        file = read_plan_file(draft.text, shop.currency)
    except PlanRefused as refused:
        raise NotFound("draft", key) from refused
    return file.document, file


@dataclass(frozen=True, slots=True)
class PlanFileErrand:
    """The errand of fetching a plan file and keeping it as the person's draft."""

    merchant: Merchant
    upload: Upload
    person_id: int

    @property
    def key(self) -> str:
        """One file at a time."""
        return f"trial:{self.upload.file_id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Offer the months, or say line by line what is wrong and wait for another."""
        raw = await context.gateway.download(self.upload.file_id, PLAN_BYTES)
        card = await self._taken(context, raw, voice) if raw is not None else None
        if card is None:
            async with context.store.write() as session:
                await ask_person(session, self.person_id, FILE_QUESTION, context.clock.now())
            card = no_plan_file_card(PLAN_BYTES // 1024, voice)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return outcome.then is Then.DONE

    async def _taken(self, context: ChatContext, raw: bytes, voice: Voice) -> Card:
        text, now = raw.decode("utf-8-sig", "replace"), context.clock.now()
        try:
            document = await asyncio.to_thread(read_plan, text, self.merchant.currency)
        except PlanRefused as refused:
            async with context.store.write() as session:
                await ask_person(session, self.person_id, FILE_QUESTION, now)
            return refused_plan_card(refused.findings, voice)
        async with context.store.write() as session:
            draft = await keep_draft(
                session, merchant_id=self.merchant.id, person_id=self.person_id, text=text, now=now
            )
        return spans_card(document.name, f"{_DRAFT}:{draft.id}", voice)


@dataclass(frozen=True, slots=True)
class RehearsalErrand:
    """The errand of rehearsing a plan: an hourglass, then numbers with a picture, what lint says, everybody as a file.

    Its cards take the place of the one that was tapped, so they lead back to the `draft` that was rehearsed.
    """

    merchant: Merchant
    plan: str
    wish: Wish
    draft: str | None = None
    file: PlanFile | None = None

    @property
    def key(self) -> str:
        """The same plan over the same time, once at a time."""
        said = f"{self.wish.plan}|{self.wish.begins}|{self.wish.ends:%Y-%m-%d}".encode()
        return f"rehearsal:{self.merchant.id}:{hashlib.blake2b(said, digest_size=16).hexdigest()}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Rehearse beside the loop and show what was found."""
        hourglass = _Hourglass(context, place, self.plan, voice)
        await hourglass.turn(0, 0)
        try:
            found = await rehearse_beside(self.wish, hourglass.turn)
        except RehearsalFailedError:
            log.warning("rehearsal.broke_off", merchant=self.merchant.id)
            await show(context, hourglass.place, rehearsal_failed_card(voice, self.draft))
            return False
        except NothingInForce:
            await show(context, hourglass.place, nothing_to_rehearse_card(voice, self.draft))
            return True
        return await self._tell(context, hourglass.place, found, voice)

    async def _tell(self, context: ChatContext, place: Place, found: Rehearsed, voice: Voice) -> bool:
        report = found.report
        card = report_card(report, self.merchant.zone, voice, self.draft)
        try:
            content = await context.studio.comparison(comparison(report, voice), Theme.LIGHT)
            card = Card(card.text, card.rows, Picture(content=content, filename="rehearsal.png"))
        except MediaError as error:
            log.warning("rehearsal.no_picture", reason=str(error))
        outcome = await show(context, place, card)
        if (said := findings_card(report, self.file, voice)) is not None:
            await context.gateway.send(place.chat_id, said, lane=Lane.REPLY)
        rows = [people_row(person, report, voice) for person in found.people]
        file = await asyncio.to_thread(sheet, SheetForm.CSV, people_columns(voice), rows)
        await context.gateway.send(place.chat_id, people_file_card(report, file, voice), lane=Lane.REPLY)
        return outcome.then is Then.DONE


class _Hourglass:
    """The card that says how far it is, in place of the one that was tapped, edited at most once a second."""

    def __init__(self, context: ChatContext, place: Place, plan: str, voice: Voice) -> None:
        self._context = context
        self.place = place
        self._plan = plan
        self._voice = voice
        self._last = float("-inf")

    async def turn(self, done: int, of: int) -> None:
        """So much is done."""
        now = asyncio.get_running_loop().time()
        if now - self._last < _EDIT_EACH:
            return
        self._last = now
        outcome = await show(self._context, self.place, progress_card(self._plan, done, of, self._voice))
        if self.place.message_id is None and isinstance(outcome, Sent):
            self.place = Place(self.place.chat_id, outcome.message_id)
