"""`/healthz`, `/metrics` and `/openapi.json`."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text

from handlers.web.keys import CONTEXT, DESCRIPTION, DESKS
from models.store.inbox import oldest_parked
from models.store.outbox import waiting_notices


async def health(request: web.Request) -> web.StreamResponse:
    """200 when the store answers; else the problem document of what is wrong."""
    async with request.app[CONTEXT].store.read() as session:
        await session.execute(text("SELECT 1"))
    return web.json_response({"status": "ok"})


async def metrics_page(request: web.Request) -> web.StreamResponse:
    """Counters and gauges in Prometheus' text form."""
    context, metrics = request.app[CONTEXT], request.app[DESKS].metrics
    async with context.store.read() as session:
        metrics.notices_waiting.set(await waiting_notices(session))
        oldest = await oldest_parked(session)
    age = (context.clock.now() - oldest).total_seconds() if oldest is not None else 0
    metrics.oldest_parked.set(age)
    return web.Response(
        body=metrics.page(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    )


async def description(request: web.Request) -> web.StreamResponse:
    """The OpenAPI document of this very program."""
    return web.json_response(text=request.app[DESCRIPTION])
