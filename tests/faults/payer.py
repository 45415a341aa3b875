"""A process that pays one withdrawal and dies by kill -9 at a given step: `python -m tests.faults.payer …`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SetClock
from bot.payouts import pay_through
from models.money.payouts import PayoutAnswer, PayoutOrder
from models.money.withdrawal_states import withdrawal
from models.store.audit import Actor
from models.store.engine import Store
from models.tables import schema
from tests.faults.bank import Teller
from tests.models.payouts import SEAL


class Step(StrEnum):
    """Where it dies."""

    CLAIMING = "claiming"
    CLAIMED = "claimed"
    BEFORE_THE_BANK = "before_the_bank"
    AFTER_THE_BANK = "after_the_bank"
    RECORDING = "recording"
    RECORDED = "recorded"
    NEVER = "never"


def die() -> None:
    """As if the power had gone."""
    os.kill(os.getpid(), signal.SIGKILL)


class MortalStore(Store):
    """Dies before or after the commit of its first or second transaction."""

    def __init__(self, url: str, step: Step) -> None:
        super().__init__(url)
        self._before = {Step.CLAIMING: 1, Step.RECORDING: 2}.get(step)
        self._after = {Step.CLAIMED: 1, Step.RECORDED: 2}.get(step)
        self._writes = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        self._writes += 1
        async with super().write() as session:
            yield session
            await session.flush()
            if self._writes == self._before:
                die()
        if self._writes == self._after:
            die()


@dataclass(frozen=True)
class MortalTeller(Teller):
    """Dies before it sends, or when it has heard."""

    step: Step = Step.NEVER

    async def pay(self, order: PayoutOrder) -> PayoutAnswer:
        if self.step is Step.BEFORE_THE_BANK:
            die()
        answer = await super().pay(order)
        if self.step is Step.AFTER_THE_BANK:
            die()
        return answer


async def main(url: str, merchant_id: str, withdrawal_id: str, port: str, step: str, now: str) -> None:
    schema()
    store = MortalStore(url, Step(step))
    try:
        async with store.read() as session:
            one = await withdrawal(session, int(merchant_id), int(withdrawal_id))
        await pay_through(
            store,
            MortalTeller(int(port), step=Step(step)),
            one,
            seal=SEAL,
            actor=Actor("person 1001"),
            clock=SetClock(datetime.fromisoformat(now)),
        )
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
