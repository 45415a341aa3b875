"""How updates come in, under the doctor's eyes: polling, another reader, and web hooks that lead astray."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import Conflict

from bot.app import Role, open_tuike
from bot.clock import SetClock
from bot.doctor.examining import Patience
from bot.gateway.transport import AiohttpRequest
from bot.sandbox.server import Sandbox
from handlers.chat.intake_webhook import PATH, webhook_secret
from models.store.deployment import keep
from tests.bot.doctor.stand_ins import Json, Page, chat_server, website
from tests.bot.doctor.ward import Ward, empty_store, failed, passed, warned
from tests.postgres import free_port

BY_HOOK = "webhook"


def hooked(url: str, **more: object) -> Json:
    """What getWebhookInfo answers."""
    return {"url": url, "has_custom_certificate": False, "pending_update_count": 0, **more}


def call_of(sandbox: Sandbox, method: str) -> asyncio.Event:
    """Set once the bot has called a method."""
    called = asyncio.Event()
    sandbox.journal.watch(lambda entry: called.set() if entry.method == method else None)
    return called


async def test_polling_alone(ward: Ward, sandbox: Sandbox) -> None:
    sandbox.phone("Mei").write("/start")

    seen = await ward.examine(sandbox)

    assert passed(seen["updates"])
    assert passed(seen["other readers"])
    assert passed(seen["waiting updates"])
    assert len(sandbox.chat.updates.pending()) == 1


async def test_another_program_that_reads_is_heard(ward: Ward, sandbox: Sandbox) -> None:
    """Given somebody else who reads again as soon as they are turned away."""
    request = AiohttpRequest()
    url = f"{sandbox.api_url}/bot"
    async with Bot(sandbox.token, base_url=url, request=request, get_updates_request=request) as other:

        async def read() -> None:
            while True:
                with suppress(Conflict):
                    await other.get_updates(timeout=5)

        reading = asyncio.create_task(read())
        try:
            seen = await ward.examine(sandbox, patience=Patience(listening=2.0))
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    assert failed(seen["other readers"], "Another program reads")


async def test_our_own_program_is_not_disturbed(ward: Ward, sandbox: Sandbox) -> None:
    async with open_tuike(ward.settings(sandbox), frozenset({Role.CHAT})):
        seen = await ward.examine(sandbox)

        limits = [entry.params.get("limit") for entry in sandbox.journal.entries("getUpdates")]

    assert passed(seen["other readers"])
    assert "Our own program" in seen["other readers"].sentence
    assert not any(limits)


async def test_a_hook_while_polling(ward: Ward) -> None:
    async with chat_server(getWebhookInfo=hooked("https://other.example/secret-path")) as server:
        seen = await ward.examine(server)

    assert warned(seen["updates"], "a web hook to other.example is set")
    assert "secret-path" not in seen["updates"].sentence
    assert "getUpdates" not in server.asked


async def test_many_waiting_updates(ward: Ward) -> None:
    async with chat_server(getWebhookInfo=hooked("", pending_update_count=1234)) as server:
        seen = await ward.examine(server)

    assert warned(seen["waiting updates"], "1,234")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (None, "PUBLIC_URL is not set"),
        ("http://go.shop.example", "https"),
        ("https://go.shop.example:9000", "9000"),
    ],
)
async def test_an_address_that_the_chat_server_will_not_deliver_to(
    ward: Ward, address: str | None, words: str
) -> None:
    seen = await ward.examine(public_url=address, update_mode=BY_HOOK)

    assert failed(seen["web hook"], words)


async def test_no_hook(ward: Ward) -> None:
    async with chat_server() as server:
        seen = await ward.examine(server, public_url="https://go.shop.invalid", update_mode=BY_HOOK)

    assert failed(seen["web hook"], "None is set")


async def test_a_hook_that_leads_elsewhere(ward: Ward) -> None:
    async with chat_server(getWebhookInfo=hooked(f"https://old.example{PATH}")) as server:
        seen = await ward.examine(server, public_url="https://go.shop.invalid", update_mode=BY_HOOK)

    assert failed(seen["web hook"], "another address, at old.example")


async def test_a_hook_that_brings_less_than_we_handle(ward: Ward) -> None:
    url = "http://127.0.0.1:1"
    info = hooked(url + PATH, allowed_updates=["message"])
    async with chat_server(getWebhookInfo=info) as server:
        seen = await ward.examine(server, public_url=url, update_mode=BY_HOOK)

    assert warned(seen["web hook"], "does not bring")
    assert "callback_query" in seen["web hook"].sentence


async def test_deliveries_that_fail_are_told_with_their_age(ward: Ward, now: datetime) -> None:
    url = "http://127.0.0.1:1"
    info = hooked(
        url + PATH,
        last_error_date=int(now.timestamp()),
        last_error_message="Wrong response from the webhook: 401 Unauthorized",
        ip_address="203.0.113.7",
    )
    async with chat_server(getWebhookInfo=info) as server:
        soon = await ward.examine(
            server, clock=SetClock(now + timedelta(minutes=2)), public_url=url, update_mode=BY_HOOK
        )
        later = await ward.examine(
            server, clock=SetClock(now + timedelta(days=3)), public_url=url, update_mode=BY_HOOK
        )

    assert warned(soon["web hook delivery"], "One failed 2 minutes ago: Wrong response")
    assert "secret" in str(soon["web hook delivery"].fix)
    assert passed(later["web hook delivery"])
    assert "3 days ago" in later["web hook delivery"].sentence
    assert warned(soon["web hook machine"], "delivers to 203.0.113.7, but 127.0.0.1 is 127.0.0.1")


async def test_a_hook_that_is_well(ward: Ward, sandbox: Sandbox) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = ward.settings(sandbox, public_url=address, http_port=port, update_mode=BY_HOOK)
    announced = call_of(sandbox, "setWebhook")
    async with open_tuike(settings, frozenset({Role.CHAT, Role.WEB})):
        await announced.wait()
        seen = await ward.examine(sandbox, public_url=address, update_mode=BY_HOOK)

    for name in ("web hook", "web hook delivery", "web hook secret", "waiting updates"):
        assert passed(seen[name])


async def test_a_hook_at_a_program_with_another_store(
    ward: Ward, sandbox: Sandbox, tmp_path: Path, sqlite_template: Path
) -> None:
    """Given a hook that leads to PUBLIC_URL, where a tuike answers that has a store of its own."""
    other = Ward(tmp_path / "other", empty_store(tmp_path / "other", sqlite_template))
    async with ward.store.write() as session:
        await webhook_secret(session)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = other.settings(sandbox, public_url=address, http_port=port, update_mode=BY_HOOK)
    announced = call_of(sandbox, "setWebhook")
    async with open_tuike(settings, frozenset({Role.CHAT, Role.WEB})):
        await announced.wait()
        seen = await ward.examine(sandbox, public_url=address, update_mode=BY_HOOK)

    assert failed(seen["web hook secret"], "has another one")


@pytest.mark.parametrize(
    ("status", "words"), [(404, "Nobody takes updates"), (200, "Nobody takes"), (503, "still starting")]
)
async def test_a_door_that_is_not_ours(ward: Ward, status: int, words: str) -> None:
    async with ward.store.write() as session:
        await keep(session, "chat-webhook", "kept-secret-word")
    async with website({PATH: Page(status)}) as url, chat_server(getWebhookInfo=hooked(url + PATH)) as server:
        seen = await ward.examine(server, public_url=url, update_mode=BY_HOOK)

    check = seen["web hook secret"]
    assert warned(check, words) if status == 503 else failed(check, words)


async def test_a_door_that_lets_everybody_in(ward: Ward) -> None:
    async with ward.store.write() as session:
        await keep(session, "chat-webhook", "kept-secret-word")
    async with website({PATH: Page(400)}) as url, chat_server(getWebhookInfo=hooked(url + PATH)) as server:
        seen = await ward.examine(server, public_url=url, update_mode=BY_HOOK)

    assert failed(seen["web hook secret"], "Whoever knocks without it is let in")


async def test_a_secret_that_was_never_made(ward: Ward) -> None:
    url = "http://127.0.0.1:1"
    async with chat_server(getWebhookInfo=hooked(url + PATH)) as server:
        seen = await ward.examine(server, public_url=url, update_mode=BY_HOOK)

    assert warned(seen["web hook secret"], "There is none yet")
