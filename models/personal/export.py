"""Everything that the store knows about one person, at all their shops; buyers and other people are left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.catalog.coupons import Coupon
from models.catalog.searches import Search
from models.funnel.links import Link
from models.funnel.orders import order_lines
from models.money.asking import OrderQuestion
from models.money.cases.cases import CaseRow
from models.money.claims import Claim
from models.money.commissions import CommissionRow
from models.money.earnings import orders_by_id
from models.money.export import exported_commissions
from models.money.ledger import AccountRow, PostingRow, TransferRow, balances_of
from models.money.payout_accounts import PayoutAccount
from models.money.withdrawal_states import WithdrawalRow
from models.people.distributors import Distributor, places
from models.people.levels import LevelHeld
from models.people.merchants import Merchant
from models.people.permissions import posts
from models.people.persons import Person
from models.people.preferences import preference_of
from models.people.profiles import ProfileHeld
from models.personal.data import (
    BoughtData,
    CaseData,
    ClaimData,
    EnrolmentData,
    LinkData,
    MovementData,
    NoticeData,
    OrderData,
    PersonalData,
    SinceData,
    StaffData,
    WithdrawalData,
)
from models.store.engine import Store
from models.store.outbox import NoticeRow
from models.store.sql import table_of


async def personal_data(store: Store, person: Person, now: datetime) -> PersonalData:
    """Read it, in readings of their own, so that no long reader keeps an SQLite store from tidying up."""
    async with store.read() as session:
        shops = await places(session, person.id)
        preferences = await preference_of(session, person.id)
        searches = await session.execute(
            select(col(Search.words)).where(col(Search.person_id) == person.id).order_by(col(Search.id))
        )
        works_for = tuple(
            StaffData(shop.public_id, shop.name, role) for shop, role in await posts(session, person.id)
        )
        notices = await _notices(session, person.id)
    return PersonalData(
        written_at=now,
        chat_id=person.chat_id,
        name=person.name,
        username=person.username,
        client_language=person.client_language,
        language=person.language,
        known_since=person.created_at,
        preferences=preferences,
        searches=tuple(searches.scalars()),
        works_for=works_for,
        enrolments=tuple([await _enrolment(store, merchant, enrolled) for merchant, enrolled in shops]),
        notices=notices,
    )


async def _notices(session: AsyncSession, person_id: int) -> tuple[NoticeData, ...]:
    table = table_of(NoticeRow)
    rows = await session.execute(select(table).where(table.c.person_id == person_id).order_by(table.c.id))
    return tuple(NoticeData(row.kind, row.state, row.facts, row.created_at, row.finished_at) for row in rows)


async def _enrolment(store: Store, merchant: Merchant, enrolled: Distributor) -> EnrolmentData:
    commissions = [row async for row in exported_commissions(store, merchant, enrolled.id)]
    async with store.read() as session:
        return EnrolmentData(
            merchant_id=merchant.public_id,
            shop=merchant.name,
            currency=merchant.currency,
            distributor=enrolled.external_id,
            name=enrolled.name,
            state=enrolled.state,
            joined_at=enrolled.joined_at,
            was_invited=enrolled.sponsor_id is not None,
            invite_code=enrolled.invite_code,
            known_email=enrolled.email_hash is not None,
            known_phone=enrolled.phone_hash is not None,
            balances=await balances_of(session, merchant.id, merchant.currency, enrolled.id),
            levels=await _since(session, LevelHeld, "level", enrolled.id),
            profiles=await _since(session, ProfileHeld, "profile", enrolled.id),
            links=await _links(session, enrolled.id),
            coupons=await _words(session, Coupon, "code", enrolled.id),
            orders=await _orders(session, enrolled.id),
            commissions=tuple(commissions),
            movements=await _movements(session, merchant, enrolled.id),
            claims=await _claims(session, enrolled.id),
            payout_accounts=await _words(session, PayoutAccount, "masked", enrolled.id),
            withdrawals=await _withdrawals(session, enrolled.id),
            cases=await _cases(session, enrolled.id),
            questions=await _words(session, OrderQuestion, "number", enrolled.id),
        )


async def _since(
    session: AsyncSession, model: type[LevelHeld] | type[ProfileHeld], word: str, distributor_id: int
) -> tuple[SinceData, ...]:
    table = table_of(model)
    rows = await session.execute(
        select(table.c[word], table.c.since)
        .where(table.c.distributor_id == distributor_id)
        .order_by(table.c.since, table.c.id)
    )
    return tuple(SinceData(row[0], row[1]) for row in rows)


async def _words(
    session: AsyncSession,
    model: type[Coupon] | type[OrderQuestion] | type[PayoutAccount],
    word: str,
    distributor_id: int,
) -> tuple[str, ...]:
    table = table_of(model)
    rows = await session.execute(
        select(table.c[word]).where(table.c.distributor_id == distributor_id).order_by(table.c.id)
    )
    return tuple(rows.scalars())


async def _links(session: AsyncSession, distributor_id: int) -> tuple[LinkData, ...]:
    rows = await session.execute(
        select(Link).where(col(Link.distributor_id) == distributor_id).order_by(col(Link.id))
    )
    return tuple(
        LinkData(link.code, link.sku, link.channel, link.name, link.state, link.created_at)
        for link in rows.scalars()
    )


async def _orders(session: AsyncSession, distributor_id: int) -> tuple[OrderData, ...]:
    table = table_of(CommissionRow)
    earned = await session.execute(
        select(table.c.order_id)
        .where(table.c.distributor_id == distributor_id, table.c.order_id.is_not(None))
        .distinct()
        .order_by(table.c.order_id)
    )
    keys: Sequence[int] = [key for key in earned.scalars() if key is not None]
    orders, lines = await orders_by_id(session, keys), await order_lines(session, keys)
    return tuple(
        OrderData(
            order_id=order.order_ref,
            state=order.state,
            sold_by_me=order.distributor_id == distributor_id,
            rule=order.rule.value if order.rule is not None else None,
            currency=order.currency,
            placed_at=order.placed_at,
            paid_at=order.paid_at,
            received_at=order.received_at,
            cancelled_at=order.cancelled_at,
            lines=tuple(
                BoughtData(line.line_ref, line.sku, line.quantity, line.base_minor, line.refunded_minor)
                for line in lines[order.id]
            ),
        )
        for order in orders.values()
    )


async def _movements(
    session: AsyncSession, merchant: Merchant, distributor_id: int
) -> tuple[MovementData, ...]:
    account, posting, transfer = table_of(AccountRow), table_of(PostingRow), table_of(TransferRow)
    rows = await session.execute(
        select(
            transfer.c.at,
            transfer.c.kind,
            account.c.kind.label("account"),
            account.c.id.label("account_id"),
            posting.c.to_account_id,
            posting.c.amount_minor,
        )
        .join(posting, posting.c.transfer_id == transfer.c.id)
        .join(
            account,
            or_(account.c.id == posting.c.from_account_id, account.c.id == posting.c.to_account_id),
        )
        .where(account.c.merchant_id == merchant.id, account.c.holder_id == distributor_id)
        .order_by(transfer.c.id, posting.c.id)
    )
    return tuple(
        MovementData(
            row.at,
            row.kind,
            row.account,
            row.amount_minor if row.account_id == row.to_account_id else -row.amount_minor,
        )
        for row in rows
    )


async def _claims(session: AsyncSession, distributor_id: int) -> tuple[ClaimData, ...]:
    rows = await session.execute(
        select(Claim).where(col(Claim.distributor_id) == distributor_id).order_by(col(Claim.id))
    )
    return tuple(
        ClaimData(
            claim.order_ref,
            claim.text,
            claim.has_picture,
            claim.state,
            claim.granted_minor,
            claim.note,
            claim.filed_at,
            claim.decided_at,
        )
        for claim in rows.scalars()
    )


async def _withdrawals(session: AsyncSession, distributor_id: int) -> tuple[WithdrawalData, ...]:
    table = table_of(WithdrawalRow)
    rows = await session.execute(
        select(table).where(table.c.distributor_id == distributor_id).order_by(table.c.id)
    )
    return tuple(
        WithdrawalData(
            row.reference,
            row.state,
            row.amount_minor,
            row.fee_minor,
            row.account_masked,
            row.requested_at,
            row.finished_at,
            row.note,
        )
        for row in rows
    )


async def _cases(session: AsyncSession, distributor_id: int) -> tuple[CaseData, ...]:
    """Without the signals: they tell of buyers and others, and how cheating is found."""
    table = table_of(CaseRow)
    rows = await session.execute(
        select(table).where(table.c.distributor_id == distributor_id).order_by(table.c.id)
    )
    return tuple(CaseData(row.state, row.opened_at, row.decided_at, row.appeal) for row in rows)
