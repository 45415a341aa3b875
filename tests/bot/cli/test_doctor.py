"""`tuike doctor` on the command line: what is read, what a script reads, how it ends, and no secret in any of it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from models.people.merchants import Merchant, add_api_key
from models.store.deployment import keep
from tests.bot.cli.conftest import PROJECT, Ended, Tuike
from tests.bot.doctor.stand_ins import TOKEN, Page, Refusal, chat_server, website
from tests.bot.doctor.ward import empty_store
from tests.builders import open_shop
from tests.conftest import NOW

PASSWORDS = {"database": "Geheim-Db-77", "public": "Geheim-Web-88", "chat": "Geheim-Api-99"}


@pytest.fixture(autouse=True)
def without_a_bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("BOT_TOKEN", "PUBLIC_URL", "FONT_PATH", "STORAGE_CHAT"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def test_checks_stand_in_groups_with_a_fix_below_what_is_not_well(tuike: Tuike, merchant: str) -> None:
    ended = tuike("doctor")

    lines = [line.rstrip() for line in ended.out.splitlines()]
    headings = [line for line in lines if line and not line.startswith(" ")]
    assert headings[:-1] == ["Store", "Chat", "Web", "Shops", "Posters", "Work"]
    assert lines[1].split("  ")[1:3] == ["✓ pass", "database"]
    assert lines[1].endswith("It can be opened.")
    plan = next(number for number, line in enumerate(lines) if "plan of Gift Shop" in line)
    assert "! warn" in lines[plan]
    assert lines[plan + 1].strip().startswith("→ `tuike plan publish FILE")
    assert headings[-1].endswith("0 failed.")
    assert ended.code == 0


def test_what_fails_ends_with_1(tuike: Tuike, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONT_PATH", "/nowhere/mine.otf")

    ended, as_json = tuike("doctor"), tuike("doctor", "--json")

    assert (ended.code, as_json.code) == (1, 1)
    assert "✗ fail" in ended.out
    assert "1 failed." in ended.out
    failing = [check for check in json.loads(as_json.out) if check["verdict"] == "fail"]
    assert [check["name"] for check in failing] == ["FONT_PATH"]
    assert failing[0]["fix"] == "Mend FONT_PATH or unset it."


def test_a_script_reads_every_check_with_its_group(tuike: Tuike, merchant: str) -> None:
    ended = tuike("doctor", "--json")

    checks = json.loads(ended.out)
    assert ended.code == 0
    assert {tuple(check) for check in checks} == {("name", "group", "verdict", "sentence", "fix")}
    assert all((check["fix"] is None) == (check["verdict"] == "pass") for check in checks)


def test_a_name_from_people_steers_no_terminal(tuike: Tuike) -> None:
    shop = ("--name", "Evil\x1b[2J [red]shop[/red]", "--currency", "GBP", "--timezone", "Europe/London")
    assert tuike("merchant", "add", *shop, "--shop-url", "https://shop.example").code == 0

    ended = tuike("doctor")

    assert "\x1b" not in ended.out
    assert "[red]shop[/red]" in ended.out


async def spoken(folder: Path, *arguments: str, **settings: str) -> Ended:
    """What the doctor, in a process of its own, says of these settings; everything is logged."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", *arguments),
        cwd=folder,
        env={**os.environ, "LOG_LEVEL": "debug", "COLUMNS": "500", "PYTHONPATH": str(PROJECT), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


def leaks(ended: Ended, secrets: Mapping[str, str]) -> list[str]:
    """The names of secrets that can be read in what was printed, in whatever case."""
    printed = (ended.out + ended.err).lower()
    return [name for name, secret in secrets.items() if secret.lower() in printed]


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["read", "json"])
async def test_nothing_secret_is_printed_when_everything_fails(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Given servers that repeat whatever they are asked with, and a database that is not there."""
    talkative = Refusal(400, f"Bad Request: /bot{TOKEN}/ is odd")
    questions = ("getWebhookInfo", "getUpdates", "getChat", "getMyCommands", "getChatMenuButton")
    page = Page(500, f"/bot{TOKEN}", {"X-Odd": PASSWORDS["public"]})
    async with chat_server(**dict.fromkeys(questions, talkative)) as server, website({}, page) as url:
        ended = await spoken(
            tmp_path,
            *arguments,
            BOT_TOKEN=TOKEN,
            STORAGE_CHAT="-1001",
            DATABASE_URL=f"postgresql://shop:{PASSWORDS['database']}@127.0.0.1:1/tuike",
            PUBLIC_URL=url.replace("://", f"://door:{PASSWORDS['public']}@"),
            TELEGRAM_API_URL=server.url.replace("://", f"://own:{PASSWORDS['chat']}@"),
        )

    assert ended.code == 1
    assert "fail" in ended.out
    assert "/bot***/" in ended.out
    assert leaks(ended, {"token": TOKEN, "its end": TOKEN[-30:], **PASSWORDS}) == []


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["read", "json"])
async def test_no_secret_of_the_store_is_printed(
    tmp_path: Path, sqlite_template: Path, arguments: tuple[str, ...]
) -> None:
    """Given merchants with secrets, one of them damaged, and somebody odd at the public address."""
    store = empty_store(tmp_path, sqlite_template)
    try:
        shop, damaged = await open_shop(store, NOW), await open_shop(store, NOW)
        async with store.write() as session:
            await keep(session, "chat-webhook", "kept-Secret-of-the-hook-123")
            key = await add_api_key(session, shop.merchant, label="more", now=NOW)
            row = await session.get(Merchant, damaged.merchant.id)
            assert row is not None
            row.webhook_secret = "whsec_damaged!Secret"
    finally:
        await store.close()
    async with chat_server() as server, website({}) as url:
        ended = await spoken(
            tmp_path,
            *arguments,
            BOT_TOKEN=TOKEN,
            DATABASE_URL=f"sqlite:///{tmp_path}/tuike.db",
            PUBLIC_URL=url,
            TELEGRAM_API_URL=server.url,
            UPDATE_MODE="webhook",
        )

    secrets = {
        "token": TOKEN,
        "webhook secret": shop.merchant.webhook_secret.removeprefix("whsec_"),
        "damaged secret": "damaged!Secret",
        "customer key": shop.merchant.customer_key,
        "API key": key,
        "hook's secret": "kept-Secret-of-the-hook-123",
    }
    assert ended.code == 1
    assert "events of" in ended.out
    assert leaks(ended, secrets) == []


def test_the_search_for_secrets_finds_them() -> None:
    """The guard: with the mask taken off, the search above must cry."""
    bare = Ended(1, f"It said /BOT{TOKEN.lower()}/", f"and {PASSWORDS['chat']}")

    assert leaks(bare, {"token": TOKEN, **PASSWORDS}) == ["token", "chat"]
