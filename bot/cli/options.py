"""Options that several commands share, and how their examples are written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def aware_moment(text: str | datetime) -> datetime:
    """A time with its zone, in UTC. Raises BadParameter with a sentence."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else text
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write it like 2026-12-01T00:00:00Z.") from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text!r} names no zone; write it like 2026-12-01T00:00:00Z.")
    return moment.astimezone(UTC)


AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON alone on standard output; all else goes to standard error.")
]
MerchantId = Annotated[
    str | None,
    typer.Option("--merchant", metavar="ID", help="Which merchant; not needed while there is one."),
]
Now = Annotated[
    datetime | None,
    typer.Option(
        "--now",
        metavar="ISO",
        parser=aware_moment,
        help="The clock, for rehearsal: 2026-12-01T00:00:00Z. What is done by it is done for good.",
    ),
]
Why = Annotated[str, typer.Option("--why", help="The reason, for the audit.")]
InputFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A CSV file, plain or packed (gzip, xz), in any usual encoding."),
]
MapName = Annotated[
    str,
    typer.Option(
        "--map", metavar="NAME", help="How the shop writes its orders: a shipped map or a YAML file."
    ),
]
SHIPPED_MAP = "online-retail"


def example(*commands: str) -> str:
    """The end of a command's help."""
    shown = "\n\n".join(f"  {command}" for command in commands).replace("[", r"\[")
    return f"Example:\n\n{shown}"
