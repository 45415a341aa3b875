"""Cards of cases and reviews, made of facts that try to break them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.cards.card import Card
from bot.cards.case_decisions import CaseFacts
from bot.cards.cases import InboxFacts, case_card, inbox_card
from bot.cards.notices import notice_card
from bot.cards.reviews import ReviewFacts, ask_appeal_card, review_card
from bot.voice.catalogue import Voice
from models.money.cases.cases import TEXT_CHARS, Case, CaseKind, CaseState, kept_signal
from models.money.cases.deciding import Decision
from models.money.cases.notices import Appealed, CasesWaiting, Reviewed, UnderReview
from models.money.cases.seeing import CaseSeen
from models.money.cases.signals import MOST_REFS, Signal, SignalKind
from models.money.told import AtShop

KEY = 2**63 - 1
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
NASTY = "<b>&\"' \u202eevil\u202c 👩‍👩‍👧‍👦 مرحبا " + "W" * 200
MUCH = 10**15
NUMBERS = dict.fromkeys(
    (
        *("own", "of", "orders", "customers", "seconds", "minutes"),
        *("percent", "usual_percent", "visitors", "days", "distributors"),
    ),
    10**6,
)


def case(**changes: object) -> Case:
    """A case with every kind of evidence, each as long as can be."""
    signals = [kept_signal(Signal(kind, NUMBERS, (NASTY,) * MOST_REFS)) for kind in SignalKind]
    given = {
        "id": KEY,
        "merchant_id": 1,
        "distributor_id": 2,
        "kind": CaseKind.SIGNALS,
        "state": CaseState.HOLD,
        "signals": signals,
        "opened_at": AT,
        "seen_at": AT,
        "expected_at": AT + timedelta(days=3),
        "expires_at": AT + timedelta(days=30),
        "turn": 2**31 - 1,
        "before": {"state": "watch", "decision": "refuse", "decided_minor": MUCH},
        "resolver": "person 17",
        "decided_at": AT,
        "note": NASTY * 4,
        "appeal": "W" * TEXT_CHARS,
    }
    return Case.model_validate({**given, **changes})


def seen(**changes: object) -> CaseSeen:
    """The same with whose it is."""
    return CaseSeen(case(**changes), NASTY, "mei", AT, MUCH, MUCH, MUCH, NASTY, "email")


OWN: dict[str, Any] = {
    "kind": CaseKind.OWN_PURCHASE,
    "order_id": KEY,
    "signals": [],
    "expected_at": None,
    "expires_at": None,
}


def case_gallery(voice: Voice) -> dict[str, Card]:
    """By name."""
    shop = AtShop(KEY, NASTY, "GBP", ZONE)
    inbox = InboxFacts("GBP", [seen(), seen(**OWN), *[seen()] * 4], MUCH, after=6, is_first=False)
    worst = CaseFacts("GBP", ZONE, seen(), AT, {"person 17": NASTY})
    mine = ReviewFacts(KEY, NASTY, "GBP", ZONE, seen(appeal=None, before=None), -MUCH, AT)
    return {
        "case inbox": inbox_card(inbox, voice),
        "case inbox, empty": inbox_card(replace(inbox, cases=[], waiting=0), voice),
        "case": case_card(worst, voice),
        "case, own purchase": case_card(replace(worst, seen=seen(**OWN)), voice),
        **{f"case, {state}": case_card(replace(worst, seen=seen(state=state)), voice) for state in CaseState},
        **{
            f"review, {state}": review_card(replace(mine, seen=seen(state=state, before=None)), voice)
            for state in CaseState
            if state is not CaseState.WATCH
        },
        "review": review_card(mine, voice),
        "review, own purchase": review_card(replace(mine, seen=seen(**OWN)), voice),
        "appeal": ask_appeal_card(KEY, voice),
        "appeal, too long": ask_appeal_card(KEY, voice, refused=True),
        "told under review": notice_card(UnderReview(shop, KEY, MUCH, AT, AT), voice),
        **{
            f"told reviewed, {decision}, {ref is None}": notice_card(
                Reviewed(shop, KEY, decision, MUCH, ref, AT), voice
            )
            for decision in (Decision.CLEAR, Decision.REFUSE, Decision.SUSPEND, None)
            for ref in (None, NASTY)
        },
        "told cases wait": notice_card(CasesWaiting(shop, MUCH), voice),
        "told of an appeal": notice_card(Appealed(shop, KEY, NASTY, "W" * TEXT_CHARS, AT), voice),
    }
