"""The rules screen of distributors: the plan in two sentences beside its picture, and the small print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.plan_words import amount, percent_text
from bot.cards.plans import Shown, plan_in_two_sentences
from bot.cards.words import dated, home_button, shop_name
from bot.voice.catalogue import Phrase, Voice
from models.plans.document import PlanDocument, SelfPurchase

_OWN = {
    SelfPurchase.PAY: Phrase("Your own purchases are paid as well."),
    SelfPurchase.SKIP: Phrase("Your own purchases are not paid."),
    SelfPurchase.REVIEW: Phrase("Your own purchases are looked at by the shop first."),
}


@dataclass(frozen=True, slots=True)
class Coming:
    """A version that has been announced: its key and when it starts."""

    plan_version_id: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class RulesFacts:
    """The plan in force at one shop, None while there is none, and the next one; `shown` as in the picture."""

    shop: str
    currency: str
    zone: ZoneInfo
    plan: PlanDocument | None
    coming: Coming | None = None
    shown: Shown | None = None


def rules_card(facts: RulesFacts, voice: Voice) -> Card:
    """The words beside the picture; without a plan they stand alone."""
    parts = [
        voice.say("📜 <b>Rules</b> at {shop}", shop=shop_name(facts.shop, voice)),
        plan_in_two_sentences(facts.plan, facts.currency, voice, facts.shown),
    ]
    if facts.plan is not None:
        parts.append(Markup("\n").join(_small_print(facts.plan, facts.currency, voice)))
    rows: list[Row] = []
    if facts.coming is not None:
        date = dated(facts.coming.starts_at, facts.zone, voice)
        parts.append(voice.say("📅 New terms hold from {date} on.", date=date))
        label = voice.plain("📅 What changes")
        rows.append((Tap(label, f"terms:open:{facts.coming.plan_version_id}"),))
    rows.append(
        (Tap(voice.plain("🏅 Level"), "level:open"), Tap(voice.plain("💰 Earnings"), "earn:open")),
    )
    return Card(Markup("\n\n").join(parts), (*rows, (home_button(voice),)))


def _small_print(plan: PlanDocument, currency: str, voice: Voice) -> list[Markup]:
    lines = [
        voice.say("• {sentence}", sentence=voice.phrase(_OWN[plan.attribution.self_purchase])),
        voice.plural(
            "• An order counts for you when the buyer tapped your link at most {n} day before.",
            "• An order counts for you when the buyer tapped your link at most {n} days before.",
            plan.attribution.window_days,
        ),
        _fee(plan, currency, voice),
    ]
    if plan.notice_days:
        lines.append(
            voice.plural(
                "• What lowers your pay is announced {n} day ahead.",
                "• What lowers your pay is announced {n} days ahead.",
                plan.notice_days,
            )
        )
    return lines


def _fee(plan: PlanDocument, currency: str, voice: Voice) -> Markup:
    fixed = plan.withdrawal.fee if plan.withdrawal.fee.strip("0.") else None
    share = plan.withdrawal.fee_percent if plan.withdrawal.fee_percent.strip("0.") else None
    if fixed is None and share is None:
        return voice.say("• Withdrawing costs nothing.")
    parts = [amount(fixed, currency, voice)] if fixed is not None else []
    if share is not None:
        parts.append(f"{percent_text(share)}%")
    return voice.say("• A withdrawal costs {fee}.", fee=" + ".join(parts))
