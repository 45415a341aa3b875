"""What people's accounts hold against the commissions and withdrawals behind them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.money.owed import Behind, differences
from models.money.verify.finding import Finding, FindingKind, found
from models.people.merchants import Merchant

_BEHIND = {
    Behind.HELD: ("held commissions", FindingKind.HELD_DIFFERS),
    Behind.RELEASED: ("released commissions", FindingKind.AVAILABLE_DIFFERS),
    Behind.ASKED: ("open withdrawals", FindingKind.PAYING_DIFFERS),
    Behind.PAID_OUT: ("payouts", FindingKind.PAID_DIFFERS),
}


async def accounts(
    session: AsyncSession, merchant: Merchant, distributor_id: int | None = None
) -> list[Finding]:
    """Each distributor's accounts, or one's, hold what was earned and not yet paid out, neither more nor less."""
    findings = []
    for row in await differences(session, merchant.id, distributor_id):
        words, kind = _BEHIND[row.behind]
        says = f"has {words} of {row.expected_minor}, and the ledger says {row.booked_minor}"
        findings.append(found(kind, "distributor", row.distributor_id, says))
    return findings
