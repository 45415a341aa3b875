"""New messages of the bot: text, photos, documents; and files fetched back."""

from __future__ import annotations

from bot.sandbox.chat.content import read_caption, read_text
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.files import DOWNLOAD_BYTES, Document, Photo
from bot.sandbox.chat.keyboards import read_markup
from bot.sandbox.chat.methods.aiming import WORDS, aim, check_buttons, kind_of
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import message_json
from bot.sandbox.chat.world import Access
from bot.sandbox.wire import Json

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


async def send_message(server: ChatServer, params: Params) -> Json:
    """A message of text."""
    body = read_text(params)
    return _posted(server, params, body, None)


async def send_photo(server: ChatServer, params: Params) -> Json:
    """A picture, new or by the id of one that was sent before."""
    return _posted(server, params, read_caption(params), find_photo(server, params, "photo"))


async def send_document(server: ChatServer, params: Params) -> Json:
    """A file, new or by the id of one that was sent before."""
    return _posted(server, params, read_caption(params), find_document(server, params, "document"))


def _posted(server: ChatServer, params: Params, body: Formatted, media: Photo | Document | None) -> Json:
    markup = read_markup(params)
    spot = aim(server, params, WORDS if media is None else kind_of(media))
    check_buttons(spot.place, markup)
    message = server.post(
        spot.place,
        body,
        media,
        markup,
        reply_to=spot.reply_to,
        silent=params.flag("disable_notification"),
        topic=spot.topic,
        thread=spot.thread,
    )
    return message_json(server.world, message)


def find_photo(server: ChatServer, params: Params, name: str) -> Photo:
    """The photo under a parameter: an upload, `attach://` to one, or a file id."""
    found = _find(server, params, name, Photo)
    if isinstance(found, Photo):
        return found
    raise bad_request("can't use file of type Document as Photo")


def find_document(server: ChatServer, params: Params, name: str) -> Document:
    """The document under a parameter: an upload, `attach://` to one, or a file id."""
    found = _find(server, params, name, Document)
    if isinstance(found, Document):
        return found
    raise bad_request("can't use file of type Photo as Document")


def _find(server: ChatServer, params: Params, name: str, kind: type[Photo | Document]) -> Photo | Document:
    reference = params.text(name)
    upload = params.uploads.get(reference.removeprefix("attach://") if reference else name)
    if upload is not None:
        return server.files.add_photo(upload) if kind is Photo else server.files.add_document(upload)
    if not reference or reference.startswith("attach://"):
        raise bad_request(f"there is no {name} in the request")
    if "://" in reference:
        # This server has no way out: it fetches nothing.
        raise bad_request("failed to get HTTP URL content")
    return server.files.by_id(reference)


async def send_chat_action(server: ChatServer, params: Params) -> Json:
    """ "Typing" and the like, for five seconds."""
    place = server.world.place(params, access=Access.WRITE)
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    server.tell(Happening.ACTION, place.id, lambda _viewer: action)
    return True


async def get_file(server: ChatServer, params: Params) -> Json:
    """The download path of a file."""
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    found = server.files.by_id(file_id)
    if found.url is not None:
        # It stands elsewhere, and this server has no way out.
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(found.content) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    unique = found.sizes[-1].unique_id if isinstance(found, Photo) else found.unique_id
    return {
        "file_id": file_id,
        "file_unique_id": unique,
        "file_size": len(found.content),
        "file_path": found.path,
    }


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "getFile": get_file,
}
