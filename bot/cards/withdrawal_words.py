"""Words about withdrawals that several screens share: states, and why something can't be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.actors import actor_words
from bot.cards.words import order_ref
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import person_name
from models.errors import DomainError
from models.money.books import BooksDiffer
from models.money.payout_batches import NothingToPay
from models.money.payout_forms import FIELD_CHARS, WORDS_CHARS, AccountFault
from models.money.withdrawal_decisions import SecondPersonNeeded, TooLateToUndo
from models.money.withdrawal_states import (
    NOTE_CHARS,
    UNDO_WITHIN,
    MovedOn,
    Step,
    Withdrawal,
    WithdrawalMove,
    WithdrawalState,
)
from models.money.withdrawal_terms import HeldBack, Indebted, TooLittle, TooMuch
from models.money.withdrawals import AskedAlready, NoAccount, OwnWithdrawal
from models.store.sealing import SealBroken

ACCOUNT_COLUMNS = 60
NOTE_COLUMNS = 2 * NOTE_CHARS
"""All that is kept, in wide letters too."""
_WORD_JOINER = "\u2060"
"""Behind an @ it prints nothing, and keeps chat clients from taking what follows for somebody's username."""
STATES = {
    WithdrawalState.REQUESTED: Phrase("Requested"),
    WithdrawalState.APPROVED: Phrase("Approved"),
    WithdrawalState.REFUSED: Phrase("Refused"),
    WithdrawalState.PAYING: Phrase("Being paid"),
    WithdrawalState.UNKNOWN: Phrase("Being checked"),
    WithdrawalState.PAID: Phrase("Paid out"),
    WithdrawalState.FAILED: Phrase("Failed"),
}
SIGNS = {
    WithdrawalState.REQUESTED: "🕓",
    WithdrawalState.APPROVED: "👍",
    WithdrawalState.REFUSED: "🚫",
    WithdrawalState.PAYING: "💸",
    WithdrawalState.UNKNOWN: "❔",
    WithdrawalState.PAID: "✅",
    WithdrawalState.FAILED: "✖️",
}
_STEPS = {
    Step.REQUEST: Phrase("Requested"),
    Step.APPROVE: Phrase("Approved"),
    Step.SECOND: Phrase("Approved by a second person"),
    Step.UNDO: Phrase("Approval taken back"),
    Step.REFUSE: Phrase("Refused"),
    Step.CLAIM: Phrase("Payment begun"),
    Step.LOSE: Phrase("No answer from whoever pays; being checked"),
    Step.PAY: Phrase("Paid out"),
    Step.FAIL: Phrase("Failed"),
}
_FAULTS = {
    AccountFault.THREE_LINES: Phrase("Write three lines: the holder's name, the bank, and the number."),
    AccountFault.HOLDER: Phrase("The holder's name has 2 to {most} letters."),
    AccountFault.BANK: Phrase("The bank's name has 2 to {most} letters and no number in it."),
    AccountFault.NUMBER: Phrase("The number is an IBAN, or 6 to 34 digits."),
    AccountFault.IBAN: Phrase("This IBAN does not add up: a letter or digit of it is wrong or missing."),
    AccountFault.CARD: Phrase("This card number does not add up: a digit of it is wrong or missing."),
    AccountFault.WORDS: Phrase("Write 6 to {words} characters, such as: PayPal mei@example.com"),
}
_REFUSALS: dict[type[DomainError], Phrase] = {
    OwnWithdrawal: Phrase("This is your own withdrawal; somebody else must decide on it."),
    SecondPersonNeeded: Phrase("You agreed already. Somebody else must agree, too."),
    TooLateToUndo: Phrase("An approval can be taken back within {minutes} minutes. Refuse it instead."),
    NothingToPay: Phrase("No approved withdrawal to a bank account waits."),
    BooksDiffer: Phrase("The books do not add up, so nothing is paid out. Run `tuike verify`."),
    HeldBack: Phrase("Under review: nothing is paid out until the shop has decided."),
    NoAccount: Phrase("Set a payout account first."),
    SealBroken: Phrase("The account can't be decrypted. Tell whoever runs this program."),
}


def payout_state(state: WithdrawalState, voice: Voice) -> str:
    """A state with its sign."""
    return f"{SIGNS[state]} {voice.phrase(STATES[state])}"


def account_shown(masked: str) -> Markup:
    """An account as far as it is shown, as HTML; the domain of an e-mail address names nobody in the chat."""
    shown = person_name(masked, ACCOUNT_COLUMNS, "••••")
    return shown.replace("@", f"@{_WORD_JOINER}")


def sums_of(one: Withdrawal, voice: Voice) -> list[Markup]:
    """Amount, fee and what arrives (the amount alone where nothing will), where, and the number to ask about it by."""
    amount, fee, arrives = (
        money(minor, one.currency, voice.language)
        for minor in (one.amount_minor, one.fee_minor, one.arrives_minor)
    )
    comes_back = one.state in {WithdrawalState.REFUSED, WithdrawalState.FAILED}
    return [
        voice.say("Amount <b>{amount}</b>", amount=amount)
        if comes_back
        else voice.say(
            "Amount <b>{amount}</b>, fee {fee}, arrives <b>{arrives}</b>",
            amount=amount,
            fee=fee,
            arrives=arrives,
        ),
        voice.say("To {account}", account=account_shown(one.account_masked)),
        voice.say("Number {ref}", ref=order_ref(one.reference)),
    ]


def life_of(moves: list[WithdrawalMove], zone: ZoneInfo, voice: Voice) -> list[Markup]:
    """What happened, oldest first; who did it is the shop's business."""
    return [
        voice.say(
            "{moment}: {step}",
            moment=moment(each.at, zone, voice.language),
            step=voice.phrase(_STEPS[each.step]),
        )
        for each in moves
    ]


def life_by(
    moves: list[WithdrawalMove], names: Mapping[str, str], zone: ZoneInfo, voice: Voice
) -> list[Markup]:
    """The same for the shop's people, each with who did it; `names` are people by the way steps name them."""
    return [
        voice.say(
            "{moment}: {step}, {who}",
            moment=moment(each.at, zone, voice.language),
            step=voice.phrase(_STEPS[each.step]),
            who=actor_words(each.actor, names, voice),
        )
        for each in moves
    ]


def note_line(one: Withdrawal, voice: Voice) -> Markup | None:
    """Why it was refused or failed, or by which number it was paid."""
    if one.state is WithdrawalState.PAID and one.provider_reference:
        return voice.say("Payment number: {ref}", ref=order_ref(one.provider_reference))
    if one.note and one.state in {WithdrawalState.REFUSED, WithdrawalState.FAILED}:
        return voice.say("Reason: {reason}", reason=person_name(one.note, NOTE_COLUMNS, "—"))
    return None


def fault_words(fault: AccountFault, voice: Voice) -> str:
    """What is wrong with an account that was typed."""
    return voice.phrase(_FAULTS[fault], most=FIELD_CHARS, words=WORDS_CHARS)


def refusal_words(error: DomainError, currency: str, voice: Voice) -> str:
    """Why something about a withdrawal can't be done; raises the error where these words have none for it."""
    if isinstance(error, AskedAlready | MovedOn):
        return moved_words(error.withdrawal, voice)
    if type(error) in _REFUSALS:
        return voice.phrase(_REFUSALS[type(error)], minutes=UNDO_WITHIN // timedelta(minutes=1))
    return obstacle_words(error, currency, voice)


def obstacle_words(error: DomainError, currency: str, voice: Voice) -> str:
    """What stands against a withdrawal; raises the error where these words have none for it."""
    match error:
        case TooMuch():
            most = money(error.available_minor, currency, voice.language)
            return voice.plain("That is more than can be withdrawn: {most}.", most=most)
        case TooLittle():
            least = money(error.smallest_minor, currency, voice.language)
            return voice.plain("That is too little. The smallest withdrawal is {least}.", least=least)
        case Indebted():
            debt = money(-error.debt_minor, currency, voice.language)
            return voice.plain(
                "The balance is {debt}: new commissions fill the gap first, and nothing can be withdrawn meanwhile.",
                debt=debt,
            )
        case _:
            if type(error) in _REFUSALS:
                return voice.phrase(_REFUSALS[type(error)])
            raise error


def moved_words(one: Withdrawal, voice: Voice) -> str:
    """What became of a withdrawal that a button is too late for."""
    return voice.plain(
        "Nothing was changed: withdrawal {ref} stands at “{state}”.",
        ref=one.reference,
        state=voice.phrase(STATES[one.state]),
    )
