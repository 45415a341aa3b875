"""The shop's people decide claims: the inbox, the evidence, one tap, and five minutes to take it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.cards.card import Picture, Toast
from bot.cards.claim_desk import (
    Evidence,
    Heard,
    ask_amount_card,
    ask_reason_card,
    claims_inbox_card,
    evidence_card,
    more_than_order,
    no_amount,
    no_reason,
    proof_card,
)
from bot.cards.words import other_currency
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.gateway import Work
from bot.gateway.speed import Lane
from bot.voice.catalogue import Voice
from bot.voice.typed_money import OtherCurrency, read_money
from handlers.chat.errands import Place
from handlers.chat.managing import post
from handlers.chat.visit import Answer, Visit, read_key
from models.errors import DomainError, Invalid, NotFound
from models.money.claim_decisions import (
    MOST_GRANTED_MINOR,
    AlreadyDecided,
    OwnClaim,
    SecondPersonNeeded,
    TooLateToUndo,
    grant,
    is_on_its_way,
    refuse,
    undo,
)
from models.money.claim_worth import MoreThanOrder, check_amount, order_of_claim, would_have_earned
from models.money.claims import NOTE_CHARS, Claim, claim_by_id, claim_picture, claims_at, waiting
from models.people.distributors import distributor
from models.people.merchants import Merchant, lock_merchant
from models.people.permissions import Act, check, posts
from models.people.persons import ask_person, choose_merchant
from models.store.audit import Actor

_PAGE = 8


async def inbox(visit: Visit) -> Answer:
    """The claims that wait."""
    shop = await post(visit, Act.DECIDE_CLAIM)
    claims = await claims_at(visit.session, shop.id, limit=_PAGE)
    named = [(claim, await _name(visit, shop, claim.distributor_id)) for claim in claims]
    total = await waiting(visit.session, shop.id)
    return Answer(claims_inbox_card(shop.name, named, total, visit.voice))


async def show(visit: Visit) -> Answer:
    """One claim with its evidence."""
    shop, claim = await _claim(visit, visit.subject)
    return await _shown(visit, shop, claim)


async def give(visit: Visit) -> Answer:
    """Grant the amount that the button names."""
    place, _, amount = visit.subject.rpartition(":")
    shop, claim, in_round = await _in_round(visit, place)
    return await _decide(
        visit, shop, claim, lambda locked: _grant(visit, locked, claim, read_key(amount, "amount"), in_round)
    )


async def turn_down(visit: Visit) -> Answer:
    """Refuse without a reason."""
    shop, claim, in_round = await _in_round(visit, visit.subject)
    return await _decide(
        visit,
        shop,
        claim,
        lambda locked: refuse(
            visit.session, locked, claim.id, actor=_me(visit), now=visit.now, in_round=in_round
        ),
    )


async def take_back(visit: Visit) -> Answer:
    """Open a claim again that was decided a moment ago."""
    shop, claim, in_round = await _in_round(visit, visit.subject)
    return await _decide(
        visit,
        shop,
        claim,
        lambda locked: undo(
            visit.session, locked, claim.id, actor=_me(visit), now=visit.now, in_round=in_round
        ),
    )


async def ask_amount(visit: Visit) -> Answer:
    """The next text is the amount."""
    shop, claim, in_round = await _in_round(visit, visit.subject)
    return await _ask_amount(visit, shop, claim, in_round)


async def _ask_amount(visit: Visit, shop: Merchant, claim: Claim, in_round: int, wrong: str = "") -> Answer:
    await ask_person(visit.session, visit.person.id, f"claim:sum:{claim.id}:{in_round}", visit.now)
    return Answer(ask_amount_card(claim, shop.currency, visit.voice, wrong))


async def take_amount(visit: Visit) -> Answer:
    """The amount that was typed."""
    shop, claim, in_round = await _in_round(visit, visit.subject)
    try:
        amount = read_money(visit.text, shop.currency)
    except OtherCurrency:
        wrong = other_currency(shop.currency, visit.voice)
        return await _ask_amount(visit, shop, claim, in_round, wrong)
    except Invalid:
        amount = 0
    if not 0 < amount <= MOST_GRANTED_MINOR:
        return await _ask_amount(visit, shop, claim, in_round, no_amount(visit.voice))
    try:
        await check_amount(visit.session, claim, amount)
    except MoreThanOrder as refused:
        wrong = more_than_order(refused.most_minor, shop.currency, visit.voice)
        return await _ask_amount(visit, shop, claim, in_round, wrong)
    return await _decide(visit, shop, claim, lambda locked: _grant(visit, locked, claim, amount, in_round))


async def ask_reason(visit: Visit) -> Answer:
    """The next text is the reason of a refusal."""
    _, claim, in_round = await _in_round(visit, visit.subject)
    await ask_person(visit.session, visit.person.id, f"claim:why:{claim.id}:{in_round}", visit.now)
    return Answer(ask_reason_card(claim, visit.voice))


async def take_reason(visit: Visit) -> Answer:
    """The reason that was typed."""
    shop, claim, in_round = await _in_round(visit, visit.subject)
    note = visit.text.strip()
    if not 1 <= len(note) <= NOTE_CHARS:
        await ask_person(visit.session, visit.person.id, f"claim:why:{claim.id}:{in_round}", visit.now)
        return Answer(ask_reason_card(claim, visit.voice, no_reason(visit.voice)))
    return await _decide(
        visit,
        shop,
        claim,
        lambda locked: refuse(
            visit.session, locked, claim.id, actor=_me(visit), now=visit.now, note=note, in_round=in_round
        ),
    )


async def show_proof(visit: Visit) -> Answer:
    """The picture, as a message of its own."""
    shop, claim = await _claim(visit, visit.subject)
    return Answer(errand=ShowProof(shop, claim), anew=True)


async def _grant(visit: Visit, shop: Merchant, claim: Claim, amount: int, in_round: int) -> Claim:
    return await grant(
        visit.session, shop, claim.id, amount, actor=_me(visit), now=visit.now, in_round=in_round
    )


async def _decide(
    visit: Visit, shop: Merchant, claim: Claim, decide: Callable[[Merchant], Awaitable[Claim]]
) -> Answer:
    """Decide under the merchant's lock and show what stands then, with a word about why nothing changed."""
    locked = await lock_merchant(visit.session, shop.id)
    try:
        decided = await decide(locked)
    except (AlreadyDecided, OwnClaim, SecondPersonNeeded, TooLateToUndo, Invalid) as refused:
        stands = await claim_by_id(visit.session, shop.id, claim.id)
        shown = await _shown(visit, shop, stands)
        return Answer(shown.card, Toast(_why_not(refused, shop, visit.voice), alert=True))
    return await _shown(visit, shop, decided)


def _why_not(refused: DomainError, shop: Merchant, voice: Voice) -> str:
    match refused:
        case MoreThanOrder(most_minor=most_minor):
            return more_than_order(most_minor, shop.currency, voice)
        case OwnClaim():
            return voice.plain("This claim is your own; somebody else of the shop has to decide it.")
        case SecondPersonNeeded():
            return voice.plain("You proposed this amount; a second person has to agree to it.")
        case TooLateToUndo():
            return voice.plain("This can't be taken back any more.")
        case AlreadyDecided():
            return voice.plain("This was decided meanwhile. Here is how it stands.")
        case _:
            return voice.plain("That can't be done.")


async def _claim(visit: Visit, key: str) -> tuple[Merchant, Claim]:
    """A claim at whichever of the person's shops, which becomes the current one. Raises NotFound and NotAllowed."""
    claim_id = read_key(key, "claim")
    for shop, role in await posts(visit.session, visit.person.id):
        try:
            claim = await claim_by_id(visit.session, shop.id, claim_id)
        except NotFound:
            continue
        check(role, Act.DECIDE_CLAIM)
        if (await post(visit, Act.SEE_SHOP)).id != shop.id:
            await choose_merchant(visit.session, visit.person.id, shop.id)
        return shop, claim
    raise NotFound("claim", key)


async def _in_round(visit: Visit, place: str) -> tuple[Merchant, Claim, int]:
    key, _, number = place.partition(":")
    shop, claim = await _claim(visit, key)
    return shop, claim, read_key(number, "round")


def _me(visit: Visit) -> Actor:
    return Actor.person(visit.person.id)


async def _name(visit: Visit, shop: Merchant, distributor_id: int) -> str:
    return (await distributor(visit.session, shop.id, distributor_id)).name


async def _shown(visit: Visit, shop: Merchant, claim: Claim) -> Answer:
    order = await order_of_claim(visit.session, claim)
    owner = order.distributor_id if order is not None else None
    heard = [
        Heard(
            str(each["rule"]),
            str(each["word"]),
            str(each["verdict"]),
            is_claimant=each["distributor_id"] == claim.distributor_id,
        )
        for each in (order.candidates if order is not None else ())
    ]
    facts = Evidence(
        shop=shop.name,
        currency=shop.currency,
        zone=shop.zone,
        claim=claim,
        claimant=await _name(visit, shop, claim.distributor_id),
        order=order,
        owner=await _name(visit, shop, owner) if owner is not None else None,
        heard=tuple(heard),
        offer_minor=await would_have_earned(visit.session, shop, claim),
        now=visit.now,
        is_on_its_way=await is_on_its_way(visit.session, shop, claim),
    )
    return Answer(evidence_card(facts, visit.voice))


@dataclass(frozen=True, slots=True)
class ShowProof:
    """The errand of showing a claim's picture."""

    shop: Merchant
    claim: Claim

    @property
    def key(self) -> str:
        """One picture at a time."""
        return f"proof:{self.claim.id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Send it; a claim whose picture is gone says so in words."""
        await context.gateway.working(place.chat_id, Work.PICTURE)
        async with context.store.read() as session:
            content = await claim_picture(session, self.claim)
        card = proof_card(self.claim, voice, Picture(content=content) if content is not None else None)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return outcome.then is Then.DONE
