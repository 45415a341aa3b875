"""`GET|POST /v1/links`: links of a merchant's distributors and how often they were clicked."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handlers.web.auth import merchant_of
from handlers.web.keys import CONTEXT, DESKS
from handlers.web.paging import Page, cursor, query_of
from handlers.web.problems import Malformed, TooLarge
from handlers.web.wire import Sku, Text
from models.errors import Invalid
from models.funnel.links import SHOP, Channel, LinkSeen, LinkState, link_for, links_seen
from models.people.distributors import distributor_by_external_id


class LinkRequest(BaseModel):
    """Whose link, shown where, to what; without `sku` it leads to the shop as a whole."""

    model_config = ConfigDict(extra="forbid")

    distributor: Text
    channel: Channel
    sku: Sku | None = None


class LinkShown(BaseModel):
    """A link. `unique_clicks` counts one a visitor and clock hour (UTC)."""

    code: str
    sku: str | None
    distributor: str
    channel: Channel
    state: LinkState
    url: str
    clicks: int
    unique_clicks: int


class LinkList(BaseModel):
    """A page of links."""

    items: list[LinkShown]
    next_cursor: str | None


class LinkQuery(Page):
    """Which links."""

    distributor: Annotated[Text | None, Field(description="external_id of one distributor")] = None


def _shown(seen: LinkSeen, address: str) -> LinkShown:
    link = seen.link
    return LinkShown(
        code=link.code,
        sku=link.sku or None,
        distributor=seen.distributor,
        channel=link.channel,
        state=link.state,
        url=f"{address}/r/{link.code}",
        clicks=seen.clicks,
        unique_clicks=seen.unique_clicks,
    )


async def make_link(request: web.Request) -> web.StreamResponse:
    """The link for this question, made at the first asking."""
    context = request.app[CONTEXT]
    merchant = await merchant_of(request)
    wanted = await _wanted(request)
    async with context.store.write() as session:
        distributor = await distributor_by_external_id(session, merchant.id, wanted.distributor)
        link = await link_for(
            session,
            merchant=merchant,
            distributor=distributor,
            channel=wanted.channel,
            sku=wanted.sku or SHOP,
            now=context.clock.now(),
        )
        [seen] = await links_seen(session, merchant.id, link_id=link.id)
    request.app[DESKS].destinations.forget()
    return web.json_response(text=_shown(seen, context.settings.address).model_dump_json())


async def _wanted(request: web.Request) -> LinkRequest:
    try:
        return LinkRequest.model_validate_json(await request.read())
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge("A link is asked for with a few words.") from error
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise Malformed("The body is no JSON that can be read.") from error
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Invalid(f"{where}: {first['msg']}") from error


async def list_links(request: web.Request) -> web.StreamResponse:
    """A page of the merchant's links."""
    context = request.app[CONTEXT]
    merchant = await merchant_of(request)
    query = query_of(request, LinkQuery)
    async with context.store.read() as session:
        whose = None
        if query.distributor is not None:
            whose = (await distributor_by_external_id(session, merchant.id, query.distributor)).id
        seen = await links_seen(
            session, merchant.id, distributor_id=whose, after=query.after, limit=query.limit + 1
        )
    items = [_shown(item, context.settings.address) for item in seen[: query.limit]]
    more = len(seen) > query.limit
    page = LinkList(items=items, next_cursor=cursor(seen[query.limit - 1].link.id) if more else None)
    return web.json_response(text=page.model_dump_json())
