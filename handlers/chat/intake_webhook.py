"""The web hook: the chat server brings updates to us and repeats what we did not take."""

from __future__ import annotations

import hmac
import json
from typing import Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot

from handlers.chat.intake import ALLOWED, Intake
from models.errors import StoreBusy
from models.store.deployment import kept_secret

PATH: Final = "/telegram/updates"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
RETRY_AFTER_SECONDS: Final = 2


async def webhook_secret(session: AsyncSession) -> str:
    """The word by which we know the chat server, made at first use (in a writing session)."""
    return await kept_secret(session, "chat-webhook")


async def announce(bot: Bot, public_url: str, secret: str) -> None:
    """Tell the chat server where to bring updates, and the word to say. Raises telegram.error.TelegramError."""
    await bot.set_webhook(public_url + PATH, secret_token=secret, allowed_updates=list(ALLOWED))


class Webhook:
    """Takes updates at PATH from whoever knows the secret."""

    def __init__(self, intake: Intake, secret: str) -> None:
        self._intake = intake
        self._secret = secret.encode()

    async def chat_webhook(self, request: web.Request) -> web.Response:
        """Store one update, then answer 200; it is handled afterwards. 503 asks the server to come again."""
        told = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(told, self._secret):
            return web.Response(status=401)
        body = await request.text()
        key = _update_id(body)
        if key is None:
            return web.Response(status=400)
        try:
            await self._intake.keep([(key, body)])
        except StoreBusy:
            return web.Response(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        return web.Response()


def _update_id(body: str) -> int | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    key = found.get("update_id") if isinstance(found, dict) else None
    return key if isinstance(key, int) and not isinstance(key, bool) else None
