"""Earnings: what can be withdrawn, what is on its way, and the orders behind it (chat.md 2, rule 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.cards.card import Card, Row, Tap
from bot.cards.words import (
    REASONS,
    SIGNS,
    STATES,
    back_button,
    channel_word,
    dated,
    goods_label,
    goods_line,
    home_button,
    kind_words,
    order_ref,
    period_words,
    shop_name,
    state_word,
)
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import approx_money, money
from models.money.commissions import CommissionKind, CommissionState
from models.money.earnings import Earnings
from models.money.entries import Entry, EntryPage
from models.money.goodwill import Goodwill

EVERY_STATE = "all"
FROM_THE_NEWEST = "0"
_LABEL_COLUMNS = 18


@dataclass(frozen=True, slots=True)
class EarningsFacts:
    """Sums at one shop, at a moment."""

    shop: str
    currency: str
    zone: ZoneInfo
    earnings: Earnings
    now: datetime
    on_hold: bool = False
    """Whether a case holds back what they earn."""


@dataclass(frozen=True, slots=True)
class EntriesFacts:
    """A page of orders, of one state or (None) of all."""

    currency: str
    zone: ZoneInfo
    page: EntryPage
    state: CommissionState | None
    is_first: bool


def earnings_card(facts: EarningsFacts, voice: Voice) -> Card:
    """Available first, then what will become available by itself, then estimates, each apart."""
    parts = [
        voice.say("💰 <b>Earnings</b> at {shop}", shop=shop_name(facts.shop, voice)),
        Markup("\n").join(_certain(facts, voice)),
        Markup("\n").join(_so_far(facts, voice)),
        voice.say(
            "<i>As of {moment}. Days and months are the shop's.</i>",
            moment=moment(facts.now, facts.zone, voice.language),
        ),
    ]
    if not facts.earnings.has_orders and not facts.earnings.available_minor:
        parts.append(
            voice.say(
                "Your orders will stand here, each with what it earned and why. "
                "👉 Send somebody a link to begin."
            )
        )
        return Card(
            Markup("\n\n").join(parts),
            (
                (Tap(voice.plain("🛍 Goods"), "goods:open"), Tap(voice.plain("📜 Rules"), "plan:rules")),
                (Tap(voice.plain("🔎 Ask about an order"), "ask:open"),),
                (back_button("home:open", voice),),
            ),
        )
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("💸 Withdraw"), "withdraw:open"),),
        (
            Tap(voice.plain("🧾 Entries"), f"entries:{EVERY_STATE}:{FROM_THE_NEWEST}"),
            Tap(voice.plain("📈 Trend"), "trend:show"),
        ),
        (Tap(voice.plain("📄 Statement"), "statement:open"), Tap(voice.plain("⬇️ Export"), "export:open")),
        (Tap(voice.plain("🔗 My links"), "link:open"), Tap(voice.plain("📜 Rules"), "plan:rules")),
        (Tap(voice.plain("🔎 Ask about an order"), "ask:open"), back_button("home:open", voice)),
    )
    if facts.on_hold:
        rows = ((Tap(voice.plain("🔎 Under review: what and until when"), "case:mine"),), *rows)
    return Card(Markup("\n\n").join(parts), rows)


def _certain(facts: EarningsFacts, voice: Voice) -> list[Markup]:
    sums = facts.earnings
    lines = [
        voice.say(
            "✅ Available now: <b>{amount}</b>",
            amount=money(sums.available_minor, facts.currency, voice.language),
        )
    ]
    if sums.debt_minor:
        lines.append(
            voice.say(
                "⚠️ Refunds took back {amount} more than you had; your next commissions fill the gap first.",
                amount=money(sums.debt_minor, facts.currency, voice.language),
            )
        )
    return lines


def _so_far(facts: EarningsFacts, voice: Voice) -> list[Markup]:
    sums, language = facts.earnings, voice.language
    held = money(sums.held.minor, facts.currency, language)
    awaiting = money(sums.awaiting.minor, facts.currency, language)
    lines = [
        voice.say("🔒 In hold: <b>{amount}</b>", amount=held)
        if sums.held.next_at is None
        else voice.say(
            "🔒 In hold: <b>{amount}</b>, next release {date}",
            amount=held,
            date=dated(sums.held.next_at, facts.zone, voice),
        ),
        voice.say("🚚 Awaiting receipt: <b>{amount}</b>", amount=awaiting)
        if sums.awaiting.next_at is None
        else voice.say(
            "🚚 Awaiting receipt: <b>{amount}</b>, from about {date}",
            amount=awaiting,
            date=dated(sums.awaiting.next_at, facts.zone, voice),
        ),
    ]
    if sums.review_minor:
        lines.append(
            voice.say(
                "🔎 Under review by the shop: <b>{amount}</b>",
                amount=money(sums.review_minor, facts.currency, language),
            )
        )
    if sums.estimated_minor:
        lines.append(
            voice.say(
                "◌ Ordered, not paid yet: {amount}",
                amount=approx_money(sums.estimated_minor, facts.currency, language),
            )
        )
    lines.append(
        voice.say(
            "📅 Earned today {today}, this month {month} (estimates, refunds taken off)",
            today=approx_money(sums.today_minor, facts.currency, language),
            month=approx_money(sums.month_minor, facts.currency, language),
        )
    )
    if sums.has_orders:
        lines.append(against_yesterday(sums, facts.currency, voice))
    return lines


def against_yesterday(sums: Earnings, currency: str, voice: Voice) -> Markup:
    """Today beside what yesterday had brought by this hour; the arrow is not the only sign."""
    change = sums.today_minor - sums.yesterday_minor
    by_now = money(sums.yesterday_minor, currency, voice.language)
    if change == 0:
        return voice.say("➡️ As much as yesterday at this hour (an estimated {amount})", amount=by_now)
    changed = money(abs(change), currency, voice.language)
    if change > 0:
        return voice.say(
            "⬆️ {change} more than yesterday at this hour (then an estimated {amount})",
            change=changed,
            amount=by_now,
        )
    return voice.say(
        "⬇️ {change} less than yesterday at this hour (then an estimated {amount})",
        change=changed,
        amount=by_now,
    )


def entries_card(facts: EntriesFacts, voice: Voice) -> Card:
    """Orders, newest first: what each is about, what is left of its commission, its state and why."""
    head = voice.say("🧾 <b>Entries</b>")
    if facts.state is not None:
        head = voice.say("🧾 <b>Entries</b> · {state}", state=state_word(facts.state, voice))
    parts = [head]
    if facts.page.items:
        parts += [_entry(number, entry, facts, voice) for number, entry in enumerate(facts.page.items, 1)]
    elif facts.state is None:
        parts.append(voice.say("Orders of your links will stand here. 👉 Share something to begin."))
    else:
        parts.append(voice.say("No order is in this state. 👉 See all of them."))
    rows = [*_order_buttons(facts, voice), *_turns(facts, voice), *_filters(facts.state, voice)]
    rows.append((Tap(voice.plain("🔎 Ask about an order"), "ask:open"),))
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("earn:open", voice), home_button(voice))))


def _entry(number: int, entry: Entry | Goodwill, facts: EntriesFacts, voice: Voice) -> Markup:
    if isinstance(entry, Goodwill):
        return _goodwill(number, entry, facts, voice)
    lines = [
        voice.say("<b>{number}.</b> {goods}", number=number, goods=_subject(entry, voice)),
        _whence(entry, facts.zone, voice),
        voice.say(
            "<b>{amount}</b> · {state}",
            amount=money(entry.net_minor, facts.currency, voice.language),
            state=_standing(entry, facts.zone, voice),
        ),
    ]
    if entry.reversed_minor:
        lines.append(
            voice.say(
                "{amount} was taken back for refunds",
                amount=money(entry.reversed_minor, facts.currency, voice.language),
            )
        )
    return Markup("\n").join(lines)


def _goodwill(number: int, goodwill: Goodwill, facts: EntriesFacts, voice: Voice) -> Markup:
    date = dated(goodwill.granted_at, facts.zone, voice)
    available = state_word(CommissionState.AVAILABLE, voice)
    lines = [
        voice.say("<b>{number}.</b> {goods}", number=number, goods=voice.say("Goodwill for a claim")),
        voice.say("{ref} · {date}", ref=order_ref(goodwill.order_ref), date=date),
        voice.say(
            "<b>{amount}</b> · {state}",
            amount=money(goodwill.amount_minor, facts.currency, voice.language),
            state=voice.plain("{state} since {date}", state=available, date=date),
        ),
    ]
    return Markup("\n").join(lines)


def _subject(entry: Entry, voice: Voice) -> Markup:
    """What was sold, or which bonus it is and of which period."""
    if entry.order is not None:
        return goods_line(entry.order.goods, voice)
    return escape(_bonus_words(entry, voice))


def _bonus_words(entry: Entry, voice: Voice) -> str:
    kinds = kind_words(entry.kinds, voice)
    if entry.period is None:
        return kinds
    return voice.plain("{bonus}, {period}", bonus=kinds, period=period_words(entry.period, voice))


def _whence(entry: Entry, zone: ZoneInfo, voice: Voice) -> Markup:
    """The order, its channel or what it was earned for, and the date."""
    date = dated(entry.earned_at, zone, voice)
    if entry.order is None:
        return escape(date)
    source = (
        channel_word(entry.order.channel, voice) if entry.order.is_own else kind_words(entry.kinds, voice)
    )
    told = voice.say("{ref} · {channel} · {date}", ref=order_ref(entry.order.ref), channel=source, date=date)
    beside = [kind for kind in entry.kinds if kind is not CommissionKind.LINE]
    if not (entry.order.is_own and beside):
        return told
    return told + Markup("\n") + voice.say("With {bonuses}", bonuses=kind_words(beside, voice))


def _standing(entry: Entry, zone: ZoneInfo, voice: Voice) -> str:
    state = state_word(entry.state, voice)
    if entry.reason is not None:
        return voice.plain("{state}: {reason}", state=state, reason=voice.phrase(REASONS[entry.reason]))
    match entry.state:
        case CommissionState.AWAITING:
            return voice.plain(
                "{state}, about {date}", state=state, date=dated(entry.release_at, zone, voice)
            )
        case CommissionState.HELD:
            return voice.plain("{state} until {date}", state=state, date=dated(entry.release_at, zone, voice))
        case CommissionState.AVAILABLE:
            return voice.plain(
                "{state} since {date}", state=state, date=dated(entry.released_at, zone, voice)
            )
        case _:
            return state


def _order_buttons(facts: EntriesFacts, voice: Voice) -> list[Row]:
    buttons = [_button(number, entry, voice) for number, entry in enumerate(facts.page.items, 1)]
    return [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]


def _button(number: int, entry: Entry | Goodwill, voice: Voice) -> Tap:
    if isinstance(entry, Goodwill):
        return Tap(f"{number}. {voice.plain('Goodwill')}", f"claim:show:{entry.claim_id}")
    if entry.order is None:
        return Tap(f"{number}. {_bonus_words(entry, voice)}", f"bonus:show:{entry.commission_id}")
    label = goods_label(entry.order.goods, _LABEL_COLUMNS, voice)
    return Tap(f"{number}. {label}", f"order:show:{entry.order.id}")


def _turns(facts: EntriesFacts, voice: Voice) -> list[Row]:
    word = facts.state or EVERY_STATE
    turns = []
    if not facts.is_first:
        turns.append(Tap(voice.plain("⏮ Newest"), f"entries:{word}:{FROM_THE_NEWEST}"))
    if facts.page.next_cursor is not None:
        turns.append(Tap(voice.plain("Older ▶"), f"entries:{word}:{facts.page.next_cursor}"))
    return [tuple(turns)] if turns else []


def _filters(chosen: CommissionState | None, voice: Voice) -> list[Row]:
    """One button a state; the chosen one is marked, and `All` takes the filter off."""
    buttons = [
        Tap(
            ("● " if chosen is None else "") + voice.plain("All"),
            f"entries:{EVERY_STATE}:{FROM_THE_NEWEST}",
        )
    ]
    for state, sign in SIGNS.items():
        mark = "● " if chosen is state else f"{sign} "
        buttons.append(Tap(mark + voice.phrase(STATES[state]), f"entries:{state}:{FROM_THE_NEWEST}"))
    return [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
