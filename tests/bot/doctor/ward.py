"""Patients for the doctor, and what it finds."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.clock import Clock
from bot.doctor.check import Check, Verdict
from bot.doctor.examining import Patience, examine
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from jobs.schedule import SCHEDULE
from models.store.engine import Store
from models.store.ticks import claim_tick, finish_tick
from tests.bot.doctor.stand_ins import TOKEN, ChatServer
from tests.postgres import free_port

QUICK = Patience(look=10.0, answer=2.0, listening=0.2)


@dataclass(frozen=True)
class Ward:
    """An installation in a folder of its own: settings for it, and its store."""

    folder: Path
    store: Store

    def settings(self, server: ChatServer | Sandbox | None = None, **more: object) -> Settings:
        """Its settings, with a bot where there is a chat server."""
        chosen: dict[str, object] = {
            "database_url": self.store.url.render_as_string(hide_password=False),
            "data_dir": self.folder,
            "http_port": free_port(),
        }
        if isinstance(server, ChatServer):
            chosen |= {"bot_token": SecretStr(TOKEN), "telegram_api_url": server.url}
        elif server is not None:
            chosen |= {"bot_token": SecretStr(server.token), "telegram_api_url": server.api_url}
        return Settings(_env_file=None, **{**chosen, **more})  # type: ignore[arg-type]

    async def examine(
        self,
        server: ChatServer | Sandbox | None = None,
        *,
        clock: Clock | None = None,
        patience: Patience = QUICK,
        **more: object,
    ) -> Findings:
        """What the doctor says of it."""
        return Findings(await examine(self.settings(server, **more), clock=clock, patience=patience))


class Findings:
    """Checks by their name."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self.checks = list(checks)

    def __getitem__(self, name: str) -> Check:
        [found] = [check for check in self.checks if check.name == name]
        return found

    def __contains__(self, name: str) -> bool:
        return any(check.name == name for check in self.checks)

    def of(self, verdict: Verdict) -> list[str]:
        """The names of the checks with a verdict."""
        return [check.name for check in self.checks if check.verdict is verdict]


def passed(check: Check) -> bool:
    """Whether it is well; then there is nothing to mend."""
    assert (check.fix is None) == (check.verdict is Verdict.PASS)
    return check.verdict is Verdict.PASS


def warned(check: Check, words: str) -> bool:
    """Whether it is a warning with these words and a fix."""
    assert check.fix
    return check.verdict is Verdict.WARN and words in check.sentence


def failed(check: Check, words: str) -> bool:
    """Whether it is a failure with these words and a fix."""
    assert check.fix
    return check.verdict is Verdict.FAIL and words in check.sentence


def empty_store(folder: Path, template: Path, name: str = "tuike.db") -> Store:
    """A migrated store with nothing in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / name)
    return Store(f"sqlite:///{folder / name}")


async def ran(ward: Ward, at: datetime, *, error: str | None = None, ended: bool = True) -> None:
    """Every job's tick that was due at a time."""
    async with ward.store.write() as session:
        for job in SCHEDULE:
            due = job.due_at(at)
            assert await claim_tick(session, job.name, due, "worker", at)
            if ended:
                await finish_tick(session, job.name, due, at + timedelta(seconds=1), error)
