"""Customers as keyed hashes: whose they are, since when, and which order was their first (docs/plans.md, "Binding")."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.funnel.attribution import Bound
from models.plans.rules import Binding
from models.store.ids import new_id
from models.store.sql import chunks, insert_all, table_of, update_all, values_of
from models.store.types import Key, UtcTime, Word


class Customer(SQLModel):
    """One customer of one merchant. `bound_at` is when both numbers of the binding last began."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    customer_hash: str = Field(sa_type=String(32))
    first_order_id: int | None = Field(default=None, foreign_key="shop_order.id", sa_type=Key)
    bound_to: int | None = Field(default=None, foreign_key="distributor.id", sa_type=Key)
    bound_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CustomerRow(Customer, table=True):
    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("merchant_id", "customer_hash"), Index(None, "bound_to"))


class BindingCause(StrEnum):
    """Why a binding changed."""

    BOUND = "bound"
    RENEWED = "renewed"
    TAKEN_OVER = "taken_over"


class BindingChange(SQLModel):
    """One change of whose a customer is, and the order that made it."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    customer_id: int = Field(foreign_key="customer.id", sa_type=Key)
    before_id: int | None = Field(default=None, foreign_key="distributor.id", sa_type=Key)
    after_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    order_id: int = Field(foreign_key="shop_order.id", sa_type=Key)
    cause: BindingCause = Field(sa_type=Word(BindingCause))
    at: datetime = Field(sa_type=UtcTime)


class BindingChangeRow(BindingChange, table=True):
    __tablename__ = "binding_change"
    __table_args__ = (Index(None, "customer_id"),)


class CustomerBook:
    """Customers of one merchant by their hash: read before a story, written back after it."""

    def __init__(self, merchant_id: int, customers: dict[str, Customer]) -> None:
        self._merchant_id = merchant_id
        self._customers = customers
        self._before = {key: dict(vars(customer)) for key, customer in customers.items()}
        self._changes: list[BindingChange] = []

    @classmethod
    async def open(cls, session: AsyncSession, merchant_id: int, hashes: Sequence[str]) -> CustomerBook:
        """Read those of these customers who are known."""
        table = table_of(CustomerRow)
        found: dict[str, Customer] = {}
        for part in chunks(hashes):
            rows = await session.execute(
                select(table).where(table.c.merchant_id == merchant_id, table.c.customer_hash.in_(part))
            )
            found.update({row.customer_hash: values_of(row, Customer) for row in rows})
        return cls(merchant_id, found)

    def binders(self) -> set[int]:
        """Everybody to whom one of them is or was bound."""
        return {one.bound_to for one in self._customers.values() if one.bound_to is not None}

    def bound(self, customer_hash: str | None) -> Bound | None:
        """Whose a customer was last, whether that still holds or not."""
        customer = self._customers.get(customer_hash or "")
        if customer is None or customer.bound_to is None or customer.bound_at is None:
            return None
        return Bound(customer.bound_to, customer.bound_at)

    def bought_before(self, customer_hash: str) -> bool:
        """Whether an order of this customer was paid before."""
        customer = self._customers.get(customer_hash)
        return customer is not None and customer.first_order_id is not None

    def buys(self, customer_hash: str, order_id: int) -> bool:
        """An order is paid; whether it is the customer's first."""
        customer = self._known(customer_hash)
        if customer.first_order_id is not None:
            return customer.first_order_id == order_id
        customer.first_order_id = order_id
        return True

    def come(self, customer_hash: str, payee: int, order_id: int, at: datetime, terms: Binding) -> None:
        """A customer placed an order by somebody's own claim: bound, renewed, taken over, or left as they were."""
        customer = self._known(customer_hash)
        bound = self.bound(customer_hash)
        if bound is not None and at < bound.since:
            return
        if bound is None or not bound.is_valid(terms, at):
            cause = BindingCause.BOUND
        elif bound.distributor_id == payee:
            cause = BindingCause.RENEWED
        elif bound.is_protected(terms, at):
            return
        else:
            cause = BindingCause.TAKEN_OVER
        self._changes.append(
            BindingChange(
                merchant_id=self._merchant_id,
                customer_id=customer.id,
                before_id=customer.bound_to,
                after_id=payee,
                order_id=order_id,
                cause=cause,
                at=at,
            )
        )
        customer.bound_to, customer.bound_at = payee, at

    def _known(self, customer_hash: str) -> Customer:
        found = self._customers.get(customer_hash)
        if found is None:
            found = Customer(merchant_id=self._merchant_id, customer_hash=customer_hash)
            self._customers[customer_hash] = found
        return found

    async def save(self, session: AsyncSession) -> None:
        """Write what is new and what changed; to be called when the orders stand."""
        fresh = [one for key, one in self._customers.items() if key not in self._before]
        moved = [
            one
            for key, one in self._customers.items()
            if key in self._before and dict(vars(one)) != self._before[key]
        ]
        await insert_all(session, CustomerRow, fresh)
        await update_all(session, CustomerRow, moved, ("first_order_id", "bound_to", "bound_at"))
        await insert_all(session, BindingChangeRow, self._changes)
