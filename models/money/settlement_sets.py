"""One chunk of a settlement, moved in sets: the database writes every row, and we only count them.

Three temporary tables carry a chunk (`settlement_tables.py`). The keys of what is written come from blocks
(`models/store/ids.py`), the digests from the database (`Sha256`), so that a transfer of a settlement is held
against its postings like any other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    String,
    Update,
    and_,
    any_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.money.commissions import CommissionRow, CommissionState
from models.money.ledger import AccountKind, AccountRow, PostingRow, TransferKind, TransferRow
from models.money.settlement_tables import GAINING, MOVING, SETTLING, rows_written
from models.people.merchants import Merchant
from models.store.ids import IdBlock, new_ids
from models.store.sql import Sha256, table_of
from models.store.types import Key, Minor, UtcTime, Word, to_micros

_ACCOUNT, _TRANSFER, _POSTING = table_of(AccountRow), table_of(TransferRow), table_of(PostingRow)
_COMMISSION = table_of(CommissionRow)


class NoHeldAccount(DomainError):
    """A commission waits, and its distributor has nothing on hold: it never came into the ledger."""

    code = "no_held_account"

    def __init__(self) -> None:
        super().__init__(
            "Its distributor has no account of held money: the commission never came into the ledger."
        )


class MoreThanHeld(DomainError):
    """A commission says more than its distributor has on hold: its amount is not what came into the ledger."""

    code = "more_than_held"

    def __init__(self) -> None:
        super().__init__(
            "Its amount is more than its distributor has on hold: it is not what came into the ledger. "
            "See `tuike verify`."
        )


class AlreadySettled(DomainError):
    """Somebody else moved a commission of the chunk, though the merchant is locked."""

    code = "already_settled"

    def __init__(self) -> None:
        super().__init__("The commission moved on while it was being settled.")


async def move(session: AsyncSession, merchant: Merchant, first: int, last: int, now: datetime) -> None:
    """Settle the chunk's commissions from `first` to `last`: states, transfers, postings and balances.

    Leaves in `gaining` what each distributor got. Raises DomainError or DBAPIError when one of them can't be
    settled; the caller has a savepoint.
    """
    size = last - first + 1
    await _gather(session, merchant, first, last)
    await _complete_accounts(session, merchant, first, last)
    await _write(session, merchant, new_ids(2 * size), first, now)
    await _add_to_balances(session)
    overdrawn = exists().where(_ACCOUNT.c.id == GAINING.c.held_id, _ACCOUNT.c.balance_minor < 0)
    if await _any(session, overdrawn):
        raise MoreThanHeld
    settled = await rows_written(session, _releasing(session, first, last, now))
    if settled != size:
        raise AlreadySettled


def _releasing(session: AsyncSession, first: int, last: int, now: datetime) -> Update:
    """Each commission of the chunk becomes available."""
    key, ours = _COMMISSION.c.id, select(SETTLING.c.commission_id).where(SETTLING.c.n.between(first, last))
    # As a set PostgreSQL would rather read the whole table than look up each; an array it always looks up.
    is_ours = (
        key.in_(ours)
        if session.get_bind().dialect.name == "sqlite"
        else key == any_(func.array(ours.scalar_subquery()))
    )
    return (
        update(_COMMISSION)
        .where(is_ours, _COMMISSION.c.state.in_([CommissionState.AWAITING, CommissionState.HELD]))
        .values(state=CommissionState.AVAILABLE, released_at=now)
    )


async def _gather(session: AsyncSession, merchant: Merchant, first: int, last: int) -> None:
    await session.execute(delete(MOVING))
    await session.execute(delete(GAINING))
    c = SETTLING.c
    # A bonus of a period has no order, and is a transfer of its own.
    alone = case((c.order_id.is_(None), c.commission_id))
    moved = (
        select(
            func.min(c.n),
            func.min(c.commission_id),
            c.order_id,
            c.distributor_id,
            _sum(c.net_minor),
            _sum(c.reversed_minor),
            func.min(c.earned_at),
        )
        .where(c.n.between(first, last), c.net_minor > 0)
        .group_by(c.distributor_id, c.order_id, alone)
    )
    await session.execute(insert(MOVING).from_select(MOVING.c.keys(), moved))
    await session.execute(insert(GAINING).from_select(GAINING.c.keys(), _gained(merchant)))


def _gained(merchant: Merchant) -> Select[Any]:
    """What `moving` brings each distributor, beside the accounts that they have already."""
    m = MOVING.c
    sums = (
        select(
            m.distributor_id,
            func.min(m.n).label("n"),
            func.min(m.commission_id).label("commission_id"),
            _sum(m.amount_minor).label("amount_minor"),
            func.count(m.order_id).label("orders"),
            (func.count() - func.count(m.order_id)).label("bonuses"),
            _sum(m.reversed_minor).label("reversed_minor"),
            func.min(m.earned_at).label("earned_from"),
            func.max(m.earned_at).label("earned_until"),
        )
        .group_by(m.distributor_id)
        .subquery()
    )
    held, available = _ACCOUNT.alias("held"), _ACCOUNT.alias("available")
    return (
        select(*sums.c, held.c.id, available.c.id)
        .select_from(sums)
        .outerjoin(held, _is(held, merchant, AccountKind.HELD, sums.c.distributor_id))
        .outerjoin(available, _is(available, merchant, AccountKind.AVAILABLE, sums.c.distributor_id))
    )


async def _complete_accounts(session: AsyncSession, merchant: Merchant, first: int, last: int) -> None:
    """Everybody who gets something has held money already; `available` is made where it is missing."""
    if await _any(session, GAINING.c.held_id.is_(None)):
        raise NoHeldAccount
    missing = GAINING.c.available_id.is_(None)
    if await _any(session, missing):
        await _open_accounts(session, merchant, new_ids(last - first + 1), first)
        made = select(_ACCOUNT.c.id).where(
            _is(_ACCOUNT, merchant, AccountKind.AVAILABLE, GAINING.c.distributor_id)
        )
        made_id = made.correlate(GAINING).scalar_subquery()
        await session.execute(update(GAINING).where(missing).values(available_id=made_id))


async def _any(session: AsyncSession, which: ColumnElement[bool]) -> bool:
    return (await session.execute(select(GAINING.c.n).where(which).limit(1))).first() is not None


async def _open_accounts(session: AsyncSession, merchant: Merchant, ids: IdBlock, first: int) -> None:
    columns = ("id", "merchant_id", "kind", "holder_id", "currency", "balance_minor")
    fresh = select(
        ids.at(GAINING.c.n - literal(first, BigInteger)),
        literal(merchant.id, Key),
        literal(AccountKind.AVAILABLE, Word(AccountKind)),
        GAINING.c.distributor_id,
        literal(merchant.currency, String),
        literal(0, Minor),
    ).where(GAINING.c.available_id.is_(None))
    await session.execute(insert(_ACCOUNT).from_select(columns, fresh))


def _is(
    account: FromClause, merchant: Merchant, kind: AccountKind, holder_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Whether this account is the holder's of a kind."""
    return and_(
        account.c.merchant_id == literal(merchant.id, Key),
        account.c.holder_id == holder_id,
        account.c.kind == kind,
        account.c.currency == literal(merchant.currency, String),
    )


async def _write(session: AsyncSession, merchant: Merchant, ids: IdBlock, first: int, now: datetime) -> None:
    """A transfer a row of `moving`, and its one posting; their ids take turns in the block."""
    place = (MOVING.c.n - literal(first, BigInteger)) * literal(2, BigInteger)
    one = literal(1, BigInteger)
    transfers = select(
        ids.at(place),
        literal(merchant.id, Key),
        _key(),
        Sha256(_digested(merchant.currency, now)),
        literal(TransferKind.RELEASE, Word(TransferKind)),
        MOVING.c.order_id,
        literal(now, UtcTime),
        literal(now, UtcTime),
    ).order_by(MOVING.c.n)
    told = ("id", "merchant_id", "key", "digest", "kind", "order_id", "at", "written_at")
    await session.execute(insert(_TRANSFER).from_select(told, transfers))
    postings = (
        select(
            ids.at(place + one),
            ids.at(place),
            GAINING.c.held_id,
            GAINING.c.available_id,
            MOVING.c.amount_minor,
            literal(merchant.currency, String),
        )
        .join(GAINING, GAINING.c.distributor_id == MOVING.c.distributor_id)
        .order_by(MOVING.c.n)
    )
    columns = ("id", "transfer_id", "from_account_id", "to_account_id", "amount_minor", "currency")
    await session.execute(insert(_POSTING).from_select(columns, postings))


async def _add_to_balances(session: AsyncSession) -> None:
    c = GAINING.c
    changes = union_all(
        select(c.held_id.label("account_id"), (-c.amount_minor).label("change")),
        select(c.available_id, c.amount_minor),
    ).subquery()
    await session.execute(
        update(_ACCOUNT)
        .where(_ACCOUNT.c.id == changes.c.account_id)
        .values(balance_minor=_ACCOUNT.c.balance_minor + changes.c.change)
    )


def release_key(order_id: int | None, distributor_id: int, commission_id: int) -> str:
    """The key of a release. A commission is released once, so its own key (the first's of its order) keeps a later
    one of the order apart; a bonus of a period has no order."""
    return f"release:{order_id or ''}:{distributor_id}:{commission_id}"


def _key() -> ColumnElement[str]:
    """As `release_key` says it."""
    order = func.coalesce(_text(MOVING.c.order_id), "")
    return _told("release:", order, ":", MOVING.c.distributor_id, ":", MOVING.c.commission_id)


def _content(currency: str) -> ColumnElement[str]:
    """As `ledger.content_of` says it of one move."""
    who = MOVING.c.distributor_id
    head = f"{TransferKind.RELEASE}|{currency}|{AccountKind.HELD}:"
    return _told(head, who, f">{AccountKind.AVAILABLE}:", who, "=", MOVING.c.amount_minor)


def _digested(currency: str, now: datetime) -> ColumnElement[str]:
    """As `digests.hash_of` says it of a release, which has no refund."""
    order = func.coalesce(_text(MOVING.c.order_id), "")
    at = to_micros(now)
    return _told(_content(currency), "|", order, f"||{at}|{at}|", _key())


def _told(*parts: ColumnElement[int] | ColumnElement[str] | str) -> ColumnElement[str]:
    """Parts joined to one text."""
    whole: ColumnElement[str] = literal("", String)
    for part in parts:
        whole = whole.concat(literal(part, String) if isinstance(part, str) else _text(part))
    return whole


def _text(part: ColumnElement[int] | ColumnElement[str]) -> ColumnElement[str]:
    return cast(part, String)


def _sum(amount: ColumnElement[int]) -> ColumnElement[int]:
    """A sum as an integer: PostgreSQL sums bigints to decimals."""
    return cast(func.sum(amount), BigInteger)
