"""Withdrawals in the state machine: asked for, decided on, paid, failed, lost sight of, in any order and twice."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from models.errors import DomainError
from models.money.withdrawal_states import Withdrawal, WithdrawalState
from models.people.distributors import distributor_by_external_id
from tests.models.payouts import ANN, BEN, Till
from tests.models.sales.money_machine import MoneyMachine
from tests.reference.facts import Movement

BACK = {WithdrawalState.REFUSED, WithdrawalState.FAILED}
ACTS = ("approve", "second", "refuse", "claim", "pay", "fail", "lose", "undo")


class PayingMachine(MoneyMachine):
    """The shop's story, and one distributor who withdraws while it goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.till = self.run(self._open_till())
        self.asked: list[Withdrawal] = []

    async def _open_till(self) -> Till:
        async with self.store.read() as session:
            mei = await distributor_by_external_id(session, self.told.shop.merchant.id, "mei")
        till = Till(self.told.shop, mei, self.told.codes["mei"], self.now)
        await till.account()
        return till

    @rule(amount=st.integers(1, 1500), again=st.booleans())
    def ask(self, amount: int, again: bool) -> None:
        """What is not there, too little, or under a debt is refused and changes nothing; a doubled tap asks once."""
        self.till.now = self.now
        _, available = self.told.balance("mei")
        try:
            one = self.run(self.till.ask(amount, nonce=f"N{len(self.asked)}"))
        except DomainError:
            return
        assert amount <= available
        self.asked.append(one)
        self._mirror(-amount)
        if again:
            try:
                self.run(self.till.ask(amount, nonce=one.nonce))
            except DomainError:
                return
            raise AssertionError("the same tap asked twice")

    @rule(which=st.integers(0, 20), act=st.sampled_from(ACTS), times=st.integers(1, 2))
    def decide(self, which: int, act: str, times: int) -> None:
        if not self.asked:
            return
        self.till.now = self.now
        place = len(self.asked) - 1 - which % len(self.asked)
        for _ in range(times):
            # The second tap comes from the same, by now old, screen.
            before = self.run(self.till.stands(self.asked[place]))
            self._try(act, self.asked[place])
            after = self.run(self.till.stands(before))
            if after.state in BACK and before.state not in BACK:
                self._mirror(after.amount_minor)
            assert before.state not in {WithdrawalState.PAID, *BACK} or after.state is before.state
        self.asked[place] = self.run(self.till.stands(self.asked[place]))

    def _try(self, act: str, one: Withdrawal) -> None:
        till = self.till
        work = {
            "approve": lambda: till.approve(one, ANN),
            "second": lambda: till.approve(one, BEN),
            "refuse": lambda: till.refuse(one, BEN),
            "claim": lambda: till.claim(one),
            "pay": lambda: till.pay(one, reference="BANK-1"),
            "fail": lambda: till.fail(one, why="closed"),
            "lose": lambda: till.lose(one),
            "undo": lambda: till.undo(one, ANN),
        }
        try:
            self.run(work[act]())
        except DomainError:
            return

    def _mirror(self, amount: int) -> None:
        self.told.reference.ledger.movements.append(Movement("mei", self.now, amount, "withdrawn", None))
