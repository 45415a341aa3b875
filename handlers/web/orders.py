"""`GET /v1/orders/{order_id}`: everything that is known of one order, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.web.auth import merchant_of
from handlers.web.commissions import CommissionShown, shown_commission
from handlers.web.keys import CONTEXT
from models.funnel.attribution import Rule, Verdict
from models.funnel.links import link_code
from models.funnel.orders import (
    Order,
    OrderLine,
    OrderState,
    Refund,
    order_by_ref,
    order_lines,
    order_refunds,
)
from models.money.commissions import commissions_of
from models.money.ledger import AccountKind, TransferKind
from models.money.listing import Entry, order_entries
from models.people.distributors import Payee, payees


class LineShown(BaseModel):
    """One line with the components of its base, in minor units."""

    line_id: str
    sku: str
    quantity: int
    unit_price: str
    gross_minor: int
    discount_minor: int
    order_discount_minor: int
    base_minor: int
    refunded_quantity: int
    refunded_minor: int


class CandidateShown(BaseModel):
    """One claim on the order and what became of it; `claim` is the coupon or the link's code."""

    rule: Rule
    claim: str
    distributor: str | None
    verdict: Verdict


class AttributionShown(BaseModel):
    """Whose order it is and which rule decided, with every candidate; all empty when it is nobody's."""

    code: str | None
    distributor: str | None
    rule: Rule | None
    candidates: list[CandidateShown]


class RefundShown(BaseModel):
    """A refund and how much of the lines' bases it took."""

    refund_id: str
    at: datetime
    refunded_minor: int


class EntryShown(BaseModel):
    """One leg in the ledger; the legs of an order sum to zero. `distributor` is null on the merchant's own accounts.

    `at` is when it happened, `written_at` when it came into the books; statements go by the second.
    """

    transfer: str
    kind: TransferKind
    at: datetime
    account: AccountKind
    distributor: str | None
    amount_minor: int
    currency: str
    written_at: datetime


class OrderShown(BaseModel):
    """An order. Amounts in minor units of its currency, times in UTC."""

    order_id: str
    state: OrderState
    currency: str
    placed_at: datetime
    paid_at: datetime | None
    received_at: datetime | None
    cancelled_at: datetime | None
    shipping_minor: int
    tax_minor: int
    order_discount_minor: int
    plan_version: int | None
    self_purchase: str | None
    lines: list[LineShown]
    attribution: AttributionShown
    commissions: list[CommissionShown]
    refunds: list[RefundShown]
    entries: list[EntryShown]


async def show_order(request: web.Request) -> web.StreamResponse:
    """One order of the merchant's."""
    merchant = await merchant_of(request)
    async with request.app[CONTEXT].store.read() as session:
        order = await order_by_ref(session, merchant.id, request.match_info["order_id"])
        shown = await _shown(session, order)
    return web.json_response(text=shown.model_dump_json())


async def _shown(session: AsyncSession, order: Order) -> OrderShown:
    lines = (await order_lines(session, [order.id]))[order.id]
    refunds = (await order_refunds(session, [order.id]))[order.id]
    commissions = await commissions_of(session, [order.id])
    named = {commission.distributor_id for commission in commissions}
    named |= {key for candidate in order.candidates if isinstance(key := candidate["distributor_id"], int)}
    if order.distributor_id is not None:
        named.add(order.distributor_id)
    people = await payees(session, sorted(named))
    by_id = {line.id: line for line in lines}
    return OrderShown(
        order_id=order.order_ref,
        **order.model_dump(
            include={
                "state",
                "currency",
                "placed_at",
                "paid_at",
                "received_at",
                "cancelled_at",
                "shipping_minor",
                "tax_minor",
                "order_discount_minor",
                "plan_version",
                "self_purchase",
            }
        ),
        lines=[_line(line) for line in lines],
        attribution=_attribution(order, people, await link_code(session, order.link_id)),
        commissions=[
            shown_commission(
                commission,
                by_id.get(commission.line_id or 0),
                order_ref=order.order_ref,
                distributor=people[commission.distributor_id].external_id,
                currency=order.currency,
            )
            for commission in commissions
        ],
        refunds=_refunds(refunds),
        entries=_entries(await order_entries(session, order.merchant_id, order.id)),
    )


def _line(line: OrderLine) -> LineShown:
    return LineShown(
        line_id=line.line_ref, **line.model_dump(include=set(LineShown.model_fields) - {"line_id"})
    )


def _attribution(order: Order, people: dict[int, Payee], code: str | None) -> AttributionShown:
    def name(key: object) -> str | None:
        return people[key].external_id if isinstance(key, int) and key in people else None

    return AttributionShown(
        code=code,
        distributor=name(order.distributor_id),
        rule=order.rule,
        candidates=[
            CandidateShown(
                rule=Rule(str(candidate["rule"])),
                claim=str(candidate["word"]),
                distributor=name(candidate["distributor_id"]),
                verdict=Verdict(str(candidate["verdict"])),
            )
            for candidate in order.candidates
        ],
    )


def _refunds(refunds: Sequence[Refund]) -> list[RefundShown]:
    return [
        RefundShown(refund_id=refund.refund_ref, at=refund.at, refunded_minor=refund.refunded_minor)
        for refund in refunds
    ]


def _entries(entries: Sequence[Entry]) -> list[EntryShown]:
    return [EntryShown.model_validate(entry, from_attributes=True) for entry in entries]
