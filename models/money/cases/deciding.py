"""Decisions: clear, hold, suspend, don't pay; each by a person, written down, and undone within ten minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict, Invalid
from models.money.cases.cases import TEXT_CHARS, Case, CaseKind, CaseRow, CaseState, case_by_id
from models.money.cases.moving import (
    let_go,
    mark,
    put_under_review,
    refunds_of_marked,
    refuse,
    set_on_hold,
    take_back_letting_go,
    take_back_refusal,
    under_review_minor,
)
from models.money.cases.periods import ClosedSales
from models.money.cases.telling import tell_debt, tell_decided, tell_held, untell
from models.money.cases.thresholds import thresholds_of
from models.people.distributors import Distributor, DistributorState, distributor
from models.people.merchants import Merchant
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.sql import table_of, values_of
from models.store.types import JsonValue, from_micros, to_micros

UNDO: Final = timedelta(minutes=10)
"""How long a decision can be undone. Nobody is told of it, and nothing is released by it, before then."""
DECIDED: Final = "decided_minor"
"""In a case's `before`, what its last decision was about, in minor units."""
_TABLE, _DISTRIBUTOR = table_of(CaseRow), table_of(Distributor)


class Decision(StrEnum):
    CLEAR = "clear"
    HOLD = "hold"
    SUSPEND = "suspend"
    REFUSE = "refuse"
    """Don't pay what is under review."""


MAY_FOLLOW: Final[Mapping[CaseKind, Mapping[CaseState, tuple[Decision, ...]]]] = {
    CaseKind.SIGNALS: {
        CaseState.WATCH: (Decision.CLEAR, Decision.HOLD, Decision.SUSPEND),
        CaseState.HOLD: (Decision.CLEAR, Decision.SUSPEND, Decision.REFUSE),
        CaseState.SUSPENDED: (Decision.CLEAR, Decision.REFUSE),
    },
    CaseKind.OWN_PURCHASE: {CaseState.HOLD: (Decision.CLEAR, Decision.REFUSE)},
}
"""What can be decided about a case as it stands. Clearing an own purchase pays it."""


class CaseMoved(Conflict):
    """The case went on since the button was drawn; nothing was changed."""

    code = "case_moved"

    def __init__(self, case: Case) -> None:
        super().__init__(f"The case {case.id} is {case.state} now; nothing was changed.")
        self.case = case


class NothingToUndo(Conflict):
    """The last decision is too old, undone already, or money moved on it since."""

    code = "nothing_to_undo"

    def __init__(self, case: Case, why: str) -> None:
        super().__init__(f"The decision on case {case.id} can't be undone: {why}.")
        self.case = case


def decisions_of(case: Case) -> tuple[Decision, ...]:
    """What can be decided about the case now."""
    return MAY_FOLLOW[case.kind].get(case.state, ())


def can_undo(case: Case, now: datetime) -> bool:
    """Whether the last decision can still be undone."""
    return case.before is not None and case.decided_at is not None and now - case.decided_at < UNDO


async def decide(
    session: AsyncSession,
    merchant: Merchant,
    case_id: int,
    decision: Decision,
    *,
    actor: Actor,
    now: datetime,
    turn: int | None = None,
    note: str = "",
) -> Case:
    """Decide a case. `turn` is the one that the decider saw. Raises NotFound, CaseMoved, Invalid.

    The caller holds the merchant's lock.
    """
    if len(note) > TEXT_CHARS:
        raise Invalid(f"A note has at most {TEXT_CHARS} characters.")
    case = await case_by_id(session, merchant.id, case_id)
    if decision not in decisions_of(case) or (turn is not None and turn != case.turn):
        raise CaseMoved(case)
    seller = await distributor(session, merchant.id, case.distributor_id)
    before: dict[str, JsonValue] = {
        "decision": decision.value,
        "state": case.state.value,
        "expires_at": to_micros(case.expires_at) if case.expires_at is not None else None,
        "expected_at": to_micros(case.expected_at) if case.expected_at is not None else None,
        "distributor_state": seller.state.value,
        "on_hold": seller.on_hold,
    }
    moved = await _move(session, case, _target(case, decision), actor, now, note)
    amount_minor = await _carry_out(session, merchant, moved, decision, before, now)
    moved = await _keep_before(session, moved, {**before, DECIDED: amount_minor})
    await _write(session, moved, Deed(f"case.{decision}"), actor, now, before, amount_minor, note)
    if decision is Decision.HOLD:
        await tell_held(session, moved, now, not_before=now + UNDO)
    elif case.state is not CaseState.WATCH or decision is Decision.SUSPEND:
        await tell_decided(session, moved, decision.value, amount_minor, now, not_before=now + UNDO)
    return moved


def is_fresh(case: Case, now: datetime) -> bool:
    """Whether the last decision can still be undone: until then it is nobody's but the shop's."""
    return case.before is not None and case.decided_at is not None and now - case.decided_at < UNDO


def _target(case: Case, decision: Decision) -> CaseState:
    match decision:
        case Decision.CLEAR:
            return CaseState.CLEARED
        case Decision.HOLD:
            return CaseState.HOLD
        case Decision.SUSPEND:
            return CaseState.SUSPENDED
        case Decision.REFUSE:
            return CaseState.SUSPENDED if case.state is CaseState.SUSPENDED else CaseState.REFUSED


async def _move(
    session: AsyncSession, case: Case, target: CaseState, actor: Actor, now: datetime, note: str
) -> Case:
    """The conditional move: whoever comes second finds another turn. Raises CaseMoved."""
    terms = await thresholds_of(session, case.merchant_id)
    held = target is CaseState.HOLD
    rows = await session.execute(
        update(_TABLE)
        .where(
            _TABLE.c.merchant_id == case.merchant_id,
            _TABLE.c.id == case.id,
            _TABLE.c.state == case.state,
            _TABLE.c.turn == case.turn,
        )
        .values(
            state=target,
            turn=case.turn + 1,
            decided_at=now,
            resolver=actor.name,
            note=note,
            expires_at=now + timedelta(days=terms.hold_days) if held else None,
            expected_at=now + timedelta(days=terms.decide_days) if held else case.expected_at,
        )
        .returning(*_TABLE.c)
    )
    row = rows.first()
    if row is None:
        raise CaseMoved(await case_by_id(session, case.merchant_id, case.id))
    return values_of(row, Case)


async def _carry_out(
    session: AsyncSession,
    merchant: Merchant,
    case: Case,
    decision: Decision,
    before: dict[str, JsonValue],
    now: datetime,
) -> int:
    """What the decision means for money and distributor; how much was under review, in minor units."""
    if decision in {Decision.HOLD, Decision.SUSPEND}:
        await set_on_hold(session, case, on_hold=True)
        await put_under_review(session, case)
        if decision is Decision.SUSPEND:
            await _set_state(session, case, DistributorState.SUSPENDED)
        return await under_review_minor(session, case)
    await mark(session, case)
    amount_minor = await under_review_minor(session, case)
    if decision is Decision.CLEAR:
        await let_go(session, case, now + UNDO)
        if before["distributor_state"] == DistributorState.SUSPENDED and before["state"] == "suspended":
            await _set_state(session, case, DistributorState.ACTIVE)
    else:
        before["refunds"] = await refunds_of_marked(session, case, case.turn)
        closed = ClosedSales(session, merchant, case, case.turn, now)
        before["withheld"] = withheld = await closed.withheld()
        await refuse(session, merchant, case, now)
        debt_minor = await closed.take_back(withheld)
        before["closed_sales"] = await closed.sales()
        await tell_debt(session, case, debt_minor, now, not_before=now + UNDO)
    if case.kind is CaseKind.SIGNALS and case.state is not CaseState.SUSPENDED:
        await set_on_hold(session, case, on_hold=False)
    return amount_minor


async def _set_state(session: AsyncSession, case: Case, state: DistributorState) -> None:
    await session.execute(
        update(_DISTRIBUTOR)
        .where(_DISTRIBUTOR.c.merchant_id == case.merchant_id, _DISTRIBUTOR.c.id == case.distributor_id)
        .values(state=state)
    )


async def _keep_before(session: AsyncSession, case: Case, before: dict[str, JsonValue]) -> Case:
    await session.execute(update(_TABLE).where(_TABLE.c.id == case.id).values(before=before))
    return case.model_copy(update={"before": before})


async def _write(
    session: AsyncSession,
    case: Case,
    act: Deed,
    actor: Actor,
    now: datetime,
    before: dict[str, JsonValue],
    amount_minor: int,
    note: str,
) -> None:
    await write_down(
        session,
        merchant_id=case.merchant_id,
        actor=actor,
        act=act,
        subject=case.subject,
        now=now,
        before=before,
        after={"state": case.state.value, "under_review_minor": amount_minor},
        why=note,
    )


async def undo(
    session: AsyncSession,
    merchant: Merchant,
    case_id: int,
    *,
    actor: Actor,
    now: datetime,
    turn: int | None = None,
) -> Case:
    """Take the last decision back: case, distributor, commissions and money stand as before.

    Raises NotFound, CaseMoved, NothingToUndo. The caller holds the merchant's lock.
    """
    case = await case_by_id(session, merchant.id, case_id)
    if turn is not None and turn != case.turn:
        raise CaseMoved(case)
    before = case.before
    if before is None or not can_undo(case, now):
        raise NothingToUndo(case, "its ten minutes are over, or it was undone before")
    refunds = before.get("refunds")
    if refunds is not None and refunds != await refunds_of_marked(session, case, case.turn):
        raise NothingToUndo(case, "an order of it was refunded since")
    await _check_closed_sales(session, merchant, case, before, now)
    restored = await _restore(session, case, before)
    await _take_back(session, merchant, case, restored, before, now)
    await untell(session, case)
    await _write(session, restored, Deed.CASE_UNDO, actor, now, {"state": case.state.value}, 0, "")
    return restored


async def _check_closed_sales(
    session: AsyncSession, merchant: Merchant, case: Case, before: Mapping[str, JsonValue], now: datetime
) -> None:
    """What a ladder took is given back only onto the sales that it was taken from."""
    kept = before.get("closed_sales")
    if isinstance(kept, dict) and kept:
        stand = await ClosedSales(session, merchant, case, case.turn, now).sales()
        if any(stand.get(period) != sales for period, sales in kept.items()):
            raise NothingToUndo(case, "sales of a closed period changed since")


async def _restore(session: AsyncSession, case: Case, before: dict[str, JsonValue]) -> Case:
    rows = await session.execute(
        update(_TABLE)
        .where(_TABLE.c.id == case.id, _TABLE.c.turn == case.turn, _TABLE.c.state == case.state)
        .values(
            state=CaseState(str(before["state"])),
            turn=case.turn + 1,
            before=None,
            decided_at=None,
            resolver=None,
            note="",
            expires_at=_moment(before["expires_at"]),
            expected_at=_moment(before["expected_at"]),
        )
        .returning(*_TABLE.c)
    )
    row = rows.first()
    if row is None:
        raise CaseMoved(await case_by_id(session, case.merchant_id, case.id))
    return values_of(row, Case)


def _moment(micros: JsonValue) -> datetime | None:
    return from_micros(micros) if isinstance(micros, int) else None


async def _take_back(
    session: AsyncSession,
    merchant: Merchant,
    case: Case,
    restored: Case,
    before: dict[str, JsonValue],
    now: datetime,
) -> None:
    on_hold = before["on_hold"] is True
    if case.kind is CaseKind.SIGNALS:
        await set_on_hold(session, case, on_hold=on_hold)
        await _set_state(session, case, DistributorState(str(before["distributor_state"])))
    match Decision(str(before["decision"])):
        case Decision.HOLD | Decision.SUSPEND:
            if not on_hold:
                await let_go(session, restored, None)
        case Decision.CLEAR:
            assert case.decided_at is not None  # it was decided
            if case.kind is CaseKind.OWN_PURCHASE or on_hold:
                await take_back_letting_go(session, case, case.turn, case.decided_at + UNDO)
        case Decision.REFUSE:
            await take_back_refusal(session, merchant, case, case.turn, now)
            withheld = before.get("withheld")
            closed = ClosedSales(session, merchant, case, case.turn, now)
            await closed.give_back(withheld if isinstance(withheld, dict) else {})
            if case.kind is CaseKind.SIGNALS:
                await put_under_review(session, restored)
