"""Withdrawals and balances by the API: one's own alone, paged, masked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import open_shop
from tests.handlers.web.conftest import WebShop
from tests.models.payouts import PLAN, Till


@pytest.fixture
async def till(web_shop: WebShop) -> Till:
    """The shop's own Mei, with a hundred pounds and more people behind her."""
    shop = web_shop.shop
    await shop.plan(PLAN.replace("2010-12-01", "2010-12-02"))
    rich = await shop.distributor("rich")
    till = Till(shop, rich, (await shop.link(rich)).code, web_shop.clock.now())
    await till.earn(100)
    await till.account()
    return till


async def items(web_shop: WebShop, path: str) -> list[dict[str, Any]]:
    answer = await web_shop.get(path)
    assert answer.status == 200, await answer.text()
    found: list[dict[str, Any]] = (await answer.json())["items"]
    return found


async def test_a_withdrawal_is_listed_with_what_arrives_and_a_masked_account(
    web_shop: WebShop, till: Till
) -> None:
    paid = await till.paid_out(3000)
    asked = await till.ask(2000)
    first, second = await items(web_shop, "/v1/withdrawals")
    assert (first["reference"], second["reference"]) == (paid.reference, asked.reference)
    assert {
        key: first[key] for key in ("distributor", "state", "amount_minor", "fee_minor", "arrives_minor")
    } == {
        "distributor": "rich",
        "state": "paid",
        "amount_minor": 3000,
        "fee_minor": 80,
        "arrives_minor": 2920,
    }
    assert (first["account"], first["provider_reference"]) == ("Bank of London •••• 6819", "BANK-1")
    assert second["requested_at"].startswith(f"{till.now:%Y-%m-%dT%H:%M}")


async def test_withdrawals_are_found_by_state_and_distributor_and_paged(
    web_shop: WebShop, till: Till
) -> None:
    asked = [await till.ask(2000) for _ in range(3)]
    await till.refuse(asked[1])
    assert [row["reference"] for row in await items(web_shop, "/v1/withdrawals?state=refused")] == [
        asked[1].reference
    ]
    assert await items(web_shop, "/v1/withdrawals?distributor=mei") == []
    assert (await web_shop.get("/v1/withdrawals?distributor=nobody")).status == 404
    assert (await web_shop.get("/v1/withdrawals?state=lost")).status == 422
    page = await (await web_shop.get("/v1/withdrawals?limit=2")).json()
    rest = await items(web_shop, f"/v1/withdrawals?limit=2&cursor={page['next_cursor']}")
    assert [row["reference"] for row in page["items"] + rest] == [one.reference for one in asked]


async def test_balances_are_those_of_the_ledger(web_shop: WebShop, till: Till) -> None:
    await till.paid_out(3000)
    await till.ask(2000)
    [mine] = await items(web_shop, "/v1/balances?distributor=rich")
    assert mine == {
        "distributor": "rich",
        "currency": "GBP",
        "held_minor": 0,
        "available_minor": 5000,
        "paying_minor": 2000,
        "paid_minor": 2920,
    }
    everybody: list[dict[str, Any]] = []
    path = "/v1/balances?limit=1"
    while True:
        page = await (await web_shop.get(path)).json()
        everybody += page["items"]
        if page["next_cursor"] is None:
            break
        path = f"/v1/balances?limit=1&cursor={page['next_cursor']}"
    assert [row["distributor"] for row in everybody] == [
        row["distributor"] for row in await items(web_shop, "/v1/balances")
    ]
    assert {"mei", "rich"} <= {row["distributor"] for row in everybody}


async def test_another_merchant_sees_none_of_it(web_shop: WebShop, till: Till) -> None:
    await till.ask(2000)
    other = await open_shop(till.store, till.now)
    for path in ("/v1/withdrawals", "/v1/balances"):
        assert (await (await web_shop.get(path, key=other.api_key)).json())["items"] == []
        assert (await web_shop.get(f"{path}?distributor=rich", key=other.api_key)).status == 404
        assert (await web_shop.client.get(path)).status == 401
