"""`python -m bot`, installed as `tuike`."""

from __future__ import annotations

import sys

from bot.cli.ending import run_program
from bot.cli.program import app


def main() -> None:
    """Run the command that was asked for, and end with its exit code."""
    sys.exit(run_program(app, sys.argv[1:]))


if __name__ == "__main__":
    main()
