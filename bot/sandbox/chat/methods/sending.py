"""New messages of the bot: text, photos, documents, copies; and files fetched back."""

from __future__ import annotations

from bot.sandbox.chat.content import read_caption, read_text
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.files import DOWNLOAD_BYTES, Document, Photo
from bot.sandbox.chat.keyboards import read_markup
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params, as_object
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.state import Message, Person
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
    person = server.world.open_chat(params)
    message = server.post(
        person,
        body,
        media,
        markup,
        reply_to=_reply_to(server, params, person),
        silent=params.flag("disable_notification"),
    )
    return server.world.message_json(message)


def _reply_to(server: ChatServer, params: Params, person: Person) -> int | None:
    asked = as_object(params.structure("reply_parameters"))
    number = asked.get("message_id", params.number("reply_to_message_id"))
    if not isinstance(number, int):
        return None
    if number in server.world.chats[person.id]:
        return number
    if asked.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


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


async def copy_message(server: ChatServer, params: Params) -> Json:
    """The same content as a message of the bot's own."""
    original = _original(server, params)
    person = server.world.open_chat(params)
    body = read_caption(params) if "caption" in params.values and original.media else original.body
    message = server.post(person, body, original.media, read_markup(params))
    return {"message_id": message.id}


async def forward_message(server: ChatServer, params: Params) -> Json:
    """The same content, marked as forwarded."""
    original = _original(server, params)
    person = server.world.open_chat(params)
    message = server.post(person, original.body, original.media, forwarded=True)
    return server.world.message_json(message)


def _original(server: ChatServer, params: Params) -> Message:
    source = server.world.chat(params, "from_chat_id")
    message = server.world.chats[source.id].get(params.number("message_id") or 0)
    if message is None:
        raise bad_request("message to copy not found")
    return message


async def send_chat_action(server: ChatServer, params: Params) -> Json:
    """ "Typing" and the like, for five seconds."""
    person = server.world.open_chat(params)
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    server.feed.tell(Happening.ACTION, person.id, action)
    return True


async def get_file(server: ChatServer, params: Params) -> Json:
    """The download path of a file."""
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    found = server.files.by_id(file_id)
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
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "sendChatAction": send_chat_action,
    "getFile": get_file,
}
