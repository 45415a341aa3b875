"""The sandbox as one server: chat server, control API, chat page and demo shop on one port."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiohttp import web

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.endpoint import Endpoint
from bot.sandbox.chat.faults import Faults
from bot.sandbox.chat.files import UPLOAD_BYTES
from bot.sandbox.chat.journal import Journal
from bot.sandbox.chat.pacing import Limits
from bot.sandbox.chat.people import People
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Bot

DEFAULT_TOKEN = "700000001:AAsandboxSANDBOXsandboxSANDBOXsandb"  # noqa: S105 - opens nothing but this sandbox
DEFAULT_USERNAME = "tuike_demo_bot"


class Sandbox:
    """Starts and stops everything; its verbs act on the same state as the page and the control API.

    Args:
        host: address to listen on; the control API has no password, so keep it a loopback one.
        port: 0 takes a free one.
        limits: how fast the bot may send (`NO_LIMITS` for benches).
        clock: seconds since 1970 UTC, for message dates, speed limits and the age of taps.
        webhook_wait: seconds before an update is offered to the web hook again.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        bot_username: str = DEFAULT_USERNAME,
        bot_token: str = DEFAULT_TOKEN,
        bot_name: str = "Tuike",
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        webhook_wait: float = 0.2,
    ) -> None:
        bot_id = int(bot_token.partition(":")[0])
        self.bot = Bot(bot_id, bot_token, bot_username, bot_name)
        self.chat = ChatServer(self.bot, limits or Limits(), clock, webhook_wait)
        self.people = People(self.chat)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def token(self) -> str:
        """The bot's token: BOT_TOKEN."""
        return self.bot.token

    @property
    def url(self) -> str:
        """Base address of everything, without a slash at the end."""
        return f"http://{self._host}:{self._port}"

    @property
    def api_url(self) -> str:
        """TELEGRAM_API_URL: `{api_url}/bot{token}/{method}` is a method."""
        return self.url

    @property
    def journal(self) -> Journal:
        """Every request of the bot."""
        return self.chat.journal

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self.chat.faults

    def phone(self, name: str, *, language_code: str = "en", username: str | None = None) -> Phone:
        """A new person with a phone in hand."""
        return Phone(self.people, self.people.add(name, username=username, language_code=language_code))

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        app = web.Application(client_max_size=UPLOAD_BYTES + 1024 * 1024)
        Endpoint(self.chat).add_to(app)
        app.on_shutdown.append(self._on_shutdown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        addresses = self._runner.addresses
        self._port = addresses[0][1]

    async def stop(self) -> None:
        """Close every connection; the state stays readable."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _on_shutdown(self, app: web.Application) -> None:
        del app
        await self.chat.close()

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()
