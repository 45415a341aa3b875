"""What is wrong with the form of a plan, each fault as a sentence with the mend, not the checker's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from inspect import isclass
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.errors import Sentence
from models.plans.document import PlanDocument
from models.plans.parts import Misfit, Part

Path = tuple[int | str, ...]
Fault = tuple[Path, Sentence]

_NO_MAPPING = Sentence("this is no mapping; write `key: value` lines below it, or {{key: value}}")
_NO_NUMBER = Sentence("this is no whole number; write one such as 30")
_NO_BOOL = Sentence("this is neither yes nor no; write true or false")
_SENTENCES = {
    "string_pattern_mismatch": Sentence(
        "a key has small letters, digits, - and _ only; write it like team-leader"
    ),
    "string_type": Sentence("this is empty or no text; write a text here"),
    "model_type": _NO_MAPPING,
    "model_attributes_type": _NO_MAPPING,
    "tuple_type": Sentence("this is no list; begin each entry with a -, or write [one, two]"),
    "int_parsing": _NO_NUMBER,
    "int_type": _NO_NUMBER,
    "int_from_float": _NO_NUMBER,
    "int_parsing_size": Sentence("this is far too large; write a smaller whole number"),
    "bool_parsing": _NO_BOOL,
    "bool_type": _NO_BOOL,
    "timezone_aware": Sentence(
        "this time has no zone; write a time with its zone, such as 2026-03-01T00:00:00Z"
    ),
}
_ELSE = Sentence("this can't be read here; compare it with a preset")
_LIMITS: Mapping[str, Callable[[Mapping[str, Any]], Sentence]] = {
    "greater_than_equal": lambda bounds: Sentence(
        "this is too small; write {least} or more", least=bounds["ge"]
    ),
    "less_than_equal": lambda bounds: Sentence("this is too large; write {most} or less", most=bounds["le"]),
    "string_too_short": lambda _: Sentence("this is empty; write a text here"),
    "string_too_long": lambda bounds: Sentence(
        "this is too long; write at most {most} characters", most=bounds["max_length"]
    ),
    "too_short": lambda _: Sentence("the list is empty; write at least one entry"),
    "too_long": lambda bounds: Sentence(
        "there are {found} entries; write at most {most}",
        found=bounds["actual_length"],
        most=bounds["max_length"],
    ),
    "enum": lambda bounds: Sentence(
        "there is no such word here; write one of these: {words}",
        words=bounds["expected"].replace(" or ", ", ").replace("'", ""),
    ),
    "value_error": lambda bounds: bounds["error"].sentence if isinstance(bounds["error"], Misfit) else _ELSE,
}
_NO_TIME = Sentence("this is no time; write a time with its zone, such as 2026-03-01T00:00:00Z")
_UNCOUNTABLE = Sentence(
    "this can't be counted; write a whole number from 1 to 1000000 for orders and team_size (5), an amount for sales "
    '("500.00")'
)
_NO_CURRENCY = Sentence("this is no currency; write its three capitals, such as GBP")


def faults_of(error: ValidationError, content: object) -> Iterator[Fault]:
    """Each place once; `content` is what was checked, which tells a place of the document from the checker's own."""
    placed = [(_place(item["loc"], content), item) for item in error.errors()]
    seen: set[Path] = set()
    for path, item in placed:
        # A list whose only entry is wrong counts as too short as well.
        is_echo = (
            item["type"] == "too_short" and item["ctx"]["actual_length"] == 0 and _has_entries(path, content)
        )
        if path not in seen and not is_echo:
            yield path, _sentence(item, path)
            seen.add(path)


def _has_entries(path: Path, content: object) -> bool:
    for step in path:
        content = content[step]  # type: ignore[index]  # a place that `_place` has found
    return bool(content)


def _place(location: Path, content: object) -> Path:
    """The part of a location that stands in the document: a choice of types adds the name of each type."""
    place: list[int | str] = []
    for step in location:
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, Sequence) and not isinstance(content, str) and isinstance(step, int):
            content = content[step] if step < len(content) else None
        else:
            break
        place.append(step)
    return tuple(place)


def _sentence(item: ErrorDetails, path: Path) -> Sentence:
    kind, context = item["type"], item.get("ctx", {})
    last = path[-1] if path else ""
    if kind == "missing":
        return _missing(str(last))
    if last == "at_least":
        return _UNCOUNTABLE
    if kind == "string_pattern_mismatch" and last == "currency":
        return _NO_CURRENCY
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind.startswith(("datetime", "timezone")) and kind not in _SENTENCES:
        return _NO_TIME
    return _LIMITS[kind](context) if kind in _LIMITS else _SENTENCES.get(kind, _ELSE)


def _missing(key: str) -> Sentence:
    examples = {
        "name": "name: Spring",
        "starts_at": "starts_at: 2026-03-01T00:00:00Z",
        "levels": "levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}]",
        "rates": 'rates: [{percent: "10"}]',
        "title": "title: {zh: 推广员, en: Promoter}",
        "percent": 'percent: "10"',
        "percents": 'percents: ["3"]',
    }
    if key in examples:
        return Sentence("`{key}` is missing; add it, such as `{example}`", key=key, example=examples[key])
    return Sentence("`{key}` is missing; add it", key=key)


def _unknown(path: Path) -> Sentence:
    key, known = str(path[-1]), keys_at(path[:-1])
    close = get_close_matches(key, known, 1)
    if close:
        return Sentence("there is no key `{key}` here; did you mean `{close}`?", key=key, close=close[0])
    return Sentence("there is no key `{key}` here; keys here are {known}", key=key, known=", ".join(known))


def keys_at(path: Path) -> list[str]:
    """The keys that the mapping at a place of the document may have."""
    part: type[Part] | None = PlanDocument
    for step in path:
        if part is None:
            return []
        if isinstance(step, str):
            fields = {field.alias or name: field for name, field in part.model_fields.items()}
            part = _part_in(fields[step].annotation) if step in fields else None
    return [field.alias or name for name, field in part.model_fields.items()] if part is not None else []


def _part_in(annotation: object) -> type[Part] | None:
    """The part that an annotation such as `tuple[Level, ...]` or `Ladder | None` is made of."""
    if isclass(annotation) and issubclass(annotation, Part):
        return annotation
    found = (_part_in(inner) for inner in get_args(annotation))
    return next((part for part in found if part is not None), None)
