"""The front door: builds everything once, starts it in order, by role, and stops it in the opposite order."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog
from aiohttp import web

from bot import interpreter
from bot.chat_side import ChatSide
from bot.clock import Clock, SystemClock
from bot.context import Context
from bot.hold import held
from bot.settings import Settings, UpdateMode
from bot.tasks import Tasks
from handlers.chat.intake_webhook import PATH
from handlers.web.app import build_web
from handlers.web.metrics import Metrics
from jobs.clock import JobClock
from jobs.context import JobContext
from jobs.outbox import Sender
from models.errors import DomainError, Invalid
from models.store.engine import Store
from models.store.migrate import migrate
from models.tables import schema

log = structlog.get_logger(__name__)

STOP_SECONDS: Final = 5.0


class Role(StrEnum):
    """What a process does: redirects, events and API; chat updates; jobs and notices."""

    WEB = "web"
    CHAT = "chat"
    WORKER = "worker"


ALL_ROLES: Final = frozenset(Role)


class PortInUse(DomainError):
    """Somebody else listens there."""

    code = "port_in_use"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Port {port} on {host} is in use: stop what runs there, or choose another (HTTP_PORT, demo --port)."
        )


@dataclass(frozen=True, slots=True)
class Tuike:
    """A running program: what its handlers are given, where it answers, and its tasks."""

    context: Context
    url: str
    tasks: Tasks

    @property
    def store(self) -> Store:
        """The program's store."""
        return self.context.store

    @property
    def settings(self) -> Settings:
        """The settings, with the address that was really taken."""
        return self.context.settings

    async def until_stopped(self) -> None:
        """Wait for SIGINT, SIGTERM or a part that fails, whose error is raised."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.tasks.stop)
        await self.tasks.ended()


async def run(settings: Settings, roles: frozenset[Role]) -> None:
    """Run until SIGINT or SIGTERM. Raises a DomainError with its sentence when it can't start or go on."""
    async with open_tuike(settings, roles) as tuike:
        log.info("running", url=tuike.url, roles=sorted(roles))
        await tuike.until_stopped()
        log.info("stopping")


@asynccontextmanager
async def open_tuike(
    settings: Settings, roles: frozenset[Role] = ALL_ROLES, *, clock: Clock | None = None
) -> AsyncIterator[Tuike]:
    """Everything that these roles need, running; stopped at the end.

    Raises DomainError before anything is answered when the store or the port can't be had, or when the
    chat server refuses the token.
    """
    if Role.CHAT in roles and settings.bot_token is None:
        raise Invalid(
            "BOT_TOKEN is not set: get one from @BotFather; or run `tuike demo`, or `tuike run --roles web,worker`."
        )
    async with AsyncExitStack() as stack:
        listening = None
        if Role.WEB in roles or (Role.CHAT in roles and settings.update_mode is UpdateMode.WEBHOOK):
            listening = _listen(settings)
            stack.callback(listening.close)
            settings = settings.model_copy(update={"http_port": listening.getsockname()[1]})
        await migrate(settings.store_url)
        schema()  # every table is known from here on, since their foreign keys name each other
        store = Store(settings.store_url)
        stack.push_async_callback(store.close)
        if store.path is not None:
            stack.enter_context(held(store.path, roles))
        context = Context(store, settings, clock or SystemClock())
        chat = await _chat_side(context, roles, stack)
        tasks = await stack.enter_async_context(Tasks.open())
        metrics = Metrics()
        if listening is not None:
            await _open_web(context, metrics, roles, chat, listening, stack)
        if chat is not None and Role.CHAT in roles:
            tasks.begin(chat.listen(), "chat")
        if Role.WORKER in roles:
            await _open_worker(context, metrics, chat, tasks, stack)
        interpreter.tune()
        yield Tuike(context, settings.address, tasks)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET
    try:
        return socket.create_server((settings.http_host, settings.http_port), family=family, backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(settings.http_host, settings.http_port) from error
        raise Invalid(f"HTTP_HOST {settings.http_host} can't be listened on: {error.strerror}.") from error


async def _chat_side(context: Context, roles: frozenset[Role], stack: AsyncExitStack) -> ChatSide | None:
    """The chat server's side, for whoever listens or sends; the web role alone never speaks to it."""
    if context.settings.bot_token is None or roles == {Role.WEB}:
        return None
    chat = ChatSide(context, has_app=Role.WEB in roles)
    stack.push_async_callback(chat.close)
    await chat.connect()
    return chat


async def _open_web(
    context: Context,
    metrics: Metrics,
    roles: frozenset[Role],
    chat: ChatSide | None,
    listening: socket.socket,
    stack: AsyncExitStack,
) -> None:
    """Answer HTTP: the whole web side, and the chat server's web hook where updates come by one."""
    at_hand = chat.at_hand if chat is not None else lambda: None
    app = build_web(context, metrics, at_hand) if Role.WEB in roles else web.Application()
    if chat is not None and Role.CHAT in roles and context.settings.update_mode is UpdateMode.WEBHOOK:
        app.router.add_post(PATH, chat.webhook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listening).start()


async def _open_worker(
    context: Context, metrics: Metrics, chat: ChatSide | None, tasks: Tasks, stack: AsyncExitStack
) -> None:
    """Jobs by the clock, and, with a bot, the sender of notices."""
    sender: Sender | None = None
    if chat is not None:
        sender = chat.sender()
        stack.push_async_callback(_end, sender, tasks.begin(sender.run(), "sender"))
    else:
        log.warning("no_bot_token", sentence="Notices wait in the outbox until BOT_TOKEN is set.")
    job_context = JobContext(
        context.store,
        context.settings,
        context.clock,
        findings=metrics.findings,
        chat=chat.at_hand if chat is not None else lambda: None,
    )
    jobs = JobClock(job_context, sender.wake if sender is not None else lambda: None)
    stack.push_async_callback(jobs.stop)
    tasks.begin(jobs.catch_up(), "catch-up")
    jobs.start()


async def _end(sender: Sender, sending: asyncio.Task[None]) -> None:
    """Let what is being sent end and be written down; broken off, it would be sent again."""
    sender.stop()
    await asyncio.wait({sending}, timeout=STOP_SECONDS)
