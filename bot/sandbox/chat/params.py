"""The parameters of one request, however they travelled: query, form, multipart or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.chat.refusals import TOO_LARGE, bad_request
from bot.sandbox.wire import Json

TRUE_WORDS = {"true", "yes", "1"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """What the caller sent; readers give the Bot API's types and refuse what can't be one."""

    values: Mapping[str, Json] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value as text; empty when absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def number(self, name: str) -> int | None:
        """The value as a whole number; None when absent or not a number (the real server reads 0)."""
        value = self.values.get(name)
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int):
            return value
        try:
            return int(str(value).strip())
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """The value as a truth value; false when absent."""
        value = self.values.get(name)
        if isinstance(value, bool):
            return value
        return str(value).lower() in TRUE_WORDS

    def structure(self, name: str) -> Json:
        """The value as a JSON structure, which forms carry as text; None when absent or empty."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return as_json(json.loads(value))
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def numbers(self, name: str, most: int) -> tuple[int, ...]:
        """A list of message numbers, at least one; raises 400 for what can't be one."""
        value = self.structure(name)
        if value is not None and not is_list(value):
            raise bad_request("expected an Array of message identifiers")
        items = as_list(value)
        if not items:
            raise bad_request("message identifiers are not specified")
        if len(items) > most:
            raise bad_request("too many message identifiers specified")
        try:
            found = tuple(int(str(item)) for item in items)
        except ValueError as error:
            raise bad_request("invalid message identifier specified") from error
        if min(found) <= 0:
            raise bad_request("invalid message identifier specified")
        return found

    def names(self, name: str) -> tuple[str, ...] | None:
        """A list of words; None when absent."""
        value = self.structure(name)
        if value is None:
            return None
        if not is_list(value):
            raise bad_request(f"can't parse {name}: expected an array")
        return tuple(str(item) for item in as_list(value))


def as_json(value: object) -> Json:
    """A value from the json module, under its type; raises 400 for text that no encoding can carry."""
    if isinstance(value, str):
        if any(0xD800 <= ord(char) < 0xE000 for char in value):
            raise bad_request("strings must be encoded in UTF-8")
        return value
    if value is None or isinstance(value, int | float | bool):
        return value
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(name): as_json(item) for name, item in value.items()}
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def is_list(value: Json) -> bool:
    """Whether the value is a JSON array."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def as_list(value: Json) -> Sequence[Json]:
    """The items of a JSON array; none for anything else."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def as_object(value: Json) -> Mapping[str, Json]:
    """The members of a JSON object; none for anything else."""
    return value if isinstance(value, Mapping) else {}


async def read_params(request: web.Request) -> Params:
    """Read query, then the body by its type; raises 413 for what is too large."""
    values: dict[str, Json] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.method == "GET" or not request.can_read_body:
        return Params(values)
    try:
        if request.content_type == "application/json":
            values.update(_json_body(await request.text()))
        else:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    content = value.file.read()
                    uploads[name] = Upload(value.filename, value.content_type, content)
                else:
                    values[name] = (
                        value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
                    )
    except web.HTTPRequestEntityTooLarge as error:
        raise TOO_LARGE from error
    return Params(values, uploads)


def _json_body(text: str) -> Mapping[str, Json]:
    if not text.strip():
        return {}
    try:
        body = as_json(json.loads(text))
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(body, Mapping):
        raise bad_request("object expected as the body")
    return body
