"""What each role of the staff may do: one table, asked in one place."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import DomainError, NotFound
from models.people.merchants import Merchant
from models.people.staff import Role, Staff


class Act(StrEnum):
    """Something that the shop's people do."""

    SEE_SHOP = "see_shop"
    EDIT_GOODS = "edit_goods"
    EDIT_LOOKS = "edit_looks"
    EDIT_SHOP = "edit_shop"
    SEE_MONEY = "see_money"
    """Settlements, withdrawals, statements, the calendar of releases."""
    PUBLISH_PLAN = "publish_plan"
    REHEARSE_PLAN = "rehearse_plan"
    APPROVE_WITHDRAWAL = "approve_withdrawal"
    MARK_PAID = "mark_paid"
    DECIDE_CASE = "decide_case"
    DECIDE_CLAIM = "decide_claim"
    SET_LEVEL = "set_level"
    SET_PROFILE = "set_profile"
    SET_SPONSOR = "set_sponsor"
    INVITE_STAFF = "invite_staff"
    CHANGE_ROLE = "change_role"
    REMOVE_STAFF = "remove_staff"
    SEE_AUDIT = "see_audit"


MAY: dict[Act, frozenset[Role]] = {
    Act.SEE_SHOP: frozenset(Role),
    Act.EDIT_GOODS: frozenset({Role.OWNER, Role.OPERATOR}),
    Act.EDIT_LOOKS: frozenset({Role.OWNER, Role.OPERATOR}),
    Act.EDIT_SHOP: frozenset({Role.OWNER}),
    Act.SEE_MONEY: frozenset({Role.OWNER, Role.FINANCE, Role.VIEWER}),
    Act.PUBLISH_PLAN: frozenset({Role.OWNER}),
    Act.REHEARSE_PLAN: frozenset({Role.OWNER, Role.OPERATOR, Role.FINANCE}),
    Act.APPROVE_WITHDRAWAL: frozenset({Role.OWNER, Role.FINANCE}),
    Act.MARK_PAID: frozenset({Role.OWNER, Role.FINANCE}),
    Act.DECIDE_CASE: frozenset({Role.OWNER, Role.OPERATOR, Role.FINANCE}),
    Act.DECIDE_CLAIM: frozenset({Role.OWNER, Role.OPERATOR, Role.FINANCE}),
    Act.SET_LEVEL: frozenset({Role.OWNER, Role.OPERATOR}),
    Act.SET_PROFILE: frozenset({Role.OWNER, Role.OPERATOR}),
    Act.SET_SPONSOR: frozenset({Role.OWNER}),
    Act.INVITE_STAFF: frozenset({Role.OWNER}),
    Act.CHANGE_ROLE: frozenset({Role.OWNER}),
    Act.REMOVE_STAFF: frozenset({Role.OWNER}),
    Act.SEE_AUDIT: frozenset({Role.OWNER, Role.FINANCE}),
}


class NotAllowed(DomainError):
    """The person works for the shop, but this is not theirs to do."""

    code = "not_allowed"

    def __init__(self, role: Role, act: Act) -> None:
        *some, last = who_may(act)
        named = f"{', '.join(some)} or {last}" if some else last
        super().__init__(f"This is not for the role {role} to do ({act}), but for {named}.")
        self.role = role
        self.act = act


def who_may(act: Act) -> tuple[Role, ...]:
    """The roles that may do this, the owner first."""
    return tuple(role for role in Role if role in MAY[act])


def check(role: Role, act: Act) -> None:
    """Raises NotAllowed."""
    if role not in MAY[act]:
        raise NotAllowed(role, act)


async def posts(session: AsyncSession, person_id: int) -> list[tuple[Merchant, Role]]:
    """The shops that a person works for, in which role, oldest first."""
    rows = await session.execute(
        select(Merchant, col(Staff.role))
        .join(Staff, col(Staff.merchant_id) == col(Merchant.id))
        .where(col(Staff.person_id) == person_id)
        .order_by(col(Staff.id))
    )
    return [(merchant, role) for merchant, role in rows]


async def post_at(
    session: AsyncSession, person_id: int, current_merchant_id: int | None, act: Act
) -> Merchant:
    """The shop that a person works for, the one that they look at first. Raises NotFound and NotAllowed."""
    found = await posts(session, person_id)
    if not found:
        raise NotFound("shop", "of yours")
    merchant, role = min(found, key=lambda post: post[0].id != current_merchant_id)
    check(role, act)
    return merchant
