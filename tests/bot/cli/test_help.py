"""Every command explains itself with an example, and asking for help loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer

from bot.cli.program import app
from bot.imports.rows import DISTRIBUTOR_COLUMNS
from tests.bot.cli.conftest import PROJECT, Tuike

PRINTS_NO_DATA = {"run"}


def _commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from _commands(child, (*path, name))


COMMANDS = list(_commands(typer.main.get_command(app)))
LEAVES = [path for path in COMMANDS if not any(other[: len(path)] == path != other for other in COMMANDS)]


def test_the_commands_of_the_issue_are_all_there() -> None:
    assert {" ".join(path) for path in LEAVES} == {
        *("run", "demo", "doctor", "migrate", "verify", "replay", "close-period", "settle", "statement"),
        *("merchant add", "merchant list", "merchant key"),
        *("staff add", "staff list", "staff role", "staff remove"),
        *("distributor show", "distributor set-level", "distributor set-sponsor", "distributor set-profile"),
        "audit list",
        *(
            "withdrawals list",
            "withdrawals approve",
            "withdrawals refuse",
            "withdrawals pay",
            "withdrawals fail",
        ),
        *("claims list", "claims decide", "person export", "person delete"),
        *(
            "plan publish",
            "plan lint",
            "plan explain",
            "plan presets",
            "plan schema",
            "plan show",
            "plan simulate",
        ),
        *("export commissions", "export ledger"),
        *("cases list", "cases show", "cases decide", "cases find", "cases thresholds"),
        *("poster check", "poster preview"),
        *("import products", "import distributors", "import coupons", "import orders"),
    }


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "tuike")
def test_help_shows_an_example(path: tuple[str, ...], tuike: Tuike) -> None:
    ended = tuike(*path, "--help")

    assert ended.code == 0
    assert "Example:" in ended.out
    assert f"tuike {' '.join(path)}".strip() in ended.out.split("Example:")[1]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (
            "set-level",
            "An order that was paid before counts by the level of that time, also when it is told later.",
        ),
        ("set-sponsor", "This holds also for an order that was paid before and is told only now."),
    ],
)
def test_help_says_for_which_orders_a_change_counts(tuike: Tuike, command: str, says: str) -> None:
    """As docs/plans.md says it: levels count as of the payment, sponsors as of when the payment is told."""
    assert says in " ".join(tuike("distributor", command, "--help").out.split())


def test_help_names_every_column_of_distributors(tuike: Tuike) -> None:
    said = " ".join(tuike("import", "distributors", "--help").out.split())

    named = said.split("Columns: ")[1].split(". ")[0].replace("; and if wanted", ",").split(", ")
    assert tuple(named) == (*DISTRIBUTOR_COLUMNS.required, *DISTRIBUTOR_COLUMNS.optional)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_a_command_that_prints_data_can_print_json(path: tuple[str, ...], tuike: Tuike) -> None:
    assert ("--json" in tuike(*path, "--help").out) == (path[0] not in PRINTS_NO_DATA)


def test_asking_for_help_loads_neither_store_nor_web() -> None:
    heavy = "{'sqlalchemy', 'sqlmodel', 'pydantic', 'aiohttp', 'telegram', 'PIL', 'babel'}"
    code = f"import sys, bot.__main__; print(*{heavy} & set(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "\n"
