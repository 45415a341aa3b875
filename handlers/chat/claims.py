"""Claims of one's own: filing one with words and a picture, looking after it, withdrawing it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.cards.card import Card, Toast
from bot.cards.claims import (
    ClaimShop,
    ask_claim_card,
    ask_picture_card,
    claim_card,
    my_claims_card,
    no_more_claims_card,
    no_picture,
    nothing_said,
    too_long,
)
from bot.cards.timeline import TimelineFacts, timeline_card
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.speed import Lane
from bot.media.errors import PictureError
from bot.media.pictures import take_in
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.pictures import MOST_PICTURE_BYTES
from handlers.chat.visit import Answer, Seat, Upload, Visit, current_seat, read_key, seats
from models.errors import DomainError, NotFound
from models.money.asking import answer, question_of
from models.money.claims import (
    Claim,
    ClaimOpen,
    NothingSaid,
    TextTooLong,
    TooManyClaims,
    add_picture,
    check_room,
    checked_words,
    claim_by_id,
    claims_of,
    file_claim,
    withdraw_claim,
)
from models.money.timeline import timeline
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.people.persons import ask_person

_OF_ORDER = "o"
"""Before an order's key where a claim is about an order of one's own that nobody asked about."""


async def show_mine(visit: Visit) -> Answer:
    """My claims at the current shop."""
    seat = await current_seat(visit)
    claims = await claims_of(visit.session, seat.distributor.id, limit=10)
    return Answer(my_claims_card(claims, _shop(seat.merchant), visit.voice))


async def show_one(visit: Visit) -> Answer:
    """One of mine."""
    seat, claim = await _mine(visit, visit.subject)
    return Answer(claim_card(claim, _shop(seat.merchant), visit.voice))


async def withdraw(visit: Visit) -> Answer:
    """I no longer want it."""
    seat, claim = await _mine(visit, visit.subject)
    done = await withdraw_claim(visit.session, claim, visit.now)
    claim = await claim_by_id(visit.session, seat.merchant.id, claim.id)
    words = visit.voice.plain("Withdrawn.") if done else visit.voice.plain("It was decided before.")
    return Answer(claim_card(claim, _shop(seat.merchant), visit.voice), Toast(words))


async def begin(visit: Visit) -> Answer:
    """A claim about the order that was asked about: the next message is its words.

    An order that has become theirs since needs no claim: it says so itself, and what it earned.
    """
    seat, number = await _about(visit, visit.subject)
    stands = await answer(visit.session, seat.merchant, seat.distributor, number)
    if stands.story is not None:
        return Answer(timeline_card(TimelineFacts(seat.merchant.zone, stands.story), visit.voice))
    return await _ask(visit, visit.subject)


async def begin_about(visit: Visit) -> Answer:
    """A claim about an order of my own, such as one that earned too little."""
    return await _ask(visit, f"{_OF_ORDER}{visit.subject}")


async def _ask(visit: Visit, subject: str) -> Answer:
    seat, number = await _about(visit, subject)
    try:
        await check_room(visit.session, seat.distributor, number)
    except (ClaimOpen, TooManyClaims) as refused:
        return Answer(await _no_room(visit, seat, refused))
    await ask_person(visit.session, visit.person.id, f"claim:write:{subject}", visit.now)
    return Answer(ask_claim_card(number, visit.voice, is_own=_is_own(subject)))


def _is_own(subject: str) -> bool:
    return subject.startswith(_OF_ORDER)


async def _about(visit: Visit, subject: str) -> tuple[Seat, str]:
    """Where and about which number: by a question that was asked, or by an order of one's own. Raises NotFound."""
    if _is_own(subject):
        key = read_key(subject.removeprefix(_OF_ORDER), "order")
        for seat in await seats(visit):
            try:
                story = await timeline(visit.session, seat.merchant, seat.distributor.id, key)
            except NotFound:
                continue
            return seat, story.order.order_ref
        raise NotFound("order", subject)
    question = await question_of(visit.session, visit.person.id, read_key(subject, "question"))
    for seat in await seats(visit):
        if seat.distributor.id == question.distributor_id:
            return seat, question.number
    raise NotFound("question", subject)


async def _no_room(visit: Visit, seat: Seat, refused: ClaimOpen | TooManyClaims) -> Card:
    """The claim that stands already, or why there can't be another."""
    if isinstance(refused, ClaimOpen):
        claim = await claim_by_id(visit.session, seat.merchant.id, refused.claim_id)
        return claim_card(claim, _shop(seat.merchant), visit.voice)
    return no_more_claims_card(visit.voice, about_order=refused.about_order)


async def write(visit: Visit) -> Answer:
    """The claim's words, or a picture with words under it; what can't be taken is asked for again."""
    seat, number = await _about(visit, visit.subject)
    try:
        checked_words(visit.text, has_picture=visit.upload is not None)
        if visit.upload is not None:
            return Answer(
                errand=ClaimErrand(
                    seat.merchant, seat.distributor, visit.subject, number, visit.text, visit.upload
                )
            )
        claim = await file_claim(
            visit.session,
            seat.merchant,
            seat.distributor,
            number=number,
            words=visit.text,
            picture=None,
            now=visit.now,
        )
    except (TextTooLong, NothingSaid) as refused:
        wrong = (
            too_long(refused.chars, visit.voice)
            if isinstance(refused, TextTooLong)
            else nothing_said(visit.voice)
        )
        await ask_person(visit.session, visit.person.id, f"claim:write:{visit.subject}", visit.now)
        return Answer(ask_claim_card(number, visit.voice, wrong, is_own=_is_own(visit.subject)))
    except (ClaimOpen, TooManyClaims) as refused:
        return Answer(await _no_room(visit, seat, refused))
    return Answer(claim_card(claim, _shop(seat.merchant), visit.voice, is_new=True))


async def ask_picture(visit: Visit) -> Answer:
    """The next picture stands beside the claim."""
    _, claim = await _mine(visit, visit.subject)
    await ask_person(visit.session, visit.person.id, f"claim:picture:{claim.id}", visit.now)
    return Answer(ask_picture_card(claim, visit.voice))


async def take_picture(visit: Visit) -> Answer:
    """A picture for a claim that stands."""
    seat, claim = await _mine(visit, visit.subject)
    if visit.upload is not None:
        return Answer(errand=ProofErrand(seat.merchant, claim.id, visit.upload, visit.person.id))
    await ask_person(visit.session, visit.person.id, f"claim:picture:{claim.id}", visit.now)
    return Answer(ask_picture_card(claim, visit.voice, no_picture(visit.voice)))


async def _mine(visit: Visit, subject: str) -> tuple[Seat, Claim]:
    """A claim of this person's, at whichever shop. Raises NotFound."""
    key = read_key(subject, "claim")
    for seat in await seats(visit):
        try:
            claim = await claim_by_id(visit.session, seat.merchant.id, key)
        except NotFound:
            continue
        if claim.distributor_id == seat.distributor.id:
            return seat, claim
    raise NotFound("claim", subject)


def _shop(merchant: Merchant) -> ClaimShop:
    return ClaimShop(merchant.name, merchant.currency, merchant.zone)


async def _taken_in(context: ChatContext, upload: Upload) -> bytes | None:
    """The picture as our own JPEG; None when it is none for us."""
    raw = await context.gateway.download(upload.file_id, MOST_PICTURE_BYTES)
    if raw is None:
        return None
    try:
        return await asyncio.to_thread(take_in, raw)
    except PictureError:
        return None


@dataclass(frozen=True, slots=True)
class ClaimErrand:
    """The errand of fetching a picture and filing a claim with it; without it when it is none but there are words."""

    merchant: Merchant
    claimant: Distributor
    subject: str
    number: str
    words: str
    upload: Upload

    @property
    def key(self) -> str:
        """One claim a message: another one about the same order is another try."""
        return f"claim:{self.subject}:{self.upload.file_id}:{self.words}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """File it, or say what is wrong and wait for another message; no words are lost."""
        content = await _taken_in(context, self.upload)
        card = await self._filed(context, content, voice)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return content is not None and outcome.then is Then.DONE

    async def _filed(self, context: ChatContext, content: bytes | None, voice: Voice) -> Card:
        now, person_id = context.clock.now(), self.claimant.person_id
        async with context.store.write() as session:
            if content is None and not self.words.strip():
                if person_id is not None:
                    await ask_person(session, person_id, f"claim:write:{self.subject}", now)
                return ask_claim_card(self.number, voice, no_picture(voice), is_own=_is_own(self.subject))
            try:
                claim = await file_claim(
                    session,
                    self.merchant,
                    self.claimant,
                    number=self.number,
                    words=self.words,
                    picture=content,
                    now=now,
                )
            except ClaimOpen as refused:
                claim = await claim_by_id(session, self.merchant.id, refused.claim_id)
                return claim_card(claim, _shop(self.merchant), voice)
            except DomainError:
                return no_more_claims_card(voice, about_order=True)
            if content is None and person_id is not None:
                await ask_person(session, person_id, f"claim:picture:{claim.id}", now)
                return ask_picture_card(claim, voice, no_picture(voice))
            return claim_card(claim, _shop(self.merchant), voice, is_new=True)


@dataclass(frozen=True, slots=True)
class ProofErrand:
    """The errand of fetching a picture and putting it beside a claim that stands."""

    merchant: Merchant
    claim_id: int
    upload: Upload
    person_id: int

    @property
    def key(self) -> str:
        """One picture at a time."""
        return f"proof:{self.claim_id}:{self.upload.file_id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Keep it, or say what is wrong with it and wait for another."""
        content = await _taken_in(context, self.upload)
        now = context.clock.now()
        async with context.store.write() as session:
            claim = await claim_by_id(session, self.merchant.id, self.claim_id)
            if content is None:
                await ask_person(session, self.person_id, f"claim:picture:{claim.id}", now)
                card = ask_picture_card(claim, voice, no_picture(voice))
            else:
                await add_picture(session, claim, content)
                claim = await claim_by_id(session, self.merchant.id, self.claim_id)
                card = claim_card(claim, _shop(self.merchant), voice)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return content is not None and outcome.then is Then.DONE
