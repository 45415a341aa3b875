"""Who is told of cases: the distributor when a hold begins and when it is decided, staff when something waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.money.cases.cases import Case
from models.people.distributors import payees
from models.people.permissions import MAY, Act
from models.people.staff import Staff
from models.store.outbox import Notice, NoticeKind, NoticeRow, NoticeState, queue_notices
from models.store.sql import table_of
from models.store.types import JsonValue, to_micros


async def tell_held(session: AsyncSession, case: Case, now: datetime, *, not_before: datetime) -> None:
    """What the distributor earns is under review from now on."""
    await _tell_distributor(session, case, NoticeKind.CASE_HELD, {}, now, not_before)


async def tell_decided(
    session: AsyncSession,
    case: Case,
    outcome: str,
    amount_minor: int,
    now: datetime,
    *,
    not_before: datetime,
) -> None:
    """How it ended (a decision, or `expired`), for how much (minor units)."""
    facts: dict[str, JsonValue] = {"outcome": outcome, "amount_minor": amount_minor}
    await _tell_distributor(session, case, NoticeKind.CASE_DECIDED, facts, now, not_before)


async def tell_debt(
    session: AsyncSession, case: Case, debt_minor: int, now: datetime, *, not_before: datetime
) -> None:
    """What a refusal took of a closed period's ladder was more than was available (minor units); 0 tells nothing."""
    if debt_minor:
        facts: dict[str, JsonValue] = {"distributor_id": case.distributor_id, "debt_minor": debt_minor}
        await _tell_distributor(session, case, NoticeKind.DEBT, facts, now, not_before)


async def _tell_distributor(
    session: AsyncSession,
    case: Case,
    kind: NoticeKind,
    facts: dict[str, JsonValue],
    now: datetime,
    not_before: datetime,
) -> None:
    payee = (await payees(session, [case.distributor_id])).get(case.distributor_id)
    if payee is None or payee.person_id is None:
        return
    notice = Notice(
        merchant_id=case.merchant_id,
        person_id=payee.person_id,
        key=_key(kind, case),
        kind=kind,
        facts={"case_id": case.id, **facts},
        not_before=not_before,
        created_at=now,
    )
    await queue_notices(session, [notice])


def _key(kind: NoticeKind, case: Case) -> str:
    return f"{kind}:{case.id}:{case.turn}"


async def untell(session: AsyncSession, case: Case) -> None:
    """The case's last decision was undone before anybody was told of it."""
    table = table_of(NoticeRow)
    keys = [_key(kind, case) for kind in (NoticeKind.CASE_HELD, NoticeKind.CASE_DECIDED, NoticeKind.DEBT)]
    await session.execute(
        delete(table).where(
            table.c.merchant_id == case.merchant_id,
            table.c.key.in_(keys),
            table.c.state == NoticeState.QUEUED,
        )
    )


async def tell_staff_waiting(session: AsyncSession, merchant_id: int, now: datetime) -> None:
    """New cases wait for a decision; one notice a run, whatever their number."""
    await _tell_staff(session, merchant_id, NoticeKind.CASE_WAITING, str(to_micros(now)), {}, now)


async def tell_staff_appeal(session: AsyncSession, case: Case, now: datetime) -> None:
    """The distributor says something for themselves."""
    facts: dict[str, JsonValue] = {"case_id": case.id}
    await _tell_staff(session, case.merchant_id, NoticeKind.CASE_APPEAL, str(case.id), facts, now)


async def _tell_staff(
    session: AsyncSession,
    merchant_id: int,
    kind: NoticeKind,
    key: str,
    facts: dict[str, JsonValue],
    now: datetime,
) -> None:
    notices = [
        Notice(
            merchant_id=merchant_id,
            person_id=person_id,
            key=f"{kind}:{key}:{person_id}",
            kind=kind,
            facts=facts,
            not_before=now,
            created_at=now,
        )
        for person_id in await _deciders(session, merchant_id)
    ]
    await queue_notices(session, notices)


async def _deciders(session: AsyncSession, merchant_id: int) -> Iterable[int]:
    rows = await session.execute(
        select(col(Staff.person_id))
        .where(col(Staff.merchant_id) == merchant_id, col(Staff.role).in_(MAY[Act.DECIDE_CASE]))
        .order_by(col(Staff.id))
    )
    return rows.scalars().all()
