"""Verification: the books held against themselves (operations.md A9).

Everything is asked of the database in sets; only rows that contradict each other come back, and what no
database can compute (digests, the arithmetic of promotions and ladders) is read page by page. Each check stands
alone: what one of them can't read is itself a finding, and the others are still asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.money.verify import (
    accounts,
    amounts,
    caps,
    chain,
    commissions,
    customers,
    ledger,
    levels,
    orders,
    people,
    periods,
    plans,
    readable,
    rules,
    withdrawals,
)
from models.money.verify.finding import Finding, FindingKind, found
from models.money.verify.naming import named
from models.people.merchants import Merchant
from models.store.engine import is_busy

__all__ = ["Finding", "FindingKind", "Unsound", "sound", "verify", "verify_one"]

Check = Callable[[AsyncSession, Merchant], Awaitable[list[Finding]]]

_CHECKS: tuple[Check, ...] = (
    readable.unreadable_rows,
    ledger.trial_balance,
    ledger.negative_balances,
    accounts.accounts,
    ledger.cached_balances,
    orders.order_sums,
    orders.refund_sums,
    orders.states,
    orders.payees,
    commissions.reversal_sums,
    commissions.shapes,
    commissions.released_early,
    commissions.orphans,
    commissions.missing,
    commissions.foreigners,
    amounts.bases,
    amounts.plain_amounts,
    amounts.changed_amounts,
    amounts.ranks,
    rules.rules,
    rules.products,
    rules.boosts,
    plans.changed_plans,
    plans.plans_as_published,
    plans.unknown_plans,
    periods.closed_twice,
    periods.unclosed,
    periods.ladders,
    periods.targets,
    withdrawals.moves,
    caps.months,
    customers.first_orders,
    customers.binding_changes,
    customers.bindings,
    people.levels_twice,
    people.given_levels,
    levels.given_by_hand,
    levels.moved_from,
    levels.paid_by,
    people.circles,
    people.foreign_sponsors,
    chain.broken_chain,
    ledger.orphans,
    ledger.changed_transfers,
)
"""What is asked, the cheap and telling first."""
_UNREADABLE = (ArithmeticError, LookupError, TypeError, ValueError, DomainError)
"""What reading a row raises that none of us wrote: broken JSON, a word that is none, a time that is no number."""


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
    found_all = [finding for check in _CHECKS for finding in await _asked(check, session, merchant)]
    return await named(session, merchant, found_all)


async def verify_one(session: AsyncSession, merchant: Merchant, distributor_id: int) -> list[Finding]:
    """Hold one distributor's accounts against their postings, and against what was earned, granted and withdrawn.

    Cheap enough for a transaction that pays; what a shop's other rows say of each other is not asked.
    """
    checks = (ledger.negative_balances, ledger.cached_balances, accounts.accounts)
    found_all = [
        finding for check in checks for finding in await _asked(check, session, merchant, distributor_id)
    ]
    return await named(session, merchant, found_all)


async def sound(session: AsyncSession, merchant: Merchant) -> None:
    """Raises Unsound with the first finding; asked before money leaves (operations.md A9)."""
    for check in _CHECKS:
        findings = await _asked(check, session, merchant)
        if findings:
            raise Unsound((await named(session, merchant, findings[:1]))[0])


async def _asked(
    check: Callable[..., Awaitable[list[Finding]]], session: AsyncSession, merchant: Merchant, *of: int
) -> list[Finding]:
    """What a check finds, or that it can't be made; a store that is only busy is no finding."""
    try:
        # PostgreSQL answers nothing more in a transaction in which a statement failed.
        async with session.begin_nested():
            return await check(session, merchant, *of)
    except _UNREADABLE as error:
        return [_not_made(check, error)]
    except DBAPIError as error:
        if is_busy(error):
            raise
        return [_not_made(check, error.orig or error)]


def _not_made(check: Callable[..., Awaitable[list[Finding]]], error: BaseException) -> Finding:
    area = check.__module__.rpartition(".")[2]
    says = f"could not be made, since something of what it asks for can't be read ({type(error).__name__})"
    return found(FindingKind.UNREADABLE, "check", f"{area}.{check.__name__}", says)
