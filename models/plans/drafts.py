"""A plan that staff sent in chat and have not published yet, with the warnings that they accepted by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import NotFound
from models.store.ids import new_id
from models.store.types import Json, Key, UtcTime


class PlanDraft(SQLModel, table=True):
    """One a person and merchant: the newest that was sent."""

    __tablename__ = "plan_draft"
    __table_args__ = (UniqueConstraint("merchant_id", "person_id"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    text: str = Field(sa_type=Text)
    accepted: list[str] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(sa_type=UtcTime)


async def keep_draft(
    session: AsyncSession, *, merchant_id: int, person_id: int, text: str, now: datetime
) -> PlanDraft:
    """Keep a plan's text; the one that was there goes, and with it what was accepted of it."""
    await session.execute(
        delete(PlanDraft).where(
            col(PlanDraft.merchant_id) == merchant_id, col(PlanDraft.person_id) == person_id
        )
    )
    draft = PlanDraft(merchant_id=merchant_id, person_id=person_id, text=text, created_at=now)
    session.add(draft)
    await session.flush()
    return draft


async def draft_of(session: AsyncSession, merchant_id: int, person_id: int, draft_id: int) -> PlanDraft:
    """A person's own draft. Raises NotFound, also for one whose place a newer one has taken."""
    result = await session.execute(
        select(PlanDraft).where(
            col(PlanDraft.id) == draft_id,
            col(PlanDraft.merchant_id) == merchant_id,
            col(PlanDraft.person_id) == person_id,
        )
    )
    draft = result.scalar_one_or_none()
    if draft is None:
        raise NotFound("draft", str(draft_id))
    return draft


async def accept_warning(session: AsyncSession, draft: PlanDraft, code: str) -> None:
    """Note that a warning was read and accepted."""
    if code not in draft.accepted:
        draft.accepted = [*draft.accepted, code]
        session.add(draft)
        await session.flush()


async def drop_draft(session: AsyncSession, draft: PlanDraft) -> None:
    """It is published, or no longer wanted."""
    await session.delete(draft)
    await session.flush()
