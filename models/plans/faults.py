"""What is wrong with the form of a plan, each fault as a sentence with the mend, not the checker's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from inspect import isclass
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.plans.document import PlanDocument
from models.plans.parts import Part

Path = tuple[int | str, ...]
Fault = tuple[Path, str]

_AT_LEAST = (
    'write a whole number from 1 to 1000000 for orders and team_size (5), an amount for sales ("500.00")'
)
_MOMENT = "write a time with its zone, such as 2026-03-01T00:00:00Z"
_SENTENCES = {
    "string_pattern_mismatch": "a key has small letters, digits, - and _ only; write it like team-leader",
    "string_type": "this is empty or no text; write a text here",
    "model_type": "this is no mapping; write `key: value` lines below it, or {key: value}",
    "model_attributes_type": "this is no mapping; write `key: value` lines below it, or {key: value}",
    "tuple_type": "this is no list; begin each entry with a -, or write [one, two]",
    "int_parsing": "this is no whole number; write one such as 30",
    "int_type": "this is no whole number; write one such as 30",
    "int_parsing_size": "this is far too large; write a smaller whole number",
    "int_from_float": "this is no whole number; write one such as 30",
    "bool_parsing": "this is neither yes nor no; write true or false",
    "bool_type": "this is neither yes nor no; write true or false",
    "timezone_aware": f"this time has no zone; {_MOMENT}",
}
_LIMITS = {
    "greater_than_equal": "this is too small; write {ge} or more",
    "less_than_equal": "this is too large; write {le} or less",
    "string_too_short": "this is too short; write at least {min_length} character",
    "string_too_long": "this is too long; write at most {max_length} characters",
    "too_short": "the list is empty; write at least {min_length} entry",
    "too_long": "there are {actual_length} entries; write at most {max_length}",
    "enum": "there is no such word here; write {expected}",
}


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


def _sentence(item: ErrorDetails, path: Path) -> str:
    kind, context = item["type"], item.get("ctx", {})
    last = path[-1] if path else ""
    if kind == "missing":
        return f"`{last}` is missing; add it{_example(path)}"
    if last == "at_least":
        return f"this can't be counted; {_AT_LEAST}"
    if kind == "string_pattern_mismatch" and last == "currency":
        return "this is no currency; write its three capitals, such as GBP"
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind.startswith(("datetime", "timezone")) and kind not in _SENTENCES:
        return f"this is no time; {_MOMENT}"
    said = _SENTENCES.get(kind) or item["msg"].removeprefix("Value error, ")
    return _LIMITS[kind].format(**context) if kind in _LIMITS else said


def _example(path: Path) -> str:
    examples = {
        "name": "name: Spring",
        "starts_at": "starts_at: 2026-03-01T00:00:00Z",
        "levels": "levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}]",
        "rates": 'rates: [{percent: "10"}]',
        "title": "title: {zh: 推广员, en: Promoter}",
        "percent": 'percent: "10"',
        "percents": 'percents: ["3"]',
    }
    example = examples.get(str(path[-1]))
    return f", such as `{example}`" if example is not None else ""


def _unknown(path: Path) -> str:
    known = keys_at(path[:-1])
    close = get_close_matches(str(path[-1]), known, 1)
    mend = f"did you mean `{close[0]}`?" if close else f"keys here are {', '.join(known)}"
    return f"there is no key `{path[-1]}` here; {mend}"


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
