"""The chain of what was done by hand (operations.md A10)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.money.verify.finding import Finding, FindingKind, found
from models.people.merchants import Merchant
from models.store.audit import broken_links


async def broken_chain(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """No entry was changed, taken out or put in later."""
    return [
        found(
            FindingKind.BROKEN_CHAIN,
            "audit entry",
            entry.number,
            "does not fit the chain: it was changed, or one before it is missing",
        )
        for entry in await broken_links(session, merchant.id)
    ]
