"""Migrating the store and verifying its books by the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from models.store.migrate import newest_revision
from tests.bot.cli.conftest import SHOP, Tuike
from tests.bot.cli.desk import table
from tests.bot.imports.exports import export, line
from tests.builders import BASE_PLAN


def test_an_empty_store_is_migrated_once(
    tuike: Tuike, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new/tuike.db")

    first = json.loads(tuike("migrate", "--json").out)
    again = tuike("migrate")

    assert first == {"before": None, "after": newest_revision(), "backup": None}
    assert again.out == f"The store is at the newest schema, {newest_revision()}; there was nothing to do.\n"


@pytest.fixture
def books(tuike: Tuike, merchant: str, tmp_path: Path) -> str:
    """A merchant with a commission in its ledger."""
    (tmp_path / "plan.yaml").write_text(BASE_PLAN, encoding="utf-8")
    people = table(tmp_path, "external_id,name,telegram_id,sponsor,level", ["mei,Mei,,,"])
    for command in (
        ("plan", "publish", "plan.yaml"),
        ("import", "distributors", people.name),
        ("import", "orders", str(export(tmp_path, line("1001")))),
    ):
        assert tuike(*command).code == 0
    return merchant


def test_right_books_are_found_right(tuike: Tuike, books: str) -> None:
    ended = tuike("verify", "--json")

    assert (ended.code, json.loads(ended.out)) == (0, {"merchants": 1, "findings": []})
    assert tuike("verify").out == "The books are right (merchants: 1).\n"


def test_a_balance_that_was_changed_by_hand_is_named(tuike: Tuike, books: str, database: Path) -> None:
    tuike("merchant", "add", *SHOP, "--name", "Other", "--json")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "INSERT INTO account (id, merchant_id, kind, holder_id, currency, balance_minor) "
            "SELECT 1, id, 'cash', 0, 'GBP', 5 FROM merchant WHERE public_id = ?",
            (books,),
        )

    ended = tuike("verify", "--json")

    verified = json.loads(ended.out)
    assert (ended.code, verified["merchants"]) == (1, 2)
    assert {found["merchant_id"] for found in verified["findings"]} == {books}
    assert tuike("verify", "--merchant", books).code == 1
    assert verified["findings"][0]["kind"] in tuike("verify").out


def test_what_cannot_be_read_is_named_and_hides_nothing(tuike: Tuike, books: str, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE shop_order SET state = 'lost', candidates = '{'")
        connection.execute("UPDATE plan_version SET document = 'x'")

    ended = tuike("verify", "--json")

    subjects = {found["subject"].split(" ")[0] for found in json.loads(ended.out)["findings"]}
    assert (ended.code, {"check", "order"} <= subjects) == (1, True)
    assert "can't be read" in tuike("verify").out
