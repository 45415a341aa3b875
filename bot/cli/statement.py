"""A distributor's statement by the command line: printed, as JSON, as a table or as a paper."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, example
from bot.cli.printing import note, print_json, print_table, printable

if TYPE_CHECKING:
    from bot.voice.catalogue import Voice
    from models.money.statements import Statement

EXAMPLE = example(
    "tuike statement --distributor mei --from 2026-03-01 --to 2026-04-01",
    "tuike statement --distributor mei --from 2026-03-01 --to 2026-04-01 --pdf march.pdf --csv march.csv",
)


def calendar_date(text: str | date) -> date:
    """A day of the merchant's calendar. Raises BadParameter with a sentence."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else text
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it like 2026-03-01.") from None


DistributorId = Annotated[
    str, typer.Option("--distributor", metavar="EXTERNAL_ID", help="Whose statement, by the shop's own id.")
]
First = Annotated[
    date,
    typer.Option(
        "--from", metavar="DATE", parser=calendar_date, help="The first day, by the merchant's calendar."
    ),
]
Until = Annotated[
    date,
    typer.Option("--to", metavar="DATE", parser=calendar_date, help="The day after the last one."),
]
CsvFile = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the entries as CSV.")]
PdfFile = Annotated[
    Path | None, typer.Option("--pdf", metavar="FILE", help="Write the statement to print, on A4.")
]
LanguageName = Annotated[
    str, typer.Option("--language", metavar="en|zh_CN", help="The language of the files and the table.")
]


def statement(
    *,
    distributor: DistributorId,
    first: First,
    until: Until,
    csv: CsvFile = None,
    pdf: PdfFile = None,
    language: LanguageName = "en",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print a distributor's statement: opening balance, every entry, closing balance, and a hash over them.

    Days are the merchant's; --to is the day after the last one, so that months join without a gap. JSON is that of
    GET /v1/statements.
    """
    from bot.cli.opening import finish
    from bot.voice.catalogue import Voice
    from bot.voice.languages import Language
    from handlers.web.statements import shown_statement

    if language not in set(Language):
        raise typer.BadParameter(f"There is no language {language!r}; write one of {', '.join(Language)}.")
    voice = Voice(Language(language))
    found = finish(_statement(merchant, distributor, first, until, now))
    for path, content in ((csv, _csv), (pdf, _pdf)):
        if path is not None:
            path.write_bytes(content(found, voice))
            note(f"The statement is in {path}.")
    if as_json:
        print_json(shown_statement(found).model_dump(mode="json", by_alias=True))
    elif csv is None and pdf is None:
        _print(found, voice)


async def _statement(
    merchant_id: str | None, external_id: str, first: date, until: date, now: datetime | None
) -> Statement:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.money.statements import statement as statement_of
    from models.people.distributors import distributor_by_external_id
    from models.people.merchants import the_merchant

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        whose = await distributor_by_external_id(session, merchant.id, external_id)
        return await statement_of(session, merchant, whose, first, until, now or SystemClock().now())


def _csv(of: Statement, voice: Voice) -> bytes:
    from bot.cards.statements import statement_columns, statement_rows
    from bot.media.sheets import SheetForm, sheet

    return sheet(SheetForm.CSV, statement_columns(voice), list(statement_rows(of, voice)))


def _pdf(of: Statement, voice: Voice) -> bytes:
    from bot.cards.statements import statement_paper
    from bot.media.papers import printed

    return printed(statement_paper(of, voice))


def _print(of: Statement, voice: Voice) -> None:
    from bot.cards.statements import statement_columns, statement_period, statement_rows

    rows = [tuple("" if value is None else str(value) for value in row) for row in statement_rows(of, voice)]
    columns = statement_columns(voice)
    title = f"{of.merchant}: {of.name} ({of.distributor}), {statement_period(of, voice)}"
    typer.secho(printable(title), bold=True)
    if of.before_joining:
        typer.echo("The distributor had not joined yet, so there is nothing in it.")
    for account in dict.fromkeys(row[0] for row in rows[:-1]):
        of_account = [row for row in rows[:-1] if row[0] == account]
        # The account stands over its own table; a column of which nothing is in it would only take the others' room.
        shown = [place for place in range(1, len(columns)) if any(row[place] for row in of_account)]
        print_table(
            account,
            [columns[place] for place in shown],
            ([row[place] for place in shown] for row in of_account),
        )
    typer.echo(f"SHA-256 {of.sha256}")
