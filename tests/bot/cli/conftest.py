"""The command line as a test speaks to it: in this process, with a store of its own."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli.ending import run_program
from bot.cli.program import app

PROJECT = Path(__file__).parents[3]
SHOP = (
    *("--name", "Gift Shop", "--currency", "GBP", "--timezone", "Europe/London"),
    *("--shop-url", "https://shop.example", "--shop-url", "http://127.0.0.1:9000"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Tuike = Callable[..., Ended]


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """Commands send logs to standard error; afterwards they go where this process had them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def database(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty, migrated SQLite store that the settings name."""
    path = tmp_path / "tuike.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def tuike(
    tmp_path: Path,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    logs_as_before: None,
) -> Tuike:
    """Runs a command line, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Ended:
        capsysbinary.readouterr()
        code = run_program(app, arguments)
        out, err = capsysbinary.readouterr()
        return Ended(code, out.decode(), err.decode())

    return run


@pytest.fixture
def merchant(tuike: Tuike) -> str:
    """A merchant added by the command line; its id."""
    ended = tuike("merchant", "add", *SHOP, "--json")
    assert ended.code == 0, ended.err
    return ended.out.split('"merchant_id":"')[1].split('"')[0]
