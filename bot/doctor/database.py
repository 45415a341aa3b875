"""The store: it opens, is at the newest schema, takes writes, and is tuned as money needs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.settings import Settings
from models.errors import StoreBusy
from models.store.deployment import keep
from models.store.engine import Store
from models.store.migrate import StoreUnusable, current_revision, newest_revision
from models.tables import schema

DATABASE = Subject(Group.STORE, "database")
MIGRATIONS = Subject(Group.STORE, "migrations")
WRITES = Subject(Group.STORE, "database writes")
TUNING = Subject(Group.STORE, "database tuning")
SERVER = Subject(Group.STORE, "database server")

LOOKED_AT = "doctor:looked-at"
"""Under this word the doctor keeps when it last wrote; what it writes is this."""
OLDEST_POSTGRES = 14
"""PostgreSQL's oldest version that its makers still mended when this was written."""
EXPECTED = {"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2"}
"""SQLite's words for what models/store/engine.py and the migrator set (operations.md E1); 2 is FULL."""


async def open_store(settings: Settings) -> tuple[list[Check], Store | None]:
    """The store, when it can be used; whoever asked closes it. Raises DomainError for an address that is none."""
    store = Store(settings.store_url)
    if store.path is not None and not store.path.exists():
        there = DATABASE.warned(
            f"{store.path} does not exist yet.", "`tuike migrate` makes it; so does `tuike run`."
        )
        return [there], None
    try:
        revision = await current_revision(settings.store_url)
    except StoreUnusable as error:
        return [
            DATABASE.failed(str(error), "Look at DATABASE_URL and DATA_DIR, and who may read them.")
        ], None
    opened = DATABASE.passed("It can be opened.")
    newest = newest_revision()
    if revision != newest:
        behind = MIGRATIONS.failed(
            f"The schema is {revision or 'empty'}, and this program needs {newest}.",
            "Run `tuike migrate`. If the schema is the newer one, this program is too old for it: upgrade it.",
        )
        return [opened, behind], None
    schema()  # every table is known from here on, since their foreign keys name each other
    return [opened, MIGRATIONS.passed(f"The schema is {newest}, the newest.")], store


async def look(patient: Patient) -> list[Check]:
    """Write one word, and read how the database is set."""
    if patient.store is None:
        return []
    checks = [await _writes(patient.store, patient.clock.now())]
    async with patient.store.read() as session:
        if patient.store.is_sqlite:
            checks.append(tuning(await _pragmas(session)))
        else:
            checks.append(await _server(session))
    return checks


async def _writes(store: Store, now: datetime) -> Check:
    try:
        async with store.write() as session:
            await keep(session, LOOKED_AT, now.isoformat())
    except StoreBusy as error:
        return WRITES.failed(
            f"Nothing can be written ({error.cause}).",
            "Is the disk full or read-only, or does another program hold the database?",
        )
    return WRITES.passed("What is written is kept.")


async def _pragmas(session: AsyncSession) -> dict[str, str]:
    return {name: str((await session.execute(text(f"PRAGMA {name}"))).scalar_one()) for name in EXPECTED}


def tuning(found: Mapping[str, str]) -> Check:
    """Whether SQLite is set as money needs it."""
    wrong = [
        f"{name} is {found[name]}, not {value}" for name, value in EXPECTED.items() if found[name] != value
    ]
    if wrong:
        return TUNING.failed(
            f"SQLite is not set as it must be: {', '.join(wrong)}.",
            "Stop every program that uses the file, then run `tuike migrate`, which sets it.",
        )
    return TUNING.passed("SQLite keeps a write-ahead log, checks foreign keys and syncs every commit.")


async def _server(session: AsyncSession) -> Check:
    async def shown(name: str) -> str:
        return str((await session.execute(text(f"SHOW {name}"))).scalar_one())

    version = int(await shown("server_version_num")) // 10_000
    return server(version, await shown("server_encoding"))


def server(version: int, encoding: str) -> Check:
    """Whether this PostgreSQL keeps what we give it."""
    if encoding.upper() != "UTF8":
        return SERVER.failed(
            f"PostgreSQL {version} keeps text as {encoding}, which lacks most letters.",
            "Make a database with ENCODING 'UTF8' and move there.",
        )
    if version < OLDEST_POSTGRES:
        return SERVER.warned(
            f"PostgreSQL {version} is no longer mended by its makers.",
            f"Upgrade to {OLDEST_POSTGRES} or newer.",
        )
    return SERVER.passed(f"PostgreSQL {version}, text in UTF-8.")
