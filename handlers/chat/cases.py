"""Cases in chat: the inbox of the shop's people, one tap to decide, one to undo."""

from __future__ import annotations

from bot.cards.card import Toast
from bot.cards.case_decisions import CaseFacts, decided_words
from bot.cards.cases import InboxFacts, case_card, inbox_card
from handlers.chat.managing import post
from handlers.chat.visit import Answer, Visit, read_key
from models.errors import NotFound
from models.money.cases.cases import Case, case_by_id, cases, waiting
from models.money.cases.deciding import CaseMoved, Decision, NothingToUndo, decide, undo
from models.money.cases.seeing import seen_in_order
from models.people.merchants import Merchant, lock_merchant
from models.people.permissions import Act, check, posts
from models.people.persons import choose_merchant, names_of_actors
from models.store.audit import Actor

PAGE = 6


async def show_inbox(visit: Visit) -> Answer:
    """What waits at the shop; `subject` is where the page begins."""
    shop = await post(visit, Act.DECIDE_CASE)
    offset = int(visit.subject) if visit.subject.isascii() and visit.subject.isdecimal() else 0
    return await _inbox(visit, shop, min(offset, 10_000))


async def show_inbox_of(visit: Visit) -> Answer:
    """The inbox of the shop that a notice came from, which becomes the current one. Raises NotFound."""
    wanted = read_key(visit.subject, "shop")
    for shop, role in await posts(visit.session, visit.person.id):
        if shop.id == wanted:
            check(role, Act.DECIDE_CASE)
            await _go_to(visit, shop)
            return await _inbox(visit, shop, 0)
    raise NotFound("shop", visit.subject)


async def _go_to(visit: Visit, shop: Merchant) -> None:
    if visit.person.current_merchant_id != shop.id:
        await choose_merchant(visit.session, visit.person.id, shop.id)


async def _inbox(visit: Visit, shop: Merchant, offset: int) -> Answer:
    found = await cases(visit.session, shop.id, limit=PAGE + 1, offset=offset)
    facts = InboxFacts(
        currency=shop.currency,
        cases=await seen_in_order(visit.session, found[:PAGE]),
        waiting=await waiting(visit.session, shop.id),
        after=offset + PAGE if len(found) > PAGE else None,
        is_first=offset == 0,
    )
    return Answer(inbox_card(facts, visit.voice))


async def show(visit: Visit) -> Answer:
    """One case with its evidence."""
    shop, case = await _find(visit, visit.subject)
    return await _one(visit, shop, case)


async def _find(visit: Visit, key: str) -> tuple[Merchant, Case]:
    """The case that a button names, at whichever of the shops it is that the person works for.

    Raises NotFound and NotAllowed.
    """
    case_id = read_key(key, "case")
    for shop, role in await posts(visit.session, visit.person.id):
        try:
            case = await case_by_id(visit.session, shop.id, case_id)
        except NotFound:
            continue
        check(role, Act.DECIDE_CASE)
        await _go_to(visit, shop)
        return shop, case
    raise NotFound("case", key)


async def _one(visit: Visit, shop: Merchant, case: Case, toast: Toast | None = None) -> Answer:
    return Answer(case_card(await _facts(visit, shop, case), visit.voice), toast)


async def _facts(visit: Visit, shop: Merchant, case: Case) -> CaseFacts:
    [seen] = await seen_in_order(visit.session, [case])
    names = await names_of_actors(visit.session, [case.resolver] if case.resolver else [])
    return CaseFacts(shop.currency, shop.zone, seen, visit.now, names)


async def do(visit: Visit) -> Answer:
    """One tap decides; `subject` is the case, the turn that was seen, and the decision. An old tap changes nothing."""
    key, turn, word = _read(visit.subject)
    if word not in set(Decision):
        raise NotFound("decision", word)
    shop, case = await _find(visit, key)
    merchant = await lock_merchant(visit.session, shop.id)
    decision, actor = Decision(word), Actor.person(visit.person.id)
    try:
        decided = await decide(
            visit.session,
            merchant,
            case.id,
            decision,
            actor=actor,
            now=visit.now,
            turn=read_key(turn, "turn"),
        )
    except CaseMoved as error:
        return await _one(visit, shop, error.case, _moved(visit))
    facts = await _facts(visit, shop, decided)
    return Answer(case_card(facts, visit.voice), Toast(decided_words(decision, facts, visit.voice)))


async def take_back(visit: Visit) -> Answer:
    """Undo the last decision, within its ten minutes."""
    key, turn, _ = _read(visit.subject)
    shop, case = await _find(visit, key)
    merchant = await lock_merchant(visit.session, shop.id)
    actor = Actor.person(visit.person.id)
    try:
        restored = await undo(
            visit.session, merchant, case.id, actor=actor, now=visit.now, turn=read_key(turn, "turn")
        )
    except CaseMoved as error:
        return await _one(visit, shop, error.case, _moved(visit))
    except NothingToUndo as error:
        words = visit.voice.plain("That can't be undone any more: time is over, or money moved on since.")
        return await _one(visit, shop, error.case, Toast(words, alert=True))
    return await _one(visit, shop, restored, Toast(visit.voice.plain("Undone. All is as it was before.")))


def _moved(visit: Visit) -> Toast:
    return Toast(visit.voice.plain("This case went on since. Here is how it stands."), alert=True)


def _read(subject: str) -> tuple[str, str, str]:
    key, _, rest = subject.partition(":")
    turn, _, word = rest.partition(":")
    return key, turn, word
