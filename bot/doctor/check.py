"""What the doctor says: checks with a verdict, a sentence and a fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

MOST_BY_NAME = 10
"""Of more merchants that are well, only the number is told: nobody reads hundreds of lines for the one that isn't."""


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - the word of a check that passed
    WARN = "warn"
    FAIL = "fail"


class Group(StrEnum):
    """Which part of the installation a check is about, in the order in which people read them."""

    STORE = "store"
    CHAT = "chat"
    WEB = "web"
    SHOPS = "shops"
    POSTERS = "posters"
    WORK = "work"


class Check(BaseModel):
    """One thing that was looked at: what was seen, and how to mend it when it is not well."""

    name: str
    group: Group
    verdict: Verdict
    sentence: str
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check is about, and the three things that can be said of it. What is not well has a fix."""

    group: Group
    name: str

    def passed(self, sentence: str) -> Check:
        """It is well."""
        return Check(name=self.name, group=self.group, verdict=Verdict.PASS, sentence=sentence)

    def warned(self, sentence: str, fix: str) -> Check:
        """The program runs, and something is missing or will go wrong."""
        return Check(name=self.name, group=self.group, verdict=Verdict.WARN, sentence=sentence, fix=fix)

    def failed(self, sentence: str, fix: str) -> Check:
        """It does not work."""
        return Check(name=self.name, group=self.group, verdict=Verdict.FAIL, sentence=sentence, fix=fix)

    def of(self, what: str) -> Subject:
        """The same subject of one merchant, job or the like."""
        return Subject(self.group, f"{self.name} {what}")


def folded(subject: Subject, checks: Sequence[Check]) -> list[Check]:
    """The checks of many merchants: what is not well by name, and what is well by its number where it is much."""
    unwell = [check for check in checks if check.verdict is not Verdict.PASS]
    well = len(checks) - len(unwell)
    if well <= MOST_BY_NAME:
        return list(checks)
    return [subject.of(f"{well} merchants").passed("Each is as it should be."), *unwell]
