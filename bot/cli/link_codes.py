"""The codes of a merchant's links, for rehearsals: from the store, or asked of a server."""
# ruff: noqa: PLC0415 - imports stand inside functions, so that --help is fast

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import Invalid

if TYPE_CHECKING:
    from models.people.merchants import Merchant
    from models.store.engine import Store

PAGE = 500
ACTIVE = "active"


async def codes_in_store(store: Store, merchant: Merchant) -> tuple[str, ...]:
    """Codes of the merchant's active links."""
    from models.funnel.links import LinkState, links_seen

    codes: list[str] = []
    after = 0
    while True:
        async with store.read() as session:
            page = await links_seen(session, merchant.id, after=after, limit=PAGE)
        codes.extend(seen.link.code for seen in page if seen.link.state is LinkState.ACTIVE)
        if len(page) < PAGE:
            return tuple(codes)
        after = page[-1].link.id


async def codes_over_http(url: str, api_key: str) -> tuple[str, ...]:
    """Codes of the active links that `GET /v1/links` lists for this key. Raises Invalid with what the server said."""
    import aiohttp
    from pydantic import BaseModel, ValidationError

    class Item(BaseModel):
        code: str
        state: str = ACTIVE

    class Page(BaseModel):
        items: list[Item]
        next_cursor: str | None

    codes: list[str] = []
    cursor: str | None = None
    headers = {"Authorization": f"Bearer {api_key}"}
    try:
        async with aiohttp.ClientSession(headers=headers) as session:
            while True:
                query = {"cursor": cursor} if cursor else {}
                async with session.get(f"{url.rstrip('/')}/v1/links", params=query) as response:
                    content = await response.read()
                if response.status != 200:
                    raise Invalid(
                        f"{url} answered {response.status} when asked for links; is the API key right?"
                    )
                page = Page.model_validate_json(content)
                codes.extend(item.code for item in page.items if item.state == ACTIVE)
                cursor = page.next_cursor
                if cursor is None:
                    return tuple(codes)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Invalid(f"{url} can't be asked for links: {str(error) or type(error).__name__}.") from error
    except ValidationError as error:
        raise Invalid(f"{url} answered with something that is no list of links.") from error
