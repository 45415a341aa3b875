"""Where the shop stands: /shop/ exists always, open or not yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.languages import Ribbon, language_of
from bot.sandbox.shop.setup import ShopSetup
from bot.sandbox.shop.site import ShopSite
from bot.sandbox.shop.words import WORDS

STYLE = Path(__file__).parent / "pages" / "style.css"


class ShopMount:
    """Passes requests to the open shop."""

    def __init__(self, setup: ShopSetup | None, ribbon: Ribbon | None, clock: Callable[[], float]) -> None:
        self._setup = setup
        self._ribbon = ribbon
        self._clock = clock
        self.site: ShopSite | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a shop."""
        return self._setup is not None

    def add_to(self, app: web.Application) -> None:
        """Add the routes; the shop opens when the server starts."""
        app.router.add_get("/shop", self._to_slash)
        app.router.add_get("/shop/style.css", self._style)
        app.router.add_route("*", "/shop/{path:.*}", self._answer)
        app.on_startup.append(self._on_startup)

    async def open(self, setup: ShopSetup) -> None:
        """Open a shop, in place of the one before."""
        await self.close()
        self._setup = setup
        self.site = ShopSite(setup, self._ribbon, self._clock)
        self.site.mailroom.open()

    async def close(self) -> None:
        """Stop sending events."""
        if self.site is not None:
            await self.site.mailroom.close()

    async def _on_startup(self, app: web.Application) -> None:
        del app
        if self.site is not None:
            self.site.mailroom.open()
        elif self._setup is not None:
            await self.open(self._setup)

    async def _to_slash(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(request.rel_url.with_path("/shop/").with_query(request.query))

    async def _style(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=STYLE.read_text("utf-8"), content_type="text/css")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if self.site is None:
            return web.Response(status=503, text=WORDS[language_of(request)]["closed"])
        return await self.site.answer(request)
