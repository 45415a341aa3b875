"""Earnings: what can be withdrawn, what is on its way, and the orders behind it (chat.md 2, rule 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

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
    order_ref,
    shop_name,
    state_word,
)
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import approx_money, money, signed_money
from models.money.commissions import CommissionState
from models.money.earnings import Earnings, Entry, EntryPage

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
    if not facts.earnings.has_orders:
        parts.append(
            voice.say(
                "Your orders will stand here, each with what it earned and why. "
                "👉 Send somebody a link to begin."
            )
        )
        return Card(
            Markup("\n\n").join(parts),
            ((Tap(voice.plain("🛍 Goods"), "goods:open"),), (back_button("home:open", voice),)),
        )
    rows: tuple[Row, ...] = (
        (
            Tap(voice.plain("🧾 Entries"), f"entries:{EVERY_STATE}:{FROM_THE_NEWEST}"),
            Tap(voice.plain("📈 Trend"), "trend:show"),
        ),
        (Tap(voice.plain("📄 Statement"), "statement:open"), Tap(voice.plain("⬇️ Export"), "export:open")),
        (Tap(voice.plain("🔗 My links"), "link:open"),),
        (back_button("home:open", voice),),
    )
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
    by_now = approx_money(sums.yesterday_minor, currency, voice.language)
    if change == 0:
        return voice.say("➡️ As much as yesterday by this hour ({amount})", amount=by_now)
    changed = signed_money(change, currency, voice.language)
    if change > 0:
        return voice.say(
            "⬆️ {change} against yesterday by this hour ({amount})", change=changed, amount=by_now
        )
    return voice.say("⬇️ {change} against yesterday by this hour ({amount})", change=changed, amount=by_now)


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
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("earn:open", voice), home_button(voice))))


def _entry(number: int, entry: Entry, facts: EntriesFacts, voice: Voice) -> Markup:
    lines = [
        voice.say("<b>{number}.</b> {goods}", number=number, goods=goods_line(entry.goods, voice)),
        voice.say(
            "{ref} · {channel} · {date}",
            ref=order_ref(entry.order_ref),
            channel=channel_word(entry.channel, voice),
            date=dated(entry.earned_at, facts.zone, voice),
        ),
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
    buttons = [
        Tap(f"{number}. {goods_label(entry.goods, _LABEL_COLUMNS, voice)}", f"order:show:{entry.order_id}")
        for number, entry in enumerate(facts.page.items, 1)
    ]
    return [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]


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
