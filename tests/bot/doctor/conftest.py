"""What the doctor is shown: an installation on SQLite with an empty store, and a sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.server import Sandbox
from tests.bot.doctor.ward import Ward, empty_store
from tests.bot.sandbox.bot_api import watch


@pytest.fixture
async def ward(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Ward]:
    store = empty_store(tmp_path / "ward", sqlite_template)
    try:
        yield Ward(tmp_path / "ward", store)
    finally:
        await store.close()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A chat server, to which only right questions are put."""
    async with Sandbox(limits=NO_LIMITS) as running:
        wrong = watch(running.journal)
        yield running
        assert wrong == []
