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
from models.store.migrate import Migrated, migrate
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


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store of these settings, migrated when it is empty or behind. Raises StoreUnusable."""
    migrated = await migrate(settings.store_url)
    if migrated.before != migrated.after:
        note(told(migrated))
    schema()  # every table is known from here on, since their foreign keys name each other
    store = Store(settings.store_url)
    try:
        yield store
    finally:
        await store.close()
