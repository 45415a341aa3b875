"""The books are asked before money leaves; while they contradict themselves nobody is paid (operations.md A9)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict
from models.money.verify import Finding, verify, verify_one
from models.people.merchants import Merchant


class BooksDiffer(Conflict):
    """The books contradict themselves; nothing is paid until somebody has looked (operations.md A9)."""

    code = "books_differ"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            f"The books do not add up ({len(findings)} findings), so nothing is paid out: {findings[0].sentence} "
            "See `tuike verify`."
        )


async def check_books(session: AsyncSession, merchant: Merchant) -> None:
    """Before a batch, or a provider is asked: raises BooksDiffer.

    Reads every transfer, seconds of a large shop; not for a transaction that writes.
    """
    findings = await verify(session, merchant)
    if findings:
        raise BooksDiffer(findings)


async def check_books_of(session: AsyncSession, merchant: Merchant, distributor_id: int) -> None:
    """Before one withdrawal is paid by hand: raises BooksDiffer.

    Asks only what concerns its receiver, some milliseconds whatever the shop's size, so that a tap can wait for it.
    """
    findings = await verify_one(session, merchant, distributor_id)
    if findings:
        raise BooksDiffer(findings)
