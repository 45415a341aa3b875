"""A shop with a running web side."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from standardwebhooks import Webhook

from bot.clock import SetClock
from bot.context import Context
from bot.settings import Settings
from handlers.web.app import build_web
from models.store.engine import Store
from tests.builders import Shop, open_shop

Json = dict[str, Any]


@dataclass
class WebShop:
    """A shop that speaks to us over HTTP, signed by the scheme's own library."""

    shop: Shop
    client: TestClient[web.Request, web.Application]
    clock: SetClock
    signatures: int = field(default=0)

    @property
    def events_path(self) -> str:
        return f"/v1/events/{self.shop.merchant.public_id}"

    def signed(self, body: bytes, *, at: datetime | None = None, secret: str | None = None) -> dict[str, str]:
        """Headers over exactly these bytes."""
        self.signatures += 1
        moment = at or self.clock.now()
        message_id = f"msg-{self.signatures}"
        signature = Webhook(secret or self.shop.merchant.webhook_secret).sign(
            message_id, moment, body.decode()
        )
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signature,
            "Content-Type": "application/json",
        }

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> ClientResponse:
        """Post raw bytes, signed unless headers are given."""
        return await self.client.post(
            self.events_path,
            data=io.BytesIO(body),
            headers=headers if headers is not None else self.signed(body),
        )

    async def tell(self, *events: Json) -> list[Json]:
        """Post events and return their results."""
        answer = await self.post(json.dumps({"events": list(events)}).encode())
        assert answer.status == 202, await answer.text()
        results: list[Json] = (await answer.json())["results"]
        return results

    async def get(self, path: str, *, key: str | None = None) -> ClientResponse:
        """Ask the API with the merchant's key."""
        return await self.client.get(path, headers={"Authorization": f"Bearer {key or self.shop.api_key}"})

    async def link(self, distributor: str, channel: str = "copied", sku: str | None = None) -> Json:
        """Ask for a link by the API."""
        body = {"distributor": distributor, "channel": channel, **({"sku": sku} if sku else {})}
        answer = await self.client.post(
            "/v1/links", json=body, headers={"Authorization": f"Bearer {self.shop.api_key}"}
        )
        assert answer.status == 200, await answer.text()
        link: Json = await answer.json()
        return link

    def event(self, kind: str, data: Json, *, key: str | None = None) -> Json:
        """One event of the public JSON."""
        return {
            "id": key or f"evt-{base64.b32encode(json.dumps([kind, data]).encode()).decode()[-30:]}",
            "type": kind,
            "occurred_at": self.clock.now().isoformat(),
            "data": data,
        }

    def paid(
        self, order_id: str, *, key: str | None = None, lines: Sequence[Json] | None = None, **data: Any
    ) -> Json:
        """An order that was paid."""
        return self.event(
            "order.paid",
            {"order_id": order_id, "currency": "GBP", "lines": list(lines or [self.line()]), **data},
            key=key or f"paid-{order_id}",
        )

    @staticmethod
    def line(
        line_id: str = "1", sku: str = "LAMP", quantity: int = 1, unit_price: str = "10.00", **more: Any
    ) -> Json:
        """One line."""
        return {"line_id": line_id, "sku": sku, "quantity": quantity, "unit_price": unit_price, **more}


@pytest.fixture
async def web_shop(store: Store, now: datetime, tmp_path: Path) -> AsyncIterator[WebShop]:
    """A merchant with the base plan, one lamp, one distributor `mei`, and its web side on a free port."""
    clock = SetClock(now)
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", public_url="https://go.example")
    shop = await open_shop(store, now)
    await shop.plan()
    await shop.product("LAMP", category="lights")
    await shop.distributor("mei")
    app = build_web(Context(store, settings, clock))
    async with TestClient(TestServer(app)) as client:
        yield WebShop(shop, client, clock)
