"""Read a message's words from a request: markup, trimming and the limits of length."""

from __future__ import annotations

from bot.sandbox.chat.entities import Entity, Formatted, finished
from bot.sandbox.chat.html import parse_html
from bot.sandbox.chat.markdown import parse_markdown
from bot.sandbox.chat.params import Params, as_list, as_object
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.wire import Json

TEXT_UNITS = 4096
"""Bot API limit of a message's text, after entity parsing, in UTF-16 units."""
CAPTION_UNITS = 1024
"""Bot API limit of a caption, after entity parsing, in UTF-16 units."""


CLEANED = str.maketrans(
    {
        **{chr(code): " " for code in (*range(10), 11, 12, *range(14, 32))},
        **{chr(code): None for code in (13, *range(0x2028, 0x202F), 0x30A, 0x333, 0x33F)},
    }
)
"""What the server takes out of any text: control characters, direction overrides, strokes through lines."""


def read_text(params: Params) -> Formatted:
    """The text of a message; raises 400 when it is empty, too long or its markup is broken."""
    formatted = marked_up(params.text("text"), params.text("parse_mode"), params.structure("entities"))
    if not formatted.text:
        raise bad_request("message text is empty")
    if formatted.length > TEXT_UNITS:
        raise bad_request("message is too long")
    return formatted


def read_caption(params: Params) -> Formatted:
    """The caption of a file, which may be empty; raises 400 when it is too long or broken."""
    entities = params.structure("caption_entities")
    return caption(params.text("caption"), params.text("parse_mode"), entities)


def caption(text: str, parse_mode: str, entities: Json) -> Formatted:
    """A caption from its parts, as they also stand inside InputMedia."""
    formatted = marked_up(text, parse_mode, entities)
    if formatted.length > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return formatted


def marked_up(source: str, parse_mode: str, entities: Json) -> Formatted:
    """Words with their markup read, of any length; raises 400 when the markup is broken."""
    if any(0xD800 <= ord(char) < 0xE000 for char in source):
        raise bad_request("strings must be encoded in UTF-8")
    source = source.translate(CLEANED)
    mode = parse_mode.lower()
    if mode == "html":
        return finished(*parse_html(source))
    if mode == "markdownv2":
        return finished(*parse_markdown(source))
    if mode not in {"", "none"}:
        raise bad_request("unsupported parse_mode")
    return finished(source, [_entity(item) for item in as_list(entities)])


def _entity(item: Json) -> Entity:
    fields = as_object(item)
    offset, length = fields.get("offset"), fields.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
    url, language = fields.get("url"), fields.get("language")
    return Entity(
        str(fields.get("type", "")),
        offset,
        length,
        url=str(url) if url else None,
        language=str(language) if language else None,
    )
