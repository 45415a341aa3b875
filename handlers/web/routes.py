"""Every route of the public web side: who may come, what comes in, what goes out. One table serves the
router, the OpenAPI description and the permission test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel

from handlers.web.commissions import CommissionList, CommissionQuery, list_commissions
from handlers.web.events import EventResults, receive_events
from handlers.web.health import description, health, metrics_page
from handlers.web.links import LinkList, LinkQuery, LinkRequest, LinkShown, list_links, make_link
from handlers.web.orders import OrderShown, show_order
from handlers.web.redirect import redirect
from handlers.web.share_app import ShareReady, ShareRequest, prepare_share, share_asset, share_page
from handlers.web.start import start_chat
from handlers.web.statements import StatementQuery, StatementShown, show_statement
from handlers.web.withdrawals import (
    BalanceList,
    BalanceQuery,
    WithdrawalList,
    WithdrawalQuery,
    list_balances,
    list_withdrawals,
)


class Access(StrEnum):
    """Who may use a route."""

    ANYBODY = "anybody"
    SIGNED = "signed"
    API_KEY = "api_key"
    CHAT_CLIENT = "chat_client"
    """Whoever the chat client says that they are, in the chat server's signed word (initData)."""


@dataclass(frozen=True, slots=True)
class Route:
    """One row: `answers` maps a status to its body's model, or None for a body that is no JSON document of ours."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    access: Access
    summary: str
    answers: dict[HTTPStatus, type[BaseModel] | None]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    problems: Sequence[HTTPStatus] = field(default=())


_LISTED = (HTTPStatus.UNPROCESSABLE_ENTITY,)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/r/{code}",
        redirect,
        Access.ANYBODY,
        "A buyer follows a link to the shop",
        {HTTPStatus.FOUND: None},
        problems=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        "POST",
        "/v1/events/{merchant_id}",
        receive_events,
        Access.SIGNED,
        "A shop tells what happened",
        {HTTPStatus.ACCEPTED: EventResults},
        problems=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
    ),
    Route(
        "GET",
        "/v1/orders/{order_id}",
        show_order,
        Access.API_KEY,
        "An order with its attribution, commissions and ledger entries",
        {HTTPStatus.OK: OrderShown},
        problems=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        "GET",
        "/v1/commissions",
        list_commissions,
        Access.API_KEY,
        "Commissions, oldest first",
        {HTTPStatus.OK: CommissionList},
        query=CommissionQuery,
        problems=(HTTPStatus.NOT_FOUND, *_LISTED),
    ),
    Route(
        "GET",
        "/v1/withdrawals",
        list_withdrawals,
        Access.API_KEY,
        "Withdrawals, oldest first",
        {HTTPStatus.OK: WithdrawalList},
        query=WithdrawalQuery,
        problems=(HTTPStatus.NOT_FOUND, *_LISTED),
    ),
    Route(
        "GET",
        "/v1/balances",
        list_balances,
        Access.API_KEY,
        "What each distributor has: held, available, paying and paid",
        {HTTPStatus.OK: BalanceList},
        query=BalanceQuery,
        problems=(HTTPStatus.NOT_FOUND, *_LISTED),
    ),
    Route(
        "GET",
        "/v1/statements",
        show_statement,
        Access.API_KEY,
        "A distributor's accounts over some days, adding up, with a hash",
        {HTTPStatus.OK: StatementShown},
        query=StatementQuery,
        problems=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, *_LISTED),
    ),
    Route(
        "GET",
        "/v1/links",
        list_links,
        Access.API_KEY,
        "Links with their clicks, oldest first",
        {HTTPStatus.OK: LinkList},
        query=LinkQuery,
        problems=(HTTPStatus.NOT_FOUND, *_LISTED),
    ),
    Route(
        "POST",
        "/v1/links",
        make_link,
        Access.API_KEY,
        "A distributor's link for a product (or the shop) in a channel; the same one for the same question",
        {HTTPStatus.OK: LinkShown},
        body=LinkRequest,
        problems=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
    ),
    Route(
        "GET",
        "/start/{payload}",
        start_chat,
        Access.ANYBODY,
        "Leads to the bot with a start payload",
        {HTTPStatus.FOUND: None},
        problems=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        "GET",
        "/app/share",
        share_page,
        Access.ANYBODY,
        "A page inside the chat client that sends a product's card; knows nothing by itself",
        {HTTPStatus.OK: None},
    ),
    Route(
        "POST",
        "/app/share",
        prepare_share,
        Access.CHAT_CLIENT,
        "Prepares a product's card for whoever opened the page",
        {HTTPStatus.OK: ShareReady},
        body=ShareRequest,
        problems=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        ),
    ),
    Route(
        "GET",
        "/app/{name}",
        share_asset,
        Access.ANYBODY,
        "The page's script and style sheet",
        {HTTPStatus.OK: None},
        problems=(HTTPStatus.NOT_FOUND,),
    ),
    Route(
        "GET",
        "/healthz",
        health,
        Access.ANYBODY,
        "Whether the program and its store work",
        {HTTPStatus.OK: None},
    ),
    Route("GET", "/openapi.json", description, Access.ANYBODY, "This description", {HTTPStatus.OK: None}),
    Route("GET", "/metrics", metrics_page, Access.ANYBODY, "Metrics for Prometheus", {HTTPStatus.OK: None}),
)
