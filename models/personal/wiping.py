"""What becomes of each table when a person's data is deleted: one list, so that a new table has one place to stand in.

What names the person goes; what the books need stays, under a distributor who has left and is nobody any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import String, cast, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from models.catalog.coupons import Coupon
from models.catalog.searches import Search
from models.funnel.customers import CustomerRow
from models.funnel.links import Link, LinkState
from models.growth.reminders import Reminder
from models.money.asking import OrderQuestion
from models.money.cases.cases import CaseRow
from models.money.claims import Claim, ClaimPicture, ClaimState
from models.money.payout_accounts import PayoutAccount
from models.money.withdrawal_states import WithdrawalRow
from models.people.distributors import Distributor, DistributorState
from models.people.levels import LevelWarning
from models.people.persons import Person
from models.people.preferences import Preference
from models.people.staff import Staff, StaffInvitation
from models.plans.drafts import PlanDraft
from models.store.outbox import NoticeRow
from models.store.sql import chunks, table_of
from models.store.types import UtcTime


@dataclass(frozen=True, slots=True)
class Leaver:
    """Whose data goes: the person, and the distributors that they are."""

    person_id: int
    distributor_ids: Sequence[int]
    now: datetime


Wiping = Callable[[AsyncSession, Leaver], Awaitable[None]]


def _keys(leaver: Leaver, column: str) -> Sequence[int]:
    return [leaver.person_id] if column == "person_id" else leaver.distributor_ids


def _deleted(model: type[SQLModel], column: str) -> Wiping:
    """The rows go."""

    async def wipe(session: AsyncSession, leaver: Leaver) -> None:
        table = table_of(model)
        for part in chunks(_keys(leaver, column)):
            await session.execute(delete(table).where(table.c[column].in_(part)))

    return wipe


def _cleared(model: type[SQLModel], column: str, **values: object) -> Wiping:
    """The rows stay, without what names the person."""

    async def wipe(session: AsyncSession, leaver: Leaver) -> None:
        table = table_of(model)
        for part in chunks(_keys(leaver, column)):
            await session.execute(update(table).where(table.c[column].in_(part)).values(values))

    return wipe


async def _person(session: AsyncSession, leaver: Leaver) -> None:
    """An empty shell that no chat leads to: other rows may name its key. No chat account has a number below zero."""
    table = table_of(Person)
    await session.execute(
        update(table)
        .where(table.c.id == leaver.person_id)
        .values(
            chat_id=-leaver.person_id,
            name="",
            username=None,
            client_language=None,
            language=None,
            current_merchant_id=None,
            unreachable_since=leaver.now,
            asked=None,
            asked_at=None,
            live_message_id=None,
            live_subject=None,
            created_at=leaver.now,
        )
    )


async def _claims(session: AsyncSession, leaver: Leaver) -> None:
    """Words go, amounts stay; what is open is withdrawn."""
    table = table_of(Claim)
    for part in chunks(leaver.distributor_ids):
        theirs = table.c.distributor_id.in_(part)
        await session.execute(
            update(table)
            .where(theirs, table.c.state == ClaimState.OPEN)
            .values(state=ClaimState.WITHDRAWN, decided_at=leaver.now, proposed_minor=None, proposed_by=None)
        )
        await session.execute(update(table).where(theirs).values(text="", note="", has_picture=False))


async def _claim_pictures(session: AsyncSession, leaver: Leaver) -> None:
    claim, picture = table_of(Claim), table_of(ClaimPicture)
    for part in chunks(leaver.distributor_ids):
        theirs = select(claim.c.id).where(claim.c.distributor_id.in_(part))
        await session.execute(delete(picture).where(picture.c.claim_id.in_(theirs)))


async def _invitations(session: AsyncSession, leaver: Leaver) -> None:
    """Who invited and who came in; that somebody did stays."""
    table = table_of(StaffInvitation)
    for column in (table.c.used_by, table.c.invited_by):
        await session.execute(update(table).where(column == leaver.person_id).values({column.name: None}))


async def _reminders(session: AsyncSession, leaver: Leaver) -> None:
    """Both those that they got and those that they sent."""
    table = table_of(Reminder)
    for column in (table.c.distributor_id, table.c.sponsor_id):
        for part in chunks(leaver.distributor_ids):
            await session.execute(delete(table).where(column.in_(part)))


async def _payout_accounts(session: AsyncSession, leaver: Leaver) -> None:
    """Withdrawals name their account, so it stays as an empty one; no two of those are the same."""
    table = table_of(PayoutAccount)
    for part in chunks(leaver.distributor_ids):
        await session.execute(
            update(table)
            .where(table.c.distributor_id.in_(part))
            .values(
                masked="",
                sealed="",
                fingerprint=literal("wiped ").concat(cast(table.c.id, String)),
                replaced_at=func.coalesce(table.c.replaced_at, literal(leaver.now, UtcTime)),
            )
        )


WIPING: Final[dict[str, Wiping]] = {
    "notice": _deleted(NoticeRow, "person_id"),
    "preference": _deleted(Preference, "person_id"),
    "search": _deleted(Search, "person_id"),
    "plan_draft": _deleted(PlanDraft, "person_id"),
    "staff": _deleted(Staff, "person_id"),
    "staff_invitation": _invitations,
    "order_question": _deleted(OrderQuestion, "distributor_id"),
    "coupon": _deleted(Coupon, "distributor_id"),
    "level_warning": _deleted(LevelWarning, "distributor_id"),
    "reminder": _reminders,
    "customer": _cleared(CustomerRow, "bound_to", bound_to=None, bound_at=None),
    "link": _cleared(Link, "distributor_id", state=LinkState.PAUSED, name=""),
    "claim": _claims,
    "claim_picture": _claim_pictures,
    "payout_account": _payout_accounts,
    "withdrawal": _cleared(WithdrawalRow, "distributor_id", account_masked="", note=""),
    "review_case": _cleared(CaseRow, "distributor_id", note="", appeal=None),
    "distributor": _cleared(
        Distributor,
        "id",
        person_id=None,
        name="",
        email_hash=None,
        phone_hash=None,
        chat_hash=None,
        state=DistributorState.LEFT,
    ),
    "person": _person,
}
"""By the table's name, in the order in which it is done."""
STAYS: Final[dict[str, str]] = {
    "commission": "the books",
    "shop_order": "the books: whose order it was",
    "binding_change": "the log of whose a customer was, by keys",
    "level_held": "what rates were paid by",
    "profile_held": "what rates were paid by",
    "terms_read": "the record that terms were opened, by keys",
    "day_of_earner": "what caps have used up",
    "reversal": "the books: what refunds and cases took back",
    "case_mark": "how commissions stood before a decision",
    "withdrawal_move": "the log of a payout, which nobody can change",
    "click": "figures of a link that is paused",
    "exposure": "figures of a link that is paused",
    "link_total": "figures of a link that is paused",
    "step": "figures of a link that is paused",
    "visit": "figures of a link that is paused",
    "shared_card": "buyers' cards, which must still be changed when a product is gone",
}
"""Tables that lead to a person and hold nothing that names one, each with why it stays."""


async def wipe(session: AsyncSession, leaver: Leaver) -> None:
    """Let everything go that names the person."""
    for each in WIPING.values():
        await each(session, leaver)
    session.expire_all()
