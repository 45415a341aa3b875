"""Bearer tokens of merchants. The tenant comes from here, in one place (operations.md F3)."""

from __future__ import annotations

from aiohttp import hdrs, web

from handlers.web.keys import CONTEXT
from handlers.web.problems import Unauthorised
from models.people.merchants import Merchant, merchant_of_api_key

_SCHEME = "bearer "


async def merchant_of(request: web.Request) -> Merchant:
    """The merchant whose API key came with the request. Raises Unauthorised."""
    header = request.headers.get(hdrs.AUTHORIZATION, "")
    token = header[len(_SCHEME) :].strip() if header.lower().startswith(_SCHEME) else ""
    if not token or not token.isascii():
        raise Unauthorised("Send the merchant's API key as `Authorization: Bearer tk_…`.")
    async with request.app[CONTEXT].store.read() as session:
        merchant = await merchant_of_api_key(session, token)
    if merchant is None:
        raise Unauthorised("This API key is not known, or was revoked.")
    return merchant
