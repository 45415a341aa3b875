"""`POST /v1/events/{merchant_id}`: a shop tells what happened."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel
from pydantic_core import from_json

from handlers.web.keys import CONTEXT, DESKS
from handlers.web.problems import Malformed, TooLarge, Unauthorised
from handlers.web.reading import event_id, read_event
from handlers.web.signature import check_signature
from models.errors import DomainError, Invalid, NotFound
from models.funnel.events import EventStatus, Receipt, ShopEvent
from models.people.merchants import Merchant

MOST_BYTES = 4 * 1024 * 1024
MOST_EVENTS = 500
_READ_AT_ONCE = 25


class TooMany(Invalid):
    """More events than one request may carry."""

    code = "too_many_events"

    def __init__(self, count: int) -> None:
        super().__init__(f"One request carries 1 to {MOST_EVENTS} events, not {count}.")


class EventResult(BaseModel):
    """What became of one event."""

    id: str | None
    status: EventStatus
    detail: str | None = None


class EventResults(BaseModel):
    """One result an event, in the order of the request."""

    results: list[EventResult]


async def receive_events(request: web.Request) -> web.StreamResponse:
    """Check the signature over the raw body, then read, tell and answer each event by itself."""
    desks, clock = request.app[DESKS], request.app[CONTEXT].clock
    public_id = request.match_info["merchant_id"]
    merchant = await desks.merchants.get(public_id)
    if merchant is None:
        raise NotFound("merchant", public_id)
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge(
            f"A body has at most {MOST_BYTES} bytes; send the events in smaller groups."
        ) from error
    secrets = [secret for secret in (merchant.webhook_secret, merchant.webhook_secret_before) if secret]
    try:
        check_signature(request.headers, body, secrets, clock.now())
    except Unauthorised:
        desks.metrics.signatures_refused.inc()
        raise
    results = await _tell(request, merchant, _raw_events(body))
    answer = EventResults(results=results)
    return web.Response(
        status=HTTPStatus.ACCEPTED, text=answer.model_dump_json(), content_type="application/json"
    )


def _raw_events(body: bytes) -> list[object]:
    try:
        content: object = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Malformed("The body is no JSON that can be read.") from error
    if isinstance(content, dict) and "events" in content and "type" not in content:
        content = content["events"]
        if not isinstance(content, list):
            raise Malformed('"events" is a list of events.')
        if not 1 <= len(content) <= MOST_EVENTS:
            raise TooMany(len(content))
        return content
    if not isinstance(content, dict):
        raise Malformed('The body is one event, or {"events": [...]}.')
    return [content]


async def _tell(request: web.Request, merchant: Merchant, raws: list[object]) -> list[EventResult]:
    desks, clock = request.app[DESKS], request.app[CONTEXT].clock
    salt = await desks.events.salt()
    results: list[EventResult | None] = [None] * len(raws)
    places: list[int] = []
    events: list[ShopEvent] = []
    for place, raw in enumerate(raws):
        if place % _READ_AT_ONCE == _READ_AT_ONCE - 1:
            await asyncio.sleep(0)  # a large body must not keep buyers and chats waiting
        try:
            events.append(read_event(raw, merchant, clock.now(), salt))
            places.append(place)
        except DomainError as error:
            results[place] = EventResult(
                id=event_id(raw), status=EventStatus.REJECTED, detail=f"{error.code}: {error}"
            )
            desks.metrics.events[EventStatus.REJECTED].inc()
    for place, receipt in zip(places, await desks.events.tell(merchant.id, events), strict=True):
        results[place] = _result(receipt)
    return [result for result in results if result is not None]


def _result(receipt: Receipt) -> EventResult:
    return EventResult(id=receipt.id, status=receipt.status, detail=receipt.detail)
