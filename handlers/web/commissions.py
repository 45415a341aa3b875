"""`GET /v1/commissions`: the commissions of a merchant, oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from handlers.web.auth import merchant_of
from handlers.web.keys import CONTEXT
from handlers.web.paging import Page, cursor, query_of
from handlers.web.wire import Text
from models.funnel.orders import OrderLine, order_by_ref
from models.money.commissions import Commission, CommissionKind, CommissionState, RateKind, Reason
from models.money.explaining import boost_of, why
from models.money.listing import CommissionListed, commission_page
from models.people.distributors import distributor_by_external_id
from models.plans.rules import BoostMode


class CutShown(BaseModel):
    """What one cap took, in minor units."""

    cap: str
    amount_minor: int


class BoostShown(BaseModel):
    """A promotion of the plan: `rate` is a percentage (`5%`) or an amount a piece (`0.50`), as the plan writes it.

    With the mode `add` it was paid on top of the commission's own rate, with `replace` in its place.
    """

    rate: str
    mode: BoostMode
    rule: str


class CommissionShown(BaseModel):
    """What one distributor earns on one line, or as a bonus; amounts in minor units. `rate` is as the plan writes it;
    `boost` is what a promotion put on it or in its place, null where none held.

    A bonus has no line, one of a period no order but its `period`. `cuts`: what caps took before it was made.
    """

    order_id: str | None
    kind: CommissionKind
    line_id: str | None
    period: str | None
    distributor: str
    base_minor: int
    rate: str
    boost: BoostShown | None
    amount_minor: int
    cuts: list[CutShown]
    reversed_minor: int
    state: CommissionState
    reason: Reason | None
    plan_version: int
    rule: str
    level: str
    profile: str | None
    why: str
    earned_at: datetime
    release_at: datetime | None
    released_at: datetime | None


class CommissionList(BaseModel):
    """A page of commissions."""

    items: list[CommissionShown]
    next_cursor: str | None


class CommissionQuery(Page):
    """Which commissions."""

    distributor: Annotated[Text | None, Field(description="external_id of one distributor")] = None
    order_id: Annotated[Text | None, Field(description="the shop's order number")] = None
    state: CommissionState | None = None


def shown_commission(
    commission: Commission, line: OrderLine | None, *, order_ref: str | None, distributor: str, currency: str
) -> CommissionShown:
    """A commission as the API shows it."""
    return CommissionShown(
        order_id=order_ref,
        kind=commission.kind,
        line_id=line.line_ref if line is not None else None,
        period=commission.period,
        distributor=distributor,
        base_minor=commission.base_minor,
        rate=_rate(commission.rate_kind, commission.rate),
        boost=_boost(commission),
        amount_minor=commission.amount_minor,
        cuts=[CutShown.model_validate(cut) for cut in commission.cuts],
        reversed_minor=commission.reversed_minor,
        state=commission.state,
        reason=commission.reason,
        plan_version=commission.plan_version,
        rule=commission.rule,
        level=commission.level,
        profile=commission.profile,
        why=why(commission, line, currency),
        earned_at=commission.earned_at,
        release_at=commission.release_at,
        released_at=commission.released_at,
    )


def _rate(kind: RateKind | None, rate: str) -> str:
    return f"{rate}%" if kind is RateKind.PERCENT else rate


def _boost(commission: Commission) -> BoostShown | None:
    found = boost_of(commission)
    if found is None:
        return None
    term, mode = found
    return BoostShown(rate=_rate(term.kind, term.rate), mode=mode, rule=term.rule)


def _shown(listed: CommissionListed, currency: str) -> CommissionShown:
    return shown_commission(
        listed.commission,
        listed.line,
        order_ref=listed.order_ref,
        distributor=listed.distributor,
        currency=currency,
    )


async def list_commissions(request: web.Request) -> web.StreamResponse:
    """A page of the merchant's commissions."""
    merchant = await merchant_of(request)
    query = query_of(request, CommissionQuery)
    async with request.app[CONTEXT].store.read() as session:
        whose = order = None
        if query.distributor is not None:
            whose = (await distributor_by_external_id(session, merchant.id, query.distributor)).id
        if query.order_id is not None:
            order = (await order_by_ref(session, merchant.id, query.order_id)).id
        listed = await commission_page(
            session,
            merchant.id,
            distributor_id=whose,
            order_id=order,
            state=query.state,
            after=query.after,
            limit=query.limit + 1,
        )
    more = len(listed) > query.limit
    page = CommissionList(
        items=[_shown(item, merchant.currency) for item in listed[: query.limit]],
        next_cursor=cursor(listed[query.limit - 1].commission.id) if more else None,
    )
    return web.json_response(text=page.model_dump_json())
