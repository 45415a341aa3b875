"""A review as the distributor sees it: what is kept back, until when, and their own word on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.words import NAME_COLUMNS, back_button, dated, home_button, order_ref, shop_name
from bot.voice.catalogue import Voice
from bot.voice.money import money
from bot.voice.names import person_name
from models.money.cases.appealing import can_appeal
from models.money.cases.cases import TEXT_CHARS, CaseKind, CaseState
from models.money.cases.deciding import Decision, is_fresh
from models.money.cases.notices import Appealed, CaseNews, CasesWaiting, Reviewed, UnderReview
from models.money.cases.seeing import CaseSeen
from models.money.told import AtShop

_TEXT_COLUMNS = 400


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A distributor's own case at a shop; `all_minor` is what all reviews keep back of theirs, as Earnings says it."""

    merchant_id: int
    shop: str
    currency: str
    zone: ZoneInfo
    seen: CaseSeen
    all_minor: int
    now: datetime


def review_card(facts: ReviewFacts, voice: Voice) -> Card:
    """Where it stands. The evidence is the shop's."""
    case = facts.seen.case
    parts = [
        voice.say("🔎 <b>Under review</b> at {shop}", shop=shop_name(facts.shop, voice)),
        *_standing(facts, voice),
    ]
    if facts.all_minor != facts.seen.theirs_minor:
        parts.append(
            voice.say(
                "All reviews together keep <b>{amount}</b> back, as it stands under Earnings.",
                amount=money(facts.all_minor, facts.currency, voice.language),
            )
        )
    if case.appeal:
        parts.append(
            voice.say("💬 You said: <i>{words}</i>", words=person_name(case.appeal, _TEXT_COLUMNS, "?"))
        )
    rows: list[Row] = []
    if can_appeal(case):
        rows.append((Tap(voice.plain("💬 Say something for yourself"), f"case:appeal:{case.id}"),))
    rows.append((Tap(voice.plain("💰 Earnings"), f"earn:of:{facts.merchant_id}"), home_button(voice)))
    return Card(Markup("\n\n").join(parts), tuple(rows))


def _standing(facts: ReviewFacts, voice: Voice) -> list[Markup]:
    case = facts.seen.case
    # Until it can't be undone any more, a decision is nobody's but the shop's.
    state = CaseState.HOLD if is_fresh(case, facts.now) else case.state
    amount = money(facts.seen.theirs_minor, facts.currency, voice.language)
    if state is CaseState.HOLD and case.kind is CaseKind.OWN_PURCHASE:
        return [
            voice.say(
                "The buyer of order {ref} seems to be you. The shop decides whether it earns; until then "
                "<b>{amount}</b> is kept for you.",
                ref=order_ref(facts.seen.order_ref or "?"),
                amount=amount,
            )
        ]
    if state is CaseState.HOLD:
        return [
            voice.say(
                "The shop looks at your orders before it releases what they earn. <b>{amount}</b> is kept for you "
                "meanwhile; your buyers notice nothing.",
                amount=amount,
            ),
            voice.say("A decision is expected by {date}.", date=dated(case.expected_at, facts.zone, voice)),
        ]
    if state is CaseState.SUSPENDED:
        return [
            voice.say(
                "The shop has suspended you. <b>{amount}</b> stays under review.",
                amount=amount,
            )
        ]
    if state is CaseState.REFUSED:
        return [voice.say("The review is over: what was under review is not paid.")]
    return [voice.say("The review is over: everything goes on its way.")]


def ask_appeal_card(case_id: int, voice: Voice, *, refused: bool = False) -> Card:
    """The next text is the appeal."""
    parts = [
        voice.say(
            "💬 <b>What should the shop know?</b>\n\nWrite it in one message; you can do this once. It stands on "
            "the case, and those who decide are told."
        )
    ]
    if refused:
        parts.insert(
            0, voice.say("✋ That is too long, or empty: {most} characters at most.", most=TEXT_CHARS)
        )
    rows = ((back_button(f"case:mine:{case_id}", voice), home_button(voice)),)
    return Card(Markup("\n\n").join(parts), rows)


def case_notice_card(facts: CaseNews, voice: Voice) -> Card:
    """What people are told of cases."""
    match facts:
        case UnderReview():
            return _under_review(facts, voice)
        case Reviewed():
            return _reviewed(facts, voice)
        case CasesWaiting():
            return _waiting(facts, voice)
        case Appealed():
            return _appealed(facts, voice)


def _under_review(facts: UnderReview, voice: Voice) -> Card:
    """The notice that a hold began."""
    shop = facts.shop
    lines = [
        voice.say("🔎 <b>Your earnings at {shop} are under review</b>", shop=shop_name(shop.name, voice)),
        voice.say(
            "The shop looks at your orders before it releases what they earn. {amount} is kept for you meanwhile.",
            amount=money(facts.amount_minor, shop.currency, voice.language),
        ),
        voice.say("A decision is expected by {date}.", date=dated(facts.expected_at, shop.zone, voice)),
    ]
    return Card(Markup("\n").join(lines), _rows(shop, facts.case_id, voice))


def _reviewed(facts: Reviewed, voice: Voice) -> Card:
    """The notice of how it ended."""
    shop = facts.shop
    name = shop_name(shop.name, voice)
    amount = money(facts.amount_minor, shop.currency, voice.language)
    ref = order_ref(facts.order_ref) if facts.order_ref else None
    match facts.decision:
        case Decision.REFUSE if ref is not None:
            head = voice.say(
                "✖️ <b>Order {ref} is not paid</b>: the shop at {shop} counts it as your own purchase ({amount}).",
                ref=ref,
                shop=name,
                amount=amount,
            )
        case Decision.REFUSE:
            head = voice.say(
                "✖️ <b>The review at {shop} is over</b>: {amount} is not paid.", shop=name, amount=amount
            )
        case Decision.SUSPEND:
            head = voice.say(
                "⛔ <b>{shop} has suspended you</b>: {amount} stays under review.", shop=name, amount=amount
            )
        case _ if ref is not None:
            head = voice.say(
                "✅ <b>Order {ref} counts</b> at {shop}: {amount} goes on its way.",
                ref=ref,
                shop=name,
                amount=amount,
            )
        case _:
            head = voice.say(
                "✅ <b>The review at {shop} is over</b>: {amount} goes on its way.", shop=name, amount=amount
            )
    return Card(head, _rows(shop, facts.case_id, voice))


def _rows(shop: AtShop, case_id: int, voice: Voice) -> tuple[Row, ...]:
    return (
        (Tap(voice.plain("🔎 The review"), f"case:mine:{case_id}"),),
        (Tap(voice.plain("💰 Earnings"), f"earn:of:{shop.merchant_id}"),),
    )


def _waiting(facts: CasesWaiting, voice: Voice) -> Card:
    """To staff: something waits."""
    text = voice.plural(
        "🗂 <b>{n} case waits for your decision</b> at {shop}",
        "🗂 <b>{n} cases wait for your decision</b> at {shop}",
        facts.waiting,
        shop=shop_name(facts.shop.name, voice),
    )
    return Card(
        text,
        (
            (Tap(voice.plain("🗂 Cases"), f"case:of:{facts.shop.merchant_id}"),),
            (Tap(voice.plain("🏪 The shop"), "manage:open"),),
        ),
    )


def _appealed(facts: Appealed, voice: Voice) -> Card:
    """To staff: the distributor's word."""
    lines = [
        voice.say(
            "💬 <b>{name} appeals</b> at {shop}",
            name=person_name(facts.distributor, NAME_COLUMNS, voice.plain("somebody")),
            shop=shop_name(facts.shop.name, voice),
        ),
        voice.say("<i>{words}</i>", words=person_name(facts.appeal, _TEXT_COLUMNS, "?")),
    ]
    return Card(
        Markup("\n").join(lines),
        (
            (Tap(voice.plain("🗂 The case"), f"case:show:{facts.case_id}"),),
            (Tap(voice.plain("🏪 The shop"), "manage:open"),),
        ),
    )
