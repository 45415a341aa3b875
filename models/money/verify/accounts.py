"""What people's accounts hold against the commissions and withdrawals behind them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.money.owed import Behind, differences
from models.money.verify.finding import Finding, FindingKind, found, money
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
        expected, booked = (
            money(amount, merchant.currency) for amount in (row.expected_minor, row.booked_minor)
        )
        says = f"has {words} of {expected}, and the ledger says {booked}"
        findings.append(found(kind, "distributor", row.distributor_id, says))
    return findings
