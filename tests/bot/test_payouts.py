"""Paying through a provider: what it answers is recorded, what it doesn't is unknown, and nobody is paid twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import update

from bot.clock import SetClock
from bot.payouts import pay_by_batch, pay_through
from bot.settings import Settings
from jobs.context import JobContext
from jobs.payouts import give_up_waiting
from models.errors import DomainError
from models.money.books import BooksDiffer
from models.money.ledger import AccountRow
from models.money.payout_batches import order_of
from models.money.payouts import Failed, PayoutAnswer, PayoutOrder, Sent, claim, hear
from models.money.withdrawal_states import Withdrawal, WithdrawalState
from models.people.merchants import merchant
from models.store.audit import audit_of
from models.store.engine import Store
from models.store.sql import table_of
from tests.models.payouts import ANN, SEAL, Till, open_till


@dataclass
class Provider:
    """Answers as it is told, and keeps what it was asked."""

    answer: Callable[[], PayoutAnswer]
    orders: list[PayoutOrder] = field(default_factory=list)
    name: str = "bank"
    patience: timedelta = timedelta(seconds=30)

    async def pay(self, order: PayoutOrder) -> PayoutAnswer:
        self.orders.append(order)
        return self.answer()


def raising(error: Exception) -> Callable[[], PayoutAnswer]:
    def answer() -> PayoutAnswer:
        raise error

    return answer


@pytest.fixture
async def till(store: Store, now: datetime) -> Till:
    return await open_till(store, now)


async def through(till: Till, provider: Provider, one: Withdrawal) -> Withdrawal:
    return await pay_through(till.store, provider, one, seal=SEAL, actor=ANN, clock=SetClock(till.now))


@pytest.mark.parametrize(
    ("answer", "state", "balances"),
    [
        (lambda: Sent("B-1"), WithdrawalState.PAID, {"available": 5000, "paid": 4900, "fees": 100}),
        (lambda: Failed("account closed"), WithdrawalState.FAILED, {"available": 10000}),
        (raising(TimeoutError()), WithdrawalState.UNKNOWN, {"available": 5000, "paying": 5000}),
        (raising(ConnectionResetError()), WithdrawalState.UNKNOWN, {"available": 5000, "paying": 5000}),
        (raising(ValueError("what was that")), WithdrawalState.UNKNOWN, {"available": 5000, "paying": 5000}),
    ],
)
async def test_what_a_provider_says_is_recorded_and_silence_gives_nothing_back(
    till: Till, answer: Callable[[], PayoutAnswer], state: WithdrawalState, balances: dict[str, int]
) -> None:
    one = await till.approve(await till.ask(5000))
    provider = Provider(answer)
    done = await through(till, provider, one)
    assert (done.state, done.provider) == (state, "bank")
    assert [(order.reference, order.amount_minor, order.account.holder) for order in provider.orders] == [
        (one.reference, 4900, "Mei Chen")
    ]
    assert await till.balances() == balances
    assert await till.findings() == []


async def test_many_who_pay_at_once_ask_the_provider_once(till: Till) -> None:
    one = await till.approve(await till.ask(5000))
    provider = Provider(lambda: Sent("B-1"))
    ended = await asyncio.gather(*(through(till, provider, one) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(each, Withdrawal) for each in ended) == 1
    assert {each.code for each in ended if isinstance(each, DomainError)} == {"withdrawal_moved_on"}
    assert len(provider.orders) == 1


async def test_nobody_is_asked_to_pay_what_is_not_approved_or_by_books_that_differ(till: Till) -> None:
    provider = Provider(lambda: Sent("B-1"))
    with pytest.raises(DomainError, match="it must be approved first"):
        await through(till, provider, await till.ask(2000))
    one = await till.approve(await till.ask(2000))
    accounts = table_of(AccountRow)
    async with till.store.write() as session:
        await session.execute(update(accounts).values(balance_minor=accounts.c.balance_minor + 1))
    with pytest.raises(BooksDiffer):
        await through(till, provider, one)
    with pytest.raises(BooksDiffer):
        await pay_by_batch(till.store, one.merchant_id, seal=SEAL, actor=ANN, clock=SetClock(till.now))
    assert provider.orders == []
    assert (await till.stands(one)).state is WithdrawalState.APPROVED


async def claimed_by_bank(till: Till) -> Withdrawal:
    """A payout whose process died before it was told anything."""
    one = await till.approve(await till.ask(2000))
    async with till.store.write() as session:
        shop = await merchant(session, one.merchant_id)
        return await claim(
            session, shop, one, provider="bank", actor=ANN, now=till.now, patience=timedelta(seconds=30)
        )


async def test_after_its_patience_a_silent_payout_is_unknown_and_by_hand_never(till: Till) -> None:
    by_bank, by_hand = await claimed_by_bank(till), await till.claim(await till.approve(await till.ask(2100)))
    gauge = Gauge("findings", "What verification found", registry=CollectorRegistry())
    context = JobContext(till.store, Settings(_env_file=None), SetClock(till.now), gauge)
    await give_up_waiting(context, till.later(minutes=5))
    assert (await till.stands(by_bank)).state is WithdrawalState.PAYING
    for _ in range(2):  # a second run finds nothing left
        await give_up_waiting(context, till.later(days=1))
    assert (await till.stands(by_bank)).state is WithdrawalState.UNKNOWN
    assert (await till.stands(by_hand)).state is WithdrawalState.PAYING
    # And the answer that comes after all is still heard
    async with till.store.write() as session:
        shop = await merchant(session, by_bank.merchant_id)
        heard = await hear(session, shop, by_bank, Sent("late"), actor=ANN, now=till.now)
    assert (heard.state, heard.provider_reference) == (WithdrawalState.PAID, "late")


async def test_an_answer_against_what_a_person_decided_is_written_down_and_changes_nothing(
    till: Till,
) -> None:
    paying = await claimed_by_bank(till)
    await till.fail(await till.lose(paying))
    async with till.store.write() as session:
        shop = await merchant(session, paying.merchant_id)
        heard = await hear(session, shop, paying, Sent("B-9"), actor=ANN, now=till.now)
        [latest, *_] = await audit_of(session, paying.merchant_id)
    assert heard.state is WithdrawalState.FAILED
    assert (latest.act, latest.why) == ("withdrawal.contradicted", "paid")
    assert await till.balances() == {"available": 10000}


async def test_a_provider_is_told_the_account_of_the_request(till: Till) -> None:
    one = await till.ask(2000)
    await till.account("Mei Chen\nNew Bank\n12345678")
    async with till.store.read() as session:
        assert (await order_of(session, one, SEAL)).account.bank == "Bank of London"
