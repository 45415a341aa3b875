"""Cases by the command line: a store with one suspect, seen, decided, undone; and thresholds."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from models.store.engine import Store
from tests.bot.cli.conftest import Tuike
from tests.builders import Shop, open_shop
from tests.conftest import NOW
from tests.models.money.cases.people import ring

CLOCK = ("--now", NOW.isoformat())


async def _fill(url: str) -> Shop:
    store = Store(url)
    try:
        shop = await open_shop(store, NOW)
        await shop.plan()
        await ring(shop, await shop.distributor("mei"))
    finally:
        await store.close()
    return shop


@pytest.fixture
def suspect(tuike: Tuike, database: Path) -> Tuike:
    """A store in which Mei sold six orders from one address, seconds after the click."""
    asyncio.run(_fill(f"sqlite:///{database}"))
    found = tuike("cases", "find", *CLOCK, "--json")
    assert json.loads(found.out) == {"waiting": 1}
    return tuike


def test_a_case_is_listed_with_its_evidence_and_decided(suspect: Tuike) -> None:
    listed = json.loads(suspect("cases", "list", "--json").out)
    [case] = listed["cases"]
    assert (listed["waiting"], case["state"], case["distributor"]) == (1, "hold", "mei")
    assert {signal["kind"]: signal["ground"] for signal in case["signals"]} == {
        "one_address": "circle",
        "quick": "timing",
    }
    assert case["signals"][0]["numbers"]["orders"] == 6
    assert (case["under_review_minor"], case["currency"]) == (600, "GBP")
    key = case["id"]
    printed = suspect("cases", "list").out
    assert ("one_address" in printed, "6.00 GBP" in printed) == (True, True)

    cleared = json.loads(suspect("cases", "decide", key, "clear", "--why", "An office", *CLOCK, "--json").out)
    assert (cleared["state"], cleared["note"], cleared["decided_by"]) == ("cleared", "An office", "command")
    assert json.loads(suspect("cases", "list", "--json").out) == {"waiting": 0, "cases": []}
    assert len(json.loads(suspect("cases", "list", "--all", "--json").out)["cases"]) == 1

    late = suspect("cases", "decide", key, "undo", "--now", (NOW + timedelta(hours=1)).isoformat())
    assert (late.code, "can't be undone" in late.err) == (1, True)
    undone = json.loads(suspect("cases", "decide", key, "undo", *CLOCK, "--json").out)
    assert (undone["state"], undone["under_review_minor"]) == ("hold", 600)

    twice = [suspect("cases", "decide", key, "refuse", *CLOCK) for _ in range(2)]
    assert [ended.code for ended in twice] == [0, 1]
    assert "nothing was changed" in twice[1].err
    shown = suspect("cases", "show", key, *CLOCK).out
    assert ("refused" in shown, "undo" in shown) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decide", "1", "pardon"), "no decision 'pardon'"),
        (("decide", "1", "clear"), "There is no case '1'"),
        (("show", "17"), "There is no case '17'"),
        (("thresholds", "--set", "quick_seconds"), "write NAME=NUMBER"),
        (("thresholds", "--set", "quick_seconds=0"), "greater than or equal to 1"),
        (("thresholds", "--set", "speed=3"), "There is no threshold 'speed'"),
    ],
)
def test_what_can_not_be_done_is_said(
    tuike: Tuike, merchant: str, arguments: tuple[str, ...], said: str
) -> None:
    ended = tuike("cases", *arguments)
    assert ended.code != 0
    assert said in " ".join(ended.err.replace("│", " ").split())


def test_thresholds_are_set_and_put_back(tuike: Tuike, merchant: str) -> None:
    before = json.loads(tuike("cases", "thresholds", "--json").out)
    changed = ("--set", "address_orders=12", "--set", "hold_days=10")
    after = json.loads(tuike("cases", "thresholds", *changed, "--json").out)
    assert after == {**before, "address_orders": 12, "hold_days": 10}
    assert "address_orders" in tuike("cases", "thresholds").out
    back = tuike("cases", "thresholds", "--set", "address_orders=default", "--json")
    assert json.loads(back.out) == {**before, "hold_days": 10}
