"""`plan simulate`: past orders told again under a plan file, beside the plan in force."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, aware_moment, example
from bot.cli.plan import PlanPath, read_text, say_refused
from bot.cli.plan_findings import findings_shown
from bot.cli.plan_shown import app
from bot.cli.printing import note, print_facts, print_json, print_table
from bot.cli.rehearsal_shown import rehearsal_shown

if TYPE_CHECKING:
    from models.people.merchants import Merchant
    from models.plans.reading import PlanFile
    from models.rehearsal.report import PersonResult, PlanResult, Rehearsed, Report

__all__ = ["app"]

_WHEN = "A day of the shop's calendar (2026-03-31), or a moment (2026-03-31T22:00:00Z)"


@app.command(
    "simulate",
    epilog=example(
        "tuike plan simulate plan.yaml --from 2026-01-01 --to 2026-03-31",
        "tuike plan simulate plan.yaml --from 2026-01-01 --to 2026-03-31 --csv people.csv --chart plans.png",
    ),
)
def simulate(
    *,
    file: PlanPath,
    since: Annotated[
        str, typer.Option("--from", metavar="WHEN", help=f"{_WHEN}; counts from its beginning.")
    ],
    until: Annotated[str, typer.Option("--to", metavar="WHEN", help=f"{_WHEN}; a day counts to its end.")],
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write every distributor under both plans.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", metavar="FILE", help="Draw both plans, as PNG or (.svg) SVG.")
    ] = None,
    merchant: MerchantId = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Tell the shop's past orders again under a plan file, beside the plan that was in force. Changes nothing.

    The plan counts for the whole time, whenever it starts; refunds count as they are known today.
    """
    from bot.cli.opening import finish
    from models.plans.reading import PlanRefused

    try:
        found, shop, read = finish(_rehearse(merchant, read_text(file), since, until, now))
    except PlanRefused as refused:
        raise say_refused(refused, file, as_json=as_json) from refused
    if csv is not None:
        csv.write_bytes(people_csv(found))
        note(f"{len(found.people)} distributors are in {csv}.")
    if chart is not None:
        chart.write_bytes(_drawn(found.report, chart))
        note(f"Both plans are drawn in {chart}.")
    if as_json:
        print_json(rehearsal_shown(found.report, shop, read))
        return
    _print(found.report, shop)
    for warning in findings_shown(found.report.findings, read):
        note(str(warning))


async def _rehearse(
    merchant_id: str | None, text: str, since: str, until: str, now: datetime | None
) -> tuple[Rehearsed, Merchant, PlanFile]:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import the_merchant
    from models.plans.reading import read_plan_file
    from models.rehearsal.rehearsing import rehearse

    async with opened(begin()) as store:
        async with store.read() as session:
            shop = await the_merchant(session, merchant_id)
        begins, ends = _moment(since, shop, is_end=False), _moment(until, shop, is_end=True)
        # What has not happened yet by this clock is not the past.
        ends = min(ends, now or SystemClock().now())
        file = read_plan_file(text, shop.currency)
        return await rehearse(store, shop, file.document, begins, ends), shop, file


def _moment(text: str, shop: Merchant, *, is_end: bool) -> datetime:
    from models.rehearsal.spans import of_days

    try:
        day = date.fromisoformat(text)
    except ValueError:
        return aware_moment(text)
    return of_days(shop, day, day)[1 if is_end else 0]


def people_csv(found: Rehearsed) -> bytes:
    """Every distributor, for a spreadsheet; levels by their keys, which programs know."""
    from bot.cards.rehearsal_people import people_columns, people_row
    from bot.media.sheets import SheetForm, sheet
    from bot.voice.catalogue import Voice
    from bot.voice.languages import Language

    rows = [people_row(person, found.report) for person in found.people]
    return sheet(SheetForm.CSV, people_columns(Voice(Language.EN)), rows)


def _drawn(report: Report, chart: Path) -> bytes:
    from bot.cards.rehearsal import comparison
    from bot.media.comparisons import comparison_png, comparison_svg
    from bot.media.trends import Theme
    from bot.voice.catalogue import Voice
    from bot.voice.languages import Language

    facts = comparison(report, Voice(Language.EN))
    if chart.suffix.lower() == ".svg":
        return comparison_svg(facts, Theme.LIGHT).encode()
    return comparison_png(facts, Theme.LIGHT)


def _print(report: Report, shop: Merchant) -> None:
    from models.store.currency import amount_text

    def said(minor: int) -> str:
        return amount_text(minor, report.currency)

    print_facts(
        f"{report.proposed.name} beside {report.in_force.name}, version {report.in_force.version}",
        [
            ("from", report.begins.astimezone(shop.zone).isoformat()),
            ("to", report.ends.astimezone(shop.zone).isoformat()),
            ("orders", f"{report.orders:,}"),
            ("net sales", f"{said(report.sales_minor)} {report.currency}"),
            ("win, lose, same", f"{report.winners:,}, {report.losers:,}, {report.unchanged:,}"),
            ("another level at the end", f"{report.levels_differ:,}"),
            *((("still running", ", ".join(report.open_periods)),) if report.open_periods else ()),
        ],
    )
    print_table(
        f"Side by side, in {report.currency}",
        ("", "in force", "rehearsed", "change"),
        _side_by_side(report.in_force, report.proposed, report.currency),
    )
    for title, people in (("Most gained", report.top_winners), ("Most lost", report.top_losers)):
        if people:
            print_table(
                title, ("distributor", "name", "in force", "rehearsed", "change"), _people(people, said)
            )
    for move in report.proposed.moves:
        note(f"{move.people} from {move.before} to {move.after} under the rehearsed plan.")
    note(
        "Played with the refunds known today and without what cases held or refused: the books may show less."
    )


def _people(people: tuple[PersonResult, ...], said: object) -> Iterator[tuple[str, ...]]:
    assert callable(said)
    for each in people:
        yield (
            each.external_id,
            each.name,
            said(each.in_force_minor),
            said(each.proposed_minor),
            said(each.change_minor),
        )


def _side_by_side(before: PlanResult, after: PlanResult, currency: str) -> Iterator[tuple[str, ...]]:
    from bot.cards.rehearsal import ratio
    from models.rehearsal.report import by_kind
    from models.store.currency import amount_text

    def amounts(name: str, one: int, other: int) -> tuple[str, ...]:
        return (name, *(amount_text(each, currency) for each in (one, other, other - one)))

    def counts(name: str, one: int, other: int) -> tuple[str, ...]:
        return (name, f"{one:,}", f"{other:,}", f"{other - one:+,}")

    yield amounts("cost", before.cost_minor, after.cost_minor)
    yield ("of net sales", ratio(before), ratio(after), "")
    was, would = by_kind(before), by_kind(after)
    for kind in was:
        yield amounts(kind.value, was[kind], would[kind])
    cut_before = {cut.cap: cut.minor for cut in before.cuts}
    cut_after = {cut.cap: cut.minor for cut in after.cuts}
    for cap in sorted(cut_before.keys() | cut_after.keys()):
        yield amounts(f"cut by {cap}", cut_before.get(cap, 0), cut_after.get(cap, 0))
    yield counts("levels up by the rules", before.promoted, after.promoted)
    yield counts("levels down by the rules", before.demoted, after.demoted)
    yield counts("orders beyond the margin", before.breaches, after.breaches)
    yield amounts("paid beyond the margin", before.beyond_margin_minor, after.beyond_margin_minor)
