"""The smoke journey against a chat server that nobody here wrote: `lo-bot-api-emulator` from PyPI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator
from lo_bot_api_emulator.journal import verdict
from pydantic import BaseModel, JsonValue, SecretStr

from bot.app import Role, open_tuike
from bot.settings import Settings
from models.store.engine import Store
from tests.builders import Shop, open_shop

TOKEN = "7:AAsecondSECONDsecondSECONDsecondSECON"
PERSON = 4242
PATIENCE = 20.0
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Button(BaseModel):
    text: str
    callback_data: str = ""


class Keyboard(BaseModel):
    inline_keyboard: list[list[Button]] = []


class Card(BaseModel):
    """A message as the double answers it."""

    message_id: int
    text: str = ""
    caption: str = ""
    photo: list[JsonValue] = []
    reply_markup: Keyboard = Keyboard()

    def button(self, label: str) -> Button:
        return next(each for row in self.reply_markup.inline_keyboard for each in row if label in each.text)


class Answer(BaseModel):
    ok: bool
    result: JsonValue = None


class Emulator(LoBotApiEmulator):  # type: ignore[misc]  # the package has no types
    """Takes in, as the Bot API would, the two real things of ours that the double doesn't know.

    A parameter is left out; a button that lets its reader choose a chat stands as its older sibling. It answers a
    picture without the buttons that came with it, so that we remember them.
    """

    keyboard = Keyboard()

    async def read_request(self, request: web.Request) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
        fields, uploads = await super().read_request(request)
        fields.pop("link_preview_options", None)
        markup = fields.get("reply_markup")
        if isinstance(markup, str):
            fields["reply_markup"] = json.dumps(json.loads(markup, object_hook=_older))
        elif markup is not None:
            fields["reply_markup"] = json.loads(json.dumps(markup), object_hook=_older)
        shown = fields.get("reply_markup") or "{}"
        self.keyboard = Keyboard.model_validate_json(shown if isinstance(shown, str) else json.dumps(shown))
        return fields, uploads


def _older(button: dict[str, JsonValue]) -> dict[str, JsonValue]:
    chosen = button.pop("switch_inline_query_chosen_chat", None)
    if isinstance(chosen, dict):
        button["switch_inline_query"] = chosen.get("query", "")
    return button


@dataclass
class Double:
    """The double, what its one person sees, and what that person can do."""

    emulator: Emulator
    url: str = ""
    cards: asyncio.Queue[Card] = field(default_factory=asyncio.Queue)

    async def writes(self, text: str) -> None:
        await self._happens("message", {"message_id": 1, "text": text, **self._where(), "entities": []})

    async def taps(self, card: Card, label: str) -> None:
        body: dict[str, JsonValue] = (
            {"photo": card.photo, "caption": card.caption} if card.photo else {"text": card.text}
        )
        shown = {"message_id": card.message_id, **body, **self._where()}
        button = card.button(label)
        await self._happens(
            "callback_query",
            {"id": "q1", "chat_instance": "1", "data": button.callback_data, "message": shown, **self._who()},
        )

    async def sees(self) -> Card:
        async with asyncio.timeout(PATIENCE):
            return await self.cards.get()

    async def _happens(self, kind: str, body: dict[str, JsonValue]) -> None:
        await self.emulator.enqueue_update({kind: body}, token=TOKEN)

    def _who(self) -> dict[str, JsonValue]:
        return {"from": {"id": PERSON, "is_bot": False, "first_name": "Mei", "language_code": "en"}}

    def _where(self) -> dict[str, JsonValue]:
        return {"date": 1, "chat": {"id": PERSON, "type": "private", "first_name": "Mei"}, **self._who()}

    @web.middleware
    async def listen(self, request: web.Request, handler: Next) -> web.StreamResponse:
        """Give the bot the username that this double's getMe lacks, and show every card to the person."""
        response = await handler(request)
        method = request.match_info.get("method")
        if not isinstance(response, web.Response) or response.status != 200:
            return response
        answer = Answer.model_validate_json(response.text or "")
        if method == "getMe" and isinstance(answer.result, dict):
            named: dict[str, JsonValue] = {"ok": True, "result": {**answer.result, "username": "second_bot"}}
            return web.json_response(named)
        if method in {"sendMessage", "sendPhoto", "editMessageText"}:
            card = Card.model_validate(answer.result)
            card.reply_markup = self.emulator.keyboard if card.photo else card.reply_markup
            self.cards.put_nowait(card)
        return response


@asynccontextmanager
async def second_double(journal: Path) -> AsyncIterator[Double]:
    double = Double(Emulator(journal=journal))
    app = double.emulator.app()
    app.middlewares.append(double.listen)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        double.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield double
    finally:
        await runner.cleanup()


async def _open_shop(database_url: str, now: datetime) -> Shop:
    store = Store(database_url)
    try:
        shop = await open_shop(store, now)
        await shop.plan()
    finally:
        await store.close()
    return shop


async def test_a_person_joins(database_url: str, now: datetime, tmp_path: Path) -> None:
    # Given a shop that is open to join, and the product's chat role at the second double
    shop = await _open_shop(database_url, now)
    journal = tmp_path / "journal.jsonl"
    async with second_double(journal) as double:
        settings = Settings(
            _env_file=None,
            bot_token=SecretStr(TOKEN),
            telegram_api_url=double.url,
            database_url=database_url,
            data_dir=tmp_path,
            http_port=0,
        )
        async with open_tuike(settings, frozenset({Role.CHAT})):
            # When a person comes by the shop's link
            await double.writes(f"/start {shop.merchant.public_id}")

            # Then they are invited, with a picture of the plan, and a tap makes them a member
            invitation = await double.sees()
            assert invitation.photo
            assert shop.merchant.name in invitation.caption
            await double.taps(invitation, "Join")
            home = await double.sees()
            assert "Available now" in home.text

    # And the double's own judge finds nothing wrong, but for what it doesn't model
    judged = verdict(
        journal,
        require_response=True,
        require_methods=("getMe", "getUpdates", "sendPhoto", "sendMessage", "answerCallbackQuery"),
        allowed_refusals=(
            "getMyDescription:501",
            "getMyShortDescription:501",
            "getChatMenuButton:501",
            "setMyDescription:501",
            "setMyShortDescription:501",
        ),
    )
    assert judged["ok"], judged
