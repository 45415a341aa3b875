"""Why a commission is what it is, in the reader's words: base, rates, rule, cuts, and what became of it."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.period_reasons import period_reasons
from bot.cards.plan_changes import Setting, named, selector_words
from bot.cards.plans import percent_text
from bot.cards.words import cap_word, team_line, title
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import money, price_each
from models.funnel.orders import OrderLine
from models.money.commissions import Commission, CommissionKind, CommissionState, RateKind, Reason
from models.money.explaining import (
    Ground,
    Term,
    adds_to_ladder,
    cuts_of,
    discounts_of,
    figured_minor,
    ground,
    terms,
)
from models.money.timeline import EarnedLine
from models.plans.document import PlanDocument
from models.store.currency import to_minor

_BONUS_FOR = {
    CommissionKind.FIRST_ORDER: Phrase("For the first order of a customer at this shop"),
    CommissionKind.INVITE_CASHBACK: Phrase("For the first order of somebody whom you invited"),
    CommissionKind.LADDER: Phrase("For your net sales of the period, by the plan's ladder"),
    CommissionKind.TEAM_TARGET: Phrase("For the sales of your direct members in the period"),
}


def line_reasons(item: EarnedLine, currency: str, zone: ZoneInfo, voice: Voice) -> Markup:
    """One line of an order."""
    name = voice.say("<b>{title}</b>", title=title(item.title, voice))
    if item.commission is None:
        return Markup("\n").join(
            (name, voice.say("Nothing: no commission plan was in force when it was paid."))
        )
    commission = item.commission
    told = [name]
    if commission.kind is CommissionKind.TEAM:
        told.append(team_line(commission.depth, voice))
    told.append(_made(item, commission, currency, voice))
    if commission.rule != "none":
        is_known = item.title != item.line.sku
        titles = {item.line.sku: item.title} if is_known else {}
        setting = Setting.of(currency, zone, item.plan, titles=titles)
        told.append(_by(item, commission, setting, voice))
    return Markup("\n").join(
        [*told, *_cuts(commission, currency, voice), *_became(item, commission, currency, voice)]
    )


def bonus_reasons(commission: Commission, plan: PlanDocument | None, currency: str, voice: Voice) -> Markup:
    """A bonus, of an order or of a period, by the plan that made it."""
    amount = money(figured_minor(commission), currency, voice.language)
    told = []
    if adds_to_ladder(commission):
        told.append(
            voice.say(
                "Your net sales of the period changed after it was closed:"
                " <b>{amount}</b> more than the ladder had paid",
                amount=amount,
            )
        )
    elif (cause := _BONUS_FOR.get(commission.kind)) is not None:
        told.append(voice.say("{cause}: <b>{amount}</b>", cause=voice.phrase(cause), amount=amount))
    if commission.base_minor:
        sales = money(commission.base_minor, currency, voice.language)
        told.append(voice.say("Sales that counted: {sales}", sales=sales))
    told += period_reasons(commission, plan, currency, voice)
    told.append(voice.say("By plan version {version}", version=commission.plan_version))
    told += _cuts(commission, currency, voice)
    taken = money(commission.reversed_minor, currency, voice.language)
    if commission.reason is Reason.ORDER_CANCELLED:
        told.append(voice.say("Void, for the order was cancelled. Taken back: {amount}", amount=taken))
    elif commission.reversed_minor and commission.kind is CommissionKind.LADDER:
        told.append(voice.say("{amount} was taken back, for your sales of the period fell", amount=taken))
    elif commission.reversed_minor:
        told.append(voice.say("{amount} was taken back for refunds", amount=taken))
    told += _nothing_to_take(commission, voice)
    return Markup("\n").join([*told, *_reviewed(commission, voice)])


def _made(item: EarnedLine, commission: Commission, currency: str, voice: Voice) -> Markup:
    language = voice.language
    amount = money(figured_minor(commission), currency, language)
    base = money(commission.base_minor, currency, language)
    parts = _parts(item.line, currency, voice)
    match ground(commission, currency):
        case Ground.PERCENT:
            return voice.say(
                "{percent}% of {base} ({parts}), rounded down: <b>{amount}</b>",
                percent=percent_text(commission.rate),
                base=base,
                parts=parts,
                amount=amount,
            )
        case Ground.FIXED:
            return voice.say(
                "{each} for each of {quantity}: <b>{amount}</b>",
                each=money(to_minor(commission.rate, currency), currency, language),
                quantity=commission.quantity,
                amount=amount,
            )
        case Ground.FIXED_CAPPED:
            return voice.say(
                "{each} for each of {quantity}, but at most what was paid, {base} ({parts}): <b>{amount}</b>",
                each=money(to_minor(commission.rate, currency), currency, language),
                quantity=commission.quantity,
                base=base,
                parts=parts,
                amount=amount,
            )
        case Ground.BOOSTED:
            rates = " + ".join(
                _term(term, commission.quantity, currency, voice) for term in terms(commission)
            )
            return voice.say(
                "{rates}, on {base} ({parts}), rounded down and at most that: <b>{amount}</b>",
                rates=rates,
                base=base,
                parts=parts,
                amount=amount,
            )
        case Ground.NO_RATE:
            return voice.say(
                "Nothing: plan version {version} has no rate for this product at your level.",
                version=commission.plan_version,
            )
        case Ground.OWN_PURCHASE:
            return voice.say(
                "Nothing: the buyer seems to be you, and plan version {version} doesn't pay own purchases.",
                version=commission.plan_version,
            )


def _parts(line: OrderLine, currency: str, voice: Voice) -> str:
    """How the base came about: `6 × £2.55 − £1.00`."""
    price = price_each(Decimal(line.unit_price), currency, voice.language)
    taken_off = (money(minor, currency, voice.language) for minor in discounts_of(line))
    return " − ".join((f"{line.quantity} × {price}", *taken_off))


def _term(term: Term, quantity: int, currency: str, voice: Voice) -> str:
    if term.kind is RateKind.PERCENT:
        rate = f"{percent_text(term.rate)}%"
    else:
        each = money(to_minor(term.rate, currency), currency, voice.language)
        rate = voice.plain("{each} for each of {quantity}", each=each, quantity=quantity)
    return voice.plain("{rate} (promotion)", rate=rate) if term.is_promotion else rate


def _by(item: EarnedLine, commission: Commission, setting: Setting, voice: Voice) -> Markup:
    level = named(commission.level, setting, voice)
    if item.selector is None:
        return voice.say(
            "By plan version {version}, your level then: {level}",
            version=commission.plan_version,
            level=level,
        )
    return voice.say(
        "By the rate for {about}, plan version {version}, your level then: {level}",
        about=selector_words(item.selector, setting, voice),
        version=commission.plan_version,
        level=level,
    )


def _cuts(commission: Commission, currency: str, voice: Voice) -> list[Markup]:
    cuts = cuts_of(commission)
    told = [
        voice.say(
            "✂️ {amount} was cut by {cap}",
            amount=money(taken, currency, voice.language),
            cap=cap_word(cap, voice),
        )
        for cap, taken in cuts
    ]
    if not cuts:
        return []
    made = money(commission.amount_minor, currency, voice.language)
    return [*told, voice.say("So it came to <b>{amount}</b>", amount=made)]


def _became(item: EarnedLine, commission: Commission, currency: str, voice: Voice) -> list[Markup]:
    taken = money(commission.reversed_minor, currency, voice.language)
    if commission.reason is Reason.ORDER_CANCELLED:
        return [voice.say("Void, for the order was cancelled. Taken back: {amount}", amount=taken)]
    told = _reviewed(commission, voice)
    if commission.state is CommissionState.VOID and commission.amount_minor:
        told.append(voice.say("Void: the shop looked at it and doesn't pay it."))
    if commission.reversed_minor:
        told.append(
            voice.say(
                "{amount} was taken back, for {refunded} of the base was refunded.",
                amount=taken,
                refunded=money(item.line.refunded_minor, currency, voice.language),
            )
        )
    return told + _nothing_to_take(commission, voice)


def _nothing_to_take(commission: Commission, voice: Voice) -> list[Markup]:
    if commission.state is CommissionState.REFUNDED and commission.reversed_minor == 0:
        return [voice.say("Refunded: there was nothing to take back.")]
    return []


def _reviewed(commission: Commission, voice: Voice) -> list[Markup]:
    if commission.state is CommissionState.VOID and commission.amount_minor:
        return [voice.say("Void: the shop looked at it and doesn't pay it.")]
    if commission.state is not CommissionState.REVIEW:
        return []
    if commission.reason is Reason.CASE:
        return [voice.say("The shop looks at your orders before it releases what they earn.")]
    return [voice.say("The shop looks at it first, for the buyer seems to be you.")]
