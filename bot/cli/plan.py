"""Plans: check a file, publish it. What only asks about plans stands in `plan_shown`."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, example
from bot.cli.plan_findings import (
    ChangeShown,
    FindingShown,
    accepted_codes,
    changes_shown,
    findings_shown,
    refusal,
)
from bot.cli.printing import complain, note, print_facts, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.plans.changes import Change
    from models.plans.reading import PlanRefused

app = typer.Typer(no_args_is_help=True, help="Check, publish and show the merchant's commission plan.")
MOST_BYTES = 256 * 1024
PlanPath = Annotated[Path, typer.Argument(metavar="FILE", help="The plan: YAML or JSON in UTF-8.")]


@dataclass(frozen=True, slots=True)
class Judged:
    """What publishing a file would do now."""

    name: str
    starts_at: datetime
    waits_for_notice: bool
    currency: str
    findings: tuple[FindingShown, ...]
    changes: tuple[ChangeShown, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A version that stands now. `told`: how many distributors get a card about it. `findings` are its warnings."""

    version: int
    name: str
    starts_at: datetime
    waits_for_notice: bool
    currency: str
    told: int
    findings: tuple[FindingShown, ...]
    changes: tuple[ChangeShown, ...]


@app.command("publish", epilog=example("tuike plan publish plan.yaml"))
def publish(
    *,
    file: PlanPath,
    accept: Annotated[
        str | None,
        typer.Option(
            metavar="CODE,CODE",
            help="Publish only if no other warnings stand than these. Without it they are printed, and nothing waits.",
        ),
    ] = None,
    merchant: MerchantId = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Check a plan file and publish it as the merchant's next version; a published version never changes."""
    from bot.cli.opening import finish
    from models.plans.reading import PlanRefused

    accepted = accepted_codes(accept)
    try:
        published, changes = finish(_publish(merchant, read_text(file), accepted, now))
    except PlanRefused as refused:
        raise say_refused(refused, file, as_json=as_json) from refused
    for warning in published.findings:
        note(str(warning))
    if as_json:
        print_json(published)
        return
    facts = [("version", str(published.version)), ("starts at", published.starts_at.isoformat())]
    if published.waits_for_notice:
        facts.append(("waits", "it lowers something, so that it starts when the notice period is over"))
    if published.told:
        facts.append(("told", f"{published.told} distributors get a card with the difference"))
    print_facts(f"{published.name} is published.", [*facts, *_change_facts(changes, published.currency)])


@app.command("lint", epilog=example("tuike plan lint plan.yaml", "tuike plan lint plan.yaml --json"))
def lint(
    *,
    file: PlanPath,
    merchant: MerchantId = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Say what a plan file gets wrong, what is dangerous in it, and what publishing it now would change."""
    from bot.cli.opening import finish
    from models.plans.reading import PlanRefused

    try:
        judged, changes = finish(_judge(merchant, read_text(file), now))
    except PlanRefused as refused:
        raise say_refused(refused, file, as_json=as_json) from refused
    if as_json:
        print_json(judged)
        return
    facts = [("starts at", judged.starts_at.isoformat())]
    if judged.waits_for_notice:
        facts.append(("waits", "it lowers something, so that it would wait for the notice period"))
    print_facts(f"{judged.name} can be published.", [*facts, *_change_facts(changes, judged.currency)])
    for warning in judged.findings:
        note(str(warning))


def say_refused(refused: PlanRefused, file: Path, *, as_json: bool) -> typer.Exit:
    """Print every error of a plan file; the end to raise."""
    if as_json:
        print_json(refusal(refused))
    for finding in refused.findings:
        complain(f"{file.name}, {finding}")
    return typer.Exit(1)


def _change_facts(changes: tuple[Change, ...], currency: str) -> Iterator[tuple[str, str]]:
    from zoneinfo import ZoneInfo

    from bot.cards.plan_changes import Setting, change_words
    from bot.gateway.fit import plain
    from bot.voice.catalogue import Voice
    from bot.voice.languages import Language

    setting, voice = Setting(currency, ZoneInfo("UTC")), Voice(Language.EN)
    for change in changes:
        yield change.way.value, plain(change_words(change, setting, voice))


def read_text(file: Path) -> str:
    """A plan file's text. Raises Invalid for what is too long or no text."""
    from models.errors import Invalid

    with file.open("rb") as opened_file:
        content = opened_file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid(f"{file.name} is too long for a plan; at most {MOST_BYTES // 1024} KB are read.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error


async def _publish(
    merchant_id: str | None, text: str, accepted: list[str] | None, now: datetime | None
) -> tuple[Published, tuple[Change, ...]]:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import the_merchant
    from models.plans.publishing import notes_on, publish_plan
    from models.store.audit import COMMAND

    async with opened(begin()) as store, store.write() as session:
        merchant = await the_merchant(session, merchant_id)
        published = await publish_plan(
            session,
            merchant_id=merchant.id,
            currency=merchant.currency,
            text=text,
            now=now or SystemClock().now(),
            accepted=accepted,
            actor=COMMAND,
        )
        for sentence in notes_on(published.preview):
            note(sentence)
        shown = Published(
            version=published.row.version,
            name=published.row.name,
            starts_at=published.row.starts_at,
            waits_for_notice=published.waits_for_notice,
            currency=merchant.currency,
            told=published.told,
            findings=findings_shown(published.preview.findings, published.preview.file),
            changes=changes_shown(published.preview.changes),
        )
        return shown, published.preview.changes


async def _judge(
    merchant_id: str | None, text: str, now: datetime | None
) -> tuple[Judged, tuple[Change, ...]]:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import the_merchant
    from models.plans.publishing import notes_on, preview_plan

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        preview = await preview_plan(
            session,
            merchant_id=merchant.id,
            currency=merchant.currency,
            text=text,
            now=now or SystemClock().now(),
        )
    for sentence in notes_on(preview):
        note(sentence)
    judged = Judged(
        name=preview.document.name,
        starts_at=preview.starts_at,
        waits_for_notice=preview.waits_for_notice,
        currency=merchant.currency,
        findings=findings_shown(preview.findings, preview.file),
        changes=changes_shown(preview.changes),
    )
    return judged, preview.changes
