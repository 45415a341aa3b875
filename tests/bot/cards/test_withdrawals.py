"""Withdrawal screens say the numbers, the state and the next step, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.cards import payouts, withdrawals
from bot.cards.card import Card, Tap
from bot.cards.payouts import account_words
from bot.cards.withdrawal_notices import withdrawal_notice
from bot.cards.withdrawal_words import payout_state, refusal_words
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.errors import DomainError
from models.money.books import BooksDiffer
from models.money.payout_batches import NothingToPay
from models.money.payout_forms import AccountKind, PayoutDetails
from models.money.told import AtShop, OfWithdrawal
from models.money.verify import Finding, FindingKind
from models.money.withdrawal_decisions import SecondPersonNeeded, TooLateToUndo
from models.money.withdrawal_news import StateNews
from models.money.withdrawal_states import MovedOn, WithdrawalState
from models.money.withdrawal_terms import HeldBack, Indebted, TooLittle, TooMuch, WithdrawalTerms
from models.money.withdrawals import AskedAlready, NoAccount, OwnWithdrawal
from models.store.sealing import SealBroken
from tests.bot.cards.payout_gallery import AT, FACTS, OFFER, ZONE, desk, withdrawal

EN, ZH = Voice(Language.EN), Voice(Language.ZH)
SHOP = AtShop(1, "Lamps", "CNY", ZONE)
TERMS = WithdrawalTerms("CNY", 2000, 50, 100, 3, None, 1)
MINE = replace(
    FACTS,
    shop="Lamps",
    available_minor=12345,
    held_minor=0,
    next_release=None,
    on_its_way_minor=0,
    terms=TERMS,
    account="Bank •••• 6819",
)


def words(card: Card) -> str:
    return plain(card.text).replace("\u2068", "").replace("\u2069", "").replace("\u00a0", " ")


def taps(card: Card) -> list[str]:
    return [button.data for row in card.rows for button in row if isinstance(button, Tap)]


def test_what_can_be_withdrawn_stands_with_its_cost_and_its_arrival() -> None:
    text = words(withdrawals.withdraw_card(MINE, EN))
    for line in (
        "Available now: ¥123.45",
        "Minimum: ¥20.00",
        "Fee: ¥0.50 and 1 % of the amount",
        "Arrives within 3 days",
        "To Bank •••• 6819",
    ):
        assert line in text
    assert "手续费：¥0.50 加金额的 1%" in words(withdrawals.withdraw_card(MINE, ZH))


def test_all_of_it_and_round_amounts_are_a_tap_away() -> None:
    card = withdrawals.withdraw_card(MINE, EN)
    assert [data.rpartition(":")[0] for data in taps(card)[:5]] == ["withdraw:see"] * 4 + ["withdraw"]
    assert [int(data.rpartition(":")[2], 36) for data in taps(card)[:4]] == [12345, 2000, 5000, 10000]


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"account": None}, "Say first where your money should go"),
        ({"available_minor": 1999}, "once ¥0.01 more is available"),
        (
            {"available_minor": -500, "obstacle": Indebted(500, "CNY")},
            "-¥5.00: new commissions fill the gap first",
        ),
        ({"obstacle": HeldBack()}, "Under review"),
    ],
)
def test_where_nothing_can_be_withdrawn_the_reason_stands_and_no_amount(
    changes: dict[str, object], hint: str
) -> None:
    card = withdrawals.withdraw_card(replace(MINE, **changes), EN)  # type: ignore[arg-type]  # its fields
    assert hint in words(card)
    assert not any(data.startswith(("withdraw:see", "withdraw:ask")) for data in taps(card))


def test_presets_in_a_currency_without_decimals() -> None:
    assert withdrawals.presets(1000, 12_000, "JPY") == [2000, 5000, 10_000]
    assert withdrawals.presets(1, 1, "JPY") == []
    assert withdrawals.presets(2000, 1000, "GBP") == []


def test_the_confirm_screen_restates_the_numbers_and_puts_the_safe_button_first() -> None:
    card = withdrawals.confirm_card(replace(OFFER, amount_minor=5000, fee_minor=100), EN)
    text = words(card)
    assert "Withdraw £50.00" in text
    assert "Fee: £1.00" in text
    assert "Arrives: £49.00, by Mar 4, 2026" in text
    assert [data.split(":")[1] for data in taps(card)] == ["open", "yes"]


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (WithdrawalState.REQUESTED, ["approve", "refuse", "undo"]),
        (WithdrawalState.APPROVED, ["claim", "refuse", "undo"]),
        (WithdrawalState.PAYING, ["account", "ask", "fail"]),
        (WithdrawalState.UNKNOWN, ["account", "ask", "fail"]),
        (WithdrawalState.PAID, []),
        (WithdrawalState.REFUSED, []),
        (WithdrawalState.FAILED, []),
    ],
)
def test_the_shop_has_the_decisions_of_each_state_and_none_on_its_own(
    state: WithdrawalState, verbs: list[str]
) -> None:
    undo = state in {WithdrawalState.REQUESTED, WithdrawalState.APPROVED}
    facts = desk(state, may_undo=undo)
    decisions = [
        data.split(":")[1] for data in taps(payouts.payout_card(facts, EN)) if data.startswith("payout")
    ]
    assert decisions == verbs
    for changed in (replace(facts, is_own=True), replace(facts, may_decide=False, may_pay=False)):
        assert not any(data.startswith("payout") for data in taps(payouts.payout_card(changed, EN)))


def test_an_account_fits_an_alert() -> None:
    longest = PayoutDetails(AccountKind.BANK, "H" * 80, "B" * 80, "9" * 34)
    assert account_words(longest).splitlines() == ["H" * 80, "B" * 80, "9" * 34]
    assert account_words(PayoutDetails(AccountKind.OTHER, "", "", "w" * 200)) == "w" * 200


ERRORS: list[DomainError] = [
    AskedAlready(withdrawal()),
    MovedOn(withdrawal()),
    OwnWithdrawal(),
    SecondPersonNeeded("7K3M-9QXA"),
    TooLateToUndo(withdrawal()),
    NothingToPay(),
    BooksDiffer([Finding(FindingKind.ORPHAN, "transfer 1", "x.")]),
    TooMuch(2, 10**15, "GBP"),
    TooLittle(2, 10**15, "GBP"),
    Indebted(10**15, "GBP"),
    HeldBack(),
    NoAccount(),
    SealBroken(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_every_refusal_has_words_in_both_languages_that_fit_a_toast(error: DomainError) -> None:
    english, chinese = (refusal_words(error, "GBP", voice) for voice in (EN, ZH))
    assert english != chinese
    assert 0 < len(chinese) <= len(english) <= 200


def test_an_error_without_words_is_raised_on() -> None:
    class Other(DomainError):
        """Not of this room."""

    with pytest.raises(Other):
        refusal_words(Other(), "GBP", EN)


def test_dates_are_the_shops() -> None:
    card = withdrawals.confirm_card(replace(OFFER, due_at=datetime(2026, 3, 5, 3, tzinfo=UTC)), EN)
    assert "by Mar 4, 2026" in words(card)


@pytest.mark.parametrize("voice", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("state", WithdrawalState)
def test_a_date_is_promised_and_a_sum_arrives_only_while_it_may_still_come(
    voice: Voice, state: WithdrawalState
) -> None:
    promise, arrives, paid = (
        ("Promised by", "arrives", "Paid out Mar 4") if voice is EN else ("承诺", "到账", "打款时间")
    )
    over = {WithdrawalState.PAID, WithdrawalState.REFUSED, WithdrawalState.FAILED}
    comes_back = state in over - {WithdrawalState.PAID}
    text = words(payouts.payout_card(desk(state), voice))
    assert (promise in text) == (state not in over)
    assert (paid in text) == (state is WithdrawalState.PAID)
    told = words(withdrawal_notice(OfWithdrawal(SHOP, StateNews(desk(state).waits.withdrawal), AT), voice))
    for shown in (text.replace("承诺", "").replace(" 前到账", ""), told):
        assert (arrives in shown) == (not comes_back)


@pytest.mark.parametrize("voice", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("state", WithdrawalState)
def test_a_state_stands_under_its_own_sign_alone(voice: Voice, state: WithdrawalState) -> None:
    facts = desk(state)
    one = facts.waits.withdrawal
    status = withdrawals.status_card(withdrawals.StatusFacts("Lamps", ZONE, one, []), voice)
    for card in (status, payouts.payout_card(facts, voice)):
        first = words(card).splitlines()[0]
        assert payout_state(state, voice) in first
        assert first.count("💸") == (state is WithdrawalState.PAYING)
