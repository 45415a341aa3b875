"""Delivery of updates to the bot's web hook: in order, one at a time, again until it says 2xx."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox.chat.clock import Now
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.updates import Updates
from bot.sandbox.wire import Json, present

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
SECRET = re.compile(r"^[A-Za-z0-9_-]{1,256}$")
LONGEST_WAIT = 60.0
ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates go, and the word that proves where they come from."""

    url: str
    secret: str = ""
    max_connections: int = 40


@dataclass(slots=True)
class Courier:
    """Carries updates to the web hook while one is set."""

    updates: Updates
    first_wait: float = 0.2
    """Seconds before the first repetition; doubled each time up to a minute."""
    webhook: Webhook | None = None
    clock: Now = time.time
    last_error_date: int | None = None
    last_error: str | None = None
    _task: asyncio.Task[None] | None = field(default=None)

    async def set(self, webhook: Webhook | None) -> None:
        """Start delivering to another web hook, or to none; raises 400 for an address that can't be one."""
        if webhook is not None:
            _check(webhook)
        await self.stop()
        self.webhook = webhook
        self.last_error = self.last_error_date = None
        self.updates.end_reading()
        self.resume()

    def resume(self) -> None:
        """Deliver again where a stop interrupted it."""
        if self.webhook is not None and self._task is None:
            self._task = asyncio.create_task(self._carry(self.webhook))

    async def stop(self) -> None:
        """Stop delivering; what is not confirmed stays in the queue."""
        if self._task is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    def info(self) -> dict[str, Json]:
        """The Bot API's WebhookInfo."""
        hook = self.webhook
        return present(
            url=hook.url if hook else "",
            has_custom_certificate=False,
            pending_update_count=len(self.updates.pending()),
            last_error_date=self.last_error_date,
            last_error_message=self.last_error,
            max_connections=hook.max_connections if hook else None,
            allowed_updates=list(self.updates.allowed) or None,
        )

    async def _carry(self, webhook: Webhook) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            wait = self.first_wait
            while True:
                await self.updates.arrival()
                pending = self.updates.pending()
                if not pending:
                    return
                if await self._delivered(session, webhook, pending[0].as_json()):
                    self.updates.confirm(pending[0].id + 1)
                    wait = self.first_wait
                    continue
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _delivered(self, session: aiohttp.ClientSession, webhook: Webhook, body: Json) -> bool:
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        try:
            async with session.post(webhook.url, json=body, headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return True
                self._note(f"Wrong response from the webhook: {answer.status} {answer.reason}")
        except (aiohttp.ClientError, TimeoutError) as error:
            timed_out = isinstance(error, TimeoutError)
            self._note("Read timeout expired" if timed_out else "Connection refused")
        return False

    def _note(self, error: str) -> None:
        self.last_error = error
        self.last_error_date = int(self.clock())


def _check(webhook: Webhook) -> None:
    parts = urlsplit(webhook.url)
    # Plain http passes as on a Bot API server of one's own (--local), else nothing here could be tested.
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("bad webhook: HTTPS URL must be provided for webhook")
    if webhook.secret and not SECRET.match(webhook.secret):
        raise bad_request("secret token contains unallowed characters")
