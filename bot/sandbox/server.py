"""The sandbox as one server: chat server, control API, chat page and demo shop on one port."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from aiohttp import web

from bot.sandbox.chat.acts.gathering import found
from bot.sandbox.chat.clock import MovableClock
from bot.sandbox.chat.control import Control
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.endpoint import Endpoint
from bot.sandbox.chat.faults import Faults
from bot.sandbox.chat.files import UPLOAD_BYTES
from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.journal import Journal
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.pacing import Limits
from bot.sandbox.chat.people import People
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Bot
from bot.sandbox.chat_page import ChatPage
from bot.sandbox.guard import only_known_hosts
from bot.sandbox.languages import Ribbon
from bot.sandbox.shop.mount import ShopMount
from bot.sandbox.shop.setup import ShopSetup

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
        inline: BotFather's inline mode, and `inline_feedback` its feedback; `inline_mode` turns them later.
        seed: what throws of dice come from.
        ribbon: the strip on every page that says that nothing here is real; None leaves it out.
        shop: the demo shop at /shop/; `open_shop` opens or replaces it later.
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
        inline: bool = False,
        inline_feedback: bool = False,
        seed: int = 0,
        ribbon: Ribbon | None = None,
        shop: ShopSetup | None = None,
    ) -> None:
        bot_id = int(bot_token.partition(":")[0])
        self.bot = Bot(bot_id, bot_token, bot_username, bot_name)
        self.bot.inline, self.bot.inline_feedback = inline, inline_feedback
        self.chat = ChatServer(self.bot, limits or Limits(), clock, webhook_wait, seed)
        self.people = People(self.chat)
        self.shop = ShopMount(shop, ribbon, clock)
        self._ribbon = ribbon
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
    def chat_url(self) -> str:
        """The chat page."""
        return f"{self.url}/"

    @property
    def shop_url(self) -> str:
        """The demo shop, without a slash at the end; `{shop_url}/products/{sku}` is a product."""
        return f"{self.url}/shop"

    @property
    def journal(self) -> Journal:
        """Every request of the bot."""
        return self.chat.journal

    @property
    def clock(self) -> MovableClock:
        """The chat server's clock, which can be moved; the shop keeps its own."""
        return self.chat.clock

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self.chat.faults

    def phone(self, name: str, *, language_code: str = "en", username: str | None = None) -> Phone:
        """A new person with a phone in hand."""
        return Phone(self.people, self.people.add(name, username=username, language_code=language_code))

    def inline_mode(self, *, enabled: bool = True, feedback: bool = True) -> None:
        """Turn BotFather's switches of inline mode."""
        self.bot.inline, self.bot.inline_feedback = enabled, feedback

    def group(
        self,
        title: str,
        owner: Phone,
        members: Iterable[Phone] = (),
        kind: str = "group",
        *,
        is_forum: bool = False,
        with_bot: bool = True,
        username: str | None = None,
    ) -> Gathering:
        """A new group, supergroup or channel; the bot comes in as a member, in a channel with all rights."""
        people = [phone.id for phone in members]
        group = found(
            self.chat, GroupKind(kind), title, owner.id, people, is_forum=is_forum, username=username
        )
        gathering = Gathering(self.chat, group)
        if with_bot and group.kind is GroupKind.CHANNEL:
            gathering.promote_bot()
        elif with_bot:
            gathering.add_bot()
        return gathering

    async def open_shop(self, setup: ShopSetup) -> None:
        """Open the demo shop, or another in its place: its carts and orders start anew."""
        await self.shop.open(setup)

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken. After a stop it takes its old port and state again."""
        self.chat.open()
        guard = only_known_hosts(self._host)
        app = web.Application(client_max_size=UPLOAD_BYTES + 1024 * 1024, middlewares=[guard])
        Endpoint(self.chat).add_to(app)
        Control(self.chat, self.people).add_to(app)
        ChatPage(self.bot.username, self._ribbon, self.shop).add_to(app)
        self.shop.add_to(app)
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
        await self.shop.close()

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()
