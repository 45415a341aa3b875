"""Claims and a person's data by the command line."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.money.claims import file_claim
from models.people.merchants import the_merchant
from models.store.engine import Store
from tests.bot.cli.conftest import Tuike
from tests.builders import BASE_PLAN, Shop, line

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
AT, LATER = "2026-03-04T09:31:00Z", "2026-03-04T09:36:00Z"


@pytest.fixture
def claim(database: Path, merchant: str) -> str:
    """A claim of Mei's about an order without a link; its id."""

    async def file() -> str:
        store = Store(f"sqlite:///{database}")
        try:
            async with store.read() as session:
                shop = Shop(store, await the_merchant(session, merchant), "", NOW)
            await shop.plan(BASE_PLAN + '\nwithdrawal: {second_person_above: "50.00"}\n')
            mei = await shop.distributor("mei", person=await shop.person(987654321))
            await shop.tell(shop.paid("549000", line(price="60.00")))
            async with store.write() as session:
                filed = await file_claim(
                    session, shop.merchant, mei, number="549000", words="Mine!", picture=None, now=NOW
                )
            return str(filed.id)
        finally:
            await store.close()

    return asyncio.run(file())


def test_a_claim_is_listed_granted_and_reopened(tuike: Tuike, claim: str) -> None:
    [listed] = json.loads(tuike("claims", "list", "--json").out)
    assert (listed["id"], listed["order_id"], listed["offer_minor"]) == (claim, "549000", 600)
    granted = json.loads(tuike("claims", "decide", claim, "--grant", "2.00", "--now", AT, "--json").out)
    assert (granted["state"], granted["granted_minor"], granted["decided_by"]) == ("granted", 200, "command")
    assert tuike("verify").code == 0
    assert (
        json.loads(tuike("claims", "decide", claim, "--undo", "--now", AT, "--json").out)["state"] == "open"
    )
    absurd = tuike("claims", "decide", claim, "--grant", "60.01", "--now", AT)
    assert (absurd.code, "came to 60.00 GBP; goodwill can't be more" in absurd.err) == (1, True)
    large = tuike("claims", "decide", claim, "--grant", "50.01", "--now", AT)
    assert "waits for a second person" in large.out
    again = tuike("claims", "decide", claim, "--grant", "50.01", "--now", AT)
    assert (again.code, "second person" in again.err) == (1, True)
    refused = tuike("claims", "decide", claim, "--refuse", "--why", "No click.", "--now", AT)
    assert "is refused" in refused.out
    late = tuike("claims", "decide", claim, "--undo", "--now", LATER)
    assert (late.code, "five minutes" in late.err) == (1, True)
    assert [each["note"] for each in json.loads(tuike("claims", "list", "--state", "all", "--json").out)] == [
        "No click."
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("decide", "1", "--grant", "1.00"), 1, "There is no claim"),
        (("decide", "1"), 2, "Say one of"),
        (("decide", "1", "--refuse", "--undo"), 2, "Say one of"),
        (("decide", "1", "--grant", "1.234"), 1, ""),
        (("list", "--state", "lost"), 2, "There is no state 'lost'"),
        (("decide", "1", "--refuse", "--now", "2026-03-04T09:30:00"), 2, "names no zone"),
    ],
)
def test_what_was_asked_wrongly_is_said(
    tuike: Tuike, claim: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ended = tuike("claims", *arguments)
    assert (ended.code, said in ended.err) == (code, True)


def test_a_person_takes_their_data_and_goes(tuike: Tuike, claim: str, tmp_path: Path) -> None:
    who = ("--telegram-id", "987654321")
    tuike("claims", "decide", claim, "--grant", "2.00", "--now", AT)
    data = json.loads(tuike("person", "export", *who, "--json").out)
    assert (data["chat_id"], data["enrolments"][0]["claims"][0]["text"]) == (987654321, "Mine!")
    assert "is in mei.json" in tuike("person", "export", *who, "--out", "mei.json").err
    assert json.loads((tmp_path / "mei.json").read_text())["name"] == "Mei"
    refused = tuike("person", "delete", *who)
    assert (refused.code, "2.00 GBP" in refused.err) == (1, True)
    gone = json.loads(tuike("person", "delete", *who, "--give-up", "--now", AT, "--json").out)
    assert [stake["available_minor"] for stake in gone["shops"]] == [200]
    assert tuike("verify").code == 0
    for act in ("export", "delete"):
        ended = tuike("person", act, *who)
        assert (ended.code, "There is no person '987654321'" in ended.err) == (1, True)
