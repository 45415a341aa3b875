"""Published plans: none was changed after it was published, and whatever names a version names one that is there."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.closings import ClosingRow
from models.money.verify.finding import Finding, FindingKind, found, found_rows
from models.money.withdrawal_states import WithdrawalRow
from models.people.merchants import Merchant
from models.plans.document import PlanDocument
from models.plans.versions import PlanVersion
from models.store.audit import AuditRow
from models.store.deeds import Deed
from models.store.sql import sha256_hex, table_of

_VERSION, _AUDIT = table_of(PlanVersion), table_of(AuditRow)
_ORDER, _CLOSING, _WITHDRAWAL = table_of(OrderRow), table_of(ClosingRow), table_of(WithdrawalRow)
_DAY = timedelta(days=1)
_DIGESTS = ("digest", "standing_digest")
"""What the audit chain keeps of a publishing; the second only of those from revision 0013 on."""


async def changed_plans(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Each version's document is the one that was published, its start where it was moved to."""
    rows = await session.execute(
        select(_VERSION).where(_VERSION.c.merchant_id == merchant.id).order_by(_VERSION.c.version)
    )
    return [finding for row in rows if (finding := _changed(row)) is not None]


def _changed(row: Row[Any]) -> Finding | None:
    try:
        document = PlanDocument.model_validate(json.loads(row.document))
    except ValueError:
        return found(FindingKind.UNREADABLE, "plan", row.version, "can't be read: its document is no plan")
    if document.starts_at != row.starts_at:
        says = (
            f"starts at {row.starts_at.isoformat()}, and its document says {document.starts_at.isoformat()}"
        )
        return found(FindingKind.CHANGED_PLAN, "plan", row.version, says)
    noticed = row.starts_at - row.published_at
    was_moved = noticed >= timedelta(0) and noticed % _DAY == timedelta(0)
    # Where the start was not moved for the notice, what stands is what was written.
    was_changed = row.standing_digest != row.digest and not was_moved
    if was_changed or sha256_hex(row.document) != row.standing_digest:
        return found(FindingKind.CHANGED_PLAN, "plan", row.version, "was changed after it was published")
    return None


async def plans_as_published(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A version's digests are those that the audit chain kept of its publishing, when a person published it."""
    rows = await session.execute(
        select(_AUDIT.c.subject, _AUDIT.c.after).where(
            _AUDIT.c.merchant_id == merchant.id, _AUDIT.c.act == Deed.PUBLISH_PLAN
        )
    )
    digests = await session.execute(
        select(_VERSION.c.version, _VERSION.c.digest, _VERSION.c.standing_digest).where(
            _VERSION.c.merchant_id == merchant.id
        )
    )
    here = {
        f"plan {version}": {"digest": written, "standing_digest": standing}
        for version, written, standing in digests
    }
    kept = {row.subject: {key: row.after[key] for key in _DIGESTS if key in row.after} for row in rows}
    return [
        found(
            FindingKind.CHANGED_PLAN,
            "plan",
            subject.removeprefix("plan "),
            "is not what was published under its number, by the audit chain",
        )
        for subject, digests_then in sorted(kept.items())
        if "digest" not in digests_then or not digests_then.items() <= here.get(subject, {}).items()
    ]


async def unknown_plans(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Orders, closings and withdrawals name a version that was published; commissions are asked with their levels."""
    findings = []
    for noun, table, key in (
        ("order", _ORDER, _ORDER.c.order_ref),
        ("closing", _CLOSING, _CLOSING.c.period),
        ("withdrawal", _WITHDRAWAL, _WITHDRAWAL.c.reference),
    ):
        version = table.c.plan_version
        published = exists().where(and_(_VERSION.c.merchant_id == merchant.id, _VERSION.c.version == version))
        findings += await found_rows(
            session,
            FindingKind.UNKNOWN_PLAN,
            noun,
            select(key, version).where(table.c.merchant_id == merchant.id, version.is_not(None), ~published),
            "goes by plan version {1}, which is not there",
        )
    return findings
