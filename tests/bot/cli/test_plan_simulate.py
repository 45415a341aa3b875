"""`plan simulate`: what a hand computation says, as a table, JSON, CSV and picture."""

from __future__ import annotations

import asyncio
import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.people.merchants import merchant_by_public_id
from models.store.engine import Store
from tests.bot.cli.conftest import Tuike
from tests.builders import BASE_PLAN, Shop, line

DEARER = BASE_PLAN.replace("name: Base", "name: Dearer").replace('percent: "10"', 'percent: "12.5"') + (
    'ladder: {period: month, mode: marginal, bands: [{from: "50.00", percent: "4"}]}\n'
    'team: {depth: 1, percents: ["3"]}\n'
)
HERE = ("--from", "2026-01-01", "--to", "2026-01-31")


async def _sell(database: Path, merchant: str) -> None:
    """Mei sold 99.99 and (a lamp) 40.00 in January, half of the first was sent back; Bo 10.00 in February."""
    store = Store(f"sqlite:///{database}")
    async with store.read() as session:
        found = await merchant_by_public_id(session, merchant)
    shop = Shop(store, found, "", datetime(2026, 1, 5, 12, tzinfo=UTC))
    await shop.plan()
    await shop.product("LAMP", category="lights")
    bo = await shop.distributor("bo")
    mei = await shop.distributor("mei")
    async with store.write() as session:
        mei.sponsor_id = bo.id
        session.add(mei)
    code = (await shop.link(mei)).code
    await shop.tell(
        shop.paid("1", line(price="33.33", quantity=3), code=code),
        shop.paid("2", line(sku="LAMP", price="40.00"), code=code),
        shop.paid("3", line(), code=(await shop.link(bo)).code, at=datetime(2026, 2, 1, tzinfo=UTC)),
    )
    await shop.tell(shop.refunded("1", amount_minor=3333))
    await store.close()


@pytest.fixture
def sold(database: Path, merchant: str) -> None:
    asyncio.run(_sell(database, merchant))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "dearer.yaml"
    path.write_text(DEARER, encoding="utf-8")
    return path


def test_a_dearer_plan_costs_what_a_hand_computation_says(tuike: Tuike, sold: None, plan: Path) -> None:
    ended = tuike("plan", "simulate", str(plan), *HERE, "--json")
    assert ended.code == 0, ended.err
    report = json.loads(ended.out)

    assert (report["orders"], report["sales_minor"]) == (2, 9999 + 4000 - 3333)
    was, would = report["in_force"], report["proposed"]
    # In force: 10 % of 99.99 is 9.99, of which floor(9.99 x 33.33 / 99.99) = 3.33 went back; 15 % of 40.00 is 6.00
    assert was["cost_minor"] == 999 - 333 + 600
    assert was["ratio_basis_points"] == 1266 * 10_000 // 10_666
    kinds = {each["kind"]: each for each in would["kinds"]}
    # Rehearsed: 12.5 % of 99.99 is 12.49, less 4.16; lamps stay at 15 %
    assert kinds["line"]["net_minor"] == 1249 - 416 + 600
    # Bo gets 3 % of Mei's: 2.99, less 0.99, and 1.20
    assert kinds["team"]["net_minor"] == 299 - 99 + 120
    # Mei's net sales of January are 106.66: 4 % of the 56.66 above 50.00
    assert kinds["ladder"]["net_minor"] == 226
    assert would["cost_minor"] == 1433 + 320 + 226
    assert [each["distributor"] for each in report["top_winners"]] == ["mei", "bo"]
    assert (report["winners"], report["losers"], report["unchanged"]) == (2, 0, 0)
    assert report["levels_differ"] == 0
    assert (report["begins_at"], report["ends_at"]) == ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")


def test_findings_have_one_shape_whichever_command_says_them(tuike: Tuike, sold: None, plan: Path) -> None:
    plan.write_text(DEARER.replace("2010-12-01", "2031-01-01"), encoding="utf-8")
    linted = json.loads(tuike("plan", "lint", str(plan), "--json").out)["findings"]
    rehearsed = json.loads(tuike("plan", "simulate", str(plan), *HERE, "--json").out)["findings"]
    published = json.loads(tuike("plan", "publish", str(plan), "--json").out)["findings"]
    plan.write_text(DEARER.replace('"12.5"', '"x"'), encoding="utf-8")
    refused = json.loads(tuike("plan", "lint", str(plan), "--json").out)["findings"]

    assert linted == rehearsed == published
    assert linted[0] == {
        "severity": "warning",
        "code": "goods_unknown",
        "line": 14,
        "path": "rates[3].product",
        "sentence": "nothing on sale is called 85123A; compare it with the catalogue, letter by letter",
    }
    assert linted[0].keys() == refused[0].keys()
    assert (refused[0]["severity"], refused[0]["code"]) == ("error", None)


def test_the_same_as_table_csv_and_picture(tuike: Tuike, sold: None, plan: Path, tmp_path: Path) -> None:
    ended = tuike("plan", "simulate", str(plan), *HERE, "--csv", "people.csv", "--chart", "plans.png")
    assert ended.code == 0, ended.err
    assert "Dearer beside Base, version 1" in ended.out
    assert "12.66" in ended.out
    assert "19.79" in ended.out
    with (tmp_path / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Distributor"]: row for row in csv.DictReader(file)}
    assert (rows["mei"]["In force"], rows["mei"]["Rehearsed"], rows["mei"]["Change"]) == (
        "12.66",
        "16.59",
        "3.93",
    )
    assert rows["bo"]["Rehearsed: Team reward"] == "3.20"
    assert rows["mei"]["Level rehearsed"] == "promoter"
    assert (tmp_path / "plans.png").read_bytes().startswith(b"\x89PNG")


def test_what_can_not_be_rehearsed_is_said_in_a_sentence(tuike: Tuike, sold: None, plan: Path) -> None:
    turned = tuike("plan", "simulate", str(plan), "--from", "2026-02-01", "--to", "2026-01-01")
    early = tuike("plan", "simulate", str(plan), "--from", "2009-01-01", "--to", "2009-12-31")
    wrong = tuike("plan", "simulate", str(plan), "--from", "soon", "--to", "2026-01-01")
    plan.write_text(DEARER.replace('"12.5"', '"x"'), encoding="utf-8")
    refused = tuike("plan", "simulate", str(plan), *HERE, "--json")

    assert turned.err.startswith("A rehearsal begins before it ends")
    assert early.err.startswith("No plan was in force in that time")
    assert "'soon' is no time" in wrong.err
    assert refused.code == 1
    assert json.loads(refused.out)["findings"][0]["path"] == "rates[0].percent"
