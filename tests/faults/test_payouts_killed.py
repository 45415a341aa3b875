"""kill -9 at each step of a payout, and a bank that pays and drops the line: paid at most once (operations.md A8)."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import datetime

import pytest
from prometheus_client import CollectorRegistry, Gauge

from bot.clock import SetClock
from bot.payouts import pay_through
from bot.settings import Settings
from jobs.context import JobContext
from jobs.payouts import give_up_waiting
from models.money.withdrawal_states import MovedOn, Withdrawal, WithdrawalState
from models.store.engine import Store
from tests.faults.bank import Bank, Teller, open_bank
from tests.faults.payer import Step
from tests.faults.processes import PROJECT
from tests.models.payouts import ANN, SEAL, Till, open_till


async def live_and_die(database_url: str, till: Till, one: Withdrawal, bank: Bank, step: Step) -> int:
    """A process that pays; how it ended."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.payer", database_url, str(one.merchant_id), str(one.id)),
        *(str(bank.port), step, till.now.isoformat()),
        cwd=PROJECT,
    )
    return await child.wait()


async def try_again(till: Till, one: Withdrawal, bank: Bank) -> None:
    """An impatient person taps pay once more."""
    try:
        await pay_through(till.store, Teller(bank.port), one, seal=SEAL, actor=ANN, clock=SetClock(till.now))
    except MovedOn:
        return


async def run_the_job(till: Till, now: datetime) -> None:
    gauge = Gauge("findings", "What verification found", registry=CollectorRegistry())
    await give_up_waiting(JobContext(till.store, Settings(_env_file=None), SetClock(now), gauge), now)


@pytest.mark.crash
@pytest.mark.parametrize(
    ("step", "drops_the_line"),
    [*((step, False) for step in Step), (Step.NEVER, True), (Step.RECORDING, True)],
)
async def test_whatever_dies_and_whoever_tries_again_the_bank_pays_at_most_once(
    store: Store, now: datetime, database_url: str, step: Step, drops_the_line: bool
) -> None:
    till = await open_till(store, now)
    one = await till.approve(await till.ask(5000))
    async with open_bank(drops_the_line=drops_the_line) as bank:
        # Given a process that dies while it pays
        ended = await live_and_die(database_url, till, one, bank, step)
        assert ended == (0 if step is Step.NEVER else -signal.SIGKILL)
        # When people try again at once, and the job looks hours later
        for _ in range(3):
            await try_again(till, await till.stands(one), bank)
        await run_the_job(till, till.later(hours=2))
        await try_again(till, await till.stands(one), bank)
        # Then it was paid once at most, and nothing came back by itself
        assert len(bank.paid) <= 1
        stands = await till.stands(one)
        assert stands.state in {WithdrawalState.PAID, WithdrawalState.UNKNOWN}
        assert (await till.balances())["available"] == 5000
        # And once a person has asked the bank, books and bank agree
        if stands.state is WithdrawalState.UNKNOWN:
            await (till.pay(stands) if bank.paid else till.fail(stands))
    balances = await till.balances()
    assert balances.get("paid", 0) == sum(amount for _, amount in bank.paid)
    assert balances["available"] == (5000 if bank.paid else 10000)
    assert await till.findings() == []


async def test_guard_a_time_out_that_gives_the_money_back_pays_twice(store: Store, now: datetime) -> None:
    """The twin without the protection: no answer is taken for a failure, and Mei asks again."""
    till = await open_till(store, now)
    async with open_bank(drops_the_line=True) as bank:
        for _ in range(2):
            one = await till.approve(await till.ask(5000))
            lost = await pay_through(
                till.store, Teller(bank.port), one, seal=SEAL, actor=ANN, clock=SetClock(till.now)
            )
            assert lost.state is WithdrawalState.UNKNOWN
            await till.fail(lost)
    assert len(bank.paid) == 2
    assert "paid" not in await till.balances()
