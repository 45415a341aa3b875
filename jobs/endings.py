"""What came of notices, kept: their endings, and what those say of their readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.people.persons import Person, mark_unreachable
from models.store.outbox import Ending, settle_notices


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a notice ended, what that says of its reader, and the reader's new chat where it moved."""

    ending: Ending
    unreachable: bool = False
    moved_to: int | None = None


async def keep_endings(session: AsyncSession, attempts: Sequence[Attempt], now: datetime) -> list[bool]:
    """Record these endings; answers of each whether it counted, or came after another sender's claim."""
    ours = await settle_notices(session, [attempt.ending for attempt in attempts])
    for attempt in attempts:
        person_id = attempt.ending.notice.person_id
        if attempt.moved_to is not None:
            await _readdress(session, person_id, attempt.moved_to)
        if attempt.unreachable:
            await mark_unreachable(session, person_id, now)
    return [attempt.ending.notice.id in ours for attempt in attempts]


async def _readdress(session: AsyncSession, person_id: int, chat_id: int) -> None:
    """Keep the chat's new number, unless somebody has it already."""
    other = aliased(Person)
    taken = exists(select(col(other.id)).where(col(other.chat_id) == chat_id))
    await session.execute(
        update(Person)
        .where(col(Person.id) == person_id, ~taken)
        .values(chat_id=chat_id)
        .execution_options(synchronize_session=False)
    )
