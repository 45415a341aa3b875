"""Tables that go out: commissions and the ledger, as CSV or JSON, however long."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from bot.cli.options import MerchantId, example
from bot.cli.printing import note
from bot.media.cells import cell

if TYPE_CHECKING:
    from models.money.export import CommissionExported, LegExported
    from models.people.merchants import Merchant
    from models.store.engine import Store

    Exported = CommissionExported | LegExported
    Reader = Callable[[Store, Merchant], AsyncIterator[CommissionExported] | AsyncIterator[LegExported]]

app = typer.Typer(no_args_is_help=True, help="Write the merchant's commissions or ledger as CSV or JSON.")


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"


Form = Annotated[
    Format, typer.Option("--format", help="csv (for spreadsheets, UTF-8 with its mark) or json.")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; else standard output.")]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]


@app.command(
    "commissions",
    epilog=example("tuike export commissions --out commissions.csv", "tuike export commissions --json"),
)
def commissions(
    *, form: Form = Format.CSV, out: Out = None, merchant: MerchantId = None, as_json: Json = False
) -> None:
    """Write every commission with its order line, rule, rate and what refunds took back."""
    from bot.cli.opening import finish
    from models.money.export import CommissionExported, exported_commissions

    chosen = Format.JSON if as_json else form
    finish(_export(merchant, exported_commissions, CommissionExported, chosen, out))


@app.command("ledger", epilog=example("tuike export ledger --out ledger.csv", "tuike export ledger --json"))
def ledger(
    *, form: Form = Format.CSV, out: Out = None, merchant: MerchantId = None, as_json: Json = False
) -> None:
    """Write both legs of every posting; amounts are signed and sum to zero."""
    from bot.cli.opening import finish
    from models.money.export import LegExported, exported_legs

    chosen = Format.JSON if as_json else form
    finish(_export(merchant, exported_legs, LegExported, chosen, out))


async def _export(
    merchant_id: str | None,
    read: Reader,
    row: type[CommissionExported] | type[LegExported],
    form: Format,
    out: Path | None,
) -> None:
    from bot.cli.opening import begin, opened
    from models.people.merchants import the_merchant

    columns = [column.name for column in fields(row)]
    async with opened(begin()) as store:
        async with store.read() as session:
            merchant = await the_merchant(session, merchant_id)
        with _target(out) as file:
            rows = read(store, merchant)
            count = await (
                _write_json(rows, file) if form is Format.JSON else _write_csv(rows, columns, file)
            )
    if out is not None:
        note(f"{count} rows are in {out}.")


@contextmanager
def _target(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only when it is whole."""
    if out is None:
        yield typer.get_binary_stream("stdout")
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


async def _write_csv(
    rows: AsyncIterator[CommissionExported] | AsyncIterator[LegExported], columns: list[str], file: BinaryIO
) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        writer = csv.writer(text)
        writer.writerow(columns)
        count = 0
        async for row in rows:
            writer.writerow([cell(getattr(row, column)) for column in columns])
            count += 1
        return count
    finally:
        text.detach()  # flushes, and leaves the file to whoever opened it


async def _write_json(
    rows: AsyncIterator[CommissionExported] | AsyncIterator[LegExported], file: BinaryIO
) -> int:
    from pydantic_core import to_json

    count = 0
    async for row in rows:
        file.write((b",\n" if count else b"[\n") + to_json(row))
        count += 1
    file.write(b"\n]\n" if count else b"[]\n")
    file.flush()
    return count
