"""Commissions and ledger entries as whole tables for other programs, read page by page.

Each page is a reading of its own, so that no long reader keeps an SQLite store from tidying up
(operations.md E1, F6). Money is a decimal string and, beside it, minor units.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.funnel.orders import OrderRow
from models.money.commissions import CommissionKind, CommissionState, RateKind, Reason
from models.money.explaining import boost_of
from models.money.ledger import AccountKind, AccountRow, PostingRow, TransferKind, TransferRow
from models.money.listing import CommissionListed, commission_page
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.plans.rules import BoostMode
from models.store.currency import amount_text
from models.store.engine import Store
from models.store.sql import table_of

PAGE = 500


@dataclass(frozen=True, slots=True)
class CommissionExported:
    """One commission as a row; times in UTC, None where a moment has not come.

    `boost_*`: what a promotion paid on top of the rate (`add`) or in its place (`replace`), None where none held.
    `net` is what is left of `amount`; nothing when void.
    """

    order_id: str | None
    line_id: str | None
    sku: str | None
    period: str | None
    distributor: str
    kind: CommissionKind
    state: CommissionState
    reason: Reason | None
    currency: str
    quantity: int
    base: str
    base_minor: int
    rate_kind: RateKind | None
    rate: str
    boost_kind: RateKind | None
    boost_rate: str | None
    boost_mode: BoostMode | None
    rule: str
    level: str
    profile: str | None
    plan_version: int
    amount: str
    amount_minor: int
    cut_minor: int
    reversed: str
    reversed_minor: int
    net: str
    net_minor: int
    earned_at: datetime
    release_at: datetime | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class LegExported:
    """One leg of a posting as a row: what an account gained, or lost below zero. Two legs sum to zero.

    `distributor` is None for the merchant's own accounts. `at` is when it happened, `written_at` when it came into
    the books; statements go by the second.
    """

    transfer: str
    kind: TransferKind
    at: datetime
    account: AccountKind
    distributor: str | None
    currency: str
    amount: str
    amount_minor: int
    order_id: str | None
    written_at: datetime


async def exported_commissions(
    store: Store, merchant: Merchant, distributor_id: int | None = None
) -> AsyncIterator[CommissionExported]:
    """Every commission of a merchant, or of one distributor there, in the order in which they were made."""
    after = 0
    while True:
        async with store.read() as session:
            page = await commission_page(
                session, merchant.id, distributor_id=distributor_id, after=after, limit=PAGE
            )
        for listed in page:
            yield _exported(listed, merchant.currency)
        if len(page) < PAGE:
            return
        after = page[-1].commission.id


def _exported(listed: CommissionListed, currency: str) -> CommissionExported:
    commission = listed.commission
    boost, mode = boost_of(commission) or (None, None)
    left_minor = commission.net_minor if commission.state is not CommissionState.VOID else 0
    return CommissionExported(
        order_id=listed.order_ref,
        line_id=listed.line.line_ref if listed.line is not None else None,
        sku=listed.line.sku if listed.line is not None else None,
        period=commission.period,
        distributor=listed.distributor,
        kind=commission.kind,
        state=commission.state,
        reason=commission.reason,
        currency=currency,
        quantity=commission.quantity,
        base=amount_text(commission.base_minor, currency),
        base_minor=commission.base_minor,
        rate_kind=commission.rate_kind,
        rate=commission.rate,
        boost_kind=boost.kind if boost is not None else None,
        boost_rate=boost.rate if boost is not None else None,
        boost_mode=mode,
        rule=commission.rule,
        level=commission.level,
        profile=commission.profile,
        plan_version=commission.plan_version,
        amount=amount_text(commission.amount_minor, currency),
        amount_minor=commission.amount_minor,
        cut_minor=commission.cut_minor,
        reversed=amount_text(commission.reversed_minor, currency),
        reversed_minor=commission.reversed_minor,
        net=amount_text(left_minor, currency),
        net_minor=left_minor,
        earned_at=commission.earned_at,
        release_at=commission.release_at,
        released_at=commission.released_at,
    )


async def exported_legs(store: Store, merchant: Merchant) -> AsyncIterator[LegExported]:
    """Both legs of every posting of a merchant, in the order in which they were written."""
    after = 0
    while True:
        page = await _postings(store, merchant.id, after)
        for posting in page:
            for leg in posting.legs():
                yield leg
        if len(page) < PAGE:
            return
        after = page[-1].id


@dataclass(frozen=True, slots=True)
class _Posting:
    """A posting with what its rows name."""

    id: int
    amount_minor: int
    currency: str
    transfer: str
    kind: TransferKind
    at: datetime
    source: AccountKind
    source_holder: str | None
    target: AccountKind
    target_holder: str | None
    order_id: str | None
    written_at: datetime

    def legs(self) -> tuple[LegExported, LegExported]:
        return (
            self._leg(self.source, self.source_holder, -self.amount_minor),
            self._leg(self.target, self.target_holder, self.amount_minor),
        )

    def _leg(self, account: AccountKind, distributor: str | None, amount_minor: int) -> LegExported:
        return LegExported(
            transfer=self.transfer,
            kind=self.kind,
            at=self.at,
            account=account,
            distributor=distributor,
            currency=self.currency,
            amount=amount_text(amount_minor, self.currency),
            amount_minor=amount_minor,
            order_id=self.order_id,
            written_at=self.written_at,
        )


async def _postings(store: Store, merchant_id: int, after: int) -> list[_Posting]:
    posting, transfer, order = table_of(PostingRow), table_of(TransferRow), table_of(OrderRow)
    source, target = table_of(AccountRow).alias("source"), table_of(AccountRow).alias("target")
    giver, taker = table_of(Distributor).alias("giver"), table_of(Distributor).alias("taker")
    statement = (
        select(
            posting.c.id,
            posting.c.amount_minor,
            posting.c.currency,
            transfer.c.key,
            transfer.c.kind,
            transfer.c.at,
            source.c.kind.label("source_kind"),
            giver.c.external_id.label("source_holder"),
            target.c.kind.label("target_kind"),
            taker.c.external_id.label("target_holder"),
            order.c.order_ref,
            transfer.c.written_at,
        )
        .join(transfer, transfer.c.id == posting.c.transfer_id)
        .join(source, source.c.id == posting.c.from_account_id)
        .join(target, target.c.id == posting.c.to_account_id)
        .outerjoin(giver, giver.c.id == source.c.holder_id)
        .outerjoin(taker, taker.c.id == target.c.holder_id)
        .outerjoin(order, order.c.id == transfer.c.order_id)
        .where(transfer.c.merchant_id == merchant_id, posting.c.id > after)
        .order_by(posting.c.id)
        .limit(PAGE)
    )
    async with store.read() as session:
        rows: Iterable[Any] = await session.execute(statement)
        return [_Posting(*row) for row in rows]
