"""Settling and printing statements by the command line."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from models.people.distributors import Distributor
from models.store.engine import Store
from models.store.sql import table_of
from tests.bot.cli.conftest import Tuike
from tests.builders import BASE_PLAN, line, open_shop

DUE = "2026-04-01T00:00:00Z"


@pytest.fixture
def books(database: Path, now: datetime) -> str:
    """A merchant with two orders of one distributor, paid on March 4; its id."""
    return asyncio.run(_sold(database, now))


async def _sold(database: Path, now: datetime) -> str:
    store = Store(f"sqlite:///{database}")
    try:
        shop = await open_shop(store, now)
        await shop.plan()
        code = (await shop.link(await shop.distributor("mei"))).code
        await shop.tell(*(shop.paid(ref, line(), code=code) for ref in ("1001", "1002")))
    finally:
        await store.close()
    return shop.merchant.public_id


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def test_a_dry_run_says_what_would_settle_and_changes_nothing(
    tuike: Tuike, books: str, database: Path
) -> None:
    first = json.loads(tuike("settle", "--dry-run", "--json", "--now", DUE).out)
    again = json.loads(tuike("settle", "--dry-run", "--json", "--now", DUE).out)

    assert first == again
    [of] = first["merchants"]
    assert (first["dry_run"], of["merchant_id"], of["commissions"], of["skipped"]) == (True, books, 2, 0)
    assert [(row["order_id"], row["distributor"], row["kind"], row["reason"]) for row in of["rows"]] == [
        ("1001", "mei", "line", None),
        ("1002", "mei", "line", None),
    ]
    assert of["amount_minor"] == sum(row["amount_minor"] for row in of["rows"]) > 0
    with closing(sqlite3.connect(database)) as connection:
        states = {state for (state,) in connection.execute("SELECT state FROM commission")}
    assert states == {"awaiting"}


def test_invite_cashback_that_comes_along_is_said_too(tuike: Tuike, database: Path, now: datetime) -> None:
    asyncio.run(_invited(database, now))

    of = json.loads(tuike("settle", "--dry-run", "--json", "--now", DUE).out)["merchants"][0]
    printed = tuike("settle", "--now", DUE).out

    assert [(row["distributor"], row["kind"], row["amount_minor"]) for row in of["rows"]] == [
        ("mei", "line", 100),
        ("ann", "invite_cashback", 300),
    ]
    assert (of["commissions"], of["amount_minor"], of["cashbacks"], of["cashback_minor"]) == (2, 400, 1, 300)
    assert "2 commissions settled, 4.00 GBP." in printed
    assert "1 of them, 3.00 GBP, are invite cashback." in printed


async def _invited(database: Path, now: datetime) -> None:
    """A shop that pays cashback, and the first order of somebody who was invited."""
    store = Store(f"sqlite:///{database}")
    try:
        shop = await open_shop(store, now)
        await shop.plan(BASE_PLAN.replace("rates:", 'bonuses: {invite_cashback: "3.00"}\nrates:'))
        ann, mei = await shop.distributor("ann"), await shop.distributor("mei")
        table = table_of(Distributor)
        async with store.write() as session:
            await session.execute(update(table).where(table.c.id == mei.id).values(sponsor_id=ann.id))
        await shop.tell(shop.paid("1001", line(), code=(await shop.link(mei)).code))
    finally:
        await store.close()


def test_settling_names_the_reason_of_each_row_that_stays(tuike: Tuike, books: str, database: Path) -> None:
    change(database, "UPDATE distributor SET on_hold = TRUE")
    change(
        database,
        "UPDATE commission SET state = 'review' WHERE order_id = "
        "(SELECT id FROM shop_order WHERE order_ref = '1002')",
    )
    held = json.loads(tuike("settle", "--json", "--now", DUE).out)["merchants"][0]
    shown = tuike("settle", "--now", DUE)
    change(database, "UPDATE distributor SET on_hold = FALSE")
    free = json.loads(tuike("settle", "--json", "--now", DUE).out)["merchants"][0]

    assert {(row["order_id"], row["reason"]) for row in held["rows"]} == {
        ("1001", "on_hold"),
        ("1002", "under_review"),
    }
    assert (held["commissions"], held["skipped"], held["failed"]) == (0, 2, 0)
    assert "under_review" in shown.out
    assert shown.code == 0
    assert {(row["order_id"], row["reason"]) for row in free["rows"]} == {
        ("1001", None),
        ("1002", "under_review"),
    }
    with closing(sqlite3.connect(database)) as connection:
        acts = connection.execute("SELECT act FROM audit").fetchall()
    assert acts.count(("settle",)) == 1


def test_a_bad_row_is_named_with_its_error_and_the_command_ends_with_1(
    tuike: Tuike, books: str, database: Path
) -> None:
    change(
        database,
        "INSERT INTO transfer (id, merchant_id, key, digest, kind, at, written_at) "
        "SELECT 1, merchant_id, 'release:' || order_id || ':' || distributor_id || ':' || id, '', 'release', 0, 0 "
        "FROM commission ORDER BY id LIMIT 1",
    )

    rehearsed = tuike("settle", "--dry-run", "--json", "--now", DUE)
    ended = tuike("settle", "--now", DUE)

    [of] = json.loads(rehearsed.out)["merchants"]
    assert (rehearsed.code, of["commissions"], of["failed"]) == (1, 1, 1)
    assert ended.code == 1
    assert "stands already with other content" in ended.out
    assert "1 commissions settled" in ended.out


def test_what_is_not_due_is_counted(tuike: Tuike, books: str) -> None:
    early = json.loads(tuike("settle", "--dry-run", "--json", "--now", "2026-03-05T00:00:00Z").out)

    [of] = early["merchants"]
    assert (of["commissions"], of["rows"], of["not_due"]["commissions"]) == (0, [], 2)
    assert of["not_due"]["next_at"].startswith("2026-03-14T09:30:00")


def test_a_closed_period_is_told_with_its_bonuses_and_closes_once(
    tuike: Tuike, books: str, tmp_path: Path, database: Path
) -> None:
    plan = tmp_path / "ladder.yaml"
    plan.write_text(
        BASE_PLAN.replace("2010-12-01", "2026-03-05")
        + "ladder: {period: month, mode: whole, bands: [{from: '5', percent: '10'}]}\n",
        encoding="utf-8",
    )
    published = tuike("plan", "publish", str(plan), "--now", "2026-03-04T12:00:00Z")
    assert published.code == 0, published.err

    early = tuike("close-period", "--now", "2026-03-31T23:59:59Z")
    [march] = json.loads(tuike("close-period", "--json", "--now", "2026-04-01T00:00:00Z").out)["closed"]
    again = tuike("close-period", "--now", "2026-04-01T01:00:00Z")

    # The plan that holds at its end closes it: 10 % of the 20.00 that both orders brought, an hour after midnight
    assert march == {
        "period": "2026-03",
        "begins_at": "2026-03-01T00:00:00Z",
        "ends_at": "2026-03-31T23:00:00Z",
        "plan_version": 2,
        "bonuses": 1,
        "amount_minor": 200,
        "currency": "GBP",
        "warned": 0,
        "demoted": 0,
    }
    assert early.out == again.out == "There is nothing to close.\n"
    # One entry for the one period that was closed, none for the runs that closed nothing
    with closing(sqlite3.connect(database)) as connection:
        acts = connection.execute(
            "SELECT actor, subject, after FROM audit WHERE act = 'close_period'"
        ).fetchall()
    [(actor, subject, after)] = acts
    assert (actor, subject) == ("command", "period 2026-03")
    assert json.loads(after) == {"bonuses": 1, "amount_minor": 200, "demoted": 0, "warned": 0}
    shown = json.loads(tuike("settle", "--dry-run", "--json", "--now", "2026-04-30T00:00:00Z").out)
    assert ("ladder", "2026-03", 200) in {
        (row["kind"], row["period"], row["amount_minor"]) for row in shown["merchants"][0]["rows"]
    }


PERIOD = ("--from", "2026-04-01", "--to", "2026-05-01")


def test_a_statement_adds_up_in_each_of_its_forms(tuike: Tuike, books: str, tmp_path: Path) -> None:
    settled = json.loads(tuike("settle", "--json", "--now", DUE).out)["merchants"][0]["amount_minor"]

    asked = ("statement", "--distributor", "mei", *PERIOD)
    found = json.loads(tuike(*asked, "--json").out)
    printed = tuike(*asked)
    written = tuike(*asked, "--csv", "may.csv", "--pdf", "may.pdf", "--language", "zh_CN")

    available = found["sections"][0]
    assert (available["opening_minor"], available["closing_minor"]) == (0, settled)
    assert sum(entry["amount_minor"] for entry in available["entries"]) == settled
    assert (found["from"], found["to"], found["complete"]) == ("2026-04-01", "2026-05-01", True)
    assert {kind for entry in available["entries"] for kind in entry["commission_kinds"]} == {"line"}
    assert found["sha256"] in printed.out
    assert ": mei (mei), Apr 1, 2026 – Apr 30, 2026\n" in printed.out
    assert written.code == 0
    rows = list(csv.reader(io.StringIO((tmp_path / "may.csv").read_bytes().decode("utf-8-sig"))))
    assert rows[0][:3] == ["账户", "日期", "明细"]
    assert rows[-1][2] == found["sha256"]
    assert (tmp_path / "may.pdf").read_bytes().startswith(b"%PDF-1.4")


@pytest.mark.parametrize(
    ("period", "code", "says"),
    [
        (("--from", "2026-02-01", "--to", "2026-01-01"), 1, "does not come before"),
        (("--from", "2999-02-01", "--to", "2999-03-01"), 1, "it has no statement yet"),
        (("--from", "soon", "--to", "2026-01-01"), 2, "write it like 2026-03-01"),
    ],
)
def test_what_is_no_period_is_refused(
    tuike: Tuike, books: str, period: tuple[str, ...], code: int, says: str
) -> None:
    ended = tuike("statement", "--distributor", "mei", *period)

    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err


def test_a_time_before_joining_is_an_empty_statement_that_says_so(tuike: Tuike, books: str) -> None:
    ended = tuike("statement", "--distributor", "mei", "--from", "2001-01-01", "--to", "2001-02-01")

    assert ended.code == 0
    assert "had not joined yet" in ended.out


def test_a_clock_without_a_zone_is_refused(tuike: Tuike, books: str) -> None:
    ended = tuike("settle", "--dry-run", "--now", str(date(2026, 1, 1)))

    assert ended.code == 2
    assert "names no zone" in ended.err
