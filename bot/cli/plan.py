"""Plans: publish a file, print the JSON Schema of such files, show what is in force."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, example
from bot.cli.printing import complain, note, print_facts, print_json, print_table

if TYPE_CHECKING:
    from models.plans.document import PlanDocument
    from models.plans.reading import Finding
    from models.plans.versions import Plan

app = typer.Typer(no_args_is_help=True, help="Publish and show the merchant's commission plan.")
MOST_BYTES = 256 * 1024
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Published:
    """A version that stands now."""

    version: int
    name: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file was not published."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A published version and its document."""

    version: int
    starts_at: datetime
    plan: PlanDocument


@app.command("publish", epilog=example("tuike plan publish plan.yaml"))
def publish(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The plan: YAML or JSON in UTF-8.")],
    merchant: MerchantId = None,
    as_json: AsJson = False,
) -> None:
    """Check a plan file and publish it as the merchant's next version; a published version never changes."""
    from bot.cli.opening import finish
    from models.plans.reading import PlanRefused

    try:
        published = finish(_publish(merchant, _read(file)))
    except PlanRefused as refused:
        if as_json:
            print_json(Refused(refused.findings))
        for finding in refused.findings:
            complain(f"{file.name}, {finding}")
        raise typer.Exit(1) from refused
    if as_json:
        print_json(published)
        return
    print_facts(
        f"{published.name} is published.",
        [("version", str(published.version)), ("starts at", published.starts_at.isoformat())],
    )


def _read(file: Path) -> str:
    from models.errors import Invalid

    with file.open("rb") as opened_file:
        content = opened_file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid(f"{file.name} is too long for a plan; at most {MOST_BYTES // 1024} KB are read.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error


async def _publish(merchant_id: str | None, text: str) -> Published:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.levels import levels_in_use
    from models.people.merchants import lock_merchant, the_merchant
    from models.plans.publishing import publish_plan
    from models.plans.reading import read_plan

    async with opened(begin()) as store, store.write() as session:
        # The merchant's lock makes two publishers take two version numbers.
        merchant = await lock_merchant(session, (await the_merchant(session, merchant_id)).id)
        version = await publish_plan(
            session, merchant_id=merchant.id, currency=merchant.currency, text=text, now=SystemClock().now()
        )
        known = {level.key for level in read_plan(text, merchant.currency).levels}
        for level, count in (await levels_in_use(session, merchant.id)).items():
            if level not in known:
                note(
                    f"Level {level!r}, which distributors were given ({count}), is not in this plan: "
                    "they earn what the plan gives without a level. Import them again with a level of the plan."
                )
        return Published(version.version, version.name, version.starts_at)


@app.command("schema", epilog=example("tuike plan schema > plan.schema.json"))
def schema(*, as_json: AsJson = False) -> None:
    """Print the JSON Schema of plan files, for editors that check while one types."""
    import json

    from models.plans.document import PlanDocument

    document = {
        "$schema": DIALECT,
        **PlanDocument.model_json_schema(),
        "title": "Tuike plan",
        "description": "A merchant's commission plan, as YAML or JSON. Percentages and amounts are strings.",
    }
    if as_json:
        print_json(document)
        return
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


@app.command("show", epilog=example("tuike plan show", "tuike plan show --version 2 --json"))
def show(
    *,
    version: Annotated[int | None, typer.Option(help="Which version; else the one in force now.")] = None,
    merchant: MerchantId = None,
    as_json: AsJson = False,
) -> None:
    """Show the plan that is in force, or a version by its number."""
    from bot.cli.opening import finish

    plan = finish(_find(merchant, version))
    if as_json:
        print_json(Shown(plan.version, plan.starts_at, plan.document))
        return
    _print(plan)


async def _find(merchant_id: str | None, version: int | None) -> Plan:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.errors import Invalid
    from models.people.merchants import the_merchant
    from models.plans.versions import PlanBook

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        book = await PlanBook.open(session, merchant.id)
    if version is None:
        plan = book.in_force(SystemClock().now())
        if plan is None:
            raise Invalid("No plan is in force yet; publish one with `tuike plan publish FILE`.")
        return plan
    try:
        return book.numbered(version)
    except StopIteration:
        raise Invalid(f"There is no version {version} of the plan.") from None


def _print(plan: Plan) -> None:
    document = plan.document
    settlement = document.settlement
    print_facts(
        f"{document.name}, version {plan.version}",
        [
            ("starts at", plan.starts_at.isoformat()),
            ("attribution", f"{document.attribution.model}, {document.attribution.window_days} days"),
            ("own purchases", document.attribution.self_purchase),
            ("release", f"{settlement.hold_days} days after receipt"),
            ("no receipt", f"counted as received {settlement.delivery_days} days after payment"),
            ("smallest withdrawal", settlement.minimum_withdrawal),
        ],
    )
    print_table(
        "Levels, lowest first",
        ("key", "zh", "en"),
        ((level.key, level.title.zh, level.title.en) for level in document.levels),
    )
    print_table(
        "Rates; the most specific one counts",
        ("for", "earns"),
        (
            (rate.rule, f"{rate.percent} %" if rate.percent is not None else f"{rate.fixed} a piece")
            for rate in document.rates
        ),
    )
