"""`GET /r/{code}`: a buyer on the way to the shop. The hottest path; it reads nothing on a hit (F1, F2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from random import Random

from aiohttp import hdrs, web

from handlers.web.keys import CONTEXT, DESKS
from models.errors import NotFound
from models.funnel.clicks import NewClick
from models.funnel.links import read_code
from models.store.ids import new_id
from models.store.types import to_micros

COOKIE = "tk_visitor"
_VISITOR = re.compile(r"(?:^|;\s*)tk_visitor=([A-Za-z0-9_-]{16,32})(?:;|$)")
_YEAR = 31_536_000
_visitors = Random()  # noqa: S311 - a visitor's name is no secret, and the system's source is slow
_PROGRAM = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|facebot|whatsapp|embedly|vkshare|"
    r"pinterest|skypeuripreview|mattermost|mastodon|bingbot|lighthouse|headlesspreview|unfurl",
    re.IGNORECASE,
)
"""Programs that look at a link before, or instead of, a person (business.md 3)."""


async def redirect(request: web.Request) -> web.StreamResponse:
    """302 to the stored target with `tk_code` and `tk_visitor`; the click is safe before the answer."""
    desks = request.app[DESKS]
    code = read_code(request.match_info["code"])
    near = desks.destinations.at_hand(code) if code is not None else (None,)
    destination = near[0] if near is not None else await desks.destinations.get(code or "")
    if code is None or destination is None:
        raise NotFound("link", request.match_info["code"][:40])
    if not destination.counted:
        desks.metrics.redirects_uncounted.inc()
        return _answer(destination.target, None)
    headers = request.headers
    cookie = headers.get(hdrs.COOKIE)
    known = _VISITOR.search(cookie) if cookie else None
    visitor = known.group(1) if known is not None else _new_visitor()
    if request.method == hdrs.METH_HEAD or _is_nobody(headers):
        desks.metrics.redirects_uncounted.inc()
        return _answer(destination.trace(code, visitor), None)
    at = to_micros(request.app[CONTEXT].clock.now())
    await desks.clicks.land(NewClick(new_id(), destination.link_id, visitor, at))
    desks.metrics.clicks.inc()
    return _answer(destination.trace(code, visitor), visitor if known is None else None)


def _new_visitor() -> str:
    """Rising with time, so that the newest visitors stand side by side in the store's indexes."""
    return f"{new_id():016x}{_visitors.getrandbits(32):08x}"


def _is_nobody(headers: Mapping[str, str]) -> bool:
    agent = headers.get(hdrs.USER_AGENT)
    if agent is not None and _is_program(agent):
        return True
    purpose = (
        headers.get("Sec-Purpose")
        or headers.get("Purpose")
        or headers.get("X-Purpose")
        or headers.get("X-Moz")
    )
    return purpose is not None and ("prefetch" in purpose or "preview" in purpose)


@lru_cache(maxsize=4096)
def _is_program(agent: str) -> bool:
    """Few names of browsers make up nearly all requests, so the search is done once for each."""
    return _PROGRAM.search(agent) is not None


def _answer(location: str, new_visitor: str | None) -> web.Response:
    headers = {hdrs.LOCATION: location, hdrs.CACHE_CONTROL: "no-store"}
    if new_visitor is not None:
        headers[hdrs.SET_COOKIE] = f"{COOKIE}={new_visitor}; Max-Age={_YEAR}; Path=/r; HttpOnly; SameSite=Lax"
    return web.Response(status=302, headers=headers)
