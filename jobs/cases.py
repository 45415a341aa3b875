"""Every hour: what may be cheating among those who sold something since, and what has come to its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from jobs.context import JobContext
from models.errors import DomainError
from models.money.cases.facts import SharedAccounts, baseline_of, same_account
from models.money.cases.moving import forget_marks
from models.money.cases.opening import (
    Changed,
    changed_since,
    expire,
    look,
    open_cases,
    review_own_purchases,
)
from models.money.cases.signals import Baseline
from models.money.cases.telling import tell_staff_waiting
from models.money.cases.thresholds import thresholds_of
from models.people.merchants import all_merchants, lock_merchant
from models.store.deployment import keep, kept
from models.store.engine import Store
from models.store.sql import chunks

log = structlog.get_logger(__name__)

CHUNK: Final = 200
"""Distributors looked at together: some thousand orders."""
OVERLAP: Final = 60_000 << 22
"""How far back behind the last look is looked again, in the keys of a minute: clocks of machines differ."""
REACHED: Final = "cases:reached"
_LONGEST: Final = timedelta(days=60)
MARKS_KEPT: Final = timedelta(days=1)


class CasesIncomplete(DomainError):
    """Some merchants could not be looked at; the next run begins where this one began."""

    code = "cases_incomplete"

    def __init__(self, merchants: list[int]) -> None:
        super().__init__(f"Cases could not be looked for at these merchants: {merchants}.")


async def find_cases(context: JobContext, now: datetime) -> None:
    """Look at all merchants; one that fails never stops another. Raises CasesIncomplete at the end."""
    await look_everywhere(context.store, now)


async def look_everywhere(store: Store, now: datetime, accounts: SharedAccounts = same_account) -> int:
    """The whole run; answers how many cases are newly on hold."""
    async with store.read() as session:
        reached = int(await kept(session, REACHED) or 0)
        changed = await changed_since(session, max(reached - OVERLAP, 0), now - _LONGEST)
        merchant_ids = [merchant.id for merchant in await all_merchants(session)]
    held, failed = 0, []
    for merchant_id in merchant_ids:
        try:
            held += await _at_merchant(store, merchant_id, changed, now, accounts)
        except Exception:  # told in the tick's end, and the other merchants go on
            log.exception("a merchant's cases could not be looked for", merchant=merchant_id)
            failed.append(merchant_id)
    if failed:
        raise CasesIncomplete(failed)
    async with store.write() as session:
        await keep(session, REACHED, str(changed.reached))
        await forget_marks(session, now - MARKS_KEPT)
    return held


async def _at_merchant(
    store: Store, merchant_id: int, changed: Changed, now: datetime, accounts: SharedAccounts
) -> int:
    sellers = changed.distributors.get(merchant_id, ())
    fresh = 0
    if sellers:
        async with store.read() as session:
            terms = await thresholds_of(session, merchant_id)
            baseline = await baseline_of(session, merchant_id, now - terms.window)
        for part in chunks(sellers, CHUNK):
            fresh += await _look_at(store, merchant_id, part, now, accounts, baseline)
    async with store.write() as session:
        merchant = await lock_merchant(session, merchant_id)
        own = await review_own_purchases(session, merchant, changed.own_purchases.get(merchant_id, ()), now)
        ended = await expire(session, merchant, now)
        if fresh + own:
            await tell_staff_waiting(session, merchant_id, now)
    log.info("looked for cases", merchant=merchant_id, held=fresh, own_purchases=own, ended=len(ended))
    return fresh + own


async def _look_at(
    store: Store,
    merchant_id: int,
    distributor_ids: Sequence[int],
    now: datetime,
    accounts: SharedAccounts,
    baseline: Baseline,
) -> int:
    """Read first, and take the lock only where something was found: most people are honest."""
    async with store.read() as session:
        found = await look(session, merchant_id, distributor_ids, now, accounts=accounts, baseline=baseline)
    suspects = sorted(found.signals)
    if not suspects:
        return 0
    async with store.write() as session:
        merchant = await lock_merchant(session, merchant_id)
        # Once more under the lock: a person may have decided meanwhile.
        again = await look(session, merchant_id, suspects, now, accounts=accounts, baseline=baseline)
        return len(await open_cases(session, merchant, again, now))
