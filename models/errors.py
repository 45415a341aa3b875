"""Errors that speak: each carries what is needed for one sentence to the person who caused it."""

from __future__ import annotations

from typing import Self


class Sentence(str):
    """A sentence in English that remembers how it was made, so that a reader's own language can say it as well.

    `template` is a literal with `{names}` (`bot/voice/messages.py` finds it there, and every catalogue translates
    it); `values` fill it, and may be sentences themselves.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """The filled sentence. Raises KeyError when a name has no value."""
        sentence = super().__new__(cls, template.format(**values))
        sentence.template, sentence.values = template, values
        return sentence


class DomainError(Exception):
    """Base of everything the business refuses. `str(error)` is a sentence for a person, in English.

    `code` is stable and machine-readable; handlers translate by it and put it in problem documents.
    """

    code = "refused"


class NotFound(DomainError):
    """What was asked for does not exist for this merchant; foreign things look the same."""

    code = "not_found"

    def __init__(self, noun: str, key: str) -> None:
        super().__init__(f"There is no {noun} {key!r}.")
        self.noun = noun
        self.key = key


class Invalid(DomainError):
    """A value breaks a rule; the sentence says which and what would be right."""

    code = "invalid"


class Conflict(DomainError):
    """Something else stands where this should go; nothing was changed."""

    code = "conflict"


class StoreBusy(DomainError):
    """The store is slow, locked or full. Nothing was written; trying again is right."""

    code = "store_busy"

    def __init__(self, cause: str) -> None:
        super().__init__(f"The store is busy, please try again ({cause}).")
        self.cause = cause
