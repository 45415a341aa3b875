"""Options that several commands share, and how their examples are written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON alone on standard output; all else goes to standard error.")
]
MerchantId = Annotated[
    str | None,
    typer.Option("--merchant", metavar="ID", help="Which merchant; not needed while there is one."),
]
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
