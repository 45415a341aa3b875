"""Cases in the state machine: somebody is put on hold and cleared again while the shop's story goes on."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from models.errors import DomainError
from models.money.cases.cases import CaseKind, CaseRow, CaseState
from models.money.cases.deciding import Decision, decide, undo
from models.people.merchants import lock_merchant
from tests.models.payouts import ANN
from tests.models.sales.machine_withdrawals import PayingMachine


class WatchedMachine(PayingMachine):
    """With cases, of which the reference knows nothing: the books and the verification must hold by themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[str, int] = {}

    def assert_as_the_reference(self) -> None:
        """Only the story without cases is compared."""

    @rule(
        who=st.sampled_from(["mei", "bo", "eve"]),
        decision=st.sampled_from([Decision.HOLD, Decision.CLEAR, Decision.SUSPEND, Decision.REFUSE]),
    )
    def decide_case(self, who: str, decision: Decision) -> None:
        if who not in self.cases:
            self.cases[who] = self.run(self._open(who))
        try:
            self.run(self._decide(self.cases[who], decision))
        except DomainError:
            return
        if decision is Decision.CLEAR:
            del self.cases[who]

    @rule(who=st.sampled_from(["mei", "bo", "eve"]))
    def undo_case(self, who: str) -> None:
        """What was decided last, if nothing stands in the way."""
        if who not in self.cases:
            return
        try:
            self.run(self._undo(self.cases[who]))
        except DomainError:
            return

    async def _open(self, who: str) -> int:
        async with self.store.write() as session:
            case = CaseRow(
                merchant_id=self.told.shop.merchant.id,
                distributor_id=self.told.ids[who],
                kind=CaseKind.SIGNALS,
                state=CaseState.WATCH,
                opened_at=self.now,
                seen_at=self.now,
            )
            session.add(case)
        return case.id

    async def _decide(self, case_id: int, decision: Decision) -> None:
        async with self.store.write() as session:
            merchant = await lock_merchant(session, self.told.shop.merchant.id)
            await decide(session, merchant, case_id, decision, actor=ANN, now=self.now)

    async def _undo(self, case_id: int) -> None:
        async with self.store.write() as session:
            merchant = await lock_merchant(session, self.told.shop.merchant.id)
            await undo(session, merchant, case_id, actor=ANN, now=self.now)
