"""The inbox: what waits for a decision of somebody in their role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.inbox import InboxKind
from handlers.chat.duties import open_to
from models.money import claims, withdrawals
from models.money.cases import cases
from models.people.staff import Role

Counting = Callable[[AsyncSession, int], Awaitable[int]]
"""How much of one kind waits at a merchant."""
COUNTED: dict[InboxKind, Counting] = {
    InboxKind.WITHDRAWALS: withdrawals.waiting,
    InboxKind.CASES: cases.waiting,
    InboxKind.CLAIMS: claims.waiting,
}
"""Who counts each kind. A kind stands in the inbox of whoever may do its tap (`duties.py`)."""


async def waiting_for(
    session: AsyncSession,
    merchant_id: int,
    role: Role,
    counted: Mapping[InboxKind, Counting] = COUNTED,
) -> list[tuple[InboxKind, int]]:
    """Every kind that the role decides, with how much of it waits."""
    opens = open_to(role)
    return [(kind, await count(session, merchant_id)) for kind, count in counted.items() if kind in opens]
