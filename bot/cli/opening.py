"""The store as commands open it: brought to the newest schema first, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.cli.logs import start_logs
from bot.cli.printing import note
from bot.settings import Settings, read_settings
from models.store.engine import Store
from models.store.migrate import Migrated, StoreUnusable, current_revision, migrate, newest_revision
from models.tables import schema

T = TypeVar("T")


def begin(**chosen: object) -> Settings:
    """The settings, with what the command line chose before them; from here on logs go to standard error."""
    settings = read_settings(**chosen)
    start_logs(settings.log_level)
    return settings


def finish(work: Coroutine[None, None, T]) -> T:
    """Run a command's work to its end."""
    return asyncio.run(work)


def told(migrated: Migrated) -> str:
    """What a migration did, in one sentence."""
    if migrated.before == migrated.after:
        return f"The store is at the newest schema, {migrated.after}; there was nothing to do."
    if migrated.before is None:
        return f"The store was empty; its schema is {migrated.after} now."
    backup = f" What was there before is kept in {migrated.backup}." if migrated.backup else ""
    return f"The store went from schema {migrated.before} to {migrated.after}.{backup}"


async def _is_newest(store_url: str) -> bool:
    """Whether there is nothing to migrate: then a command that only reads waits for no writer."""
    try:
        return await current_revision(store_url) == newest_revision()
    except StoreUnusable:
        return False  # perhaps only its folder is missing; migrating makes it, or says what is wrong


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store of these settings, migrated when it is empty or behind. Raises StoreUnusable."""
    if not await _is_newest(settings.store_url):
        note(told(await migrate(settings.store_url)))
    schema()  # every table is known from here on, since their foreign keys name each other
    store = Store(settings.store_url)
    try:
        yield store
    finally:
        await store.close()
