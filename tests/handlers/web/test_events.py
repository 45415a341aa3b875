"""A shop tells what happened: signatures, answers, and the story behind them."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from tests.builders import open_shop
from tests.handlers.web.conftest import WebShop
from tests.models.sales.plans import plan


async def test_a_paid_order_is_there_with_the_next_get(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")

    [result] = await web_shop.tell(web_shop.paid("549000", code=link["code"], customer_id="17850"))
    answer = await web_shop.get("/v1/orders/549000")

    assert result == {"id": "paid-549000", "status": "accepted", "detail": None}
    order = await answer.json()
    assert order["state"] == "paid"
    assert order["attribution"]["distributor"] == "mei"
    assert order["attribution"]["code"] == link["code"]
    assert order["attribution"]["rule"] == "code"
    [commission] = order["commissions"]
    assert (commission["base_minor"], commission["rate"], commission["amount_minor"]) == (1000, "15%", 150)
    assert commission["boost"] is None
    assert commission["state"] == "awaiting"
    assert commission["why"].startswith("15% of 10.00 GBP")
    assert sum(entry["amount_minor"] for entry in order["entries"]) == 0
    assert "17850" not in json.dumps(order)


@pytest.mark.parametrize(
    ("boost", "shown", "amount_minor"),
    [
        ("percent: '5.5'", {"rate": "5.5%", "mode": "add", "rule": "base"}, 205),
        ("fixed: '0.50', mode: replace", {"rate": "0.50", "mode": "replace", "rule": "base"}, 50),
    ],
    ids=["on top", "instead"],
)
async def test_a_boosted_commission_says_what_the_promotion_paid(
    web_shop: WebShop, boost: str, shown: dict[str, str], amount_minor: int
) -> None:
    """10.00 of the category at 15 %: 1.50, and 0.55 on top; or 0.50 a piece in its place."""
    await web_shop.shop.plan(
        plan(f"boosts: [{{{boost}, from: 2026-03-01T00:00:00Z, until: 2026-04-01T00:00:00Z}}]")
    )
    link = await web_shop.link("mei")
    await web_shop.tell(web_shop.paid("1", code=link["code"]))

    order = await (await web_shop.get("/v1/orders/1")).json()
    listed = await (await web_shop.get("/v1/commissions")).json()

    assert listed["items"] == order["commissions"]
    [commission] = order["commissions"]
    assert (commission["rate"], commission["boost"]) == ("15%", shown)
    assert commission["amount_minor"] == amount_minor


async def test_a_single_event_needs_no_list(web_shop: WebShop) -> None:
    answer = await web_shop.post(json.dumps(web_shop.paid("1")).encode())

    assert answer.status == 202
    assert [result["status"] for result in (await answer.json())["results"]] == ["accepted"]


async def test_the_same_event_again_is_a_duplicate_and_other_content_a_conflict(web_shop: WebShop) -> None:
    first = web_shop.paid("2", key="evt")
    other = web_shop.paid("2", key="evt", lines=[web_shop.line(quantity=2)])

    results = await web_shop.tell(first, first, other)

    assert [result["status"] for result in results] == ["accepted", "duplicate", "rejected"]
    assert results[2]["detail"].startswith("id_conflict")


async def test_a_second_payment_is_judged_by_its_lines(web_shop: WebShop) -> None:
    await web_shop.tell(web_shop.paid("3", key="a"))

    results = await web_shop.tell(
        web_shop.paid("3", key="b"), web_shop.paid("3", key="c", lines=[web_shop.line(quantity=2)])
    )

    assert [result["status"] for result in results] == ["duplicate", "rejected"]
    assert results[1]["detail"].startswith("paid_otherwise")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"type": "order.paid"}, "id: Field required"),
        ({"id": "x"}, "type: is missing"),
        (
            {"id": "x", "type": "order.lost", "occurred_at": "2026-01-01T00:00:00Z", "data": {}},
            "type: is none of",
        ),
        ("words", "the event"),
        (None, "the event"),
    ],
)
async def test_what_is_no_event_is_refused_by_itself(web_shop: WebShop, broken: object, says: str) -> None:
    body = json.dumps({"events": [broken, web_shop.paid("4")]}).encode()

    results = (await (await web_shop.post(body)).json())["results"]

    assert [result["status"] for result in results] == ["rejected", "accepted"]
    assert says in results[0]["detail"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"currency": "XXQ"}, "no currency"),
        ({"currency": "EUR"}, "sells in GBP"),
        ({"currency": "gbp"}, "currency"),
        ({"shipping": "-1.00"}, "shipping"),
        ({"shipping": "1e3"}, "shipping"),
        ({"tax": 1.5}, "tax"),
        ({"order_discount": "0.001"}, "more decimal places"),
        ({"lines": []}, "lines"),
        ({"order_id": ""}, "order_id"),
        ({"order_id": "a\u0000b"}, "order_id"),
        ({"customer_id": 17850}, "customer_id"),
    ],
)
async def test_a_wrong_value_is_named(web_shop: WebShop, changes: dict[str, object], says: str) -> None:
    event = web_shop.paid("5")
    event["data"].update(changes)

    [result] = await web_shop.tell(event)

    assert result["status"] == "rejected"
    assert says in result["detail"]
    assert (await web_shop.get("/v1/orders/5")).status == 404


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -3}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": 10**9}, "quantity"),
        ({"unit_price": "-2.55"}, "unit_price"),
        ({"unit_price": "2.55555"}, "unit_price"),
        ({"unit_price": "9" * 14}, "unit_price"),
        ({"unit_price": "9999999999999", "quantity": 10_000_000}, "more than any order"),
        ({"discount": "-1"}, "discount"),
    ],
)
async def test_a_wrong_line_is_named(web_shop: WebShop, line: dict[str, object], says: str) -> None:
    [result] = await web_shop.tell(web_shop.paid("6", lines=[{**web_shop.line(), **line}]))

    assert result["status"] == "rejected"
    assert says in result["detail"]


async def test_two_lines_with_one_id_are_refused(web_shop: WebShop) -> None:
    [result] = await web_shop.tell(web_shop.paid("7", lines=[web_shop.line(), web_shop.line()]))

    assert (result["status"], "line_id" in result["detail"]) == ("rejected", True)


async def test_a_flipped_byte_stores_nothing(web_shop: WebShop) -> None:
    body = json.dumps(web_shop.paid("8")).encode()
    headers = web_shop.signed(body)

    answer = await web_shop.post(body.replace(b"LAMP", b"LAMB"), headers)

    assert answer.status == 401
    assert answer.content_type == "application/problem+json"
    assert (await web_shop.get("/v1/orders/8")).status == 404


async def test_reserialised_json_is_refused(web_shop: WebShop) -> None:
    event = web_shop.paid("9")
    headers = web_shop.signed(json.dumps(event).encode())

    answer = await web_shop.post(json.dumps(event, indent=1).encode(), headers)

    assert answer.status == 401


@pytest.mark.parametrize("away", [timedelta(seconds=-301), timedelta(seconds=301)])
async def test_a_stale_or_future_signature_is_refused(web_shop: WebShop, away: timedelta) -> None:
    body = json.dumps(web_shop.paid("10")).encode()

    answer = await web_shop.post(body, web_shop.signed(body, at=web_shop.clock.now() + away))

    assert answer.status == 401


async def test_another_merchants_secret_is_refused(web_shop: WebShop) -> None:
    other = await open_shop(web_shop.shop.store, web_shop.clock.now())
    body = json.dumps(web_shop.paid("11")).encode()

    answer = await web_shop.post(body, web_shop.signed(body, secret=other.merchant.webhook_secret))

    assert answer.status == 401


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_missing_header_is_refused(web_shop: WebShop, missing: str) -> None:
    body = json.dumps(web_shop.paid("12")).encode()
    headers = web_shop.signed(body)
    del headers[missing]

    assert (await web_shop.post(body, headers)).status == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"events": {}}', b"\xff\xfe", b'{"a": NaN}'])
async def test_a_body_that_is_no_request_is_malformed(web_shop: WebShop, body: bytes) -> None:
    headers = web_shop.signed(b"{}")
    if body.isascii():
        headers = web_shop.signed(body)

    answer = await web_shop.post(body, headers)

    assert answer.status == (400 if body.isascii() else 401)


async def test_too_many_events_are_refused_whole(web_shop: WebShop) -> None:
    body = json.dumps({"events": [{}] * 501}).encode()

    assert (await web_shop.post(body)).status == 422


async def test_a_body_of_four_mebibytes_passes_and_one_more_byte_does_not(web_shop: WebShop) -> None:
    event = json.dumps(web_shop.paid("13")).encode()
    whole = event + b" " * (4 * 1024 * 1024 - len(event))

    assert (await web_shop.post(whole)).status == 202
    over = await web_shop.post(whole + b" ")
    assert over.status == 413
    assert over.content_type == "application/problem+json"


async def test_a_thousand_tellings_of_one_event_have_one_effect(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    body = json.dumps(web_shop.paid("14", code=link["code"])).encode()
    headers = web_shop.signed(body)

    async def post() -> str:
        answer = await web_shop.post(body, headers)
        status: str = (await answer.json())["results"][0]["status"]
        return status

    statuses = await asyncio.gather(*(post() for _ in range(1000)))

    assert sorted(set(statuses)) == ["accepted", "duplicate"]
    assert statuses.count("accepted") == 1
    order = await (await web_shop.get("/v1/orders/14")).json()
    assert [item["amount_minor"] for item in order["commissions"]] == [150]
    assert len(order["entries"]) == 2


async def test_a_refund_before_its_order_waits_and_then_counts(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    refund = web_shop.event(
        "order.refunded", {"order_id": "15", "refund_id": "r", "full": True}, key="refund-15"
    )

    [early] = await web_shop.tell(refund)
    [again] = await web_shop.tell(refund)
    await web_shop.tell(web_shop.paid("15", code=link["code"]))

    assert (early["status"], again["status"]) == ("parked", "duplicate")
    order = await (await web_shop.get("/v1/orders/15")).json()
    assert order["state"] == "refunded"
    assert [(item["amount_minor"], item["reversed_minor"]) for item in order["commissions"]] == [(150, 150)]


async def test_an_unknown_merchant_is_not_found(web_shop: WebShop) -> None:
    answer = await web_shop.client.post("/v1/events/m_nobody", data=b"{}", headers=web_shop.signed(b"{}"))

    assert answer.status == 404


async def test_a_visitor_whom_we_did_not_name_leads_to_no_click(web_shop: WebShop) -> None:
    view = {"sku": "LAMP", "visitor_id": "x" * 200}

    results = await web_shop.tell(
        web_shop.paid("16", visitor_id="0f8fad5b-d9cb-469f-a165-70867728950e"),
        web_shop.event("product.viewed", view, key="view"),
    )

    assert [result["status"] for result in results] == ["accepted", "accepted"]
    attribution = (await (await web_shop.get("/v1/orders/16")).json())["attribution"]
    assert attribution == {"code": None, "distributor": None, "rule": None, "candidates": []}
