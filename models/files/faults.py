"""What is wrong with the form of a file, each fault as a sentence with the mend, not the checker's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import isclass
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.errors import Sentence
from models.files.findings import Fault, Path

Model = type[BaseModel]

MOST_FAULTS = 500
"""Nobody mends more at once, and a file made to be wrong shall not keep us busy."""
_NO_NUMBER = Sentence("this is no whole number; write one such as 30")
_NO_BOOL = Sentence("this is neither yes nor no; write true or false")
TOO_LARGE = Sentence("this is far too large; write a smaller whole number")
_SENTENCES = {
    "string_type": Sentence("this is empty or no text; write a text here"),
    "int_parsing": _NO_NUMBER,
    "int_type": _NO_NUMBER,
    "int_from_float": _NO_NUMBER,
    "int_parsing_size": TOO_LARGE,
    "bool_parsing": _NO_BOOL,
    "bool_type": _NO_BOOL,
}


def _no_such_word(bounds: Mapping[str, Any]) -> Sentence:
    words = bounds["expected"].replace(" or ", ", ").replace("'", "")
    if "," not in words:
        return Sentence("there is no such word here; write {word}", word=words)
    return Sentence("there is no such word here; write one of these: {words}", words=words)


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
    "enum": _no_such_word,
    "literal_error": _no_such_word,
}


class Misfit(ValueError):
    """A value that breaks a rule of its part; the sentence has the mend."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Form:
    """What a kind of file is checked against, and the words for what is its own.

    `sentences` go by the checker's kind of fault and stand before those that all files share; `examples` show a
    missing key as it is written; `at` is asked first, for places that say more than the kind does; `otherwise` is
    said of a fault that has no words.
    """

    model: Model
    sentences: Mapping[str, Sentence]
    examples: Mapping[str, str]
    otherwise: Sentence
    at: Callable[[str, Path], Sentence | None] = lambda _kind, _path: None


def faults_of(error: ValidationError, content: object, form: Form) -> Iterator[Fault]:
    """Each place once, up to MOST_FAULTS; `content` is what was checked, which tells a place of the file from the
    checker's own."""
    seen: set[Path] = set()
    for item in islice(error.errors(include_url=False), MOST_FAULTS):
        path = _place(item["loc"], content, form.model)
        # A list whose only entry is wrong counts as too short as well.
        is_echo = (
            item["type"] == "too_short" and item["ctx"]["actual_length"] == 0 and _has_entries(path, content)
        )
        if path not in seen and not is_echo:
            yield path, _sentence(item, path, content, form)
            seen.add(path)


def _has_entries(path: Path, content: object) -> bool:
    for step in path:
        content = _step_into(content, step)
    return bool(content)


def _step_into(content: object, step: int | str) -> object:
    """What stands there, or None."""
    if isinstance(content, Mapping):
        return content.get(step)
    if isinstance(content, Sequence) and not isinstance(content, str) and isinstance(step, int):
        return content[step] if step < len(content) else None
    return None


def _place(location: Path, content: object, model: Model) -> Path:
    """The part of a location that stands in the file: a choice of types adds the name of each type."""
    place: list[int | str] = []
    models: tuple[Model, ...] = (model,)
    for step in location:
        if isinstance(content, Mapping) and len(models) > 1:
            models = _chosen(models, content)
            continue
        if isinstance(content, Mapping):
            models = _within(models, str(step))
        elif not isinstance(content, Sequence) or isinstance(content, str) or isinstance(step, str):
            break
        content = _step_into(content, step)
        place.append(step)
    return tuple(place)


def _sentence(item: ErrorDetails, path: Path, content: object, form: Form) -> Sentence:
    kind, context = item["type"], item.get("ctx", {})
    of_the_place = form.at(kind, path)
    if of_the_place is not None:
        return of_the_place
    if kind == "missing":
        return _missing(str(path[-1]), form.examples)
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]), keys_at(form.model, path[:-1], content))
    if kind == "value_error" and isinstance(context["error"], Misfit):
        return context["error"].sentence
    if kind in form.sentences:
        return form.sentences[kind]
    return _LIMITS[kind](context) if kind in _LIMITS else _SENTENCES.get(kind, form.otherwise)


def _missing(key: str, examples: Mapping[str, str]) -> Sentence:
    if key in examples:
        return Sentence("`{key}` is missing; add it, such as `{example}`", key=key, example=examples[key])
    return Sentence("`{key}` is missing; add it", key=key)


def _unknown(key: str, known: Sequence[str]) -> Sentence:
    close = get_close_matches(key, known, 1)
    if close:
        return Sentence("there is no key `{key}` here; did you mean `{close}`?", key=key, close=close[0])
    return Sentence("there is no key `{key}` here; keys here are {known}", key=key, known=", ".join(known))


def keys_at(model: Model, path: Path, content: object = None) -> list[str]:
    """The keys that the mapping at a place may have; where types differ, `content` says which one stands there."""
    models: tuple[Model, ...] = (model,)
    for step in path:
        if isinstance(step, str):
            models = _within(_chosen(models, content), step)
        content = _step_into(content, step)
    return list(_fields(_chosen(models, content)))


def _fields(models: tuple[Model, ...]) -> dict[str, object]:
    """What the first of the models holds, by the keys that people write."""
    fields = models[0].model_fields if models else {}
    return {field.alias or name: field.annotation for name, field in fields.items()}


def _within(models: tuple[Model, ...], key: str) -> tuple[Model, ...]:
    return tuple(_models_in(_fields(models).get(key)))


def _chosen(models: tuple[Model, ...], content: object) -> tuple[Model, ...]:
    """Of several models the one that a mapping's `type` names, else the first."""
    tag = content.get("type") if isinstance(content, Mapping) else None
    named = (model for model in models if tag in get_args(_fields((model,)).get("type")))
    return (next(named, models[0]),) if models else ()


def _models_in(annotation: object) -> Iterator[Model]:
    """The models that an annotation such as `tuple[Level, ...]` or `Ladder | None` is made of."""
    if isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for inner in get_args(annotation):
            yield from _models_in(inner)
