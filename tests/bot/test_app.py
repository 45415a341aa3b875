"""The front door: what starts, what refuses to, and updates by either way in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import ALL_ROLES, PortInUse, Role, open_tuike
from bot.hold import StoreInUse
from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.server import Sandbox
from bot.settings import Settings, UpdateMode
from handlers.chat.intake_polling import BotTokenRefused
from models.errors import Invalid
from models.store.deployment import kept
from models.store.migrate import StoreUnusable
from tests.builders import open_shop
from tests.conftest import NOW
from tests.postgres import free_port


def settings(folder: Path, sandbox: Sandbox | None = None, **more: object) -> Settings:
    """Settings of a fresh folder on a free port, with the sandbox's bot where there is one."""
    bot = (
        {"bot_token": SecretStr(sandbox.token), "telegram_api_url": sandbox.api_url}
        if sandbox is not None
        else {}
    )
    return Settings(_env_file=None, **{"data_dir": folder, "http_port": 0, **bot, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", list(UpdateMode))
async def test_a_person_is_answered_by_either_way_in(tmp_path: Path, mode: UpdateMode) -> None:
    port = free_port()
    async with Sandbox(limits=NO_LIMITS) as sandbox:
        address = f"http://127.0.0.1:{port}"
        chosen = settings(tmp_path, sandbox, update_mode=mode, http_port=port, public_url=address)
        async with open_tuike(chosen) as tuike:
            shop = await open_shop(tuike.store, NOW)
            mei = sandbox.phone("Mei", language_code="en")
            mei.open(f"m_{shop.merchant.public_id}")

            card = await mei.sees(shop.merchant.name)

            assert card.keyboard is not None
            async with tuike.store.read() as session:
                assert await kept(session, "bot_username") == sandbox.bot.username


async def test_a_web_hook_without_the_secret_is_not_listened_to(tmp_path: Path) -> None:
    port = free_port()
    async with Sandbox(limits=NO_LIMITS) as sandbox:
        address = f"http://127.0.0.1:{port}"
        chosen = settings(tmp_path, sandbox, update_mode="webhook", http_port=port, public_url=address)
        async with open_tuike(chosen, frozenset({Role.CHAT})), aiohttp.ClientSession() as session:
            status = 503  # until the hook is set
            while status == 503:
                async with session.post(f"{address}/telegram/updates", json={"update_id": 1}) as answer:
                    status = answer.status

    assert status == 401


async def test_a_token_that_the_server_refuses_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        wrong = settings(tmp_path, sandbox, bot_token=SecretStr("700000001:AAwrongWRONGwrongWRONGwrongWRONG"))

        with pytest.raises(BotTokenRefused) as refused:
            async with open_tuike(wrong):
                pass

    assert "BotFather" in str(refused.value)
    assert "AAwrong" not in str(refused.value)


async def test_the_chat_needs_a_token_and_the_web_side_does_not(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="BOT_TOKEN is not set"):
        async with open_tuike(settings(tmp_path), ALL_ROLES):
            pass

    async with (
        open_tuike(settings(tmp_path), frozenset({Role.WEB, Role.WORKER})) as tuike,
        aiohttp.ClientSession() as session,
        session.get(f"{tuike.url}/healthz") as answer,
    ):
        assert answer.status == 200


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    async with open_tuike(settings(tmp_path / "one"), frozenset({Role.WEB})) as first:
        port = first.settings.http_port

        with pytest.raises(PortInUse, match=str(port)):
            async with open_tuike(settings(tmp_path / "two", http_port=port), frozenset({Role.WEB})):
                pass


async def test_a_store_in_use_is_named_and_free_again_afterwards(tmp_path: Path) -> None:
    async with open_tuike(settings(tmp_path), frozenset({Role.WEB})):
        with pytest.raises(StoreInUse, match="web work"):
            async with open_tuike(settings(tmp_path), frozenset({Role.WEB})):
                pass

    async with open_tuike(settings(tmp_path), frozenset({Role.WEB})):
        pass


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "notes.db"
    broken.write_bytes(b"this is no database, though its name says so" * 100)

    with pytest.raises(StoreUnusable, match=r"notes\.db"):
        async with open_tuike(settings(tmp_path, database_url=f"sqlite:///{broken}"), frozenset({Role.WEB})):
            pass


async def test_while_the_chat_server_cannot_be_reached_the_web_side_works_and_the_chat_follows(
    tmp_path: Path,
) -> None:
    """Given a chat server that is down at the start, when it comes, then whoever wrote is answered."""
    port = free_port()
    sandbox = Sandbox(port=port, limits=NO_LIMITS)
    unreachable = settings(
        tmp_path, bot_token=SecretStr(sandbox.token), telegram_api_url=f"http://127.0.0.1:{port}"
    )
    async with open_tuike(unreachable) as tuike:
        async with aiohttp.ClientSession() as session, session.get(f"{tuike.url}/healthz") as answer:
            assert answer.status == 200
        shop = await open_shop(tuike.store, NOW)
        async with sandbox:
            mei = sandbox.phone("Mei", language_code="en")
            mei.open(f"m_{shop.merchant.public_id}")

            card = await asyncio.wait_for(mei.sees(shop.merchant.name), timeout=30)
            assert card.from_bot
