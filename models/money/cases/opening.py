"""From signals to cases: opened, raised to Hold, refreshed, and over when their date has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.cases.cases import OPEN, Case, CaseKind, CaseRow, CaseState, kept_signal
from models.money.cases.facts import SharedAccounts, baseline_of, same_account, sellers
from models.money.cases.moving import let_go, put_under_review, set_on_hold, under_review_minor
from models.money.cases.signals import Baseline, Signal, independent, signals_of
from models.money.cases.telling import tell_decided, tell_held
from models.money.cases.thresholds import Thresholds, thresholds_of
from models.money.commissions import CommissionRow, CommissionState, Reason
from models.money.ledger import TransferKind, TransferRow
from models.people.merchants import Merchant
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.sql import chunks, insert_all, table_of, values_of
from models.store.types import JsonValue

AUTOMATIC: Final = Actor("tuike")
"""Who holds by evidence alone and lets go when nobody decided."""
_CASE, _COMMISSION = table_of(CaseRow), table_of(CommissionRow)
_ORDER, _TRANSFER = table_of(OrderRow), table_of(TransferRow)


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose money moved since the last look, by merchant, and which own purchases; `reached` is the last transfer."""

    distributors: Mapping[int, tuple[int, ...]]
    own_purchases: Mapping[int, tuple[int, ...]]
    reached: int


async def changed_since(session: AsyncSession, reached: int, since: datetime) -> Changed:
    """Distributors whose orders were paid or came back behind a transfer, of orders paid since a time."""
    newest = (
        await session.execute(select(_TRANSFER.c.id).order_by(_TRANSFER.c.id.desc()).limit(1))
    ).scalar_one_or_none()
    moved = (
        select(_ORDER.c.merchant_id, _ORDER.c.distributor_id)
        .select_from(_TRANSFER)
        .join(_ORDER, _ORDER.c.id == _TRANSFER.c.order_id)
        .where(
            _TRANSFER.c.id > reached,
            _TRANSFER.c.kind.in_([TransferKind.ACCRUAL, TransferKind.REVERSAL]),
            _ORDER.c.distributor_id.is_not(None),
        )
    )
    distributors = await session.execute(moved.where(_ORDER.c.paid_at > since).distinct())
    own = await session.execute(
        moved.with_only_columns(_ORDER.c.merchant_id, _ORDER.c.id)
        .where(_ORDER.c.self_purchase.is_not(None))
        .distinct()
    )
    return Changed(_grouped(distributors), _grouped(own), max(newest or 0, reached))


def _grouped(rows: Any) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for merchant_id, key in rows:
        found.setdefault(merchant_id, []).append(key)
    return {merchant_id: tuple(sorted(keys)) for merchant_id, keys in found.items()}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found about some distributors: signals by distributor, of those who have any."""

    signals: Mapping[int, tuple[Signal, ...]]


async def look(
    session: AsyncSession,
    merchant_id: int,
    distributor_ids: Sequence[int],
    now: datetime,
    *,
    accounts: SharedAccounts = same_account,
    baseline: Baseline | None = None,
) -> Looked:
    """Ask every signal about these distributors."""
    terms = await thresholds_of(session, merchant_id)
    since = now - terms.window
    baseline = baseline or await baseline_of(session, merchant_id, since)
    facts = await sellers(session, merchant_id, distributor_ids, since=since, now=now, accounts=accounts)
    found = {seller.distributor_id: tuple(signals_of(seller, baseline, terms, now)) for seller in facts}
    return Looked({key: signals for key, signals in found.items() if signals})


async def open_cases(session: AsyncSession, merchant: Merchant, looked: Looked, now: datetime) -> list[Case]:
    """Open what is new, raise a Watch with two independent signals to Hold; answers the cases newly on hold.

    The caller holds the merchant's lock and looked in this very transaction.
    """
    terms = await thresholds_of(session, merchant.id)
    known = await _open_ones(session, merchant.id, list(looked.signals))
    held = []
    for distributor_id, signals in looked.signals.items():
        case = known.get(distributor_id)
        if case is None:
            case = await _open(session, merchant.id, distributor_id, signals, terms, now)
            is_held = case.state is CaseState.HOLD
        else:
            case, is_held = await _refresh(session, case, signals, terms, now)
        if is_held:
            await _hold(session, case, now)
            held.append(case)
    return held


async def _open_ones(
    session: AsyncSession, merchant_id: int, distributor_ids: Sequence[int]
) -> dict[int, Case]:
    found: dict[int, Case] = {}
    for part in chunks(distributor_ids):
        rows = await session.execute(
            select(_CASE).where(
                _CASE.c.merchant_id == merchant_id,
                _CASE.c.distributor_id.in_(part),
                _CASE.c.kind == CaseKind.SIGNALS,
                _CASE.c.state.in_(OPEN),
            )
        )
        found.update({row.distributor_id: values_of(row, Case) for row in rows})
    return found


async def _open(
    session: AsyncSession,
    merchant_id: int,
    distributor_id: int,
    signals: Sequence[Signal],
    terms: Thresholds,
    now: datetime,
) -> Case:
    held = independent(signals) > 1
    case = Case(
        merchant_id=merchant_id,
        distributor_id=distributor_id,
        kind=CaseKind.SIGNALS,
        state=CaseState.HOLD if held else CaseState.WATCH,
        signals=[kept_signal(signal) for signal in signals],
        opened_at=now,
        seen_at=now,
        expected_at=now + timedelta(days=terms.decide_days) if held else None,
        expires_at=now + timedelta(days=terms.hold_days if held else terms.watch_days),
    )
    await insert_all(session, CaseRow, [case])
    return case


async def _refresh(
    session: AsyncSession, case: Case, signals: Sequence[Signal], terms: Thresholds, now: datetime
) -> tuple[Case, bool]:
    """New evidence for an open case; whether it is on hold by it. A hold forgets nothing and is never lowered."""
    values: dict[str, object] = {"seen_at": now}
    raised = case.state is CaseState.WATCH and independent(signals) > 1
    if case.state is CaseState.WATCH:
        values["signals"] = [kept_signal(signal) for signal in signals]
        values["expires_at"] = now + timedelta(days=terms.watch_days)
    else:
        evidence = {signal.kind: signal for signal in (*case.evidence, *signals)}
        values["signals"] = [kept_signal(signal) for signal in evidence.values()]
    if raised:
        values |= {
            "state": CaseState.HOLD,
            "turn": case.turn + 1,
            "before": None,
            "expected_at": now + timedelta(days=terms.decide_days),
            "expires_at": now + timedelta(days=terms.hold_days),
        }
    rows = await session.execute(
        update(_CASE)
        .where(_CASE.c.id == case.id, _CASE.c.state == case.state, _CASE.c.turn == case.turn)
        .values(values)
        .returning(*_CASE.c)
    )
    row = rows.first()
    return (values_of(row, Case), raised) if row is not None else (case, False)


async def _hold(session: AsyncSession, case: Case, now: datetime) -> None:
    await set_on_hold(session, case, on_hold=True)
    await put_under_review(session, case)
    evidence: list[JsonValue] = [signal.kind.value for signal in case.evidence]
    await write_down(
        session,
        merchant_id=case.merchant_id,
        actor=AUTOMATIC,
        act=Deed.CASE_HOLD,
        subject=case.subject,
        now=now,
        after={"state": CaseState.HOLD.value, "signals": evidence},
    )
    await tell_held(session, case, now, not_before=now)


async def review_own_purchases(
    session: AsyncSession, merchant: Merchant, order_ids: Sequence[int], now: datetime
) -> int:
    """Cases for own purchases that the plan holds for review; answers how many are new."""
    opened = 0
    for part in chunks(order_ids):
        known = exists().where(_CASE.c.order_id == _ORDER.c.id)
        waits = exists().where(
            _COMMISSION.c.order_id == _ORDER.c.id,
            _COMMISSION.c.state == CommissionState.REVIEW,
            _COMMISSION.c.reason == Reason.SELF_PURCHASE,
        )
        rows = await session.execute(
            select(_ORDER.c.id, _ORDER.c.distributor_id)
            .where(_ORDER.c.merchant_id == merchant.id, _ORDER.c.id.in_(part), waits, ~known)
            .order_by(_ORDER.c.id)
        )
        fresh = [
            Case(
                merchant_id=merchant.id,
                distributor_id=row.distributor_id,
                kind=CaseKind.OWN_PURCHASE,
                order_id=row.id,
                state=CaseState.HOLD,
                opened_at=now,
                seen_at=now,
            )
            for row in rows
        ]
        await insert_all(session, CaseRow, fresh)
        opened += len(fresh)
    return opened


async def expire(session: AsyncSession, merchant: Merchant, now: datetime) -> list[Case]:
    """End what has come to its date, and own purchases of which nothing is left; answers the cases that ended.

    A hold that nobody decided lets go: nobody loses money because others did not look. The caller holds the
    merchant's lock.
    """
    left = exists().where(
        _COMMISSION.c.order_id == _CASE.c.order_id,
        _COMMISSION.c.state == CommissionState.REVIEW,
        _COMMISSION.c.reason == Reason.SELF_PURCHASE,
    )
    ended = await _end(session, merchant.id, now, _CASE.c.expires_at <= now)
    gone = await _end(session, merchant.id, now, (_CASE.c.kind == CaseKind.OWN_PURCHASE) & ~left)
    for case in ended:
        if case.expected_at is None:
            continue
        amount_minor = await under_review_minor(session, case)
        await set_on_hold(session, case, on_hold=False)
        await let_go(session, case, None)
        await write_down(
            session,
            merchant_id=merchant.id,
            actor=AUTOMATIC,
            act=Deed.CASE_EXPIRE,
            subject=case.subject,
            now=now,
            after={"state": case.state.value, "under_review_minor": amount_minor},
        )
        await tell_decided(session, case, "expired", amount_minor, now, not_before=now)
    return ended + gone


async def _end(session: AsyncSession, merchant_id: int, now: datetime, which: Any) -> list[Case]:
    rows = await session.execute(
        update(_CASE)
        .where(
            _CASE.c.merchant_id == merchant_id,
            _CASE.c.state.in_([CaseState.WATCH, CaseState.HOLD]),
            which,
        )
        .values(
            state=CaseState.EXPIRED,
            turn=_CASE.c.turn + 1,
            before=None,
            decided_at=now,
            resolver=AUTOMATIC.name,
        )
        .returning(*_CASE.c)
    )
    return [values_of(row, Case) for row in rows]
