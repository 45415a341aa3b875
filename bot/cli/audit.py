"""The audit: what was done by hand, by whom, when, and whether the chain of it is whole."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, example
from bot.cli.printing import complain, print_json, print_table

if TYPE_CHECKING:
    from models.store.types import JsonValue

app = typer.Typer(no_args_is_help=True, help="What a merchant's staff and this command line did by hand.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act."""

    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: JsonValue
    after: JsonValue
    why: str
    digest: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The latest acts, newest first; `broken` are the numbers of entries that do not fit the chain."""

    entries: list[Entry]
    broken: list[int]


@app.command("list", epilog=example("tuike audit list", "tuike audit list --subject 'distributor d1' --json"))
def show_all(
    *,
    subject: Annotated[
        str | None, typer.Option(help="Only acts about this, such as 'distributor d1'.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 100,
    merchant: MerchantId = None,
    as_json: AsJson = False,
) -> None:
    """List what was done by hand; ends with 1 when the chain of entries is broken."""
    from bot.cli.opening import finish

    listed = finish(_listed(merchant, subject, most))
    if as_json:
        print_json(listed)
    else:
        print_table(
            "Done by hand, newest first",
            ("no.", "when", "who", "act", "about", "before", "after", "why"),
            (
                (
                    str(entry.number),
                    entry.at.isoformat(timespec="seconds"),
                    entry.actor,
                    entry.act,
                    entry.subject,
                    _cell(entry.before),
                    _cell(entry.after),
                    entry.why,
                )
                for entry in listed.entries
            ),
        )
    if listed.broken:
        numbers = ", ".join(map(str, listed.broken[:10]))
        complain(
            f"The chain is broken at entry {numbers}: it was changed, or it or one before it is missing."
        )
        raise typer.Exit(1)


def _cell(value: JsonValue) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def _listed(merchant_id: str | None, subject: str | None, most: int) -> Listed:
    from bot.cli.opening import begin, opened
    from models.people.merchants import the_merchant
    from models.store.audit import audit_of, broken_links

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        entries = await audit_of(session, merchant.id, subject, most)
        broken = await broken_links(session, merchant.id)
    return Listed(
        [
            Entry(
                number=entry.number,
                at=entry.at,
                actor=entry.actor,
                act=entry.act,
                subject=entry.subject,
                before=entry.before,
                after=entry.after,
                why=entry.why,
                digest=entry.digest,
            )
            for entry in entries
        ],
        [entry.number for entry in broken],
    )
