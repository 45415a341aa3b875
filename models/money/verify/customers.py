"""Customers: each who paid is there with their first order, and whose they are is what the log of bindings says."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.customers import BindingChangeRow, CustomerRow
from models.funnel.orders import OrderRow
from models.money.commissions import CommissionKind, CommissionRow, CommissionState
from models.money.verify.finding import Finding, FindingKind, found_rows
from models.people.distributors import Distributor, DistributorState
from models.people.merchants import Merchant
from models.store.sql import table_of

_CUSTOMER, _CHANGE = table_of(CustomerRow), table_of(BindingChangeRow)
_ORDER, _COMMISSION, _PERSON = table_of(OrderRow), table_of(CommissionRow), table_of(Distributor)
_ONE = _CUSTOMER.c


async def first_orders(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Whoever paid is known with a first order that is theirs and was paid; the bonus for it is of that order."""
    theirs = and_(
        _ORDER.c.id == _ONE.first_order_id,
        _ORDER.c.merchant_id == _ONE.merchant_id,
        _ORDER.c.customer_hash == _ONE.customer_hash,
        _ORDER.c.paid_at.is_not(None),
    )
    of_the_order = and_(
        _ONE.merchant_id == _ORDER.c.merchant_id, _ONE.customer_hash == _ORDER.c.customer_hash
    )
    return [
        *await found_rows(
            session,
            FindingKind.CUSTOMER_DIFFERS,
            "order",
            select(_ORDER.c.order_ref)
            .outerjoin(_CUSTOMER, of_the_order)
            .where(
                _ORDER.c.merchant_id == merchant.id,
                _ORDER.c.customer_hash.is_not(None),
                _ORDER.c.paid_at.is_not(None),
                _ONE.first_order_id.is_(None),
            ),
            "was paid by a customer of whom no first order is known",
        ),
        *await found_rows(
            session,
            FindingKind.CUSTOMER_DIFFERS,
            "customer",
            select(_ONE.id).where(
                _ONE.merchant_id == merchant.id, _ONE.first_order_id.is_not(None), ~exists().where(theirs)
            ),
            "has a first order that is not theirs, or was never paid",
        ),
        *await found_rows(
            session,
            FindingKind.CUSTOMER_DIFFERS,
            "commission",
            select(_COMMISSION.c.id)
            .join(_ORDER, _ORDER.c.id == _COMMISSION.c.order_id)
            .outerjoin(_CUSTOMER, of_the_order)
            .where(
                _COMMISSION.c.merchant_id == merchant.id,
                _COMMISSION.c.kind == CommissionKind.FIRST_ORDER,
                _COMMISSION.c.state.not_in((CommissionState.ESTIMATED, CommissionState.VOID)),
                or_(_ONE.id.is_(None), _ONE.first_order_id != _COMMISSION.c.order_id),
            ),
            "is for a customer's first order, and that was another",
        ),
    ]


async def binding_changes(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Every change of whose a customer is was made by an order of theirs, for its seller, when it was placed."""
    change = _CHANGE.c
    faults: tuple[tuple[str, ColumnElement[bool]], ...] = (
        ("is of a customer who is not there", _ONE.id.is_(None)),
        ("was made by an order that is not there", _ORDER.c.id.is_(None)),
        ("was made by another customer's order", _ORDER.c.customer_hash != _ONE.customer_hash),
        (
            "binds to somebody who did not sell its order",
            or_(_ORDER.c.distributor_id.is_(None), _ORDER.c.distributor_id != change.after_id),
        ),
        ("is not of the time at which its order was placed", _ORDER.c.placed_at != change.at),
    )
    return await found_rows(
        session,
        FindingKind.BINDING_DIFFERS,
        "binding",
        select(change.id, case(*((wrong, literal(says)) for says, wrong in faults)))
        .outerjoin(_CUSTOMER, and_(_ONE.id == change.customer_id, _ONE.merchant_id == change.merchant_id))
        .outerjoin(_ORDER, and_(_ORDER.c.id == change.order_id, _ORDER.c.merchant_id == change.merchant_id))
        .where(change.merchant_id == merchant.id, or_(*(wrong for _, wrong in faults))),
        "{1}",
    )


async def bindings(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Each change begins where the one before it ended, and the customer is where the last one brought them.

    Who asked to be forgotten let their customers go: these begin anew, which the log of changes does not say.
    """
    return [*await _gaps(session, merchant), *await _ends(session, merchant)]


async def _gaps(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """How often a customer came to each distributor and went from them: once more to whom they are with.

    Counted, since changes of one moment have no order.
    """
    change = _CHANGE.c
    log = union_all(
        select(change.customer_id, change.after_id.label("distributor_id"), literal(1).label("came")).where(
            change.merchant_id == merchant.id
        ),
        select(change.customer_id, change.before_id, literal(-1)).where(
            change.merchant_id == merchant.id, change.before_id.is_not(None)
        ),
        select(_ONE.id, _ONE.bound_to, literal(0)).where(
            _ONE.merchant_id == merchant.id, _ONE.bound_to.is_not(None)
        ),
    ).subquery()
    stayed, due = func.sum(log.c.came), func.max(case((_ONE.bound_to == log.c.distributor_id, 1), else_=0))
    has_left = _PERSON.c.state == DistributorState.LEFT
    return await found_rows(
        session,
        FindingKind.BINDING_DIFFERS,
        "customer",
        select(log.c.customer_id, _PERSON.c.external_id)
        .join(_CUSTOMER, _ONE.id == log.c.customer_id)
        .join(_PERSON, _PERSON.c.id == log.c.distributor_id)
        .group_by(log.c.customer_id, _PERSON.c.id, _PERSON.c.external_id, has_left)
        .having(or_(stayed < due, and_(~has_left, stayed > due)))
        .order_by(log.c.customer_id, _PERSON.c.id),
        "came to {1} or went from there by changes that don't follow each other: one is missing or was changed",
    )


async def _ends(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    last = exists().where(
        _CHANGE.c.customer_id == _ONE.id, _CHANGE.c.after_id == _ONE.bound_to, _CHANGE.c.at == _ONE.bound_at
    )
    return await found_rows(
        session,
        FindingKind.BINDING_DIFFERS,
        "customer",
        select(_ONE.id).where(_ONE.merchant_id == merchant.id, _ONE.bound_to.is_not(None), ~last),
        "is bound since a time at which nothing bound them",
    )
