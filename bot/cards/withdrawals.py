"""Withdrawing, as the distributor sees it: what can be had, the confirm screen, and what becomes of it (chat.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.cards.card import Card, Row, Tap
from bot.cards.payout_accounts import FROM_WITHDRAWING
from bot.cards.withdrawal_words import (
    account_shown,
    life_of,
    note_line,
    obstacle_words,
    payout_state,
    sums_of,
)
from bot.cards.words import back_button, dated, home_button, order_ref, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from models.money.withdrawal_states import RESERVED, Withdrawal, WithdrawalMove, WithdrawalState
from models.money.withdrawal_terms import WithdrawalRefused, WithdrawalTerms
from models.store.currency import minor_digits

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class WithdrawFacts:
    """What a distributor can withdraw at one shop, at a moment; amounts in minor units."""

    shop: str
    zone: ZoneInfo
    available_minor: int
    held_minor: int
    next_release: datetime | None
    on_its_way_minor: int
    terms: WithdrawalTerms
    account: str | None
    """The payout account, masked; None when there is none."""
    obstacle: WithdrawalRefused | None = None

    @property
    def can_withdraw(self) -> bool:
        """Whether there is an amount that could be asked for now."""
        enough = self.available_minor >= self.terms.smallest_minor
        return enough and self.account is not None and self.obstacle is None


@dataclass(frozen=True, slots=True)
class Offer:
    """A withdrawal as it is confirmed. The button carries the account, the amount and the fee as they stand here, and
    a nonce, so that however often it is tapped there is one withdrawal, and none under other terms."""

    shop: str
    zone: ZoneInfo
    currency: str
    amount_minor: int
    fee_minor: int
    due_at: datetime
    account: str
    account_id: int
    nonce: str
    has_changed: bool = False

    @property
    def subject(self) -> str:
        """What the button names."""
        numbers = (self.account_id, self.amount_minor, self.fee_minor)
        return ":".join([*(short(number) for number in numbers), self.nonce])


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """One withdrawal and what happened to it."""

    shop: str
    zone: ZoneInfo
    withdrawal: Withdrawal
    moves: list[WithdrawalMove]


@dataclass(frozen=True, slots=True)
class MineFacts:
    """A page of a distributor's withdrawals, newest first."""

    shop: str
    zone: ZoneInfo
    items: Sequence[Withdrawal]
    next_before: int | None
    is_first: bool


def short(number: int) -> str:
    """A number for a button, in base 36."""
    word = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        word = _DIGITS[digit] + word
    return word or _DIGITS[0]


def presets(smallest_minor: int, available_minor: int, currency: str) -> list[int]:
    """Up to three round amounts between the smallest and all of it, the largest such."""
    unit = 10 ** minor_digits(currency)
    amounts: list[int] = []
    while unit < available_minor:
        amounts += [step * unit for step in _STEPS if smallest_minor <= step * unit < available_minor]
        unit *= 10
    return amounts[-3:]


def withdraw_card(facts: WithdrawFacts, voice: Voice) -> Card:
    """What can be withdrawn, at what cost, and when it arrives."""
    parts = [
        voice.say("💸 <b>Withdraw</b> at {shop}", shop=shop_name(facts.shop, voice)),
        Markup("\n").join(_balance(facts, voice)),
        Markup("\n").join(_terms(facts, voice)),
    ]
    hint = _hint(facts, voice)
    if hint is not None:
        parts.append(hint)
    rows = [*_amounts(facts, voice), *_around(facts.account is not None, voice)]
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("earn:open", voice), home_button(voice))))


def _balance(facts: WithdrawFacts, voice: Voice) -> list[Markup]:
    currency, language = facts.terms.currency, voice.language
    held = money(facts.held_minor, currency, language)
    lines = [
        voice.say(
            "✅ Available now: <b>{amount}</b>", amount=money(facts.available_minor, currency, language)
        ),
        voice.say("🔒 In hold: <b>{amount}</b>", amount=held)
        if facts.next_release is None
        else voice.say(
            "🔒 In hold: <b>{amount}</b>, next release {date}",
            amount=held,
            date=dated(facts.next_release, facts.zone, voice),
        ),
    ]
    if facts.on_its_way_minor:
        on_its_way = money(facts.on_its_way_minor, currency, language)
        lines.append(voice.say("💸 On its way to you: <b>{amount}</b>", amount=on_its_way))
    return lines


def _terms(facts: WithdrawFacts, voice: Voice) -> list[Markup]:
    terms = facts.terms
    lines = [
        voice.say("Minimum: {amount}", amount=money(terms.smallest_minor, terms.currency, voice.language)),
        _fee(terms, voice),
        voice.plural("Arrives within {n} day", "Arrives within {n} days", terms.arrives_in_days)
        if terms.arrives_in_days
        else voice.say("Arrives on the same day"),
    ]
    if facts.account is not None:
        lines.append(voice.say("To {account}", account=account_shown(facts.account)))
    return lines


def _fee(terms: WithdrawalTerms, voice: Voice) -> Markup:
    fixed = money(terms.fee_minor, terms.currency, voice.language)
    percent = f"{terms.fee_basis_points // 100}.{terms.fee_basis_points % 100:02}".rstrip("0").rstrip(".")
    if terms.fee_minor and terms.fee_basis_points:
        return voice.say("Fee: {fixed} and {percent} % of the amount", fixed=fixed, percent=percent)
    if terms.fee_basis_points:
        return voice.say("Fee: {percent} % of the amount", percent=percent)
    return voice.say("Fee: {fixed}", fixed=fixed) if terms.fee_minor else voice.say("Fee: none")


def _hint(facts: WithdrawFacts, voice: Voice) -> Markup | None:
    """What must happen first, when nothing can be withdrawn."""
    terms = facts.terms
    if facts.obstacle is not None:
        return Markup("⚠️ {}").format(obstacle_words(facts.obstacle, terms.currency, voice))
    if facts.account is None:
        return voice.say("👉 Say first where your money should go.")
    gap = terms.smallest_minor - facts.available_minor
    if gap > 0:
        return voice.say(
            "You can withdraw once {amount} more is available.",
            amount=money(gap, terms.currency, voice.language),
        )
    return voice.say("👉 Choose how much.")


def _amounts(facts: WithdrawFacts, voice: Voice) -> list[Row]:
    if not facts.can_withdraw:
        return []
    currency, available = facts.terms.currency, facts.available_minor
    every = money(available, currency, voice.language)
    rows: list[Row] = [(Tap(voice.plain("All: {amount}", amount=every), f"withdraw:see:{short(available)}"),)]
    round_ones = presets(facts.terms.smallest_minor, available, currency)
    if round_ones:
        rows.append(
            tuple(
                Tap(money(amount, currency, voice.language), f"withdraw:see:{short(amount)}")
                for amount in round_ones
            )
        )
    rows.append((Tap(voice.plain("✏️ Other amount"), "withdraw:ask"),))
    return rows


def _around(has_account: bool, voice: Voice) -> list[Row]:  # noqa: FBT001 - a fact of the card
    account = voice.plain("🏦 Payout account") if has_account else voice.plain("🏦 Set a payout account")
    return [
        (
            Tap(account, f"account:open:{FROM_WITHDRAWING}"),
            Tap(voice.plain("📜 My withdrawals"), "withdraw:list"),
        )
    ]


def ask_amount_card(facts: WithdrawFacts, voice: Voice, wrong: str = "") -> Card:
    """Other: the next text is the amount; `wrong` says why the last one was none."""
    currency = facts.terms.currency
    ask = voice.say(
        "✏️ Send me the amount, from {least} to {most}.",
        least=money(facts.terms.smallest_minor, currency, voice.language),
        most=money(facts.available_minor, currency, voice.language),
    )
    text = Markup("✋ {}\n\n{}").format(wrong, ask) if wrong else ask
    return Card(text, ((back_button("withdraw:open", voice), home_button(voice)),))


def confirm_card(offer: Offer, voice: Voice) -> Card:
    """The numbers once more, the safe button first."""
    language = voice.language
    head = voice.say(
        "💸 <b>Withdraw {amount}</b> at {shop}?",
        amount=money(offer.amount_minor, offer.currency, language),
        shop=shop_name(offer.shop, voice),
    )
    arrives = money(offer.amount_minor - offer.fee_minor, offer.currency, language)
    lines = [
        voice.say("Fee: {fixed}", fixed=money(offer.fee_minor, offer.currency, language)),
        voice.say(
            "Arrives: <b>{amount}</b>, by {date}", amount=arrives, date=dated(offer.due_at, offer.zone, voice)
        ),
        voice.say("To {account}", account=account_shown(offer.account)),
    ]
    parts = [head, Markup("\n").join(lines)]
    if offer.has_changed:
        parts.insert(0, voice.say("⚠️ The terms or your account have changed since. Look again:"))
    parts.append(voice.say("The shop looks at it, then pays. You are told at each step."))
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("✖️ No, not now"), "withdraw:open"),),
        (Tap(voice.plain("✅ Yes, withdraw"), f"withdraw:yes:{offer.subject}"),),
    )
    return Card(Markup("\n\n").join(parts), rows)


def status_card(facts: StatusFacts, voice: Voice) -> Card:
    """One withdrawal from its request to its end."""
    one = facts.withdrawal
    lines = sums_of(one, voice)
    if one.state in RESERVED:
        lines.append(voice.say("Expected by {date}", date=dated(one.due_at, facts.zone, voice)))
    parts = [
        voice.say(
            "<b>{state}</b> · {shop}",
            state=payout_state(one.state, voice),
            shop=shop_name(facts.shop, voice),
        ),
        Markup("\n").join(lines),
        Markup("\n").join(life_of(facts.moves, facts.zone, voice)),
    ]
    note = note_line(one, voice)
    if note is not None:
        parts.append(note)
    if one.state in {WithdrawalState.REFUSED, WithdrawalState.FAILED}:
        parts.append(voice.say("The whole amount is available again."))
    rows: list[Row] = []
    if one.state in RESERVED:
        rows.append((Tap(voice.plain("🔄 How does it stand?"), f"withdraw:show:{one.id}"),))
    rows.append((Tap(voice.plain("📜 My withdrawals"), "withdraw:list"),))
    return Card(
        Markup("\n\n").join(parts), (*rows, (back_button("withdraw:open", voice), home_button(voice)))
    )


def left_card(one: Withdrawal, voice: Voice) -> Card:
    """In a message that followed a withdrawal until another took its place: which one it was, and no state."""
    amount = money(one.amount_minor, one.currency, voice.language)
    lines = [
        voice.say("💸 <b>Withdrawal of {amount}</b>", amount=amount),
        voice.say("Number {ref}", ref=order_ref(one.reference)),
        voice.say("This message no longer follows it. 👉 Look how it stands now."),
    ]
    return Card(
        Markup("\n").join(lines),
        (
            (Tap(voice.plain("🔄 How does it stand?"), f"withdraw:show:{one.id}"),),
            (Tap(voice.plain("📜 My withdrawals"), "withdraw:list"), home_button(voice)),
        ),
    )


def mine_card(facts: MineFacts, voice: Voice) -> Card:
    """A distributor's withdrawals at one shop."""
    parts = [voice.say("📜 <b>My withdrawals</b> at {shop}", shop=shop_name(facts.shop, voice))]
    if not facts.items:
        parts.append(voice.say("Your withdrawals will stand here. 👉 Begin with one."))
    rows: list[Row] = []
    buttons = []
    for number, one in enumerate(facts.items, 1):
        amount = money(one.amount_minor, one.currency, voice.language)
        parts.append(
            voice.say(
                "<b>{number}.</b> <b>{amount}</b> · {state}\n{moment}",
                number=number,
                amount=amount,
                state=payout_state(one.state, voice),
                moment=escape(moment(one.requested_at, facts.zone, voice.language)),
            )
        )
        buttons.append(Tap(f"{number}. {amount}", f"withdraw:show:{one.id}"))
    rows += [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    turns = []
    if not facts.is_first:
        turns.append(Tap(voice.plain("⏮ Newest"), "withdraw:list"))
    if facts.next_before is not None:
        turns.append(Tap(voice.plain("Older ▶"), f"withdraw:list:{facts.next_before}"))
    if turns:
        rows.append(tuple(turns))
    if not facts.items:
        rows.append((Tap(voice.plain("💸 Withdraw"), "withdraw:open"),))
    return Card(
        Markup("\n\n").join(parts), (*rows, (back_button("withdraw:open", voice), home_button(voice)))
    )
