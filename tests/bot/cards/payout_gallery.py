"""Cards about withdrawals, made of facts that try to break them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.cards import payout_accounts, payouts, withdrawals
from bot.cards.card import Card
from bot.cards.notices import notice_card
from bot.cards.withdrawal_words import refusal_words
from bot.voice.catalogue import Voice
from models.money.payout_batches import MadeBatch, NothingToPay, PayoutBatch
from models.money.payout_forms import AccountFault, AccountKind
from models.money.payouts import MANUAL, Held
from models.money.told import AtShop, OfWithdrawal
from models.money.withdrawal_news import AccountNews, RequestNews, ShownNews, StateNews
from models.money.withdrawal_states import NOTE_CHARS, Step, Withdrawal, WithdrawalMove, WithdrawalState
from models.money.withdrawal_terms import HeldBack, Indebted, WithdrawalTerms

KEY = 2**63 - 1
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
NASTY = "<b>&\"' \u202eevil\u202c 👩‍👩‍👧‍👦 مرحبا " + "W" * 200
MUCH = 10**15
MASKED = "B" * 80 + " •••• 6819"
_OVER = {WithdrawalState.PAID, WithdrawalState.REFUSED, WithdrawalState.FAILED}
TERMS = WithdrawalTerms("GBP", 2000, 50, 125, 3, 6000, 1)
FACTS = withdrawals.WithdrawFacts(NASTY, ZONE, MUCH, MUCH, AT, MUCH, TERMS, MASKED)
OFFER = withdrawals.Offer(NASTY, ZONE, "GBP", MUCH, 1, AT, MASKED, KEY, "K7Q2ABCD")


def withdrawal(state: WithdrawalState = WithdrawalState.REQUESTED, **changes: object) -> Withdrawal:
    """A withdrawal with its longest values."""
    made = Withdrawal(
        id=KEY,
        merchant_id=KEY,
        distributor_id=KEY,
        reference="7K3M-9QXA",
        nonce="K7Q2ABCD",
        state=state,
        amount_minor=MUCH,
        fee_minor=MUCH - 1,
        currency="GBP",
        account_id=KEY,
        account_kind=AccountKind.BANK,
        account_masked=MASKED,
        needs_second=True,
        requested_at=AT,
        due_at=AT,
        note="拒" * NOTE_CHARS,
        provider=MANUAL,
        provider_reference="R" * 100 if state is WithdrawalState.PAID else None,
        finished_at=AT if state in _OVER else None,
    )
    return made.model_copy(update=changes)


def life(state: WithdrawalState) -> list[WithdrawalMove]:
    """Every step there is."""
    return [
        WithdrawalMove(withdrawal_id=KEY, step=step, state=state, actor=f"person {KEY}", note=NASTY, at=AT)
        for step in Step
    ]


def desk(state: WithdrawalState, **changes: object) -> payouts.PayoutFacts:
    """A withdrawal on the shop's desk, of which its reader may do everything."""
    facts = payouts.PayoutFacts(
        shop=NASTY,
        zone=ZONE,
        waits=payouts.Waits(withdrawal(state), NASTY),
        moves=life(state),
        names={f"person {KEY}": NASTY},
        available_minor=-MUCH,
        paid_before=9_999,
        obstacle=Indebted(MUCH, "GBP"),
        may_decide=True,
        may_pay=True,
        may_undo=True,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # fields of it


def payout_cards(voice: Voice) -> dict[str, Card]:
    """By a name for each."""
    shop = AtShop(KEY, NASTY, "GBP", ZONE)
    batch = PayoutBatch(
        merchant_id=KEY,
        number=2**31 - 1,
        withdrawals=2000,
        total_minor=MUCH,
        currency="GBP",
        made_by="x",
        made_at=AT,
    )
    made = MadeBatch(batch, (), (Held(withdrawal(), HeldBack()),) * 9)
    inbox = payouts.InboxFacts(
        NASTY,
        ZONE,
        [payouts.Waits(withdrawal(approved_by="x"), NASTY)] * 8,
        4000,
        may_pay=True,
        batch=9,
        last_batch=batch,
    )
    states = list(WithdrawalState)
    return {
        "withdraw": withdrawals.withdraw_card(FACTS, voice),
        "withdraw, no account": withdrawals.withdraw_card(replace(FACTS, account=None), voice),
        "withdraw, too little": withdrawals.withdraw_card(replace(FACTS, available_minor=0), voice),
        "withdraw, in debt": withdrawals.withdraw_card(
            replace(FACTS, available_minor=-MUCH, obstacle=Indebted(MUCH, "GBP")), voice
        ),
        "withdraw, under review": withdrawals.withdraw_card(replace(FACTS, obstacle=HeldBack()), voice),
        "amount": withdrawals.ask_amount_card(FACTS, voice),
        "amount again": withdrawals.ask_amount_card(FACTS, voice, "No."),
        "confirm": withdrawals.confirm_card(OFFER, voice),
        "confirm again": withdrawals.confirm_card(replace(OFFER, has_changed=True), voice),
        **{
            f"withdrawal {state}": withdrawals.status_card(
                withdrawals.StatusFacts(NASTY, ZONE, withdrawal(state), life(state)), voice
            )
            for state in states
        },
        "my withdrawals": withdrawals.mine_card(
            withdrawals.MineFacts(NASTY, ZONE, [withdrawal()] * 6, KEY, is_first=False), voice
        ),
        "no withdrawals": withdrawals.mine_card(
            withdrawals.MineFacts(NASTY, ZONE, [], None, is_first=True), voice
        ),
        "account": payout_accounts.account_card(NASTY, MASKED, voice),
        "account kept": payout_accounts.account_card(NASTY, MASKED, voice, is_new=True),
        "no account": payout_accounts.account_card(NASTY, None, voice),
        "bank": payout_accounts.ask_account_card(AccountKind.BANK, voice),
        **{
            f"account, {fault}": payout_accounts.ask_account_card(AccountKind.OTHER, voice, fault)
            for fault in AccountFault
        },
        "inbox": payouts.inbox_card(inbox, voice),
        "empty inbox": payouts.inbox_card(
            payouts.InboxFacts(NASTY, ZONE, [], 0, may_pay=False, last_batch=batch), voice
        ),
        **{f"payout {state}": payouts.payout_card(desk(state), voice) for state in states},
        "payout, own": payouts.payout_card(desk(WithdrawalState.REQUESTED, is_own=True), voice),
        "payout, looked at": payouts.payout_card(
            desk(WithdrawalState.APPROVED, may_decide=False, may_pay=False, obstacle=None), voice
        ),
        "refuse": payouts.refuse_card(desk(WithdrawalState.REQUESTED), voice),
        "fail": payouts.fail_card(desk(WithdrawalState.PAYING), voice),
        "paid": payouts.ask_reference_card(desk(WithdrawalState.UNKNOWN), voice),
        "batch": payouts.batch_card(payouts.BatchOffer(NASTY, "GBP", 2000, MUCH), voice),
        "batch file": payouts.batch_file_card(NASTY, made, b"x", "payouts-0001.csv", voice),
        "no batch": payouts.no_batch_card(refusal_words(NothingToPay(), "GBP", voice), voice),
        "withdrawal asked": notice_card(
            OfWithdrawal(shop, RequestNews(withdrawal(), NASTY, is_second=False), AT), voice
        ),
        "second person": notice_card(
            OfWithdrawal(shop, RequestNews(withdrawal(), NASTY, is_second=True), AT), voice
        ),
        **{
            f"told {state}": notice_card(OfWithdrawal(shop, StateNews(withdrawal(state)), AT), voice)
            for state in (
                WithdrawalState.APPROVED,
                WithdrawalState.REFUSED,
                WithdrawalState.PAID,
                WithdrawalState.FAILED,
            )
        },
        "shown": notice_card(
            OfWithdrawal(
                shop,
                ShownNews(
                    withdrawal(WithdrawalState.PAYING), tuple(life(WithdrawalState.PAYING)), live_message_id=1
                ),
                AT,
            ),
            voice,
        ),
        "left": withdrawals.left_card(withdrawal(), voice),
        "account set": notice_card(OfWithdrawal(shop, AccountNews(MASKED), AT), voice),
    }
