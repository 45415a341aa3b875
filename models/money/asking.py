"""Ask about an order: whose it is and by which rule, from what was stored when it was decided (business.md 3, 4).

Of others' orders nobody learns more than the rule, in words: no name, no amount, no buyer. Another merchant's
orders look unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import DomainError, NotFound
from models.funnel.attribution import Verdict
from models.funnel.order_numbers import orders_spelled, read_number, spellings
from models.funnel.orders import REF_CHARS, Order, OrderState
from models.money.commissions import commissions_of
from models.money.timeline import Timeline, timeline
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.ids import new_id
from models.store.inbox import parked_for
from models.store.sql import table_of
from models.store.types import Key, UtcTime

MOST_AN_HOUR = 20
"""Questions of one person; whoever needs more reads numbers off a list that is not theirs."""
_HOUR = timedelta(hours=1)


class OrderQuestion(SQLModel, table=True):
    """One question, kept a while: buttons name it by its key, and there are only so many an hour."""

    __tablename__ = "order_question"
    __table_args__ = (Index(None, "distributor_id", "asked_at"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    number: str = Field(sa_type=String(REF_CHARS))
    asked_at: datetime = Field(sa_type=UtcTime)


class Standing(StrEnum):
    """How an order stands to the one who asks."""

    MINE = "mine"
    ANOTHERS = "anothers"
    NOBODYS = "nobodys"
    WAITING = "waiting"
    """The shop told something of it, but not the order itself."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OwnCandidate:
    """A claim that the asker had on the order when it was decided: by which rule, and what became of it."""

    rule: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What may be said. `order_ref` is the shop's own writing of the number, where the order is known.

    `story` only of one's own; `decided_by` the rule that gave it to somebody else (`coupon`, `binding`, …).
    """

    number: str
    standing: Standing
    order_ref: str | None = None
    story: Timeline | None = None
    decided_by: str | None = None
    mine: tuple[OwnCandidate, ...] = ()
    is_cancelled: bool = False
    before_joining: bool = False

    @property
    def is_spelled_otherwise(self) -> bool:
        """Whether the shop writes the number in another way than the asker did."""
        return self.order_ref is not None and self.order_ref != self.number


class TooManyQuestions(DomainError):
    """The asker has asked enough for now."""

    code = "too_many_questions"

    def __init__(self, again_at: datetime) -> None:
        super().__init__(f"At most {MOST_AN_HOUR} orders an hour can be asked about; go on later.")
        self.again_at = again_at


async def ask(
    session: AsyncSession, merchant: Merchant, distributor: Distributor, typed: str, now: datetime
) -> tuple[OrderQuestion, OrderAnswer]:
    """Answer a distributor's question and keep it. Raises BadOrderNumber and TooManyQuestions."""
    number = read_number(typed)
    await _check_pace(session, distributor, now)
    question = OrderQuestion(
        merchant_id=merchant.id, distributor_id=distributor.id, number=number, asked_at=now
    )
    session.add(question)
    await session.flush()
    return question, await answer(session, merchant, distributor, number)


async def _check_pace(session: AsyncSession, distributor: Distributor, now: datetime) -> None:
    """One person's questions at all merchants together, so that nobody gains by belonging to many."""
    whose = col(OrderQuestion.distributor_id) == distributor.id
    if distributor.person_id is not None:
        enrolled = select(col(Distributor.id)).where(col(Distributor.person_id) == distributor.person_id)
        whose = col(OrderQuestion.distributor_id).in_(enrolled)
    lately = await session.execute(
        select(func.count(), func.min(col(OrderQuestion.asked_at))).where(
            whose, col(OrderQuestion.asked_at) > now - _HOUR
        )
    )
    count, first = lately.one()
    if count >= MOST_AN_HOUR:
        raise TooManyQuestions(first + _HOUR)


async def question_of(session: AsyncSession, person_id: int, question_id: int) -> OrderQuestion:
    """A question that this person asked. Raises NotFound."""
    found = await session.execute(
        select(OrderQuestion)
        .join(Distributor, col(Distributor.id) == col(OrderQuestion.distributor_id))
        .where(col(OrderQuestion.id) == question_id, col(Distributor.person_id) == person_id)
    )
    question = found.scalar_one_or_none()
    if question is None:
        raise NotFound("question", str(question_id))
    return question


async def forget_questions(session: AsyncSession, before: datetime) -> None:
    """Purge old ones."""
    table = table_of(OrderQuestion)
    await session.execute(delete(table).where(table.c.asked_at < before))


async def answer(
    session: AsyncSession, merchant: Merchant, distributor: Distributor, number: str
) -> OrderAnswer:
    """How the order with this number stands to a distributor, from stored facts alone."""
    orders = await orders_spelled(session, merchant.id, number)
    if not orders:
        parked = await parked_for(session, merchant.id, spellings(number))
        return OrderAnswer(number, Standing.WAITING if parked else Standing.UNKNOWN)
    order = await _own(session, orders, distributor.id)
    if order is not None:
        story = await timeline(session, merchant, distributor.id, order.id)
        return OrderAnswer(number, Standing.MINE, order.order_ref, story)
    return _not_mine(number, orders[0], distributor)


async def _own(session: AsyncSession, orders: Sequence[Order], distributor_id: int) -> Order | None:
    """The order that the distributor sold or earned on, the nearest first."""
    earned = {
        commission.order_id
        for commission in await commissions_of(session, [order.id for order in orders])
        if commission.distributor_id == distributor_id
    }
    return next(
        (order for order in orders if order.distributor_id == distributor_id or order.id in earned), None
    )


def _not_mine(number: str, order: Order, distributor: Distributor) -> OrderAnswer:
    mine = tuple(
        OwnCandidate(str(candidate["rule"]), Verdict(str(candidate["verdict"])))
        for candidate in order.candidates
        if candidate["distributor_id"] == distributor.id
    )
    return OrderAnswer(
        number=number,
        standing=Standing.NOBODYS if order.distributor_id is None else Standing.ANOTHERS,
        order_ref=order.order_ref,
        decided_by=order.rule.value if order.rule is not None else None,
        mine=mine,
        is_cancelled=order.state is OrderState.CANCELLED,
        before_joining=order.placed_at < distributor.joined_at,
    )
