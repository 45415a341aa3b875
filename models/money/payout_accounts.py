"""Where a distributor's money goes: kept sealed, one account at a time, every earlier one kept for what it was paid.

A change is told to its owner at once and leaves an audit entry, for whoever changes an account wants the money.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import NotFound
from models.money.payout_forms import AccountKind, PayoutDetails
from models.people.distributors import Distributor
from models.people.merchants import Merchant, lock_merchant
from models.people.privacy import account_hash
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.ids import new_id
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.sealing import Seal, SealBroken
from models.store.types import Key, UtcTime, Word

_CURRENT = text("replaced_at IS NULL")


class PayoutAccount(SQLModel, table=True):
    """An account of a distributor's. `masked` shows a part of it; `sealed` is the whole, encrypted.

    `fingerprint` is the merchant's keyed hash of the number: two people with one account have the same.
    """

    __tablename__ = "payout_account"
    __table_args__ = (
        Index(
            "uq_payout_account_current",
            "distributor_id",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
        Index(None, "merchant_id", "fingerprint"),
    )

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    kind: AccountKind = Field(sa_type=Word(AccountKind))
    masked: str = Field(sa_type=String(200))
    sealed: str = Field(sa_type=Text)
    fingerprint: str = Field(sa_type=String(32))
    made_at: datetime = Field(sa_type=UtcTime)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcTime)


async def current_account(
    session: AsyncSession, merchant_id: int, distributor_id: int
) -> PayoutAccount | None:
    """Where the distributor's money goes now."""
    result = await session.execute(
        select(PayoutAccount).where(
            col(PayoutAccount.merchant_id) == merchant_id,
            col(PayoutAccount.distributor_id) == distributor_id,
            col(PayoutAccount.replaced_at).is_(None),
        )
    )
    return result.scalar_one_or_none()


async def payout_account(session: AsyncSession, merchant_id: int, account_id: int) -> PayoutAccount:
    """An account, current or earlier. Raises NotFound."""
    result = await session.execute(
        select(PayoutAccount).where(
            col(PayoutAccount.merchant_id) == merchant_id, col(PayoutAccount.id) == account_id
        )
    )
    found = result.scalar_one_or_none()
    if found is None:
        raise NotFound("payout account", str(account_id))
    return found


async def keep_account(
    session: AsyncSession,
    merchant: Merchant,
    distributor: Distributor,
    details: PayoutDetails,
    *,
    seal: Seal,
    actor: Actor,
    now: datetime,
) -> PayoutAccount:
    """Set where the distributor's money goes from now on; the account that stands already is left as it is.

    What was asked for before goes where it was asked for. Takes the merchant's lock.
    """
    await lock_merchant(session, merchant.id)
    before = await current_account(session, merchant.id, distributor.id)
    if before is not None and _holds(before, details, seal):
        return before
    await _replace(session, merchant.id, distributor.id, now)
    kept = PayoutAccount(
        merchant_id=merchant.id,
        distributor_id=distributor.id,
        kind=details.kind,
        masked=details.masked,
        sealed=seal.close(details.to_text()),
        fingerprint=account_hash(merchant.customer_key, details.bare),
        made_at=now,
    )
    session.add(kept)
    await session.flush()
    await write_down(
        session,
        merchant_id=merchant.id,
        actor=actor,
        act=Deed.PAYOUT_ACCOUNT_SET,
        subject=f"distributor {distributor.external_id}",
        before=before.masked if before is not None else None,
        after=kept.masked,
        now=now,
    )
    if distributor.person_id is not None:
        await queue_notices(session, [_told(merchant, distributor.person_id, kept, now)])
    return kept


def _holds(account: PayoutAccount, details: PayoutDetails, seal: Seal) -> bool:
    try:
        return details_of(account, seal) == details
    except SealBroken:  # the key was lost: a new account is the way out
        return False


async def _replace(session: AsyncSession, merchant_id: int, distributor_id: int, now: datetime) -> None:
    await session.execute(
        update(PayoutAccount)
        .where(
            col(PayoutAccount.merchant_id) == merchant_id,
            col(PayoutAccount.distributor_id) == distributor_id,
            col(PayoutAccount.replaced_at).is_(None),
        )
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    )


def _told(merchant: Merchant, person_id: int, kept: PayoutAccount, now: datetime) -> Notice:
    return Notice(
        merchant_id=merchant.id,
        person_id=person_id,
        key=f"payout_account:{kept.id}",
        kind=NoticeKind.PAYOUT_ACCOUNT,
        facts={"masked": kept.masked},
        not_before=now,
        created_at=now,
    )


def details_of(account: PayoutAccount, seal: Seal) -> PayoutDetails:
    """The account in clear. Raises SealBroken."""
    return PayoutDetails.from_text(seal.open(account.sealed))
