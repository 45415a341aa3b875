"""The chain of what was done by hand (operations.md A10)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.money.verify.finding import Finding, FindingKind, found
from models.people.merchants import Merchant
from models.store.audit import AuditEntry, LostEntry, broken_links


async def broken_chain(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """No entry was changed, taken out, the newest neither, or put in later."""
    return [
        found(FindingKind.BROKEN_CHAIN, "audit entry", entry.number, _says(entry))
        for entry in await broken_links(session, merchant.id)
    ]


def _says(entry: AuditEntry) -> str:
    if isinstance(entry, LostEntry):
        return "is the newest that was written, and is not there any more"
    return "does not fit the chain: it was changed, or one before it is missing"
