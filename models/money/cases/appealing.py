"""The distributor's word: once a case, kept on it, and staff are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict, Invalid, NotFound
from models.money.cases.cases import TEXT_CHARS, Case, CaseRow, CaseState, case_by_id
from models.money.cases.telling import tell_staff_appeal
from models.store.sql import table_of, values_of

APPEALABLE = (CaseState.HOLD, CaseState.SUSPENDED)
_TABLE = table_of(CaseRow)


class NoAppeal(Conflict):
    """The case was appealed before, or there is nothing to appeal any more."""

    code = "no_appeal"

    def __init__(self, case: Case) -> None:
        super().__init__(f"The case {case.id} can't be appealed: it was already, or it is {case.state}.")
        self.case = case


def can_appeal(case: Case) -> bool:
    """Whether the distributor may still say something."""
    return case.appeal is None and case.state in APPEALABLE


async def appeal(
    session: AsyncSession, merchant_id: int, distributor_id: int, case_id: int, text: str, now: datetime
) -> Case:
    """Keep what the distributor says about their own case. Raises NotFound, NoAppeal, Invalid."""
    said = text.strip()
    if not 0 < len(said) <= TEXT_CHARS:
        raise Invalid(f"An appeal has 1 to {TEXT_CHARS} characters.")
    case = await own_case(session, merchant_id, distributor_id, case_id)
    rows = await session.execute(
        update(_TABLE)
        .where(
            _TABLE.c.id == case.id,
            _TABLE.c.merchant_id == merchant_id,
            _TABLE.c.appeal.is_(None),
            _TABLE.c.state.in_(APPEALABLE),
        )
        .values(appeal=said, appealed_at=now)
        .returning(*_TABLE.c)
    )
    row = rows.first()
    if row is None:
        raise NoAppeal(case)
    appealed = values_of(row, Case)
    await tell_staff_appeal(session, appealed, now)
    return appealed


async def own_case(session: AsyncSession, merchant_id: int, distributor_id: int, case_id: int) -> Case:
    """A distributor's own case, of which they know: a Watch is none of theirs. Raises NotFound."""
    case = await case_by_id(session, merchant_id, case_id)
    if case.distributor_id != distributor_id or case.state is CaseState.WATCH:
        raise NotFound("case", str(case_id))
    return case
