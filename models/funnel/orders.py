"""Orders, their lines and their refunds, as the shop told them and as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.catalog.products import SKU_CHARS
from models.errors import NotFound
from models.funnel.attribution import Rule
from models.store.ids import new_id
from models.store.sql import chunks, insert_all, table_of, update_all, values_of
from models.store.types import Json, JsonValue, Key, Minor, UtcTime, Word

REF_CHARS = 200


class OrderState(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    RECEIVED = "received"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class Order(SQLModel):
    """One order. The payee (`distributor_id`) is decided at placing and never changes."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    order_ref: str = Field(sa_type=String(REF_CHARS))
    state: OrderState = Field(sa_type=Word(OrderState))
    currency: str = Field(sa_type=String(3))
    customer_hash: str | None = Field(default=None, sa_type=String(32))
    ip_hash: str | None = Field(default=None, sa_type=String(32))
    shipping_minor: int = Field(default=0, sa_type=Minor)
    tax_minor: int = Field(default=0, sa_type=Minor)
    order_discount_minor: int = Field(default=0, sa_type=Minor)
    beside_refunded_minor: int = Field(default=0, sa_type=Minor)
    content_digest: str = Field(sa_type=String(64))
    distributor_id: int | None = Field(default=None, foreign_key="distributor.id", sa_type=Key)
    link_id: int | None = Field(default=None, foreign_key="link.id", sa_type=Key)
    rule: Rule | None = Field(default=None, sa_type=Word(Rule))
    candidates: list[dict[str, JsonValue]] = Field(default_factory=list, sa_type=Json)
    self_purchase: str | None = Field(default=None, sa_type=String(16))
    plan_version: int | None = None
    base_minor: int = Field(default=0, sa_type=Minor)
    """The sum of the lines' bases."""
    refunded_minor: int = Field(default=0, sa_type=Minor)
    """What of it was refunded."""
    counts: bool = True
    """Whether it counts for levels, ladders and targets; an own purchase that isn't paid does not."""
    own_buyers: list[int] = Field(default_factory=list, sa_type=Json)
    """Distributors (the payee's sponsors) who are the buyer themselves."""
    placed_at: datetime = Field(sa_type=UtcTime)
    paid_at: datetime | None = Field(default=None, sa_type=UtcTime)
    received_at: datetime | None = Field(default=None, sa_type=UtcTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcTime)

    @property
    def is_paid(self) -> bool:
        """Whether money came in, whatever happened to it since."""
        return self.paid_at is not None


_HAS_ADDRESS = text("ip_hash IS NOT NULL")


class OrderRow(Order, table=True):
    __tablename__ = "shop_order"
    __table_args__ = (
        UniqueConstraint("merchant_id", "order_ref"),
        Index(None, "distributor_id", "paid_at"),
        Index(None, "merchant_id", "paid_at"),
        Index(None, "link_id"),
        Index(None, "ip_hash", sqlite_where=_HAS_ADDRESS, postgresql_where=_HAS_ADDRESS),
    )


class OrderLine(SQLModel):
    """One line with the components of its base by name; refunds add up in `refunded_*`."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    order_id: int = Field(foreign_key="shop_order.id", sa_type=Key)
    position: int
    line_ref: str = Field(sa_type=String(REF_CHARS))
    sku: str = Field(sa_type=String(SKU_CHARS))
    quantity: int = Field(sa_type=Minor)
    unit_price: str = Field(sa_type=String(24))
    gross_minor: int = Field(sa_type=Minor)
    discount_minor: int = Field(sa_type=Minor)
    order_discount_minor: int = Field(sa_type=Minor)
    base_minor: int = Field(sa_type=Minor)
    refunded_quantity: int = Field(default=0, sa_type=Minor)
    refunded_minor: int = Field(default=0, sa_type=Minor)
    fully_refunded: bool = False

    @property
    def left_minor(self) -> int:
        """What of the base has not been refunded."""
        return self.base_minor - self.refunded_minor


class OrderLineRow(OrderLine, table=True):
    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line_ref"),
        CheckConstraint(
            "base_minor >= 0 AND refunded_minor BETWEEN 0 AND base_minor", name="refunded_within_base"
        ),
        CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name="refunded_within_quantity"),
    )


class Refund(SQLModel):
    """One refund of an order, told once under the shop's own number."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    order_id: int = Field(foreign_key="shop_order.id", sa_type=Key)
    refund_ref: str = Field(sa_type=String(REF_CHARS))
    content_digest: str = Field(sa_type=String(64))
    refunded_minor: int = Field(sa_type=Minor)
    at: datetime = Field(sa_type=UtcTime)


class RefundRow(Refund, table=True):
    __tablename__ = "refund"
    __table_args__ = (UniqueConstraint("order_id", "refund_ref"), Index(None, "merchant_id", "at"))


class Sale:
    """An order with its lines and refunds, as one story changes them."""

    def __init__(self, order: Order, lines: Sequence[OrderLine], refunds: Sequence[Refund]) -> None:
        self.order = order
        self.lines = list(lines)
        self.refunds = {refund.refund_ref: refund for refund in refunds}


class SaleBook:
    """Sales of one merchant by the shop's order number: read before a story, written back after it."""

    def __init__(self, sales: dict[str, Sale]) -> None:
        self._sales = sales
        self._before = {ref: dict(vars(sale.order)) for ref, sale in sales.items()}
        self._lines_before = {line.id: dict(vars(line)) for sale in sales.values() for line in sale.lines}
        self._refunds_before = {refund.id for sale in sales.values() for refund in sale.refunds.values()}

    @classmethod
    async def open(cls, session: AsyncSession, merchant_id: int, order_refs: Sequence[str]) -> SaleBook:
        """Read the sales that exist among these order numbers."""
        orders: dict[int, Order] = {}
        table = table_of(OrderRow)
        for part in chunks(order_refs):
            rows = await session.execute(
                select(table).where(table.c.merchant_id == merchant_id, table.c.order_ref.in_(part))
            )
            orders.update({row.id: values_of(row, Order) for row in rows})
        lines = await order_lines(session, list(orders))
        refunds = await order_refunds(session, list(orders))
        return cls({order.order_ref: Sale(order, lines[key], refunds[key]) for key, order in orders.items()})

    def get(self, order_ref: str) -> Sale | None:
        """The sale with this number, once it exists."""
        return self._sales.get(order_ref)

    def add(self, sale: Sale) -> None:
        """A sale that began in this story."""
        self._sales[sale.order.order_ref] = sale

    def all(self) -> list[Sale]:
        """Every sale of the book."""
        return list(self._sales.values())

    async def save(self, session: AsyncSession) -> None:
        """Write what is new and what changed, in bulk."""
        fresh = [sale.order for ref, sale in self._sales.items() if ref not in self._before]
        moved = [
            sale.order
            for ref, sale in self._sales.items()
            if ref in self._before and dict(vars(sale.order)) != self._before[ref]
        ]
        lines = [line for sale in self._sales.values() for line in sale.lines]
        changed = [
            line
            for line in lines
            if line.id in self._lines_before and dict(vars(line)) != self._lines_before[line.id]
        ]
        kept = {line.id for line in lines}
        gone = [key for key in self._lines_before if key not in kept]
        refunds = [refund for sale in self._sales.values() for refund in sale.refunds.values()]
        await insert_all(session, OrderRow, fresh)
        await update_all(session, OrderRow, moved, _ORDER_MOVES)
        for part in chunks(gone):
            table = table_of(OrderLineRow)
            await session.execute(table.delete().where(table.c.id.in_(part)))
        await insert_all(session, OrderLineRow, [line for line in lines if line.id not in self._lines_before])
        await update_all(
            session, OrderLineRow, changed, ("refunded_quantity", "refunded_minor", "fully_refunded")
        )
        await insert_all(
            session, RefundRow, [refund for refund in refunds if refund.id not in self._refunds_before]
        )


_ORDER_MOVES = (
    "state",
    "customer_hash",
    "ip_hash",
    "shipping_minor",
    "tax_minor",
    "order_discount_minor",
    "beside_refunded_minor",
    "content_digest",
    "self_purchase",
    "plan_version",
    "base_minor",
    "refunded_minor",
    "counts",
    "own_buyers",
    "paid_at",
    "received_at",
    "cancelled_at",
)


async def order_lines(session: AsyncSession, order_ids: Sequence[int]) -> dict[int, list[OrderLine]]:
    """Lines by order, in the shop's order."""
    found: dict[int, list[OrderLine]] = {key: [] for key in order_ids}
    table = table_of(OrderLineRow)
    for part in chunks(order_ids):
        rows = await session.execute(
            select(table).where(table.c.order_id.in_(part)).order_by(table.c.position)
        )
        for row in rows:
            found[row.order_id].append(values_of(row, OrderLine))
    return found


async def order_refunds(session: AsyncSession, order_ids: Sequence[int]) -> dict[int, list[Refund]]:
    """Refunds by order, oldest first."""
    found: dict[int, list[Refund]] = {key: [] for key in order_ids}
    table = table_of(RefundRow)
    for part in chunks(order_ids):
        rows = await session.execute(
            select(table).where(table.c.order_id.in_(part)).order_by(table.c.at, table.c.id)
        )
        for row in rows:
            found[row.order_id].append(values_of(row, Refund))
    return found


async def order_by_ref(session: AsyncSession, merchant_id: int, order_ref: str) -> Order:
    """Raises NotFound."""
    table = table_of(OrderRow)
    row = (
        await session.execute(
            select(table).where(table.c.merchant_id == merchant_id, table.c.order_ref == order_ref)
        )
    ).first()
    if row is None:
        raise NotFound("order", order_ref)
    return values_of(row, Order)


async def order_by_id(session: AsyncSession, merchant_id: int, order_id: int) -> Order:
    """Raises NotFound."""
    table = table_of(OrderRow)
    row = (
        await session.execute(select(table).where(table.c.merchant_id == merchant_id, table.c.id == order_id))
    ).first()
    if row is None:
        raise NotFound("order", str(order_id))
    return values_of(row, Order)
