"""The web role as a process of its own, on a port that stays, so that it can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.faults.processes import PROJECT


class WebProcess:
    """`python -m bot run --roles web` over one data folder."""

    def __init__(self, database_url: str, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {
            **os.environ,
            "HTTP_PORT": str(port),
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "LOG_LEVEL": "error",
            "BOT_TOKEN": "",
            "PUBLIC_URL": "",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--roles", "web", cwd=PROJECT, env=self._environment
        )
        async with aiohttp.ClientSession() as session:
            while not await self._answers(session):
                assert self._process.returncode is None, "the web process ended by itself"

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()


@asynccontextmanager
async def web_process(database_url: str, folder: Path, port: int) -> AsyncIterator[WebProcess]:
    """A started web process; whatever is left of it is stopped at the end."""
    process = WebProcess(database_url, folder, port)
    await process.start()
    try:
        yield process
    finally:
        await process.stop()
