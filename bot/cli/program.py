"""The whole command line: every noun's commands under one name."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import (
    audit,
    cases,
    claims,
    closing,
    distributors,
    doctor,
    export,
    imports,
    merchant,
    person,
    posters,
    rehearsal,
    replay,
    running,
    settle,
    staff,
    statement,
    upkeep,
    withdrawals,
)
from bot.cli.ending import DEBUG
from bot.cli.options import example

app = typer.Typer(
    name="tuike",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog=example("tuike demo", "tuike merchant list --json"),
    help="Tuike: links, posters and commissions for a shop's distributors, in Telegram.",
)


@app.callback()
def start(
    *, debug: Annotated[bool, typer.Option(DEBUG, help="Let tracebacks through; may stand anywhere.")] = False
) -> None:
    """Tuike: links, posters and commissions for a shop's distributors, in Telegram."""


app.command("run", epilog=running.RUN_EXAMPLE)(running.run)
app.command("demo", epilog=running.DEMO_EXAMPLE)(running.demo)
app.command("doctor", epilog=doctor.EXAMPLE)(doctor.doctor)
app.command("migrate", epilog=upkeep.MIGRATE_EXAMPLE)(upkeep.migrate)
app.add_typer(merchant.app, name="merchant", epilog=example("tuike merchant list"))
app.add_typer(staff.app, name="staff", epilog=example("tuike staff add --role operator"))
app.add_typer(
    distributors.app, name="distributor", epilog=example("tuike distributor set-level d1 leader --pin")
)
app.add_typer(rehearsal.app, name="plan", epilog=example("tuike plan publish plan.yaml"))
app.add_typer(imports.app, name="import", epilog=example("tuike import products products.csv"))
app.command("replay", epilog=replay.EXAMPLE)(replay.replay)
app.add_typer(export.app, name="export", epilog=example("tuike export commissions --out commissions.csv"))
app.add_typer(posters.app, name="poster", epilog=example("tuike poster check mine.json"))
app.add_typer(audit.app, name="audit", epilog=example("tuike audit list --json"))
app.command("close-period", epilog=closing.EXAMPLE)(closing.close_period)
app.add_typer(withdrawals.app, name="withdrawals", epilog=example("tuike withdrawals list"))
app.add_typer(claims.app, name="claims", epilog=example("tuike claims list --json"))
app.add_typer(person.app, name="person", epilog=example("tuike person export --telegram-id 123456"))
app.add_typer(cases.app, name="cases", epilog=example("tuike cases list"))
app.command("settle", epilog=settle.EXAMPLE)(settle.settle)
app.command("statement", epilog=statement.EXAMPLE)(statement.statement)
app.command("verify", epilog=upkeep.VERIFY_EXAMPLE)(upkeep.verify)
