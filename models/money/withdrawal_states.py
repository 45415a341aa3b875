r"""A withdrawal as it is kept, and the one way in which its state moves (business.md 2 and 6; operations.md A7).

    requested -> approved -> paying -> paid
        |           |          |  \-> unknown -> paid, failed
        v           v          v
     refused     refused     failed

A state moves by one conditional update: whoever finds it elsewhere has lost, and is told where it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.errors import Conflict, Invalid, NotFound
from models.money.payout_forms import AccountKind
from models.store.audit import Actor
from models.store.ids import ALPHABET, new_code, new_id
from models.store.sql import chunks, insert_all, table_of, values_of
from models.store.types import Key, Minor, UtcTime, Word

UNDO_WITHIN = timedelta(minutes=5)
"""How long an approval can be taken back, while nothing was paid."""
NOTE_CHARS = 300
REFERENCE_CHARS = 100


class WithdrawalState(StrEnum):
    """One word each, the same everywhere (business.md 2)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    PAYING = "paying"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"


RESERVED = frozenset(
    {WithdrawalState.REQUESTED, WithdrawalState.APPROVED, WithdrawalState.PAYING, WithdrawalState.UNKNOWN}
)
"""States whose money lies on the account `paying`."""
FOR_STAFF = RESERVED - {WithdrawalState.PAYING}
"""States in which somebody of the shop has to do something."""


class Step(StrEnum):
    """What moved a withdrawal."""

    REQUEST = "request"
    APPROVE = "approve"
    SECOND = "second"
    UNDO = "undo"
    REFUSE = "refuse"
    CLAIM = "claim"
    LOSE = "lose"
    PAY = "pay"
    FAIL = "fail"


def new_reference() -> str:
    """A number that two people can read to each other: `7K3M-9QXA`."""
    code = new_code(8)
    return f"{code[:4]}-{code[4:]}"


def as_reference(typed: str) -> str:
    """A reference however somebody wrote it: small letters, with spaces or without the dash."""
    code = "".join(char for char in typed.upper() if char in ALPHABET)
    return f"{code[:4]}-{code[4:]}" if len(code) == 8 else typed


class Withdrawal(SQLModel):
    """One payout request. `amount_minor` leaves the balance; `arrives_minor` of it arrives, the rest is the fee.

    Where the money goes is the account as it stood at the request (`account_id`, shown as `account_masked`).
    `approved_by` and `seconded_by` name the actors (`Actor.name`); above the plan's threshold (`needs_second`) both
    are needed. `answer_due_at`: when a provider that was asked to pay is given up waiting for.
    """

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    reference: str = Field(default_factory=new_reference, sa_type=String(16))
    nonce: str = Field(sa_type=String(40))
    state: WithdrawalState = Field(default=WithdrawalState.REQUESTED, sa_type=Word(WithdrawalState))
    amount_minor: int = Field(sa_type=Minor)
    fee_minor: int = Field(sa_type=Minor)
    currency: str = Field(sa_type=String(3))
    account_id: int = Field(foreign_key="payout_account.id", sa_type=Key)
    account_kind: AccountKind = Field(sa_type=Word(AccountKind))
    account_masked: str = Field(sa_type=String(200))
    plan_version: int | None = None
    needs_second: bool = False
    requested_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)
    approved_by: str | None = Field(default=None, sa_type=String(60))
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    seconded_by: str | None = Field(default=None, sa_type=String(60))
    seconded_at: datetime | None = Field(default=None, sa_type=UtcTime)
    provider: str | None = Field(default=None, sa_type=String(40))
    batch_id: int | None = Field(default=None, foreign_key="payout_batch.id", sa_type=Key)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answer_due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    provider_reference: str | None = Field(default=None, sa_type=String(REFERENCE_CHARS))
    note: str = Field(default="", sa_type=Text)

    @property
    def arrives_minor(self) -> int:
        """What reaches the account."""
        return self.amount_minor - self.fee_minor

    @property
    def is_approved(self) -> bool:
        """Whether as many have agreed as must."""
        return self.approved_by is not None and (self.seconded_by is not None or not self.needs_second)

    @property
    def decided_at(self) -> datetime | None:
        """When the last approval was given."""
        return self.seconded_at or self.approved_at


_IS_OPEN = "state IN ('requested', 'approved', 'paying', 'unknown')"
OPEN = text(f"withdrawal.{_IS_OPEN}")
"""The condition of the index over what is not over yet, for queries."""
# Spelled out, since a partial index answers only a query that repeats its condition word for word.


class WithdrawalRow(Withdrawal, table=True):
    __tablename__ = "withdrawal"
    __table_args__ = (
        UniqueConstraint("merchant_id", "reference"),
        UniqueConstraint("distributor_id", "nonce"),
        CheckConstraint("amount_minor > fee_minor AND fee_minor >= 0", name="something_arrives"),
        Index(None, "merchant_id", "distributor_id"),
        Index(
            "ix_withdrawal_open",
            "merchant_id",
            "state",
            sqlite_where=text(_IS_OPEN),
            postgresql_where=text(_IS_OPEN),
        ),
    )


class WithdrawalMove(SQLModel):
    """One step of a withdrawal's life, by whom; append-only."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    withdrawal_id: int = Field(foreign_key="withdrawal.id", sa_type=Key)
    step: Step = Field(sa_type=Word(Step))
    state: WithdrawalState = Field(sa_type=Word(WithdrawalState))
    actor: str = Field(sa_type=String(60))
    note: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)


class WithdrawalMoveRow(WithdrawalMove, table=True):
    __tablename__ = "withdrawal_move"
    __table_args__ = (Index(None, "withdrawal_id"),)


TABLE = table_of(WithdrawalRow)
_MOVES = table_of(WithdrawalMoveRow)


class WordsTooLong(Invalid):
    """A reason or a payment's number is longer than what we keep; nothing is cut without a word."""

    code = "withdrawal_words_too_long"

    def __init__(self, chars: int, most: int) -> None:
        super().__init__(f"At most {most} characters are kept with a withdrawal; these are {chars}.")


def check_words(words: str, most: int) -> None:
    """Raises WordsTooLong."""
    if len(words) > most:
        raise WordsTooLong(len(words), most)


class ClockBehind(Conflict):
    """A clock that was given lies before the withdrawal's last step."""

    code = "clock_behind"

    def __init__(self, now: datetime, last: datetime) -> None:
        super().__init__(
            f"The clock that was given ({now.isoformat()}) lies before the withdrawal's last step "
            f"({last.isoformat()}), and money never moves in the past. Give a later one, or none."
        )


class MovedOn(Conflict):
    """It stands elsewhere by now; nothing was changed."""

    code = "withdrawal_moved_on"

    def __init__(self, withdrawal: Withdrawal) -> None:
        stands = f"Withdrawal {withdrawal.reference} is {withdrawal.state}"
        if withdrawal.state is WithdrawalState.REQUESTED:
            super().__init__(f"{stands}: it must be approved first; nothing was changed.")
        else:
            super().__init__(f"{stands} by now; nothing was changed.")
        self.withdrawal = withdrawal


async def withdrawal(session: AsyncSession, merchant_id: int, withdrawal_id: int) -> Withdrawal:
    """Raises NotFound."""
    return await _found(session, merchant_id, TABLE.c.id == withdrawal_id, str(withdrawal_id))


async def withdrawal_by_reference(session: AsyncSession, merchant_id: int, typed: str) -> Withdrawal:
    """Found however the reference is written. Raises NotFound."""
    return await _found(session, merchant_id, TABLE.c.reference == as_reference(typed), typed)


async def _found(session: AsyncSession, merchant_id: int, which: ColumnElement[bool], key: str) -> Withdrawal:
    row = (await session.execute(select(TABLE).where(TABLE.c.merchant_id == merchant_id, which))).first()
    if row is None:
        raise NotFound("withdrawal", key)
    return values_of(row, Withdrawal)


async def moves_of(session: AsyncSession, withdrawal_id: int) -> list[WithdrawalMove]:
    """What happened to a withdrawal that was found before, oldest first."""
    rows = await session.execute(
        select(_MOVES).where(_MOVES.c.withdrawal_id == withdrawal_id).order_by(_MOVES.c.id)
    )
    return [values_of(row, WithdrawalMove) for row in rows]


async def begin(session: AsyncSession, made: Withdrawal, actor: Actor) -> None:
    """Write a new withdrawal and the first step of its life."""
    await insert_all(session, WithdrawalRow, [made])
    await _log(session, made, Step.REQUEST, actor, "", made.requested_at)


async def move(
    session: AsyncSession,
    before: Withdrawal,
    step: Step,
    *,
    out_of: Collection[WithdrawalState],
    to: WithdrawalState,
    actor: Actor,
    now: datetime,
    note: str = "",
    only_if: ColumnElement[bool] | None = None,
    **values: object,
) -> Withdrawal:
    """Move it, if it stands in one of these states (and `only_if` holds). Raises MovedOn, and then changed nothing."""
    statement = update(TABLE).where(
        TABLE.c.merchant_id == before.merchant_id, TABLE.c.id == before.id, TABLE.c.state.in_(list(out_of))
    )
    if only_if is not None:
        statement = statement.where(only_if)
    if note:
        values["note"] = note[:NOTE_CHARS]
    moved = (await session.execute(statement.values(state=to, **values).returning(TABLE))).first()
    if moved is None:
        raise MovedOn(await withdrawal(session, before.merchant_id, before.id))
    after = values_of(moved, Withdrawal)
    await _log(session, after, step, actor, note, now)
    return after


async def move_all(
    session: AsyncSession,
    merchant_id: int,
    ids: Sequence[int],
    step: Step,
    *,
    out_of: WithdrawalState,
    to: WithdrawalState,
    actor: Actor,
    now: datetime,
    **values: object,
) -> list[Withdrawal]:
    """Move those of many that stand in this state, those asked for first before others; the rest stays as it is."""
    moved: list[Withdrawal] = []
    for part in chunks(ids):
        rows = await session.execute(
            update(TABLE)
            .where(TABLE.c.merchant_id == merchant_id, TABLE.c.id.in_(part), TABLE.c.state == out_of)
            .values(state=to, **values)
            .returning(TABLE)
        )
        moved += [values_of(row, Withdrawal) for row in rows]
    await insert_all(session, WithdrawalMoveRow, [_entry(one, step, actor, "", now) for one in moved])
    return sorted(moved, key=lambda one: (one.requested_at, one.id))


async def _log(
    session: AsyncSession, after: Withdrawal, step: Step, actor: Actor, note: str, now: datetime
) -> None:
    await insert_all(session, WithdrawalMoveRow, [_entry(after, step, actor, note, now)])


def _entry(after: Withdrawal, step: Step, actor: Actor, note: str, now: datetime) -> WithdrawalMove:
    return WithdrawalMove(
        withdrawal_id=after.id, step=step, state=after.state, actor=actor.name, note=note[:NOTE_CHARS], at=now
    )
