"""The product's own program, to be killed: forked from a process that has imported everything once."""

from __future__ import annotations

import asyncio
import multiprocessing
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from pydantic import SecretStr

from bot.app import Role, run
from bot.cli.logs import start_logs
from bot.sandbox.server import Sandbox
from bot.settings import Settings, UpdateMode
from handlers.chat.intake import Intake

_FORK_SERVER = multiprocessing.get_context("forkserver")
_FORK_SERVER.set_forkserver_preload(["tests.handlers.chat_intake.womb"])


@dataclass(frozen=True, slots=True)
class Body:
    """Where the program lives: its store, its folder, the chat server it speaks to and how."""

    database_url: str
    folder: Path
    api_url: str
    token: str
    mode: UpdateMode
    port: int
    remembers: bool = True
    """Without it the program looks only ahead: what an earlier life left behind is not taken up."""

    def settings(self) -> Settings:
        """As an operator would write them."""
        return Settings(
            _env_file=None,
            bot_token=SecretStr(self.token),
            telegram_api_url=self.api_url,
            update_mode=self.mode,
            database_url=self.database_url,
            data_dir=self.folder,
            http_port=self.port,
            public_url=f"http://127.0.0.1:{self.port}",
        )


async def _forget(_: Intake) -> int:
    return 0


def _live(body: Body) -> None:
    start_logs("error")
    if not body.remembers:
        setattr(Intake, "resume", _forget)  # noqa: B010 - the protection that a guard takes away
    asyncio.run(run(body.settings(), frozenset({Role.CHAT})))


class Mortal:
    """One life of the program, from a fork to kill -9."""

    def __init__(self, body: Body, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._mode = body.mode
        self._heard = sandbox.journal.next_number - 1
        self._process: ForkServerProcess = _FORK_SERVER.Process(target=_live, args=(body,), daemon=True)
        self._process.start()

    async def until_it_listens(self) -> None:
        """Wait until it takes updates: it asks for them, or has said where to bring them."""
        method = "deleteWebhook" if self._mode is UpdateMode.POLLING else "setWebhook"
        async with asyncio.timeout(30):
            while not self._sandbox.journal.entries(method, after=self._heard):
                assert self._process.is_alive(), "the program ended by itself"
                await asyncio.sleep(0.001)

    def strike(self) -> None:
        """kill -9."""
        self._process.kill()

    def bury(self) -> None:
        """kill -9, and wait until it is dead."""
        self.strike()
        self._process.join()
        self._process.close()
