"""A shop's own web server with pictures, which counts what is asked of it; and pictures to send."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from PIL import Image

from bot.media.drawn import draw_product


def encoded(width: int, height: int, kind: str = "PNG", colour: str = "#3366CC") -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


@dataclass
class PictureHost:
    """Serves what stands in `pages`; a page that is None never answers."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    pages: dict[str, bytes | None] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        """One request."""
        self.asked.append(request.path)
        if request.path not in self.pages:
            return web.Response(status=404)
        content = self.pages[request.path]
        if content is None:
            await asyncio.Event().wait()
        return web.Response(body=content, content_type="image/jpeg")


@asynccontextmanager
async def picture_host() -> AsyncIterator[PictureHost]:
    """Such a server, with a lamp on it."""
    host = PictureHost(pages={"/lamp.jpg": draw_product("Brass lantern", "lights", 3)})
    app = web.Application()
    app.router.add_get("/{name}", host.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield host
    finally:
        await runner.cleanup()
