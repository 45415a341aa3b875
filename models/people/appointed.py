"""Telling distributors what the shop's people set for them by hand: once an act, in the act's transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.people.distributors import Distributor, DistributorState
from models.store.audit import AuditEntry
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.types import JsonValue


async def tell(
    session: AsyncSession,
    entry: AuditEntry,
    kind: NoticeKind,
    reader: Distributor,
    facts: dict[str, JsonValue],
) -> None:
    """Queue a notice of what an entry of the audit changed; nobody is told who has no chat, or has left.

    The act's reason is the staff's own and stays in the audit chain.
    """
    if reader.person_id is None or reader.state is DistributorState.LEFT:
        return
    await queue_notices(
        session,
        [
            Notice(
                merchant_id=entry.merchant_id,
                person_id=reader.person_id,
                key=f"{kind}:{entry.number}",
                kind=kind,
                facts={"distributor_id": reader.id, **facts},
                not_before=entry.at,
                created_at=entry.at,
            )
        ],
    )
