"""Starting the program: what it does by role, and what it says when it can't start."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.cli.conftest import PROJECT, Tuike


@pytest.mark.parametrize("roles", ["wbe", "web,chta", "", ","])
def test_a_role_that_nobody_knows_names_those_there_are(roles: str, tuike: Tuike) -> None:
    ended = tuike("run", "--roles", roles)

    assert (ended.code, ended.out) == (2, "")
    assert "write some of web,chat,worker." in ended.err


def test_chat_without_a_token_is_told_where_to_get_one(tuike: Tuike, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "")

    ended = tuike("run")

    assert ended.code == 1
    assert ended.err.startswith("BOT_TOKEN is not set: get one from @BotFather")
    assert len(ended.err.splitlines()) == 1


def test_a_second_start_on_the_same_port_ends_with_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        settings = {"HTTP_PORT": str(port), "DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
        done = subprocess.run(
            [sys.executable, "-m", "bot", "run", "--roles", "web"],
            cwd=tmp_path,
            env={**os.environ, **settings, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stdout) == (1, "")
    assert str(port) in done.stderr
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_reading_waits_for_no_writer(tuike: Tuike, merchant: str, database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")

        ended = tuike("merchant", "list", "--json")

    assert ended.code == 0
    assert merchant in ended.out


def test_the_doctor_prints_its_checks_alone(tuike: Tuike, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "")

    ended = tuike("doctor", "--json")

    assert ended.out.startswith('[{"name":"')
    assert '"verdict":"fail"' not in ended.out
    assert ended.code == 0
