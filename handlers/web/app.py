"""The web side, put together."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from importlib.metadata import PackageNotFoundError, version

from aiohttp import web

from bot.context import ChatContext, Context
from handlers.web.click_desk import ClickDesk
from handlers.web.event_desk import EventDesk
from handlers.web.events import MOST_BYTES
from handlers.web.keys import CHAT, CONTEXT, DESCRIPTION, DESKS, ChatDesk, Desks
from handlers.web.metrics import Metrics
from handlers.web.openapi import describe
from handlers.web.problems import speak_problems
from handlers.web.routes import ROUTES
from handlers.web.shelf import destination_shelf, merchant_shelf
from handlers.web.spool import Spool


def build_web(
    context: Context,
    metrics: Metrics | None = None,
    chat: Callable[[], ChatContext | None] = lambda: None,
) -> web.Application:
    """An application that serves every route of the table; its desks start and stop with it.

    `chat` gives the chat's part of the house, for pages that open inside the chat client.
    """
    metrics = metrics or Metrics()
    desks = Desks(
        events=EventDesk(context.store, context.clock, metrics),
        clicks=ClickDesk(context.store, Spool(context.settings.data_dir / "spool"), metrics),
        destinations=destination_shelf(context.store),
        merchants=merchant_shelf(context.store),
        metrics=metrics,
    )
    app = web.Application(middlewares=[speak_problems], client_max_size=MOST_BYTES)
    app[CONTEXT] = context
    app[DESKS] = desks
    app[CHAT] = ChatDesk(chat)
    app[DESCRIPTION] = json.dumps(describe(_version()))
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, route.handler)
    app.cleanup_ctx.append(_desks_at_work)
    return app


async def _desks_at_work(app: web.Application) -> AsyncIterator[None]:
    desks = app[DESKS]
    await desks.clicks.start()
    yield
    await desks.clicks.stop()
    await desks.events.drain()


def _version() -> str:
    try:
        return version("tuike")
    except PackageNotFoundError:
        return "0"  # run from a checkout that was never installed
