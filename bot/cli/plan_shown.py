"""Asking about plans: what is in force, why a line earns what it earns, the form of the file, presets."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, aware_moment, example
from bot.cli.plan import app
from bot.cli.plan_printing import print_plan
from bot.cli.printing import money, print_facts, print_json, print_table

if TYPE_CHECKING:
    from models.plans.document import PlanDocument
    from models.plans.explain import Explained
    from models.plans.versions import Plan

__all__ = ["app"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Shown:
    """A published version and its document."""

    version: int
    starts_at: datetime
    plan: PlanDocument


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
    now: Now = None,
) -> None:
    """Show the plan that is in force, or a version by its number."""
    from bot.cli.opening import finish

    plan, currency = finish(_find_plan(merchant, version, now))
    if as_json:
        print_json(Shown(plan.version, plan.starts_at, plan.document))
        return
    print_plan(plan, currency)


async def _find_plan(merchant_id: str | None, version: int | None, now: datetime | None) -> tuple[Plan, str]:
    """A version by its number, or the one in force, and the merchant's currency. Raises Invalid."""
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.errors import Invalid
    from models.people.merchants import the_merchant
    from models.plans.versions import PlanBook

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        book = await PlanBook.open(session, merchant.id)
    if version is None:
        plan = book.in_force(now or SystemClock().now())
        if plan is None:
            raise Invalid("No plan is in force yet; publish one with `tuike plan publish FILE`.")
        return plan, merchant.currency
    try:
        return book.numbered(version), merchant.currency
    except StopIteration:
        raise Invalid(f"There is no version {version} of the plan.") from None


@app.command("explain", epilog=example("tuike plan explain --sku 85123A --level leader --profile kol"))
def explain(
    *,
    sku: Annotated[str, typer.Option(help="The product, as orders name it.")],
    category: Annotated[str | None, typer.Option(help="Its category; else the catalogue's.")] = None,
    level: Annotated[str | None, typer.Option(help="Who sells; else the plan's first level.")] = None,
    profile: Annotated[str | None, typer.Option(help="What is agreed with them; else nothing.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option("--at", metavar="ISO", parser=aware_moment, help="The moment of payment; else now."),
    ] = None,
    merchant: MerchantId = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Show every place of the plan that is asked for a product and a person, and the one that answers."""
    from bot.cli.opening import finish

    explained = finish(_explain(merchant, sku, category, level, profile, at or now))
    if as_json:
        print_json(explained)
        return
    print_facts(
        f"{explained.sku} by plan version {explained.plan_version}, {explained.at.isoformat()}",
        [
            ("category", explained.category or "none"),
            ("level", explained.level),
            ("profile", explained.profile or "none"),
            ("price", money(explained.price_minor, explained.currency)),
            ("earns", f"{money(explained.earns_minor, explained.currency)} a unit"),
        ],
    )
    print_table(
        "Places in the order in which they are asked",
        ("", "kind", "for", "stands there"),
        (
            ("→" if place.answers else "", place.kind, place.rule, place.stands or "nothing")
            for place in explained.places
        ),
    )


async def _explain(
    merchant_id: str | None,
    sku: str,
    category: str | None,
    level: str | None,
    profile: str | None,
    at: datetime | None,
) -> Explained:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import the_merchant
    from models.plans.explain import Wish, explained

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        wish = Wish(sku, category, level, profile, at or SystemClock().now())
        return await explained(session, merchant.id, merchant.currency, wish)


@app.command("presets", epilog=example("tuike plan presets", "tuike plan presets levelled > plan.yaml"))
def presets(
    *,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which one; else all are listed.")
    ] = None,
    merchant: MerchantId = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List the plans to start from, or print one, ready to edit, with the merchant's currency and a start."""
    from bot.cli.opening import finish
    from models.plans.presets import Preset, preset_names

    if name is None:
        found = preset_names()
        if as_json:
            print_json(found)
            return
        print_facts("Plans to start from", [(each.name, each.summary) for each in found])
        return
    text = finish(_preset(merchant, name, now))
    if as_json:
        print_json(Preset(name, text))
        return
    typer.echo(text, nl=False)


async def _preset(merchant_id: str | None, name: str, now: datetime | None) -> str:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import the_merchant
    from models.plans.presets import preset_text

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
    return preset_text(name, merchant.currency, merchant.zone, now or SystemClock().now())
