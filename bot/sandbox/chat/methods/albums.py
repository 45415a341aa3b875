"""Albums: up to ten pictures, or up to ten files, sent at once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.chat.content import caption
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.methods.aiming import aim, kind_of
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.methods.sending import find_document, find_photo
from bot.sandbox.chat.params import Params, as_list, is_list
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import message_json
from bot.sandbox.wire import Json, random_name

MOST = 10
"""Bot API limit of an album."""


async def send_media_group(server: ChatServer, params: Params) -> Json:
    """Several pictures or files that a client shows as one."""
    if not params.text("media"):
        raise bad_request('parameter "media" is required')
    raw = params.structure("media")
    if not is_list(raw):
        raise bad_request("expected an Array of InputMedia")
    asked = as_list(raw)
    if not asked:
        raise bad_request("there are no messages to send")
    if len(asked) > MOST:
        raise bad_request("too many messages to send as an album")
    items = [_item(server, params, item) for item in asked]
    kinds = {kind_of(media) for media, _body in items}
    if len(kinds) > 1:
        raise bad_request("document can't be mixed with other media types")
    spot = aim(server, params, *kinds)
    # One alone is no album: it is sent as any other.
    album = random_name(17) if len(items) > 1 else None
    sent = [
        server.post(
            spot.place,
            body,
            media,
            reply_to=spot.reply_to,
            silent=params.flag("disable_notification"),
            topic=spot.topic,
            thread=spot.thread,
            album=album,
        )
        for media, body in items
    ]
    return [message_json(server.world, message) for message in sent]


def _item(server: ChatServer, params: Params, raw: Json) -> tuple[Photo | Document, Formatted]:
    if not isinstance(raw, Mapping):
        raise bad_request("can't parse InputMedia: expected an Object")
    kind = str(raw.get("type", ""))
    if kind == "animation":
        raise bad_request("can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
    if kind not in {"photo", "document"}:
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    inner = Params(raw, params.uploads)
    if not inner.text("media"):
        raise bad_request("can't parse InputMedia: media not found")
    words = caption(inner.text("caption"), inner.text("parse_mode"), inner.structure("caption_entities"))
    find = find_photo if kind == "photo" else find_document
    return find(server, inner, "media"), words


METHODS: dict[str, Method] = {"sendMediaGroup": send_media_group}
