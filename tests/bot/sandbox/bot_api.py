"""Requests of the product held against an independent description of the Bot API.

aiogram's method models are generated from the official description; nobody here wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import aiogram.methods
from aiogram.client.default import Default
from aiogram.types import BufferedInputFile, InputFile
from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.sandbox.chat.journal import Entry, Journal

STAND_IN = BufferedInputFile(b"x", "file")
ATTACHED = "attach://"


def check_request(method: str, params: Mapping[str, object]) -> list[str]:
    """What is wrong with a request, each in one sentence: unknown method or field, wrong type, missing field.

    `params` are as they travel: forms carry structures as JSON text. Uploads are given as bytes.
    """
    model = _model(method)
    if model is None:
        return [f"{method}: no such method"]
    found = [f"{method}: unknown field {name!r}" for name in params if name not in model.model_fields]
    known = {name: _structure(value) for name, value in params.items() if name in model.model_fields}
    try:
        read = model.model_validate(known)
    except ValidationError as error:
        for issue in error.errors():
            place = ".".join(str(part) for part in issue["loc"])
            found.append(f"{method}: {place}: {issue['msg']}")
        return found
    found.extend(_unknown_inside(method, read))
    return found


def complaints(journal: Journal) -> list[str]:
    """What is wrong with any request in a sandbox's journal."""
    return [complaint for entry in journal.entries() for complaint in _entry_complaints(entry)]


def wrong_answers(journal: Journal) -> list[str]:
    """Where the sandbox itself strays: successful answers that don't fit the description's types."""
    found: list[str] = []
    for entry in journal.entries():
        model = _model(entry.method)
        answer = entry.answer
        if model is None or entry.status != 200 or not isinstance(answer, Mapping):
            continue
        try:
            TypeAdapter(model.__dict__["__returning__"]).validate_python(answer["result"])
        except ValidationError as error:
            found.append(f"{entry.method}: {error}")
    return found


def watch(journal: Journal) -> list[str]:
    """A list that grows with every wrong request from now on."""
    found: list[str] = []
    journal.watch(lambda entry: found.extend(_entry_complaints(entry)))
    return found


def _entry_complaints(entry: Entry) -> list[str]:
    params: dict[str, object] = dict(entry.params)
    model = _model(entry.method)
    # A part that a field names with attach:// is not a field of its own.
    named = {str(value).removeprefix(ATTACHED) for value in _strings(params) if value.startswith(ATTACHED)}
    if model is not None:
        params.update({name: b"" for name in entry.files if name not in named})
    return check_request(entry.method, params)


@cache
def _model(method: str) -> type[BaseModel] | None:
    found = getattr(aiogram.methods, method[:1].upper() + method[1:], None)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _structure(value: object) -> object:
    if isinstance(value, bytes):
        return STAND_IN
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return _files(json.loads(value))
        except ValueError:
            return value
    return _files(value)


def _files(value: object) -> object:
    """The same structure with a file in place of each `attach://`."""
    if isinstance(value, Mapping):
        return {name: _files(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_files(inner) for inner in value]
    if isinstance(value, str) and value.startswith(ATTACHED):
        return STAND_IN
    return value


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        if value[:1] in {"{", "["}:
            try:
                return _strings(json.loads(value))
            except ValueError:
                return [value]
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _strings(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _strings(inner)]
    return []


def _unknown_inside(place: str, value: object) -> list[str]:
    """Fields that the models don't know, at any depth: aiogram keeps them as extras."""
    if isinstance(value, InputFile | Default):
        return []
    if isinstance(value, BaseModel):
        extras = value.model_extra or {}
        found = [f"{place}: unknown field {name!r}" for name in extras]
        for name in type(value).model_fields:
            found.extend(_unknown_inside(f"{place}.{name}", getattr(value, name)))
        return found
    if isinstance(value, list | tuple):
        return [
            complaint
            for index, inner in enumerate(value)
            for complaint in _unknown_inside(f"{place}[{index}]", inner)
        ]
    return []
