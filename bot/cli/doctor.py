"""Doctor: what is well with this installation, and what to do about the rest."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from bot.cli.options import AsJson, example
from bot.cli.printing import print_json, printable

if TYPE_CHECKING:
    from bot.doctor.check import Check

EXAMPLE = example("tuike doctor", "tuike doctor --json")
FAIL = "fail"
_MARKS = {"pass": ("✓ pass", "green"), "warn": ("! warn", "yellow"), FAIL: ("✗ fail", "red")}
"""The word stands beside the mark and the colour: neither is the only sign."""


def doctor(*, as_json: AsJson = False) -> None:
    """Check this installation and name each fix; ends with 1 when something fails."""
    from bot.cli.opening import begin, finish
    from bot.doctor.examining import examine

    checks = finish(examine(begin()))
    if as_json:
        print_json(checks)
    else:
        _print(checks)
    if any(check.verdict == FAIL for check in checks):
        raise typer.Exit(1)


def _print(checks: Sequence[Check]) -> None:
    """A heading a group, a line a check, the fix below what is not well, and the sum."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    width = max((len(check.name) for check in checks), default=0)
    for group, members in groupby(checks, key=lambda check: check.group):
        console.print(Text(group.capitalize(), style="bold"))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", max_width=28, min_width=min(width, 28))
        table.add_column(overflow="fold")
        for check in members:
            mark, colour = _MARKS[check.verdict]
            told = Text(printable(check.sentence))
            if check.fix is not None:
                told.append(f"\n→ {printable(check.fix)}", "bold")
            table.add_row(Text(f"  {mark}", colour), Text(printable(check.name)), told)
        console.print(table)
    counted = Counter(str(check.verdict) for check in checks)
    console.print(f"{counted['pass']} passed, {counted['warn']} to look at, {counted[FAIL]} failed.")
