"""Customers as keyed hashes: whose they are, since when, and which order was their first (docs/plans.md, "Binding")."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.store.ids import new_id
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
