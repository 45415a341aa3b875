"""The demo: the whole product without a token, a chat page and a shop in the browser, and weeks of history."""

from __future__ import annotations

import asyncio
import fcntl
import signal
import socket
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import structlog
from pydantic import BaseModel, SecretStr

from bot.app import ALL_ROLES, PortInUse, Tuike, open_tuike
from bot.clock import SystemClock
from bot.sandbox.chat.phone import Phone
from bot.sandbox.languages import Ribbon
from bot.sandbox.market.cast import CHATTERS, MEI, TOM
from bot.sandbox.market.pictures import shop_pictures
from bot.sandbox.market.seeding import Market, open_market
from bot.sandbox.market.shop import market_shop
from bot.sandbox.server import Sandbox
from bot.settings import Settings, UpdateMode
from handlers.web.reading import read_event
from models.errors import Conflict, Invalid
from models.store.chat_files import forget_chat_files
from models.store.engine import Store
from models.store.migrate import migrate
from models.tables import schema

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
"""Where the sandbox listens: its control API has no password."""
STORAGE = "tuike_demo_pictures"
"""The channel in which the bot keeps pictures, so that they can be shared inline."""
PATIENCE = 10.0
"""Seconds in which the started product answers; more means that something is wrong."""


class DemoReady(BaseModel):
    """What a script needs to use the demo; `codes` are live links to products."""

    url: str
    chat_url: str
    merchant_id: str
    events_path: str
    api_key: str
    webhook_secret: str
    currency: str
    codes: tuple[str, ...]


class DemoRuns(Conflict):
    """Another demo has the data folder."""

    code = "demo_runs"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"A demo already runs with its data in {folder}; stop it, or give this one another place with --data DIR."
        )


class ChatPortInUse(Conflict):
    """Somebody else listens on the port that was asked for."""

    code = "port_in_use"

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use; choose another for the chat page with --chat-port.")


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    ready: DemoReady
    sandbox: Sandbox
    tuike: Tuike


async def run_demo(
    settings: Settings, *, chat_port: int | None, open_browser: bool, ready: Callable[[DemoReady], None]
) -> None:
    """Run the demo until SIGINT or SIGTERM; `ready` is called once everything answers.

    `chat_port` None is the port behind HTTP_PORT, or any free one. Raises DomainError when the data folder,
    the store or a port can't be had.
    """
    with suppress(asyncio.CancelledError), _cancelled_by_signals():
        async with open_demo(settings, chat_port=chat_port) as demo:
            ready(demo.ready)
            if open_browser:
                await asyncio.to_thread(webbrowser.open, demo.ready.chat_url)
            await demo.tuike.tasks.ended()


@contextmanager
def _cancelled_by_signals() -> Iterator[None]:
    """The first SIGINT or SIGTERM cancels what runs inside, wherever it is; more of them change nothing."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def open_demo(settings: Settings, *, chat_port: int | None = None) -> AsyncIterator[Demo]:
    """The sandbox, a seeded store and the whole product, answering; stopped at the end. Raises DomainError."""
    async with AsyncExitStack() as stack:
        stack.enter_context(_alone(settings.data_dir))
        settings = _placed(settings)
        sandbox = await stack.enter_async_context(_open_sandbox(settings, chat_port))
        market, pictures = await asyncio.gather(
            _seeded(settings, sandbox.shop_url),
            asyncio.to_thread(shop_pictures, settings.data_dir / "pictures"),
        )
        chatting = {
            "telegram_api_url": sandbox.api_url,
            "bot_token": SecretStr(sandbox.token),
            "update_mode": UpdateMode.POLLING,
            "storage_chat": f"@{STORAGE}",
        }
        tuike = await stack.enter_async_context(open_tuike(settings.model_copy(update=chatting), ALL_ROLES))
        url, events_path = _local(settings), f"/v1/events/{market.merchant_id}"
        await sandbox.open_shop(market_shop(market, pictures, f"{url}{events_path}"))
        await _answers(url)
        await _greet(sandbox)
        ready = DemoReady(
            url=url,
            chat_url=sandbox.chat_url,
            merchant_id=market.merchant_id,
            events_path=events_path,
            api_key=market.api_key,
            webhook_secret=market.webhook_secret,
            currency=market.currency,
            codes=market.codes,
        )
        yield Demo(ready, sandbox, tuike)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process; the system lets go of it when the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "demo.lock").open("w")
    except OSError as error:
        raise Invalid(f"The data folder {folder} can't be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoRuns(folder) from error
        yield


def _placed(settings: Settings) -> Settings:
    """The settings with a port that is free by now, and the address under which links will lead to it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.http_host, settings.http_port))
        except OSError as error:
            raise PortInUse(settings.http_host, settings.http_port) from error
        port: int = probe.getsockname()[1]
    placed = settings.model_copy(update={"http_port": port})
    return placed.model_copy(update={"public_url": settings.public_url or _local(placed)})


def _local(settings: Settings) -> str:
    """Where this machine reaches the product, whatever its public address is."""
    everywhere = settings.http_host in {"0.0.0.0", "::", "localhost"}  # noqa: S104 - compared, not bound
    return f"http://{HOST if everywhere else settings.http_host}:{settings.http_port}"


@asynccontextmanager
async def _open_sandbox(settings: Settings, chat_port: int | None) -> AsyncIterator[Sandbox]:
    wishes = [settings.http_port + 1, 0] if chat_port is None else [chat_port]
    sandbox = None
    for port in wishes:
        sandbox = await _listening(port)
        if sandbox is not None:
            break
    if sandbox is None:
        raise ChatPortInUse(wishes[-1])
    for chatter in CHATTERS:
        sandbox.people.add(
            chatter.name,
            username=chatter.username,
            language_code=chatter.language,
            person_id=chatter.chat_id,
        )
    _furnish(sandbox)
    try:
        yield sandbox
    finally:
        await sandbox.stop()


def _furnish(sandbox: Sandbox) -> None:
    """Inline mode, a group to share into, and the channel in which the bot keeps pictures."""
    sandbox.inline_mode()
    mei, tom, alex, owner = (Phone(sandbox.people, sandbox.people.get(each.chat_id)) for each in CHATTERS)
    sandbox.group("好物分享 Good finds", mei, [tom, alex], kind="supergroup")
    sandbox.group("Lantern & Lace pictures", owner, kind="channel", username=STORAGE)


async def _listening(port: int) -> Sandbox | None:
    sandbox = Sandbox(HOST, port, ribbon=Ribbon())
    try:
        await sandbox.start()
    except (OSError, OverflowError):
        await sandbox.stop()
        return None
    return sandbox


async def _seeded(settings: Settings, shop_url: str) -> Market:
    await migrate(settings.store_url)
    schema()
    store = Store(settings.store_url)
    try:
        async with store.write() as session:
            # This sandbox knows no file that an earlier one was sent.
            await forget_chat_files(session, SystemClock().now())
        return await open_market(store, shop_url, read_event, SystemClock().now())
    finally:
        await store.close()


async def _answers(url: str) -> None:
    """Wait until the product says that it is well. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(f"{url}/healthz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


async def _greet(sandbox: Sandbox) -> None:
    """Let those whom the bot knows open their chats, as they had before: a home card awaits each."""
    people = sandbox.people
    with people.server.feed.follow() as news:
        waiting = {chatter.chat_id for chatter in (MEI, TOM)}
        for person_id in waiting:
            people.start(person_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while waiting and await news.get() is not None:
                    waiting -= {person for person in waiting if _was_answered(sandbox, person)}


def _was_answered(sandbox: Sandbox, person_id: int) -> bool:
    return any(message.from_bot for message in sandbox.people.messages(person_id))
