"""One order's time line, and line by line why it earned what it earned."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.plans import level_title, percent_text
from bot.cards.words import (
    REASONS,
    back_button,
    channel_word,
    goods_line,
    home_button,
    order_ref,
    state_word,
    title,
)
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from bot.voice.money import money, signed_money
from models.funnel.attribution import Rule
from models.money.commissions import Commission, CommissionState, Reason
from models.money.explaining import Ground, ground, parts_of_base
from models.money.timeline import EarnedLine, Happening, Moment, Timeline
from models.store.currency import to_minor

LINES_A_PAGE = 5
_MOST_MOMENTS = 20

_HAPPENINGS = {
    Happening.PLACED: Phrase("🛒 Ordered"),
    Happening.PAID: Phrase("💳 Paid"),
    Happening.RECEIVED: Phrase("📦 Received"),
    Happening.REFUND: Phrase("↩️ Refunded"),
    Happening.CANCELLED: Phrase("✖️ Cancelled"),
    Happening.RELEASED: Phrase("✅ Released"),
    Happening.RELEASE_DUE: Phrase("⏳ Release due"),
}
_RULES = {
    Rule.COUPON: Phrase("your coupon was used"),
    Rule.CODE: Phrase("the order carried your code"),
    Rule.LAST_CLICK: Phrase("your link was the last one clicked"),
    Rule.FIRST_CLICK: Phrase("your link was the first one clicked"),
}


@dataclass(frozen=True, slots=True)
class TimelineFacts:
    """An order's story at a shop with this zone."""

    zone: ZoneInfo
    story: Timeline

    @property
    def currency(self) -> str:
        """The currency of every amount here."""
        return self.story.order.currency


def timeline_card(facts: TimelineFacts, voice: Voice) -> Card:
    """What happened to the order, what it meant for me, and how it came to be mine."""
    story = facts.story
    head = [
        voice.say("🧾 <b>Order</b> {ref}", ref=order_ref(story.order.order_ref)),
        goods_line(story.goods, voice),
        voice.say(
            "Left for you: <b>{amount}</b> · {state}",
            amount=money(story.net_minor, facts.currency, voice.language),
            state=_states(story, voice),
        ),
    ]
    parts = [Markup("\n").join(head), Markup("\n").join(_moments(facts, voice))]
    if story.order.rule is not None:
        parts.append(
            voice.say(
                "It is yours because {rule} ({channel}).",
                rule=voice.phrase(_RULES[story.order.rule]),
                channel=channel_word(story.channel, voice),
            )
        )
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("🧮 Why this amount"), f"why:0:{story.order.id}"),),
        (back_button("entries:all:0", voice), home_button(voice)),
    )
    return Card(Markup("\n\n").join(parts), rows)


def _states(story: Timeline, voice: Voice) -> str:
    """Every state that the order's lines are in, and the reason where one speaks for all."""
    states = dict.fromkeys(commission.state for commission in story.commissions)
    words = ", ".join(state_word(state, voice) for state in states)
    reasons = {commission.reason for commission in story.commissions} - {None}
    if len(reasons) == 1:
        (reason,) = reasons
        assert reason is not None  # taken out above
        return voice.plain("{state}: {reason}", state=words, reason=voice.phrase(REASONS[reason]))
    return words or voice.plain("no commission plan was in force")


def _moments(facts: TimelineFacts, voice: Voice) -> list[Markup]:
    shown = facts.story.moments[:_MOST_MOMENTS]
    lines = [_moment(each, facts, voice) for each in shown]
    if len(shown) < len(facts.story.moments):
        rest = len(facts.story.moments) - len(shown)
        lines.append(voice.plural("… and {n} more step", "… and {n} more steps", rest))
    return lines


def _moment(each: Moment, facts: TimelineFacts, voice: Voice) -> Markup:
    what = voice.phrase(_HAPPENINGS[each.what])
    when = moment(each.at, facts.zone, voice.language)
    if each.amount_minor is None:
        return voice.say("{what} · {when}", what=what, when=when)
    change = (
        signed_money(each.amount_minor, facts.currency, voice.language)
        if each.what in {Happening.PAID, Happening.REFUND, Happening.CANCELLED}
        else money(each.amount_minor, facts.currency, voice.language)
    )
    return voice.say("{what} · {when} · <b>{change}</b>", what=what, when=when, change=change)


def why_card(facts: TimelineFacts, page: int, voice: Voice) -> Card:
    """Line by line: base, rate, rule, rounding, plan version, level; some lines a page, from 0."""
    story = facts.story
    pages = max(1, -(-len(story.lines) // LINES_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = story.lines[page * LINES_A_PAGE : (page + 1) * LINES_A_PAGE]
    parts = [
        voice.say("🧮 <b>Why this amount</b> · order {ref}", ref=order_ref(story.order.order_ref)),
        *(_line(item, facts.currency, voice) for item in shown),
    ]
    turns: list[Tap] = []
    if page > 0:
        turns.append(Tap(voice.plain("◀ Lines before"), f"why:{page - 1}:{story.order.id}"))
    if page < pages - 1:
        turns.append(Tap(voice.plain("More lines ▶"), f"why:{page + 1}:{story.order.id}"))
    back: Row = (back_button(f"order:show:{story.order.id}", voice), home_button(voice))
    return Card(Markup("\n\n").join(parts), (tuple(turns), back) if turns else (back,))


def _line(item: EarnedLine, currency: str, voice: Voice) -> Markup:
    name = voice.say("<b>{title}</b>", title=title(item.title, voice))
    if item.commission is None:
        return Markup("\n").join(
            (name, voice.say("Nothing: no commission plan was in force when it was paid."))
        )
    told = [name, _made(item, item.commission, currency, voice)]
    if item.commission.rule != "none":
        told.append(_by(item, item.commission, voice))
    became = _became(item, item.commission, currency, voice)
    return Markup("\n").join([*told, *became])


def _made(item: EarnedLine, commission: Commission, currency: str, voice: Voice) -> Markup:
    language = voice.language
    amount = money(commission.amount_minor, currency, language)
    base = money(commission.base_minor, currency, language)
    parts = parts_of_base(item.line, currency)
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


def _by(item: EarnedLine, commission: Commission, voice: Voice) -> Markup:
    level = level_title(item.level, voice) if item.level is not None else commission.level
    return voice.say(
        "Rule <code>{rule}</code>, plan version {version}, your level then: {level}",
        rule=commission.rule,
        version=commission.plan_version,
        level=level,
    )


def _became(item: EarnedLine, commission: Commission, currency: str, voice: Voice) -> list[Markup]:
    taken = money(commission.reversed_minor, currency, voice.language)
    if commission.reason is Reason.ORDER_CANCELLED:
        return [voice.say("Void, for the order was cancelled. Taken back: {amount}", amount=taken)]
    told = []
    if commission.state is CommissionState.REVIEW and commission.reason is Reason.CASE:
        told.append(voice.say("The shop looks at your orders before it releases what they earn."))
    elif commission.state is CommissionState.REVIEW:
        told.append(voice.say("The shop looks at it first, for the buyer seems to be you."))
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
    return told
