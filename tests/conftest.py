"""What every test may ask for: an empty store of either kind, and a fixed time."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from models.store.engine import Store
from models.store.ids import new_code
from models.store.migrate import migrate
from tests.postgres import server

hypothesis.settings.register_profile("tuike", deadline=None, derandomize=True)
hypothesis.settings.load_profile("tuike")

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A Wednesday morning."""
    return NOW


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that each test copies: far faster than migrating anew."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _beside_the_loop(migrate(f"sqlite:///{path}"))
    return path


def _beside_the_loop(work: Coroutine[object, object, object]) -> None:
    # A session's fixture may be asked for while a test's loop runs, so it runs in a thread of its own.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A running server with a migrated template database."""
    with server() as url:
        if url is None:
            pytest.skip("PostgreSQL's server binaries are not installed (Debian: apt-get install postgresql)")
        _beside_the_loop(_make_template(url))
        yield url


async def _make_template(url: str) -> None:
    await _execute(url, "CREATE DATABASE template_tuike")
    await migrate(url + "template_tuike")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url + "postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty, migrated store; the same test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "tuike.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("postgres_url")
    name = f"t_{new_code(12).lower()}"
    await _execute(url, f"CREATE DATABASE {name} TEMPLATE template_tuike STRATEGY FILE_COPY")
    try:
        yield url + name
    finally:
        await _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store on an empty, migrated database."""
    opened = Store(database_url)
    try:
        yield opened
    finally:
        await opened.close()
