"""`make bench`: every measure beside its bare reference, in one run, with the machine that it was taken on."""

from __future__ import annotations

import logging
import os
import platform
import sys

import structlog
from rich.console import Console
from rich.table import Table

from tests.bench import cases, chat, growth, outbox, poster, settlement, simulate, start, web

SUBJECTS = {
    "web": web.bench,
    "chat": chat.bench,
    "poster": poster.bench,
    "outbox": outbox.bench,
    "start": start.bench,
    "growth": growth.bench,
    "simulate": simulate.bench,
    "settlement": settlement.bench,
    "cases": cases.bench,
}


def main() -> None:
    """Run the named subjects, or all, and print one table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wanted = sys.argv[1:] or list(SUBJECTS)
    unknown = [name for name in wanted if name not in SUBJECTS]
    if unknown:
        sys.exit(f"There is no subject {unknown[0]!r}; subjects are {', '.join(SUBJECTS)}.")
    table = Table("measure", "ratio", "absolute", "goal", "met", title=_machine())
    for name in wanted:
        for row in SUBJECTS[name]():
            met = "" if row.met is None else "yes" if row.met else "NO"
            ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
            table.add_row(row.name, ratio, row.absolute, row.goal, met)
    Console(width=150).print(table)


def _machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores, load {load}"


if __name__ == "__main__":
    main()
