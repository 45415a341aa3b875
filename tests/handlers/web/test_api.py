"""The API of a merchant: keys, lists, cursors, and a description that is true."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.web.routes import ROUTES, Access
from models.money.statements import NoPeriod
from models.store.deployment import keep
from tests.builders import open_shop
from tests.handlers.web.conftest import WebShop

GUIDE = Path(__file__).parents[3] / "docs" / "connect-a-shop.md"
OF_STATEMENT = ("merchant_id", "distributor", "currency", "from", "to")


async def test_without_a_key_nothing_is_shown(web_shop: WebShop) -> None:
    statements = "/v1/statements?distributor=mei&from=2026-03-01&to=2026-04-01"
    for path in ("/v1/orders/1", "/v1/commissions", "/v1/links", statements):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic abc"}):
            answer = await web_shop.client.get(path, headers=headers)
            assert (answer.status, answer.content_type) == (401, "application/problem+json")


async def test_another_merchants_things_are_not_found(web_shop: WebShop) -> None:
    other = await open_shop(web_shop.shop.store, web_shop.clock.now())
    link = await web_shop.link("mei")
    await web_shop.tell(web_shop.paid("1", code=link["code"]))

    assert (await web_shop.get("/v1/orders/1", key=other.api_key)).status == 404
    assert (await (await web_shop.get("/v1/commissions", key=other.api_key)).json())["items"] == []
    assert (await (await web_shop.get("/v1/links", key=other.api_key)).json())["items"] == []
    assert (await web_shop.get("/v1/commissions?distributor=mei", key=other.api_key)).status == 404


async def test_asking_for_a_link_twice_gives_the_same_one(web_shop: WebShop) -> None:
    first, second = await asyncio.gather(web_shop.link("mei", sku="LAMP"), web_shop.link("mei", sku="LAMP"))

    assert first == second
    assert first["url"] == f"https://go.example/r/{first['code']}"
    assert (first["sku"], first["distributor"], first["channel"]) == ("LAMP", "mei", "copied")
    assert (await web_shop.link("mei", "poster", "LAMP"))["code"] != first["code"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"distributor": "mei"}, 422),
        ({"distributor": "mei", "channel": "smoke"}, 422),
        ({"distributor": "nobody", "channel": "copied"}, 404),
        ({"distributor": "mei", "channel": "copied", "sku": "NOPE"}, 404),
        ({"distributor": "mei", "channel": "copied", "target": "https://evil.example"}, 422),
        ([], 422),
    ],
)
async def test_a_wrong_question_for_a_link_is_answered(web_shop: WebShop, body: object, status: int) -> None:
    answer = await web_shop.client.post(
        "/v1/links", json=body, headers={"Authorization": f"Bearer {web_shop.shop.api_key}"}
    )

    assert answer.status == status
    assert (await answer.json())["detail"]


async def test_lists_are_paged_without_gap_or_repeat(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    lines = [web_shop.line(str(number), quantity=number) for number in range(1, 8)]
    await web_shop.tell(web_shop.paid("1", code=link["code"], lines=lines))

    found: list[str] = []
    path = "/v1/commissions?limit=3"
    for _ in range(3):
        page = await (await web_shop.get(path)).json()
        found += [item["line_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        path = f"/v1/commissions?limit=3&cursor={page['next_cursor']}"

    assert found == [str(number) for number in range(1, 8)]
    assert page["next_cursor"] is None


async def test_commissions_are_found_by_distributor_order_and_state(web_shop: WebShop) -> None:
    await web_shop.shop.distributor("bo")
    await web_shop.tell(
        web_shop.paid("1", code=(await web_shop.link("mei"))["code"]),
        web_shop.paid("2", code=(await web_shop.link("bo"))["code"]),
    )

    async def orders(query: str) -> list[str]:
        page = await (await web_shop.get(f"/v1/commissions?{query}")).json()
        return [item["order_id"] for item in page["items"]]

    assert await orders("distributor=bo") == ["2"]
    assert await orders("order_id=1") == ["1"]
    assert await orders("state=awaiting") == ["1", "2"]
    assert await orders("state=available") == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "cursor=%21",
        "cursor=&limit=1",
        "cursor=ABC",
        "cursor=garbage",
        "state=lost",
        "colour=red",
        "limit=1&limit=2",
    ],
)
async def test_a_wrong_query_is_named(web_shop: WebShop, query: str) -> None:
    answer = await web_shop.get(f"/v1/commissions?{query}")

    assert answer.status == 422
    assert (await answer.json())["detail"]


async def test_every_route_stands_in_the_table(web_shop: WebShop) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in web_shop.client.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }

    assert served == {(route.method, route.path) for route in ROUTES}
    assert {route.path for route in ROUTES if route.access is Access.ANYBODY} == {
        "/r/{code}",
        "/start/{payload}",
        "/app/share",
        "/app/{name}",
        "/healthz",
        "/metrics",
        "/openapi.json",
    }


async def test_health_and_metrics_speak(web_shop: WebShop) -> None:
    await web_shop.tell(web_shop.paid("1"))

    assert await (await web_shop.client.get("/healthz")).json() == {"status": "ok"}
    page = await (await web_shop.client.get("/metrics")).text()
    assert 'tuike_events_total{status="accepted"} 1.0' in page


async def test_a_start_link_leads_to_the_bot_once_it_is_known(web_shop: WebShop) -> None:
    assert (await web_shop.client.get("/start/s_abc", allow_redirects=False)).status == 404
    async with web_shop.shop.store.write() as session:
        await keep(session, "bot_username", "tuike_bot")

    answer = await web_shop.client.get("/start/s_abc", allow_redirects=False)

    assert answer.headers["Location"] == "https://t.me/tuike_bot?start=s_abc"


async def test_a_statement_adds_up_and_asking_again_gives_the_same_hash(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    await web_shop.tell(web_shop.paid("1", code=link["code"]))
    day = web_shop.clock.now().date()
    path = f"/v1/statements?distributor=mei&from={day}&to={day.replace(year=day.year + 1)}"

    first, again = [await (await web_shop.get(path)).json() for _ in range(2)]

    assert first == again
    held = next(section for section in first["sections"] if section["account"] == "held")
    assert held["closing_minor"] == sum(entry["amount_minor"] for entry in held["entries"]) > 0
    assert [
        (entry["kind"], entry["order_id"], entry["commission_kinds"], entry["withdrawal"])
        for entry in held["entries"]
    ] == [("earned", "1", ["line"], None)]
    assert (first["complete"], first["opening_minor"], first["closing_minor"]) == (False, 0, 0)
    other = await open_shop(web_shop.shop.store, web_shop.clock.now())
    assert (await web_shop.get(path, key=other.api_key)).status == 404


async def test_the_hash_of_a_statement_can_be_computed_as_the_docs_say(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    await web_shop.tell(web_shop.paid("№ 1", code=link["code"]))
    day = web_shop.clock.now().date()
    path = f"/v1/statements?distributor=mei&from={day}&to={day.replace(year=day.year + 1)}"

    told = await (await web_shop.get(path)).json()

    begin = datetime(1970, 1, 1, tzinfo=UTC)
    sections = [
        [
            section["account"],
            section["opening_minor"],
            section["closing_minor"],
            [
                [
                    (datetime.fromisoformat(entry["written_at"]) - begin) // timedelta(microseconds=1),
                    *(entry[name] for name in ("transfer", "kind", "amount_minor", "order_id")),
                ]
                for entry in section["entries"]
            ],
        ]
        for section in told["sections"]
    ]
    named = (told[name] for name in OF_STATEMENT)
    content = ["tuike-statement-1", *named, sections]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    assert "№ 1" in text
    assert hashlib.sha256(text.encode()).hexdigest() == told["sha256"]


def test_the_guide_names_every_path_and_every_conflict_of_the_api() -> None:
    guide = GUIDE.read_text(encoding="utf-8")

    paths = {route.path.split("{")[0].rstrip("/") for route in ROUTES if route.access is Access.API_KEY}
    assert "/v1/balances" in paths
    assert {path for path in paths if path not in guide} == set()
    assert f"| 409 | `{NoPeriod.code}` |" in guide


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("distributor=mei&from=2026-03-01", 422),
        ("distributor=mei&from=2026-03-02&to=2026-03-01", 409),
        ("distributor=mei&from=2999-03-01&to=2999-04-01", 409),
        ("distributor=mei&from=0&to=2026-04-01", 422),
        ("from=2026-03-01&to=2026-04-01", 422),
    ],
)
async def test_what_is_no_period_of_a_statement_is_named(web_shop: WebShop, query: str, status: int) -> None:
    await web_shop.link("mei")

    answer = await web_shop.get(f"/v1/statements?{query}")

    assert answer.status == status
    assert (await answer.json())["detail"]
