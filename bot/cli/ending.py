"""How a command ends: with 0, or with one sentence on standard error and 1 (refused) or 2 (asked wrongly)."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from enum import IntEnum

import typer

from bot.cli.printing import complain
from bot.imports.encodings import TableError
from models.errors import DomainError

DEBUG = "--debug"


class ExitCode(IntEnum):
    """What scripts may rely on."""

    DONE = 0
    REFUSED = 1
    ASKED_WRONGLY = 2
    INTERRUPTED = 130


def run_program(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; `--debug`, anywhere in it, lets tracebacks through."""
    debug = DEBUG in arguments
    asked = [argument for argument in arguments if argument != DEBUG]
    try:
        ended = typer.main.get_command(app).main(args=asked, prog_name="tuike", standalone_mode=False)
    except typer.TyperException as error:
        _explain(error)
        return ExitCode.ASKED_WRONGLY
    except (KeyboardInterrupt, typer.Abort):
        complain("Stopped.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.REFUSED
    except Exception as error:
        if debug:
            raise
        complain(sentence_of(error))
        return ExitCode.REFUSED
    return ended if isinstance(ended, int) else ExitCode.DONE


def _explain(error: typer.TyperException) -> None:
    message = error.format_message().strip()
    if not message:  # the help itself was shown, since nothing was asked for
        return
    context: typer.Context | None = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "tuike"
    sentence = message.replace("Value error, ", "")
    end = "" if sentence.endswith((".", "?")) else "."
    complain(f"{sentence}{end} See `{path} --help`.")


def sentence_of(error: Exception) -> str:
    """One sentence for what went wrong; our own errors bring theirs."""
    if isinstance(error, DomainError | TableError):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            "The port is in use: another program, perhaps another tuike, listens there. "
            f"Stop it, or choose another port ({error.strerror or error})."
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full: make room and run this again."
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return f"{name}{error.strerror or error}."
    return f"This should not have happened ({type(error).__name__}: {error}). {DEBUG} shows where."
