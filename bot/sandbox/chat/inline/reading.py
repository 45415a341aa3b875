"""Read the bot's offers from a request and check them as the real server does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from bot.sandbox.chat.content import CAPTION_UNITS, TEXT_UNITS, marked_up
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.files import Document, FileStore, Photo
from bot.sandbox.chat.inline.result import InlineResult, ResultsButton
from bot.sandbox.chat.keyboards import markup_from, only_inline
from bot.sandbox.chat.params import Params, as_list, as_object, is_list
from bot.sandbox.chat.refusals import RefusedError, bad_request
from bot.sandbox.wire import Json

RESULTS = 50
"""Bot API limit of results in one answer."""
ID_BYTES = 64
"""Bot API limit of a result's id."""
TITLELESS = {"article": "ARTICLE_TITLE_EMPTY", "document": "FILE_TITLE_EMPTY"}
"""How the server refuses an empty title."""
DOCUMENT_TYPES = ("application/pdf", "application/zip")
"""Bot API: the only documents that may be named by address."""
START_PARAMETER = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
UNMEASURED = 800
"""The side of a picture whose measures nobody gave."""
Fields = Mapping[str, Json]
Read = TypeVar("Read")


def read_results(params: Params, files: FileStore) -> tuple[InlineResult, ...]:
    """The results of an answer; raises 400 for what the real server refuses."""
    raw = params.structure("results")
    if raw is not None and not is_list(raw):
        raise bad_request("expected an Array of inline query results")
    items = as_list(raw)
    if len(items) > RESULTS:
        raise bad_request("too many inline query results specified")
    results = tuple(read_result(item, files) for item in items)
    names = [result.id for result in results]
    if len(set(names)) < len(names):
        raise bad_request("RESULT_ID_DUPLICATE")
    return results


def read_result(raw: Json, files: FileStore) -> InlineResult:
    """One result; raises 400."""
    if not isinstance(raw, Mapping):
        raise _unreadable("Inline query result must be an object")
    kind, name = _required(raw, "type").lower(), _required(raw, "id")
    if kind not in {"article", "photo", "document"}:
        raise _unreadable(f'type "{kind}" is unsupported for the inline query result')
    words = _words(raw, kind)
    keyboard = only_inline(markup_from(raw.get("reply_markup")))
    if keyboard is not None and keyboard.opens_apps:
        # Where the message will go nobody knows: only in a private chat can a button open a Mini App.
        raise bad_request("BUTTON_TYPE_INVALID")
    title = _required(raw, "title") if kind in {"article", "document"} else _text(raw, "title")
    media = _media(raw, kind, files)
    if not 1 <= len(name.encode()) <= ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if kind in TITLELESS and not title.strip():
        raise bad_request(TITLELESS[kind])
    return InlineResult(
        id=name,
        kind=kind,
        title=title,
        description=_text(raw, "description"),
        thumbnail=_address(_text(raw, "thumbnail_url")),
        body=words,
        # A text given beside a picture takes the picture's place when the result is sent.
        media=None if "input_message_content" in raw else media,
        keyboard=keyboard,
    )


def read_button(params: Params) -> ResultsButton | None:
    """The button above the results; raises 400."""
    raw = params.structure("button")
    if raw is None:
        return None
    fields = as_object(raw)
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse inline query results button: Can't find field \"text\"")
    if ("web_app" in fields) == ("start_parameter" in fields):
        raise bad_request("InlineQueryResultsButton must have exactly one optional field")
    if "web_app" in fields:
        return ResultsButton(text, web_app=str(as_object(fields["web_app"]).get("url", "")))
    parameter = str(fields["start_parameter"])
    if not START_PARAMETER.match(parameter):
        raise bad_request("START_PARAM_INVALID")
    return ResultsButton(text, start_parameter=parameter)


def _words(raw: Fields, kind: str) -> Formatted:
    content = raw.get("input_message_content")
    if content is not None:
        return _message_text(as_object(content))
    if kind == "article":
        raise _unreadable('Can\'t find field "message_text"')
    words = _inside(
        lambda: marked_up(_text(raw, "caption"), _text(raw, "parse_mode"), raw.get("caption_entities"))
    )
    if words.length > CAPTION_UNITS:
        raise bad_request("MEDIA_CAPTION_TOO_LONG")
    return words


def _message_text(content: Fields) -> Formatted:
    if "message_text" not in content:
        raise _unreadable("input message content is not specified")
    words = _inside(
        lambda: marked_up(
            _text(content, "message_text"), _text(content, "parse_mode"), content.get("entities")
        )
    )
    if not words.text:
        raise _unreadable("Message text is empty")
    if words.length > TEXT_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    return words


def _media(raw: Fields, kind: str, files: FileStore) -> Photo | Document | None:
    if kind == "article":
        return None
    reference = _text(raw, f"{kind}_url") or _required(raw, f"{kind}_file_id")
    url = _address(reference)
    if url is None:
        return _cached(reference, kind, files)
    if kind == "photo":
        if not _text(raw, "thumbnail_url"):
            raise bad_request("PHOTO_THUMB_URL_EMPTY")
        return files.remote_photo(url, _side(raw, "photo_width"), _side(raw, "photo_height"))
    content_type = _required(raw, "mime_type")
    if not content_type.startswith(DOCUMENT_TYPES):
        raise bad_request("unallowed document MIME type")
    return files.remote_document(url, content_type)


def _cached(file_id: str, kind: str, files: FileStore) -> Photo | Document:
    try:
        found = files.by_id(file_id)
    except RefusedError as error:
        raise bad_request("wrong remote file identifier specified: can't unserialize it") from error
    wanted = Photo if kind == "photo" else Document
    if not isinstance(found, wanted):
        raise bad_request(f"can't use file of type {type(found).__name__} as {wanted.__name__}")
    return found


def _side(raw: Fields, name: str) -> int:
    value = raw.get(name)
    return value if isinstance(value, int) and value > 0 else UNMEASURED


def _address(url: str) -> str | None:
    """The address, or None for what has no dot: that is a file id."""
    if "." not in url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("WEBDOCUMENT_URL_INVALID")
    return url


def _text(raw: Fields, name: str) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _unreadable(f'Field "{name}" must be of type String')
    return value


def _required(raw: Fields, name: str) -> str:
    if name not in raw:
        raise _unreadable(f'Can\'t find field "{name}"')
    return _text(raw, name)


def _inside(read: Callable[[], Read]) -> Read:
    """What is wrong inside a result is told as wrong with the result."""
    try:
        return read()
    except RefusedError as error:
        reason = error.description.removeprefix("Bad Request: ")
        raise _unreadable(reason[:1].upper() + reason[1:]) from error


def _unreadable(reason: str) -> RefusedError:
    return bad_request(f"can't parse inline query result: {reason}")
