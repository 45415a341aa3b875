"""What is wrong or unwise in a plan file, and what it changes: one shape, whatever command says it."""
# ruff: noqa: PLC0415 - imports stand inside functions, so that --help is fast

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from models.plans.changes import Change
    from models.plans.changes_kinds import Value
    from models.plans.lint_findings import LintFinding
    from models.plans.reading import PlanFile, PlanRefused


@dataclass(frozen=True, slots=True)
class FindingShown:
    """One finding and its place in the file; the sentence ends with the mend. A warning has a `code`, an error none."""

    severity: str
    code: str | None
    line: int
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.severity} {self.code}, line {self.line}, {self.path}: {self.sentence}."


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One difference to the plan before; `about` names a rule as rates do, or a level, a profile, the team's depth."""

    topic: str
    way: str
    about: str | None
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a file is no plan that can be published."""

    findings: tuple[FindingShown, ...]


def refusal(refused: PlanRefused) -> Refused:
    """Every error of a file that was refused."""
    from models.plans.lint_findings import Severity

    return Refused(
        tuple(
            FindingShown(Severity.ERROR, None, each.line, each.path, each.sentence)
            for each in refused.findings
        )
    )


def findings_shown(findings: Iterable[LintFinding], file: PlanFile) -> tuple[FindingShown, ...]:
    """What lint found in a file."""
    from models.files.findings import shown

    return tuple(
        FindingShown(each.severity, each.code, file.line(each.path), shown(each.path), each.advice)
        for each in findings
    )


def changes_shown(changes: Iterable[Change]) -> tuple[ChangeShown, ...]:
    """What a plan changes."""
    return tuple(
        ChangeShown(
            each.topic,
            each.way,
            each.about.rule if isinstance(each.about, tuple) else each.about,
            each.before,
            each.after,
        )
        for each in changes
    )


def accepted_codes(words: str | None) -> list[str] | None:
    """The warnings of `--accept`, None without it. Raises BadParameter for what is none, with the nearest ones."""
    from models.plans.lint_findings import ERRORS, Code

    if words is None:
        return None
    codes = [word.strip() for word in words.split(",") if word.strip()]
    known = sorted(set(Code) - ERRORS)
    for code in codes:
        if code in ERRORS:
            raise typer.BadParameter(f"{code} is an error; it can't be accepted, only mended.")
        if code not in known:
            close = get_close_matches(code.lower(), known, 1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise typer.BadParameter(
                f"There is no warning {code!r}.{hint} The warnings are {', '.join(known)}."
            )
    return codes
