"""Claims: somebody says that an order should have been theirs, with words and a picture, and the shop decides.

The payee of an order never changes (business.md 3). What is granted is a goodwill amount (`claim_decisions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import Conflict, Invalid, NotFound
from models.funnel.order_numbers import nearest, orders_spelled, plainest, read_number
from models.funnel.orders import REF_CHARS
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.people.permissions import MAY, Act
from models.people.staff import Staff
from models.store.ids import new_id
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.sql import insert_ignore
from models.store.types import Key, Minor, UtcTime, Word

TEXT_CHARS = 2_000
NOTE_CHARS = 500
MOST_OPEN = 10
"""Open claims of one distributor: whoever has more waits for an answer first."""
MOST_AN_ORDER = 3
"""Claims of one distributor about one order, the decided ones included."""


class ClaimState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Claim(SQLModel, table=True):
    """One claim. `order_ref` is the number as it was asked about, `order_key` its plainest form.

    `proposed_minor` waits for a second person; `granted_minor` was paid. `round` counts the decisions that were
    taken back, so that an old button decides nothing.
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index(
            "uq_claim_open",
            "distributor_id",
            "order_key",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "merchant_id", "state"),
        CheckConstraint("(state = 'granted') = (granted_minor IS NOT NULL)", name="granted_with_amount"),
        CheckConstraint("granted_minor > 0", name="granted_positive"),
    )

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    order_id: int | None = Field(default=None, foreign_key="shop_order.id", sa_type=Key)
    order_ref: str = Field(sa_type=String(REF_CHARS))
    order_key: str = Field(sa_type=String(REF_CHARS))
    text: str = Field(default="", sa_type=Text)
    has_picture: bool = False
    state: ClaimState = Field(default=ClaimState.OPEN, sa_type=Word(ClaimState))
    round: int = 0
    proposed_minor: int | None = Field(default=None, sa_type=Minor)
    proposed_by: str | None = Field(default=None, sa_type=String(60))
    granted_minor: int | None = Field(default=None, sa_type=Minor)
    decided_by: str | None = Field(default=None, sa_type=String(60))
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    note: str = Field(default="", sa_type=Text)
    filed_at: datetime = Field(sa_type=UtcTime)


class ClaimPicture(SQLModel, table=True):
    """A claim's evidence: our own JPEG of what was sent, bounded and without metadata (operations F7)."""

    __tablename__ = "claim_picture"

    claim_id: int = Field(foreign_key="claim.id", primary_key=True, sa_type=Key)
    content: bytes = Field(sa_type=LargeBinary)


class NothingSaid(Invalid):
    """A claim has words or a picture."""

    code = "claim_empty"

    def __init__(self) -> None:
        super().__init__("Say in a few words what happened, or send a picture.")


class TextTooLong(Invalid):
    """The words of a claim are too many."""

    code = "claim_too_long"

    def __init__(self, chars: int) -> None:
        super().__init__(f"A claim has at most {TEXT_CHARS} characters; this one has {chars}.")
        self.chars = chars


class ClaimOpen(Conflict):
    """There is an open claim about this order already."""

    code = "claim_open"

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"A claim about order {claim.order_ref} is open already; the shop will answer it.")
        self.claim_id = claim.id


class TooManyClaims(Conflict):
    """The claimant has to wait for answers first, or has had them."""

    code = "too_many_claims"

    def __init__(self, sentence: str, *, about_order: bool) -> None:
        super().__init__(sentence)
        self.about_order = about_order


async def file_claim(
    session: AsyncSession,
    merchant: Merchant,
    distributor: Distributor,
    *,
    number: str,
    words: str,
    picture: bytes | None,
    now: datetime,
) -> Claim:
    """Open a claim and tell the shop's people. `picture` is our own JPEG.

    Raises BadOrderNumber, NothingSaid, TextTooLong, ClaimOpen, TooManyClaims.
    """
    said = checked_words(words, has_picture=picture is not None)
    number = read_number(number)
    await check_room(session, distributor, number)
    order = nearest(await orders_spelled(session, merchant.id, number), distributor.id)
    claim = Claim(
        merchant_id=merchant.id,
        distributor_id=distributor.id,
        order_id=order.id if order is not None else None,
        order_ref=number,
        order_key=plainest(number),
        text=said,
        has_picture=picture is not None,
        filed_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(claim)
            await session.flush()
    except IntegrityError:
        await check_room(session, distributor, number)  # somebody filed it in between; it says so
        raise
    if picture is not None:
        session.add(ClaimPicture(claim_id=claim.id, content=picture))
        await session.flush()
    await _tell_staff(session, claim, distributor, now)
    return claim


def checked_words(words: str, *, has_picture: bool) -> str:
    """The words of a claim as they are kept. Raises NothingSaid and TextTooLong."""
    said = words.strip()
    if not said and not has_picture:
        raise NothingSaid
    if len(said) > TEXT_CHARS:
        raise TextTooLong(len(said))
    return said


async def check_room(session: AsyncSession, distributor: Distributor, number: str) -> None:
    """Whether the distributor may claim this order now. Raises ClaimOpen and TooManyClaims."""
    mine = list(
        (await session.execute(select(Claim).where(col(Claim.distributor_id) == distributor.id))).scalars()
    )
    about = [claim for claim in mine if claim.order_key == plainest(number)]
    for claim in about:
        if claim.state is ClaimState.OPEN:
            raise ClaimOpen(claim)
    if any(claim.state is ClaimState.GRANTED for claim in about) or len(about) >= MOST_AN_ORDER:
        raise TooManyClaims("The shop has answered your claims about this order.", about_order=True)
    if sum(claim.state is ClaimState.OPEN for claim in mine) >= MOST_OPEN:
        raise TooManyClaims(
            f"You have {MOST_OPEN} open claims; wait for an answer to one of them first.", about_order=False
        )


async def _tell_staff(session: AsyncSession, claim: Claim, distributor: Distributor, now: datetime) -> None:
    people = await session.execute(
        select(col(Staff.person_id)).where(
            col(Staff.merchant_id) == claim.merchant_id, col(Staff.role).in_(MAY[Act.DECIDE_CLAIM])
        )
    )
    await queue_notices(
        session,
        [
            Notice(
                merchant_id=claim.merchant_id,
                person_id=person_id,
                key=f"{NoticeKind.CLAIM_FILED}:{claim.id}:{person_id}",
                kind=NoticeKind.CLAIM_FILED,
                facts={"claim_id": claim.id},
                not_before=now,
                created_at=now,
            )
            for person_id in people.scalars()
            if person_id != distributor.person_id
        ],
    )


async def add_picture(session: AsyncSession, claim: Claim, content: bytes) -> bool:
    """Put a picture (our own JPEG) beside an open claim, in place of the one before; False once it is decided."""
    changed = await session.execute(
        update(Claim)
        .where(col(Claim.id) == claim.id, col(Claim.state) == ClaimState.OPEN)
        .values(has_picture=True)
        .returning(col(Claim.id))
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        return False
    await session.execute(
        insert_ignore(session, ClaimPicture, ("claim_id",)).values(claim_id=claim.id, content=content)
    )
    await session.execute(
        update(ClaimPicture).where(col(ClaimPicture.claim_id) == claim.id).values(content=content)
    )
    return True


async def withdraw_claim(session: AsyncSession, claim: Claim, now: datetime) -> bool:
    """The claimant no longer wants it; False when it was decided before."""
    changed = await session.execute(
        update(Claim)
        .where(col(Claim.id) == claim.id, col(Claim.state) == ClaimState.OPEN)
        .values(state=ClaimState.WITHDRAWN, decided_at=now, proposed_minor=None, proposed_by=None)
        .returning(col(Claim.id))
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


async def claim_by_id(session: AsyncSession, merchant_id: int, claim_id: int) -> Claim:
    """A claim at this merchant, as it stands in the store now. Raises NotFound."""
    found = await session.execute(
        select(Claim)
        .where(col(Claim.merchant_id) == merchant_id, col(Claim.id) == claim_id)
        .execution_options(populate_existing=True)
    )
    claim = found.scalar_one_or_none()
    if claim is None:
        raise NotFound("claim", str(claim_id))
    return claim


async def claims_of(session: AsyncSession, distributor_id: int, limit: int = 20) -> Sequence[Claim]:
    """One distributor's claims, the newest first."""
    found = await session.execute(
        select(Claim)
        .where(col(Claim.distributor_id) == distributor_id)
        .order_by(col(Claim.id).desc())
        .limit(limit)
    )
    return found.scalars().all()


async def claims_at(
    session: AsyncSession, merchant_id: int, state: ClaimState | None = ClaimState.OPEN, limit: int = 50
) -> Sequence[Claim]:
    """A merchant's claims in a state, or all; the oldest open one first, of others the newest."""
    statement = select(Claim).where(col(Claim.merchant_id) == merchant_id)
    if state is not None:
        statement = statement.where(col(Claim.state) == state)
    order = col(Claim.id) if state is ClaimState.OPEN else col(Claim.id).desc()
    return (await session.execute(statement.order_by(order).limit(limit))).scalars().all()


async def waiting(session: AsyncSession, merchant_id: int) -> int:
    """How many claims wait for a decision."""
    counted = select(func.count()).where(
        col(Claim.merchant_id) == merchant_id, col(Claim.state) == ClaimState.OPEN
    )
    return int((await session.execute(counted)).scalar_one())


async def claim_picture(session: AsyncSession, claim: Claim) -> bytes | None:
    """The JPEG beside a claim."""
    found = await session.execute(
        select(col(ClaimPicture.content)).where(col(ClaimPicture.claim_id) == claim.id)
    )
    return found.scalar_one_or_none()
