"""`/app/share`: a page inside the chat client that sends a buyer's card in two taps (a prepared message).

The page itself knows nothing: it hands on the chat client's signed word, gets the number of a message that was
prepared for exactly this person, and asks the client to send it.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.cards.inline import InlineResult
from bot.context import ChatContext
from bot.settings import TELEGRAM
from bot.voice.catalogue import Voice
from bot.voice.languages import negotiate
from handlers.chat import inline
from handlers.chat.visit import NoSeat, Visit
from handlers.web.init_data import MOST_CHARS, Opener, read_init_data
from handlers.web.keys import CHAT, CONTEXT
from handlers.web.problems import ChatBusy, Malformed, TooLarge, Unauthorised
from models.errors import NotFound
from models.people.persons import person_in_chat
from models.store.deployment import use_once

_PAGES = files("handlers.web.pages")
_CLIENTS: Final = ("https://web.telegram.org", "https://*.telegram.org")
"""Where the chat client's own pages stand, which alone may frame ours (operations.md F5)."""
_ASSETS: Final = {"share.js": "text/javascript", "share.css": "text/css"}


class ShareRequest(BaseModel):
    """The chat client's signed word (initData), and which product."""

    model_config = ConfigDict(extra="forbid")

    init_data: str = Field(min_length=1, max_length=MOST_CHARS)
    product: str = Field(min_length=1, max_length=20, pattern=r"^\d+$")


class ShareReady(BaseModel):
    """The number of the message that was prepared for this person."""

    id: str


async def share_page(request: web.Request) -> web.StreamResponse:
    """The page, in the reader's language."""
    voice = Voice(negotiate(request.query.get("lang"), *_wishes(request)))
    words = {
        "wait": voice.plain("⏳ Preparing your card…"),
        "choose": voice.plain("Choose a chat."),
        "sent": voice.plain("✅ Sent."),
        "failed": voice.plain("It could not be sent. Close this and try again."),
        "outside": voice.plain("Open this page from the chat with the bot."),
    }
    page = (_PAGES / "share.html").read_text("utf-8")
    html = page.replace("{{lang}}", voice.language.tag).replace(
        "{{words}}", json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    )
    frames = " ".join((*_CLIENTS, *_sandbox(request)))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors {frames}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(text=html, content_type="text/html", headers=headers)


async def share_asset(request: web.Request) -> web.StreamResponse:
    """The page's script and style sheet."""
    name = request.match_info["name"]
    if name not in _ASSETS:
        raise NotFound("file", name[:40])
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    text = (_PAGES / name).read_text("utf-8")
    return web.Response(text=text, content_type=_ASSETS[name], headers=headers)


def _wishes(request: web.Request) -> list[str]:
    """The languages that the browser asks for, in its order."""
    accepted = request.headers.get("Accept-Language", "")
    return [part.partition(";")[0].strip() for part in accepted.split(",")][:10]


def _sandbox(request: web.Request) -> tuple[str, ...]:
    """A chat server of one's own frames the page too, as the demo's chat page does."""
    parts = urlsplit(request.app[CONTEXT].settings.telegram_api_url)
    address = f"{parts.scheme}://{parts.netloc}"
    return () if address == TELEGRAM else (address,)


async def prepare_share(request: web.Request) -> web.StreamResponse:
    """Prepare a product's card for whoever opened the page. One opening prepares one card."""
    wish = await _wish(request)
    chat = request.app[CHAT].at_hand()
    if chat is None or chat.settings.bot_token is None:
        raise NotFound("page", "share")
    now = chat.clock.now()
    opener = read_init_data(wish.init_data, chat.settings.bot_token.get_secret_value(), now)
    result = await _result(chat, opener, wish.product)
    prepared = await chat.gateway.prepare(opener.chat_id, result)
    if prepared is None:
        raise ChatBusy("The chat server takes no message now; please try again.")
    return web.json_response(ShareReady(id=prepared).model_dump(), headers={"Cache-Control": "no-store"})


async def _wish(request: web.Request) -> ShareRequest:
    try:
        return ShareRequest.model_validate_json(await request.read())
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge("The request is too large.") from error
    except ValidationError as error:
        raise Malformed("The request takes init_data and product, as JSON.") from error


async def _result(chat: ChatContext, opener: Opener, product: str) -> InlineResult:
    now = chat.clock.now()
    async with chat.store.write() as session:
        if not await use_once(session, f"app:{opener.digest[:40]}", now):
            raise Unauthorised("This page was used already; open it anew.")
        person = await person_in_chat(session, opener.chat_id)
        if person is None:
            raise NotFound("product", product)
        voice = Voice(negotiate(person.language, opener.language or person.client_language))
        visit = Visit(chat, session, person, voice, now, product)
        try:
            return await inline.prepared(visit)
        except NoSeat as error:
            raise NotFound("product", product) from error
