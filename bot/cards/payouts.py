"""Withdrawals on the desk of the shop's finance people: what waits, one decision a tap, batches for the bank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Picture, Row, Tap
from bot.cards.withdrawal_words import (
    life_by,
    note_line,
    obstacle_words,
    payout_state,
    sums_of,
)
from bot.cards.words import NAME_COLUMNS, back_button, dated, home_button, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.money.payout_batches import MadeBatch, PayoutBatch
from models.money.payout_forms import PayoutDetails
from models.money.payouts import MANUAL
from models.money.withdrawal_states import RESERVED, Withdrawal, WithdrawalMove, WithdrawalState
from models.money.withdrawal_terms import WithdrawalRefused

_LABEL_COLUMNS = 16


@dataclass(frozen=True, slots=True)
class Waits:
    """One withdrawal in the list, and whose it is."""

    withdrawal: Withdrawal
    distributor: str


@dataclass(frozen=True, slots=True)
class InboxFacts:
    """What waits at one shop; of many the oldest. `batch` counts what a batch would take."""

    shop: str
    zone: ZoneInfo
    items: Sequence[Waits]
    total: int
    may_pay: bool
    batch: int = 0
    last_batch: PayoutBatch | None = None


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """One withdrawal as the shop decides on it. `may_*`: what its reader may do now, by role and state."""

    shop: str
    zone: ZoneInfo
    waits: Waits
    moves: list[WithdrawalMove]
    names: Mapping[str, str]
    """Who made the moves, by the way they name them (`person 17`)."""
    available_minor: int
    paid_before: int
    obstacle: WithdrawalRefused | None
    may_decide: bool
    may_pay: bool
    may_undo: bool
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class BatchOffer:
    """What a batch would pay."""

    shop: str
    currency: str
    withdrawals: int
    total_minor: int


def inbox_card(facts: InboxFacts, voice: Voice) -> Card:
    """What waits for somebody, oldest first."""
    parts = [
        voice.say(
            "💸 <b>Withdrawals</b> at {shop} · {count}",
            shop=shop_name(facts.shop, voice),
            count=voice.plural("{n} is open", "{n} are open", facts.total),
        )
    ]
    if not facts.items:
        parts.append(voice.say("Nothing waits. Withdrawals that your distributors ask for will stand here."))
    rows: list[Row] = []
    for number, waits in enumerate(facts.items, 1):
        one = waits.withdrawal
        amount = money(one.amount_minor, one.currency, voice.language)
        parts.append(
            voice.say(
                "<b>{number}.</b> {who} · <b>{amount}</b> · {state}\n{moment}",
                number=number,
                who=_who(waits, voice),
                amount=amount,
                state=_standing(one, voice),
                moment=moment(one.requested_at, facts.zone, voice.language),
            )
        )
        name = plain_name(waits.distributor, _LABEL_COLUMNS, voice.plain("a distributor"))
        rows.append((Tap(f"{number}. {name} · {amount}", f"payout:show:{one.id}"),))
    if facts.may_pay:
        rows += _batches(facts, voice)
    rows.append((back_button("inbox:open", voice), home_button(voice)))
    return Card(Markup("\n\n").join(parts), tuple(rows))


def _batches(facts: InboxFacts, voice: Voice) -> list[Row]:
    rows: list[Row] = []
    if facts.batch:
        rows.append((Tap(voice.plain("📄 Batch for the bank ({n})", n=facts.batch), "payout:batch"),))
    if facts.last_batch is not None:
        number = facts.last_batch.number
        again = voice.plain("📄 Batch {number} once more", number=number)
        rows.append((Tap(again, f"payout:file:{number}"),))
    return rows


def _who(waits: Waits, voice: Voice) -> Markup:
    return person_name(waits.distributor, NAME_COLUMNS, voice.plain("a distributor"))


def _standing(one: Withdrawal, voice: Voice) -> str:
    if one.state is WithdrawalState.REQUESTED and one.approved_by is not None:
        return voice.plain("👥 waits for a second person")
    return payout_state(one.state, voice)


def payout_card(facts: PayoutFacts, voice: Voice) -> Card:
    """Everything that a decision needs, and the decision."""
    one = facts.waits.withdrawal
    parts = [
        voice.say(
            "<b>{who}</b> · {state}\n{shop}",
            who=_who(facts.waits, voice),
            state=_standing(one, voice),
            shop=shop_name(facts.shop, voice),
        ),
        Markup("\n").join(sums_of(one, voice)),
        Markup("\n").join(_background(facts, voice)),
        Markup("\n").join(life_by(facts.moves, facts.names, facts.zone, voice)),
    ]
    note = note_line(one, voice)
    if note is not None:
        parts.append(note)
    if facts.is_own:
        parts.append(voice.say("⚠️ This is your own withdrawal; somebody else must decide on it."))
    elif facts.obstacle is not None:
        parts.append(Markup("⚠️ {}").format(obstacle_words(facts.obstacle, one.currency, voice)))
    rows = [] if facts.is_own else _decisions(facts, voice)
    rows.append((back_button("withdraw:inbox", voice), home_button(voice)))
    return Card(Markup("\n\n").join(parts), tuple(rows))


def _background(facts: PayoutFacts, voice: Voice) -> list[Markup]:
    one = facts.waits.withdrawal
    left = money(facts.available_minor, one.currency, voice.language)
    lines = [
        voice.say("Still available to them: {amount}", amount=left),
        voice.plural("{n} payout before this one", "{n} payouts before this one", facts.paid_before),
    ]
    if one.state in RESERVED:
        lines.append(voice.say("Promised by {date}", date=dated(one.due_at, facts.zone, voice)))
    if one.state is WithdrawalState.PAID and one.finished_at is not None:
        lines.append(
            voice.say("Paid out {moment}", moment=moment(one.finished_at, facts.zone, voice.language))
        )
    if one.needs_second:
        lines.append(voice.say("👥 Two people must agree to this amount."))
    return lines


def _decisions(facts: PayoutFacts, voice: Voice) -> list[Row]:
    one = facts.waits.withdrawal
    rows: list[Row] = []
    undo = Tap(voice.plain("↩️ Take the approval back"), f"payout:undo:{one.id}")
    refusal = Tap(voice.plain("🚫 Refuse"), f"payout:refuse:{one.id}")
    if one.state is WithdrawalState.REQUESTED and facts.may_decide:
        rows.append((Tap(voice.plain("👍 Approve"), f"payout:approve:{one.id}"), refusal))
    if one.state is WithdrawalState.APPROVED and facts.may_pay:
        rows.append((Tap(voice.plain("💸 I pay it by hand"), f"payout:claim:{one.id}"),))
    if one.state is WithdrawalState.APPROVED and facts.may_decide:
        rows.append((refusal,))
    if facts.may_undo and facts.may_decide:
        rows.append((undo,))
    if one.state in {WithdrawalState.PAYING, WithdrawalState.UNKNOWN} and facts.may_pay:
        if one.provider == MANUAL:
            rows.append((Tap(voice.plain("🔓 Show the account"), f"payout:account:{one.id}"),))
        rows.append(
            (
                Tap(voice.plain("✅ It is paid"), f"payout:ask:{one.id}"),
                Tap(voice.plain("✖️ It failed"), f"payout:fail:{one.id}"),
            )
        )
    return rows


def refuse_card(facts: PayoutFacts, voice: Voice, wrong: str = "") -> Card:
    """Before refusing: the numbers once more, the safe button first."""
    return _sure(facts, voice.say("🚫 <b>Refuse this withdrawal?</b>"), _refuse(facts, voice), voice, wrong)


def _refuse(facts: PayoutFacts, voice: Voice) -> Tap:
    return Tap(voice.plain("🚫 Yes, refuse"), f"payout:refused:{facts.waits.withdrawal.id}")


def too_long(chars: int, most: int, voice: Voice) -> str:
    """Why a reason or a number can't be taken."""
    return voice.plain(
        "Your text has {chars} characters; at most {n} are kept. Nothing was changed: shorten it and send it again.",
        chars=f"{chars:,}",
        n=f"{most:,}",
    )


def fail_card(facts: PayoutFacts, voice: Voice, wrong: str = "") -> Card:
    """Before saying that the money did not leave."""
    sure = Tap(voice.plain("✖️ Yes, it failed"), f"payout:failed:{facts.waits.withdrawal.id}")
    head = voice.say("✖️ <b>Did this payment really fail?</b> Look at the bank's side first.")
    return _sure(facts, head, sure, voice, wrong)


def _sure(facts: PayoutFacts, head: Markup, sure: Tap, voice: Voice, wrong: str) -> Card:
    one = facts.waits.withdrawal
    who = voice.say("For {who}", who=_who(facts.waits, voice))
    back = voice.say(
        "The whole amount is available to them again. This can't be undone. Send me the reason, which they are told, "
        "or go on without one."
    )
    text = Markup("\n\n").join(
        [*_wrong(wrong, voice), head, Markup("\n").join([who, *sums_of(one, voice)]), back]
    )
    return Card(text, ((Tap(voice.plain("◀ No, leave it"), f"payout:show:{one.id}"),), (sure,)))


def _wrong(wrong: str, voice: Voice) -> list[Markup]:
    return [voice.say("✋ {wrong}", wrong=wrong)] if wrong else []


def ask_reference_card(facts: PayoutFacts, voice: Voice, wrong: str = "") -> Card:
    """The next text is the payment's number; or there is none."""
    one = facts.waits.withdrawal
    text = Markup("\n\n").join(
        [
            *_wrong(wrong, voice),
            voice.say("✅ <b>Is this paid?</b> Then send me the payment's number. This can't be undone."),
            Markup("\n").join([voice.say("For {who}", who=_who(facts.waits, voice)), *sums_of(one, voice)]),
        ]
    )
    return Card(
        text,
        (
            (Tap(voice.plain("◀ No, leave it"), f"payout:show:{one.id}"),),
            (Tap(voice.plain("✅ Paid, without a number"), f"payout:paid:{one.id}"),),
        ),
    )


def batch_card(offer: BatchOffer, voice: Voice) -> Card:
    """Before a batch: how many, how much."""
    text = Markup("\n\n").join(
        [
            voice.say("📄 <b>Batch for the bank</b> at {shop}", shop=shop_name(offer.shop, voice)),
            voice.plural(
                "{n} withdrawal, <b>{amount}</b> in all",
                "{n} withdrawals, <b>{amount}</b> in all",
                offer.withdrawals,
                amount=money(offer.total_minor, offer.currency, voice.language),
            ),
            voice.say(
                "They are being paid from then on and stand in no other batch. The file holds whole account numbers: "
                "hand it to the bank, then delete it here."
            ),
        ]
    )
    return Card(
        text,
        (
            (Tap(voice.plain("◀ No, leave it"), "withdraw:inbox"),),
            (Tap(voice.plain("📄 Yes, make the file"), "payout:make"),),
        ),
    )


def batch_file_card(shop: str, made: MadeBatch, content: bytes, filename: str, voice: Voice) -> Card:
    """The file."""
    batch = made.batch
    lines = [
        voice.say("📄 <b>Batch {number}</b> at {shop}", number=batch.number, shop=shop_name(shop, voice)),
        voice.plural(
            "{n} withdrawal, <b>{amount}</b> in all",
            "{n} withdrawals, <b>{amount}</b> in all",
            batch.withdrawals,
            amount=money(batch.total_minor, batch.currency, voice.language),
        ),
    ]
    if made.held:
        lines.append(
            voice.plural(
                "⚠️ {n} stays behind: under review or in debt",
                "⚠️ {n} stay behind: under review or in debt",
                len(made.held),
            )
        )
    lines.append(
        voice.say("Say of each when it is paid, or that it failed. Delete this file once the bank has it.")
    )
    picture = Picture(content=content, filename=filename, as_file=True)
    return Card(Markup("\n").join(lines), ((Tap(voice.plain("💸 Withdrawals"), "withdraw:inbox"),),), picture)


def no_batch_card(words: str, voice: Voice) -> Card:
    """Why there is no batch."""
    on = (Tap(voice.plain("💸 Withdrawals"), "withdraw:inbox"), home_button(voice))
    return Card(Markup("📄 {}").format(words), (on,))


def account_words(details: PayoutDetails) -> str:
    """An account in clear, for an alert that stays nowhere; at most what an alert holds."""
    return "\n".join(part for part in (details.holder, details.bank, details.number) if part)[:200]
