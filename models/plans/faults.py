"""What is wrong with the form of a plan, each fault as a sentence with the mend."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from models.errors import Sentence
from models.files import faults
from models.files.findings import Fault, Path
from models.plans.document import PlanDocument

_NO_MAPPING = Sentence("this is no mapping; write `key: value` lines below it, or {{key: value}}")
_SENTENCES = {
    "string_pattern_mismatch": Sentence(
        "a key has small letters, digits, - and _ only; write it like team-leader"
    ),
    "model_type": _NO_MAPPING,
    "model_attributes_type": _NO_MAPPING,
    "tuple_type": Sentence("this is no list; begin each entry with a -, or write [one, two]"),
    "timezone_aware": Sentence(
        "this time has no zone; write a time with its zone, such as 2026-03-01T00:00:00Z"
    ),
}
_EXAMPLES = {
    "name": "name: Spring",
    "starts_at": "starts_at: 2026-03-01T00:00:00Z",
    "levels": "levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}]",
    "rates": 'rates: [{percent: "10"}]',
    "title": "title: {zh: 推广员, en: Promoter}",
    "percent": 'percent: "10"',
    "percents": 'percents: ["3"]',
}
_ELSE = Sentence("this can't be read here; compare it with a preset")
_NO_TIME = Sentence("this is no time; write a time with its zone, such as 2026-03-01T00:00:00Z")
_UNCOUNTABLE = Sentence(
    "this can't be counted; write a whole number from 1 to 1000000 for orders and team_size (5), an amount for sales "
    '("500.00")'
)
_NO_CURRENCY = Sentence("this is no currency; write its three capitals, such as GBP")


def _at(kind: str, path: Path) -> Sentence | None:
    last = path[-1] if path else ""
    if kind in {"missing", "extra_forbidden"}:
        return None
    if last == "at_least":
        return _UNCOUNTABLE
    if kind == "string_pattern_mismatch" and last == "currency":
        return _NO_CURRENCY
    return _NO_TIME if kind.startswith(("datetime", "timezone")) and kind not in _SENTENCES else None


_FORM = faults.Form(PlanDocument, _SENTENCES, _EXAMPLES, _ELSE, _at)


def faults_of(error: ValidationError, content: object) -> Iterator[Fault]:
    """Each place once; `content` is what was checked."""
    return faults.faults_of(error, content, _FORM)


def keys_at(path: Path) -> list[str]:
    """The keys that the mapping at a place of the document may have."""
    return faults.keys_at(PlanDocument, path)
