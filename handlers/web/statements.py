"""`GET /v1/statements`: a distributor's accounts over some days, adding up, with a hash."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from handlers.web.auth import merchant_of
from handlers.web.keys import CONTEXT
from handlers.web.paging import query_of
from handlers.web.wire import Text
from models.money.commissions import CommissionKind
from models.money.ledger import AccountKind
from models.money.statements import EntryKind, Section, Statement, statement
from models.people.distributors import distributor_by_external_id


def _iso(text: object) -> object:
    """A day is written in one way; numbers, which could be taken for days, are none."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("a day looks like 2026-03-01")
    return text


Day = Annotated[date, BeforeValidator(_iso)]


class StatementQuery(BaseModel):
    """Whose statement, of which days of the merchant's calendar."""

    model_config = ConfigDict(extra="forbid")

    distributor: Annotated[Text, Field(description="external_id of the distributor")]
    first: Annotated[Day, Field(alias="from", description="the first day")]
    until: Annotated[Day, Field(alias="to", description="the day after the last one")]


class EntryShown(BaseModel):
    """One movement, in minor units, below zero when money left the account.

    `written_at` is when it came into the books, which decides on what statement it stands; when it happened says the
    transfer's `at` (`/v1/orders/{id}`, `tuike export ledger`).

    `commission_kinds` are the kinds of commissions that it moved; `withdrawal` is the reference of
    the withdrawal that it belongs to.
    """

    written_at: datetime
    transfer: str
    kind: EntryKind
    amount_minor: int
    order_id: str | None
    commission_kinds: list[CommissionKind]
    period: str | None
    withdrawal: str | None


class SectionShown(BaseModel):
    """One account: opening balance and entries make the closing balance."""

    account: AccountKind
    opening_minor: int
    closing_minor: int
    entries: list[EntryShown]


class StatementShown(BaseModel):
    """A statement of the days from `from` to the one before `to`, by the calendar of `timezone`.

    Opening and closing balance are those of `available`; the sections show every account.

    `complete` is false while entries may still come; the hash of a complete statement never changes.
    """

    model_config = ConfigDict(validate_by_name=True)

    merchant_id: str
    distributor: str
    currency: str
    timezone: str
    first: Annotated[date, Field(alias="from")]
    until: Annotated[date, Field(alias="to")]
    complete: bool
    before_joining: bool
    opening_minor: int
    closing_minor: int
    sections: list[SectionShown]
    sha256: str


async def show_statement(request: web.Request) -> web.StreamResponse:
    """One distributor's statement."""
    merchant = await merchant_of(request)
    query = query_of(request, StatementQuery)
    context = request.app[CONTEXT]
    async with context.store.read() as session:
        whose = await distributor_by_external_id(session, merchant.id, query.distributor)
        found = await statement(session, merchant, whose, query.first, query.until, context.clock.now())
    return web.json_response(text=shown_statement(found).model_dump_json(by_alias=True))


def shown_statement(found: Statement) -> StatementShown:
    """A statement as the API and the command line show it; to be dumped by alias."""
    return StatementShown(
        merchant_id=found.merchant_id,
        distributor=found.distributor,
        currency=found.currency,
        timezone=found.zone.key,
        first=found.first,
        until=found.until,
        complete=not found.runs,
        before_joining=found.before_joining,
        opening_minor=found.available.opening_minor,
        closing_minor=found.available.closing_minor,
        sections=[_section(section) for section in found.sections],
        sha256=found.sha256,
    )


def _section(section: Section) -> SectionShown:
    return SectionShown(
        account=section.account,
        opening_minor=section.opening_minor,
        closing_minor=section.closing_minor,
        entries=[
            EntryShown(
                written_at=entry.at,
                transfer=entry.key,
                kind=entry.kind,
                amount_minor=entry.amount_minor,
                order_id=entry.order_ref,
                commission_kinds=list(entry.for_kinds),
                period=entry.period,
                withdrawal=entry.withdrawal,
            )
            for entry in section.entries
        ],
    )
