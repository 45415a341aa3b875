"""A rehearsal in a process of its own: minutes of figuring that no chat, redirect or job waits for.

It reads the same store by its own connections, says how far it is, and sends what it found; nothing is written.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection

import structlog

from models.errors import DomainError
from models.people.merchants import merchant
from models.plans.document import PlanDocument
from models.rehearsal.rehearsing import NothingInForce, rehearse
from models.rehearsal.report import Rehearsed
from models.store.engine import Store

log = structlog.stdlib.get_logger(__name__)

_TOLD_EACH = 0.25
"""Seconds between two words of how far it is."""
Heard = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What to rehearse: `plan` is a whole document as JSON, the time [begins, ends) in UTC."""

    store_url: str
    merchant_id: int
    plan: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class _SoFar:
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class _Refused:
    """A rule said no; its code."""

    code: str


class RehearsalFailedError(Exception):
    """The process broke off: it was killed, or failed in a way that nobody foresaw."""


async def rehearse_beside(wish: Wish, heard: Heard) -> Rehearsed:
    """Rehearse in a process of its own, telling `heard` how far it is. Raises NothingInForce, RehearsalFailedError.

    Broken off from outside, the process ends with it.
    """
    ours, theirs = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_rehearse, args=(theirs, wish), daemon=True)
    await asyncio.to_thread(process.start)
    theirs.close()
    try:
        while True:
            try:
                word = await asyncio.to_thread(ours.recv)
            except (EOFError, OSError) as error:
                raise RehearsalFailedError from error
            match word:
                case _SoFar(done, of):
                    await heard(done, of)
                case Rehearsed():
                    return word
                case _Refused(code):
                    raise NothingInForce if code == NothingInForce.code else RehearsalFailedError
    finally:
        process.kill()
        ours.close()
        await asyncio.to_thread(process.join)


def _rehearse(told: Connection, wish: Wish) -> None:
    """The process's own work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        told.send(asyncio.run(_found(told, wish)))
    except DomainError as error:
        told.send(_Refused(error.code))
    except Exception:
        log.exception("rehearsal.failed")
        raise


async def _found(told: Connection, wish: Wish) -> Rehearsed:
    last = 0.0

    def heard(done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _TOLD_EACH:
            last = time.monotonic()
            told.send(_SoFar(done, of))

    store = Store(wish.store_url)
    try:
        async with store.read() as session:
            shop = await merchant(session, wish.merchant_id)
        document = PlanDocument.model_validate_json(wish.plan)
        return await rehearse(store, shop, document, wish.begins, wish.ends, heard)
    finally:
        await store.close()
