"""Setting a merchant up: keys, links for staff, and who is meant when there are several."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from models.people.merchants import merchant_of_api_key
from models.store.deployment import keep
from models.store.engine import Store
from models.store.migrate import newest_revision
from tests.bot.cli.conftest import PROJECT, SHOP, Tuike


def test_on_a_fresh_machine_a_merchant_is_added_and_its_json_stands_alone(tmp_path: Path) -> None:
    environment = {**os.environ, "DATA_DIR": "kept", "DATABASE_URL": "", "PUBLIC_URL": "https://go.example/"}
    environment["PYTHONPATH"] = str(PROJECT)

    done = subprocess.run(
        [sys.executable, "-m", "bot", "merchant", "add", *SHOP, "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    added = json.loads(done.stdout)
    assert set(added) == {"merchant_id", "events_path", "api_key", "webhook_secret", "owner_link"}
    assert added["events_path"] == f"/v1/events/{added['merchant_id']}"
    assert added["webhook_secret"].startswith("whsec_")
    assert added["owner_link"].startswith("https://go.example/start/s_")
    assert done.stderr == f"The store was empty; its schema is {newest_revision()} now.\n"
    assert (tmp_path / "kept" / "tuike.db").exists()


def test_links_lead_to_the_bot_as_soon_as_its_name_is_known(
    tuike: Tuike, merchant: str, database: Path
) -> None:
    async def learn() -> None:
        store = Store(f"sqlite:///{database}")
        async with store.write() as session:
            await keep(session, "bot_username", "tuike_bot")
        await store.close()

    asyncio.run(learn())

    invited = json.loads(tuike("staff", "add", "--role", "operator", "--json").out)

    assert invited["link"].startswith("https://t.me/tuike_bot?start=s_")
    assert (invited["merchant_id"], invited["role"]) == (merchant, "operator")


def test_one_more_key_opens_the_same_merchant(tuike: Tuike, merchant: str, database: Path) -> None:
    made = json.loads(tuike("merchant", "key", "--label", "new server", "--json").out)

    async def owner() -> str | None:
        store = Store(f"sqlite:///{database}")
        async with store.read() as session:
            found = await merchant_of_api_key(session, made["api_key"])
        await store.close()
        return found.public_id if found else None

    assert asyncio.run(owner()) == merchant


def test_among_several_merchants_one_is_named(tuike: Tuike, merchant: str) -> None:
    other = json.loads(tuike("merchant", "add", *SHOP, "--name", "Other", "--json").out)["merchant_id"]

    unnamed = tuike("staff", "add", "--role", "viewer")
    named = tuike("staff", "add", "--role", "viewer", "--merchant", other, "--json")
    wrong = tuike("staff", "add", "--role", "viewer", "--merchant", "m_nobody")

    assert (unnamed.code, unnamed.err) == (1, "There are several merchants: say which with --merchant ID.\n")
    assert json.loads(named.out)["merchant_id"] == other
    assert (wrong.code, wrong.err) == (1, "There is no merchant 'm_nobody'.\n")
    assert [row["merchant_id"] for row in json.loads(tuike("merchant", "list", "--json").out)] == [
        merchant,
        other,
    ]


def test_a_shops_name_can_neither_mark_up_nor_steer_the_terminal(tuike: Tuike) -> None:
    tuike("merchant", "add", *SHOP, "--name", "[red]<b>\x1b[31m\u202e推客")

    listed = tuike("merchant", "list").out

    assert "[red]<b>�[31m�推客" in listed
    assert "\x1b" not in listed


def test_without_a_merchant_one_is_told_how_to_add_it(tuike: Tuike) -> None:
    ended = tuike("staff", "add", "--role", "owner")

    assert (ended.code, ended.err) == (1, "There is no merchant yet: add one with `tuike merchant add`.\n")
