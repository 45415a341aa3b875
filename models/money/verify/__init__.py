"""Verification: the books held against themselves (operations.md A9).

Everything is asked of the database in sets; only rows that contradict each other come back, and what no
database can compute (digests, the arithmetic of promotions and ladders) is read page by page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.money.verify import accounts, amounts, chain, commissions, ledger, orders, people, periods
from models.money.verify.finding import Finding, FindingKind
from models.people.merchants import Merchant

__all__ = ["Finding", "FindingKind", "Unsound", "sound", "verify", "verify_one"]

Check = Callable[[AsyncSession, Merchant], Awaitable[list[Finding]]]

_CHECKS: tuple[Check, ...] = (
    ledger.trial_balance,
    ledger.negative_balances,
    accounts.accounts,
    ledger.cached_balances,
    orders.order_sums,
    orders.refund_sums,
    commissions.reversal_sums,
    commissions.shapes,
    commissions.released_early,
    commissions.orphans,
    commissions.foreigners,
    amounts.bases,
    amounts.plain_amounts,
    amounts.changed_amounts,
    amounts.ranks,
    periods.closed_twice,
    periods.unclosed,
    periods.ladders,
    periods.targets,
    people.levels_twice,
    people.given_levels,
    people.circles,
    people.foreign_sponsors,
    chain.broken_chain,
    ledger.orphans,
    ledger.changed_transfers,
)
"""What is asked, the cheap and telling first."""


class Unsound(DomainError):
    """A merchant's books contradict themselves; nothing is paid until they have been looked at."""

    code = "books_unsound"

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"The books contradict themselves, so nothing is paid out: {finding.sentence}")
        self.finding = finding


async def verify(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Hold a merchant's books against themselves; empty when all agree. Amounts are minor units.

    Ask it in a session that sees one state (`Store.read`), or under the merchant's lock.
    """
    return [finding for check in _CHECKS for finding in await check(session, merchant)]


async def verify_one(session: AsyncSession, merchant: Merchant, distributor_id: int) -> list[Finding]:
    """Hold one distributor's accounts against their postings, and against what was earned, granted and withdrawn.

    Cheap enough for a transaction that pays; what a shop's other rows say of each other is not asked.
    """
    return [
        *await ledger.negative_balances(session, merchant, distributor_id),
        *await ledger.cached_balances(session, merchant, distributor_id),
        *await accounts.accounts(session, merchant, distributor_id),
    ]


async def sound(session: AsyncSession, merchant: Merchant) -> None:
    """Raises Unsound with the first finding; asked before money leaves (operations.md A9)."""
    for check in _CHECKS:
        findings = await check(session, merchant)
        if findings:
            raise Unsound(findings[0])
