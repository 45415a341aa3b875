"""`GET /v1/withdrawals` and `GET /v1/balances`: what distributors asked for, and what each of them has."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.web.auth import merchant_of
from handlers.web.keys import CONTEXT
from handlers.web.paging import Page, cursor, query_of
from handlers.web.wire import Text
from models.money.withdrawal_listing import WithdrawalListed, balances_page, withdrawal_page
from models.money.withdrawal_states import WithdrawalState
from models.people.distributors import distributor_by_external_id
from models.people.merchants import Merchant

_Whose = Annotated[Text | None, Field(description="external_id of one distributor")]


class WithdrawalShown(BaseModel):
    """A payout request; amounts in minor units. `account` is masked; `batch` is the number of its file for the bank.

    `approved_by` and `seconded_by` name who decided, as the audit does: `person 42`, or `command` for the command line.
    """

    reference: str
    distributor: str
    state: WithdrawalState
    amount_minor: int
    fee_minor: int
    arrives_minor: int
    currency: str
    account: str
    needs_second: bool
    approved_by: str | None
    seconded_by: str | None
    provider: str | None
    batch: int | None
    provider_reference: str | None
    note: str
    requested_at: datetime
    due_at: datetime
    approved_at: datetime | None
    finished_at: datetime | None


class WithdrawalList(BaseModel):
    """A page of withdrawals."""

    items: list[WithdrawalShown]
    next_cursor: str | None


class WithdrawalQuery(Page):
    """Which withdrawals."""

    distributor: _Whose = None
    state: WithdrawalState | None = None


class BalanceShown(BaseModel):
    """What one distributor has, in minor units of the merchant's currency. Below zero `available_minor` is debt."""

    distributor: str
    currency: str
    held_minor: int
    available_minor: int
    paying_minor: int
    paid_minor: int


class BalanceList(BaseModel):
    """A page of balances."""

    items: list[BalanceShown]
    next_cursor: str | None


class BalanceQuery(Page):
    """Whose balances."""

    distributor: _Whose = None


def shown_withdrawal(listed: WithdrawalListed) -> WithdrawalShown:
    """A withdrawal as the API and the command line show it."""
    one = listed.withdrawal
    return WithdrawalShown(
        reference=one.reference,
        distributor=listed.external_id,
        state=one.state,
        amount_minor=one.amount_minor,
        fee_minor=one.fee_minor,
        arrives_minor=one.arrives_minor,
        currency=one.currency,
        account=one.account_masked,
        needs_second=one.needs_second,
        approved_by=one.approved_by,
        seconded_by=one.seconded_by,
        provider=one.provider,
        batch=listed.batch,
        provider_reference=one.provider_reference,
        note=one.note,
        requested_at=one.requested_at,
        due_at=one.due_at,
        approved_at=one.decided_at,
        finished_at=one.finished_at,
    )


async def _distributor_id(session: AsyncSession, merchant: Merchant, external_id: str | None) -> int | None:
    if external_id is None:
        return None
    return (await distributor_by_external_id(session, merchant.id, external_id)).id


async def list_withdrawals(request: web.Request) -> web.StreamResponse:
    """A page of the merchant's withdrawals."""
    merchant = await merchant_of(request)
    query = query_of(request, WithdrawalQuery)
    async with request.app[CONTEXT].store.read() as session:
        listed = await withdrawal_page(
            session,
            merchant.id,
            distributor_id=await _distributor_id(session, merchant, query.distributor),
            states=[query.state] if query.state is not None else [],
            after=query.after,
            limit=query.limit + 1,
        )
    more = len(listed) > query.limit
    page = WithdrawalList(
        items=[shown_withdrawal(item) for item in listed[: query.limit]],
        next_cursor=cursor(listed[query.limit - 1].withdrawal.id) if more else None,
    )
    return web.json_response(text=page.model_dump_json())


async def list_balances(request: web.Request) -> web.StreamResponse:
    """A page of the merchant's distributors with their balances."""
    merchant = await merchant_of(request)
    query = query_of(request, BalanceQuery)
    async with request.app[CONTEXT].store.read() as session:
        listed = await balances_page(
            session,
            merchant,
            distributor_id=await _distributor_id(session, merchant, query.distributor),
            after=query.after,
            limit=query.limit + 1,
        )
    more = len(listed) > query.limit
    page = BalanceList(
        items=[
            BalanceShown(
                distributor=item.external_id,
                currency=merchant.currency,
                held_minor=item.held_minor,
                available_minor=item.available_minor,
                paying_minor=item.paying_minor,
                paid_minor=item.paid_minor,
            )
            for item in listed[: query.limit]
        ],
        next_cursor=cursor(listed[query.limit - 1].distributor_id) if more else None,
    )
    return web.json_response(text=page.model_dump_json())
