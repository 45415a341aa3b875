"""The chat server's side of the program: one bot, its way in and its way out."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web
from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError

from bot.context import ChatContext, Context
from bot.gateway.gateway import Gateway
from bot.gateway.transport import AiohttpRequest
from bot.media.gallery import Gallery
from bot.media.studio import PosterStudio
from bot.media.typefaces import Typefaces
from bot.settings import TELEGRAM, Settings, UpdateMode
from handlers.chat.intake import Intake
from handlers.chat.intake_polling import BotTokenRefused, Polling
from handlers.chat.intake_webhook import Webhook, announce, webhook_secret
from handlers.chat.registering import register
from handlers.chat.router import handle
from handlers.web.start import BOT_USERNAME
from jobs.outbox import Sender
from models.store.deployment import keep

log = structlog.get_logger(__name__)
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0


class ChatSide:
    """Connects to the chat server, waiting where it can't be reached; what needs it waits with it.

    `has_app`: this process also serves the pages that open inside the chat client.
    """

    def __init__(self, context: Context, *, has_app: bool) -> None:
        settings = context.settings
        self._has_app = has_app
        assert settings.bot_token is not None  # asked for only with a token
        base = settings.telegram_api_url.rstrip("/")
        request = AiohttpRequest()
        self._bot = Bot(
            settings.bot_token.get_secret_value(),
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request,
            get_updates_request=request,
        )
        self._context = context
        self._gateway = Gateway(self._bot)
        self._studio = PosterStudio(
            folder=settings.data_dir / "posters", typefaces=Typefaces(settings.font_path)
        )
        self._gallery = Gallery()
        self._connected = False
        self._intake: Intake | None = None
        self._webhook: Webhook | None = None

    async def connect(self) -> bool:
        """Ask the chat server who we are; False when it can't be reached now. Raises BotTokenRefused."""
        try:
            await self._bot.initialize()
        except InvalidToken:
            raise BotTokenRefused from None
        except TelegramError as error:
            log.warning("chat_server_not_reached", error=type(error).__name__)
            return False
        async with self._context.store.write() as session:
            await keep(session, BOT_USERNAME, self._bot.username)
        self._connected = True
        return True

    async def _until_connected(self) -> None:
        pause = FIRST_PAUSE
        while not self._connected and not await self.connect():
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def listen(self) -> None:
        """Take updates in, by polling or by web hook, until cancelled. Raises BotTokenRefused."""
        await self._until_connected()
        chat = self._chat_context()

        async def answer(update: Update) -> None:
            await handle(chat, update)

        self._intake = Intake(chat.store, self._bot, chat.clock, answer)
        await self._intake.resume()
        await register(chat)
        if chat.settings.update_mode is UpdateMode.POLLING:
            await Polling(self._intake, self._bot).run()
        else:
            await self._await_webhook(chat, self._intake)

    async def _await_webhook(self, chat: ChatContext, intake: Intake) -> None:
        async with chat.store.write() as session:
            secret = await webhook_secret(session)
        self._webhook = Webhook(intake, secret)
        pause = FIRST_PAUSE
        while True:
            try:
                await announce(self._bot, chat.settings.address, secret)
            except TelegramError as error:
                log.warning("webhook_not_set", error=str(error), again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    async def webhook(self, request: web.Request) -> web.Response:
        """The chat server brings an update."""
        if self._webhook is None:
            return web.Response(status=503, headers={"Retry-After": "2"})
        return await self._webhook.chat_webhook(request)

    def at_hand(self) -> ChatContext | None:
        """The chat's part of the house, once the chat server was reached."""
        return self._chat_context() if self._connected else None

    def _chat_context(self) -> ChatContext:
        context = self._context
        return ChatContext(
            context.store,
            context.settings,
            context.clock,
            gateway=self._gateway,
            studio=self._studio,
            bot_username=self._bot.username,
            gallery=self._gallery,
            app_address=self._app_address(context.settings),
        )

    def _app_address(self, settings: Settings) -> str | None:
        """Where pages inside the chat client begin: only where this process serves them, and by https on the real
        server."""
        if not self._has_app or (
            settings.telegram_api_url == TELEGRAM and not settings.address.startswith("https://")
        ):
            return None
        return f"{settings.address}/app"

    def sender(self) -> Sender:
        """The sender of this bot's notices, over the same pace as the replies."""
        return Sender(self._context.store, self._gateway, self._context.clock, bot_id=self._bot_id)

    @property
    def _bot_id(self) -> int:
        """The number in front of the token, which is the bot's id; known without asking."""
        return int(self._bot.token.partition(":")[0])

    async def close(self) -> None:
        """Let what is being answered end, then hang up."""
        if self._intake is not None:
            await self._intake.stop()
        await self._studio.close()
        await self._bot.shutdown()
