"""The examination: every look has its time, and none stands in the way of another."""

from __future__ import annotations

import asyncio
import ssl
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, TypeVar

import aiohttp
import structlog
from telegram.error import TelegramError

from bot.clock import Clock, SystemClock
from bot.doctor import (
    chat,
    clocks,
    commands,
    database,
    disk,
    posters,
    shops,
    storage_chat,
    updates,
    web,
    work,
)
from bot.doctor.check import Check, Group, Subject
from bot.doctor.mask import Mask
from bot.doctor.patient import AGENT, Patient
from bot.gateway.transport import AiohttpRequest
from bot.settings import Settings
from models.errors import DomainError

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds."""

    look: float = 15.0
    """One subject, all of it."""
    answer: float = 5.0
    """One answer by HTTP."""
    listening: float = 6.0
    """Listening for another program that reads the bot's updates: ours asks again after five seconds."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A look, and the subject under which it stands when it could not be had."""

    subject: Subject
    see: Callable[[Patient], Awaitable[list[Check]]]


_LOOKS: Final = (
    _Look(database.WRITES, database.look),
    _Look(disk.FOLDER, disk.look),
    _Look(chat.INLINE, chat.look),
    _Look(updates.UPDATES, updates.look),
    _Look(commands.COMMANDS, commands.look),
    _Look(storage_chat.STORAGE, storage_chat.look),
    _Look(web.ADDRESS, web.look),
    _Look(shops.MERCHANT, shops.look),
    _Look(shops.EVENTS, shops.look_from_outside),
    _Look(posters.POSTER, posters.look),
    _Look(clocks.CLOCK, clocks.look),
    _Look(work.WORKER, work.look),
)


async def examine(
    settings: Settings, *, clock: Clock | None = None, patience: Patience | None = None
) -> list[Check]:
    """Look at everything that this installation stands on, in the order of the groups; raises nothing of theirs."""
    mask = Mask(settings)
    examination = _Examination(settings, clock or SystemClock(), patience or Patience(), mask)
    checks = await examination.run()
    order = list(Group)
    return [mask.over(check) for check in sorted(checks, key=lambda check: order.index(check.group))]


@dataclass(frozen=True, slots=True)
class _Examination:
    settings: Settings
    clock: Clock
    patience: Patience
    mask: Mask

    async def run(self) -> list[Check]:
        """First what the others need: the store and the bot; then everything else side by side."""
        settings = self.settings
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(_session(self.patience.answer))
            request = AiohttpRequest(connect_timeout=self.patience.answer, read_timeout=self.patience.answer)
            stack.push_async_callback(request.shutdown)
            (first, store), (second, bot) = await asyncio.gather(
                self._opened(database.DATABASE, database.open_store(settings)),
                self._opened(chat.TOKEN, chat.open_bot(settings, request)),
            )
            if store is not None:
                stack.push_async_callback(store.close)
            patient = Patient(settings, self.clock, http, store, bot, self.patience.listening)
            seen = await asyncio.gather(*(self._look(look, patient) for look in _LOOKS))
        return [*first, *second, *(check for checks in seen for check in checks)]

    async def _opened(
        self, subject: Subject, opening: Coroutine[None, None, tuple[list[Check], T | None]]
    ) -> tuple[list[Check], T | None]:
        found = await self._safely(subject, opening)
        return ([found], None) if isinstance(found, Check) else found

    async def _look(self, look: _Look, patient: Patient) -> list[Check]:
        found = await self._safely(look.subject, look.see(patient))
        return [found] if isinstance(found, Check) else found

    async def _safely(self, subject: Subject, work: Awaitable[T]) -> T | Check:
        """What came of it; a failed check when it took too long or broke down."""
        try:
            async with asyncio.timeout(self.patience.look):
                return await work
        except TimeoutError:
            return subject.failed(
                "It could not be looked at in time.", "Is the network, or the database, very slow?"
            )
        except DomainError as error:
            return subject.failed(str(error), "The sentence names what to change.")
        except TelegramError as error:
            return chat.unheard(subject, error, self.settings)
        except Exception as error:
            # Its words may hold anything, so they are not repeated, and a traceback is masked before it is logged.
            told = self.mask.hide("".join(traceback.format_exception(error)))
            log.debug("look_failed", subject=subject.name, traceback=told)
            return subject.failed(
                f"It could not be looked at ({type(error).__name__}).",
                "Please report this, with the version and what LOG_LEVEL=debug shows.",
            )


def _session(seconds: float) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=ssl.create_default_context()),
        timeout=aiohttp.ClientTimeout(total=seconds),
        headers={"User-Agent": AGENT},
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )
