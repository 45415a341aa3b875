"""Asking the chat server for updates: one long request after the other, confirmed once stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Final

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.gateway.transport import TooManyRequestsError
from handlers.chat.intake import ALLOWED, Intake, Pause
from models.errors import DomainError, StoreBusy

log = structlog.get_logger(__name__)

WAIT_SECONDS: Final = 25
"""How long the server may hold a request open while there is nothing to tell."""
CONFLICT_SECONDS: Final = 5.0
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
MOST_WAITING: Final = 1_000
"""While more wait to be handled, no more are asked for: the server keeps them as well as we do."""


class BotTokenRefused(DomainError):
    """The chat server does not know this bot. Says nothing of the server's words, which repeat the token."""

    code = "bot_token_refused"

    def __init__(self) -> None:
        super().__init__("The chat server refuses BOT_TOKEN; get the right one from @BotFather.")


class Polling:
    """Reads a bot's updates until it is cancelled. Only one program may read a bot at a time."""

    def __init__(self, intake: Intake, bot: Bot, *, pause: Pause = asyncio.sleep) -> None:
        self._intake = intake
        self._bot = bot
        self._pause = pause
        self._offset: int | None = None
        self._failures = 0
        self._alone = True

    async def run(self) -> None:
        """Poll for ever. Raises BotTokenRefused; every other fault is waited out."""
        ready = False
        while True:
            try:
                if not ready:
                    # A web hook that was set once would keep every update from us.
                    ready = await self._bot.delete_webhook()
                await self._round()
                self._failures = 0
                self._alone = True
            except InvalidToken:
                raise BotTokenRefused from None
            except Conflict:
                await self._step_aside()
            except TooManyRequestsError as error:
                await self._pause(error.retry_after)
            except (TelegramError, StoreBusy) as error:
                await self._wait_out(error)

    async def _round(self) -> None:
        if self._intake.waiting > MOST_WAITING:
            await self._pause(FIRST_PAUSE)
            return
        try:
            updates = _written(
                await self._bot.get_updates(
                    offset=self._offset, timeout=WAIT_SECONDS, allowed_updates=list(ALLOWED)
                )
            )
        except (TypeError, KeyError, ValueError, AttributeError):
            # One of them has a shape that the library can't read: the intake leaves that one out alone.
            updates = await self._unread()
        if updates:
            await self._intake.keep(updates)
            self._offset = updates[-1][0] + 1

    async def _unread(self) -> list[tuple[int, str]]:
        """The updates that wait, as the server wrote them."""
        asked = {"offset": self._offset, "timeout": 0, "allowed_updates": list(ALLOWED)}
        told = await self._bot.do_api_request("getUpdates", api_kwargs=asked)
        return [(each["update_id"], json.dumps(each)) for each in told if isinstance(each, dict)]

    async def _step_aside(self) -> None:
        if self._alone:
            log.error(
                "another program reads this bot's updates and only one may: stop it, or use another token"
            )
        self._alone = False
        await self._pause(CONFLICT_SECONDS)

    async def _wait_out(self, error: TelegramError | StoreBusy) -> None:
        pause = min(FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        log.warning("updates can't be read just now", error=str(error), again_in=pause)
        await self._pause(pause)


def _written(updates: Sequence[Update]) -> list[tuple[int, str]]:
    return [(update.update_id, update.to_json()) for update in updates]
