"""How chats look to those who read them from the people's side: the page, the control API."""

from __future__ import annotations

from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.wire import Json, present


def message_view(message: Message) -> dict[str, Json]:
    """A message as a chat client draws it; files by addresses of this server."""
    media = message.media
    view = present(
        message_id=message.id,
        from_bot=message.from_bot,
        date=message.sent_at,
        edited=message.edited_at is not None,
        silent=message.silent,
        forwarded=message.forwarded,
        reply_to=message.reply_to,
        text=message.body.text,
        entities=[entity.as_json() for entity in message.body.entities],
        buttons=[[button.as_json() for button in row] for row in message.keyboard.rows]
        if message.keyboard
        else [],
    )
    if isinstance(media, Photo):
        size = media.sizes[-1]
        view["photo"] = {
            "url": f"/control/files/{media.file_id}",
            "width": size.width,
            "height": size.height,
        }
    elif media is not None:
        view["document"] = {
            "url": f"/control/files/{media.file_id}",
            "name": media.filename,
            "size": len(media.content),
        }
    return view


def person_view(person: Person) -> dict[str, Json]:
    """A person as the page lists them."""
    return present(
        id=person.id,
        name=person.name,
        username=person.username,
        language_code=person.language_code,
        started=person.started,
        blocked=person.blocked,
    )
