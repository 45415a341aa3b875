"""Doctor: what is well with this installation, and what to do about the rest."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

import typer

from bot.cli.options import AsJson, example
from bot.cli.printing import print_json, print_table

EXAMPLE = example("tuike doctor", "tuike doctor --json")
FAIL = "fail"


def doctor(*, as_json: AsJson = False) -> None:
    """Check this installation and name each fix; ends with 1 when something fails."""
    from bot.cli.opening import begin, finish
    from bot.doctor import examine

    checks = finish(examine(begin()))
    if as_json:
        print_json(checks)
    else:
        print_table(
            "Doctor",
            ("check", "verdict", "what was seen", "what to do"),
            ((check.name, check.verdict, check.sentence, check.fix or "") for check in checks),
        )
    if any(check.verdict == FAIL for check in checks):
        raise typer.Exit(1)
