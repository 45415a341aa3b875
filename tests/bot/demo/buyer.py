"""Somebody with a browser, by plain HTTP: follows a link, fills the cart, pays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiohttp

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


@dataclass
class Buyer:
    """One browser with its cookies."""

    session: aiohttp.ClientSession

    async def follows(self, link: str) -> str:
        """Open a short link; the address of the shop's page to which it led."""
        async with self.session.get(link, allow_redirects=False) as answer:
            assert answer.status == 302
            target = answer.headers["Location"]
        async with self.session.get(target) as page:
            assert page.status == 200
            assert "演示数据" in await page.text() or "Demo data" in await page.text()
        return target

    async def buys(self, product: str, quantity: int) -> str:
        """Put pieces of the product on this page into the cart and pay; the order's number."""
        parts = urlsplit(product)
        shop = f"{parts.scheme}://{parts.netloc}/shop"
        sku = unquote(parts.path.rpartition("/")[2])
        await self._posts(f"{shop}/cart", sku=sku, quantity=str(quantity))
        receipt = await self._posts(f"{shop}/orders", name="Alex", email="alex@mail.example", pay="1")
        return receipt.rpartition("/")[2]

    async def _posts(self, url: str, **form: str) -> str:
        async with self.session.post(url, data=form) as page:
            assert page.status == 200
            return page.url.path


@asynccontextmanager
async def browsing() -> AsyncIterator[Buyer]:
    """A fresh browser; the shop stands on a bare address, so cookies of such are kept."""
    jar = aiohttp.CookieJar(unsafe=True)
    headers = {"User-Agent": BROWSER, "Accept-Language": "en"}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:
        yield Buyer(session)
