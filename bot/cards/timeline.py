"""One order's time line, and line by line why it earned what it earned."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.reasons import bonus_reasons, line_reasons
from bot.cards.words import (
    KINDS,
    REASONS,
    back_button,
    channel_word,
    goods_line,
    home_button,
    order_ref,
    state_word,
    team_line,
)
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from bot.voice.money import money, signed_money
from models.funnel.attribution import Rule
from models.money.commissions import Commission, CommissionKind, CommissionState
from models.money.timeline import EarnedLine, Happening, Moment, Timeline

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
    Happening.EARNED: Phrase("🏅 Earned"),
    Happening.NOT_COUNTED: Phrase("🚫 An order counts no more after review"),
}
_CHANGES = frozenset(
    {Happening.PAID, Happening.EARNED, Happening.REFUND, Happening.CANCELLED, Happening.NOT_COUNTED}
)
_RULES = {
    Rule.COUPON: Phrase("your coupon was used"),
    Rule.CODE: Phrase("the order carried your code"),
    Rule.LAST_CLICK: Phrase("your link was the last one clicked"),
    Rule.FIRST_CLICK: Phrase("your link was the first one clicked"),
}


@dataclass(frozen=True, slots=True)
class BonusShop:
    """Where a bonus was earned."""

    currency: str
    zone: ZoneInfo


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
        *_sums(facts, voice),
    ]
    parts = [Markup("\n").join(head), Markup("\n").join(_moments(facts, voice))]
    if story.depth > 0:
        parts.append(team_line(story.depth, voice))
    elif story.order.rule in _RULES:
        parts.append(
            voice.say(
                "It is yours because {rule} ({channel}).",
                rule=voice.phrase(_RULES[story.order.rule]),
                channel=channel_word(story.channel, voice),
            )
        )
    rows: tuple[Row, ...] = (
        (
            Tap(voice.plain("🧮 Why this amount"), f"why:0:{story.order.id}"),
            Tap(voice.plain("📣 File a claim"), f"claim:about:{story.order.id}"),
        ),
        (back_button("entries:all:0", voice), home_button(voice)),
    )
    return Card(Markup("\n\n").join(parts), rows)


def _sums(facts: TimelineFacts, voice: Voice) -> list[Markup]:
    """What of it is of which kind, unless it is plain commission, and what caps cut."""
    story, language = facts.story, voice.language
    kinds = story.by_kind
    told = []
    if set(kinds) - {CommissionKind.LINE}:
        told += [
            voice.say(
                "· {kind}: {amount}",
                kind=voice.phrase(KINDS[kind]),
                amount=money(amount, facts.currency, language),
            )
            for kind, amount in kinds.items()
        ]
    if story.cut_minor:
        told.append(
            voice.say(
                "✂️ Caps of the plan cut {amount}", amount=money(story.cut_minor, facts.currency, language)
            )
        )
    return told


def bonus_card(commission: Commission, moments: tuple[Moment, ...], shop: BonusShop, voice: Voice) -> Card:
    """A bonus that no order brought: what it is for, how it was figured, what became of it."""
    currency, language = shop.currency, voice.language
    net = commission.net_minor if commission.state is not CommissionState.VOID else 0
    head = [
        voice.say("🏅 <b>{bonus}</b>", bonus=bonus_title(commission, voice)),
        voice.say(
            "Left for you: <b>{amount}</b> · {state}",
            amount=money(net, currency, language),
            state=state_word(commission.state, voice),
        ),
    ]
    lines = [_moment(each, currency, shop.zone, voice) for each in moments[:_MOST_MOMENTS]]
    parts = [Markup("\n").join(head), Markup("\n").join(lines), bonus_reasons(commission, currency, voice)]
    return Card(Markup("\n\n").join(parts), ((back_button("entries:all:0", voice), home_button(voice)),))


def bonus_title(commission: Commission, voice: Voice) -> str:
    """What a bonus is, and of which period."""
    kind = voice.phrase(KINDS[commission.kind])
    if commission.period is None:
        return kind
    return voice.plain("{bonus}, {period}", bonus=kind, period=commission.period)


def _states(story: Timeline, voice: Voice) -> str:
    """Every state that the order's lines are in, and the reason where one speaks for all."""
    states = dict.fromkeys(commission.state for commission in story.commissions)
    words = voice.plain(", ").join(state_word(state, voice) for state in states)
    reasons = {commission.reason for commission in story.commissions} - {None}
    if len(reasons) == 1:
        (reason,) = reasons
        assert reason is not None  # taken out above
        return voice.plain("{state}: {reason}", state=words, reason=voice.phrase(REASONS[reason]))
    return words or voice.plain("no commission plan was in force")


def _moments(facts: TimelineFacts, voice: Voice) -> list[Markup]:
    shown = facts.story.moments[:_MOST_MOMENTS]
    lines = [_moment(each, facts.currency, facts.zone, voice) for each in shown]
    if len(shown) < len(facts.story.moments):
        rest = len(facts.story.moments) - len(shown)
        lines.append(voice.plural("… and {n} more step", "… and {n} more steps", rest))
    return lines


def _moment(each: Moment, currency: str, zone: ZoneInfo, voice: Voice) -> Markup:
    what = voice.phrase(_HAPPENINGS[each.what])
    when = moment(each.at, zone, voice.language)
    if each.amount_minor is None:
        return voice.say("{what} · {when}", what=what, when=when)
    change = (
        signed_money(each.amount_minor, currency, voice.language)
        if each.what in _CHANGES
        else money(each.amount_minor, currency, voice.language)
    )
    return voice.say("{what} · {when} · <b>{change}</b>", what=what, when=when, change=change)


def why_card(facts: TimelineFacts, page: int, voice: Voice) -> Card:
    """Line by line: base, rate, rule, rounding, plan version, level, cuts; bonuses last; some a page, from 0."""
    story, currency = facts.story, facts.currency
    told: list[EarnedLine | Commission] = [*story.lines, *story.bonuses]
    pages = max(1, -(-len(told) // LINES_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = told[page * LINES_A_PAGE : (page + 1) * LINES_A_PAGE]
    parts = [
        voice.say("🧮 <b>Why this amount</b> · order {ref}", ref=order_ref(story.order.order_ref)),
        *(
            line_reasons(item, currency, facts.zone, voice)
            if isinstance(item, EarnedLine)
            else _titled(item, currency, voice)
            for item in shown
        ),
    ]
    turns: list[Tap] = []
    if page > 0:
        turns.append(Tap(voice.plain("◀ Lines before"), f"why:{page - 1}:{story.order.id}"))
    if page < pages - 1:
        turns.append(Tap(voice.plain("More lines ▶"), f"why:{page + 1}:{story.order.id}"))
    back: Row = (back_button(f"order:show:{story.order.id}", voice), home_button(voice))
    return Card(Markup("\n\n").join(parts), (tuple(turns), back) if turns else (back,))


def _titled(commission: Commission, currency: str, voice: Voice) -> Markup:
    name = voice.say("<b>{title}</b>", title=bonus_title(commission, voice))
    return name + Markup("\n") + bonus_reasons(commission, currency, voice)
