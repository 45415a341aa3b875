"""What commands print: JSON or tables on standard output, everything said beside it on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer

from bot.voice.names import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE


def print_json(value: object) -> None:
    """One JSON value and a line end; dataclasses, pydantic models and times are understood."""
    from pydantic_core import to_json  # noqa: PLC0415 - keeps --help fast

    typer.echo(to_json(value) + b"\n", nl=False)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows of plain text under their columns; the first, by which one names a row, is never broken."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help fast
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=escape(title), title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(escape(printable(cell)) for cell in row))
    Console().print(table)


def money(minor: int, currency: str) -> str:
    """An amount in minor units as people write it, with its currency."""
    from models.store.currency import amount_text  # noqa: PLC0415 - keeps --help fast

    return f"{amount_text(minor, currency)} {currency}"


def print_facts(title: str, facts: Iterable[tuple[str, str]]) -> None:
    """Names and values, one a line, each value whole so that it can be copied."""
    typer.secho(title, bold=True)
    pairs = list(facts)
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        typer.echo(f"  {name.ljust(width)}  {printable(value)}")


def note(sentence: str) -> None:
    """Tell something beside the result."""
    typer.echo(printable(sentence), err=True)


def complain(sentence: str) -> None:
    """Tell what went wrong."""
    typer.secho(printable(sentence), err=True, fg="red")


def printable(text: str) -> str:
    """The text without characters that would steer a terminal; line ends stay.

    What the cards' words put around names, so that a chat keeps their direction, goes without a trace.
    """
    shown = text.replace(FIRST_STRONG_ISOLATE, "").replace(POP_DIRECTIONAL_ISOLATE, "")
    return "".join(
        char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in shown
    )
