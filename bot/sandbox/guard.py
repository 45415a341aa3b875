"""Who may talk to the sandbox: callers that know its address, not pages that guess it."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


def only_known_hosts(host: str) -> Middleware:
    """Refuse requests under a foreign host name: the control API has no password (DNS rebinding)."""

    @web.middleware
    async def guard(request: web.Request, handler: Next) -> web.StreamResponse:
        name = (request.url.host or "").lower()
        if name not in {"localhost", host} and not _is_address(name):
            return web.Response(status=421, text="This is a sandbox: open it by its address.\n")
        return await handler(request)

    return guard


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
