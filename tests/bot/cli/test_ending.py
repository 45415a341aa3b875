"""Whatever goes wrong, a person gets one sentence and a script an exit code."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.ending import sentence_of
from tests.bot.cli.conftest import PROJECT, SHOP, Tuike


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("merchnt",), "No such command 'merchnt'. Did you mean 'merchant'? See `tuike --help`."),
        (("merchant", "add"), "Missing option '--name'. See `tuike merchant add --help`."),
        (("plan", "publish"), "Missing argument 'FILE'. See `tuike plan publish --help`."),
        (
            ("merchant", "list", "--jsn"),
            "No such option: --jsn (Possible options: --json). See `tuike merchant list --help`.",
        ),
        (("export", "ledger", "--format", "xls"), "'xls' is not one of 'csv', 'json'."),
        (("replay", "x.csv", "--batch", "501"), "Input should be less than or equal to 500."),
        (
            ("staff", "add", "--role", "boss"),
            "There is no role 'boss'; write one of owner, operator, finance, viewer.",
        ),
    ],
)
def test_a_wrong_argument_gets_one_sentence_and_2(
    arguments: tuple[str, ...], sentence: str, tuike: Tuike
) -> None:
    ended = tuike(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert len(ended.err.splitlines()) == 1


def test_what_the_business_refuses_gets_its_sentence_and_1(tuike: Tuike) -> None:
    ended = tuike("merchant", "add", *SHOP, "--currency", "POUND")

    assert ended.code == 1
    assert ended.err == "'POUND' is no currency; give an ISO 4217 code such as GBP or CNY.\n"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must begin with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/x", "can't be used"),
        ("HTTP_PORT", "eighty", "The setting HTTP_PORT is wrong"),
        ("LOG_LEVEL", "loud", "The setting LOG_LEVEL is wrong"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, sentence: str, tuike: Tuike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    ended = tuike("merchant", "list")

    assert ended.code == 1
    assert sentence in ended.err
    assert "secret" not in ended.err
    assert "Traceback" not in ended.err


def test_a_store_that_is_no_database_is_named(tuike: Tuike, database: Path) -> None:
    database.write_bytes(b"not a database, but long enough to be read as one" * 100)

    ended = tuike("merchant", "list")

    assert ended.code == 1
    assert f"The store {database} can't be used" in ended.err


def test_a_port_in_use_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, pytest.raises(OSError, match="in use") as caught:
        socket.create_server(first.getsockname())

    assert sentence_of(caught.value).startswith("The port is in use")


def test_a_full_disk_is_said_so() -> None:
    assert sentence_of(OSError(errno.ENOSPC, "No space left")).startswith("The disk is full")


def test_debug_lets_the_traceback_through(tuike: Tuike) -> None:
    with pytest.raises(FileNotFoundError):
        tuike("plan", "publish", "nowhere.yaml", "--debug")

    assert tuike("plan", "publish", "nowhere.yaml").err == "nowhere.yaml: No such file or directory.\n"


def test_a_reader_that_has_enough_is_no_fault() -> None:
    command = f"{sys.executable} -m bot plan schema | head -c 1"

    done = subprocess.run(command, shell=True, cwd=PROJECT, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("{", "")
