"""A small program on the intake, to be killed: answers each text with itself and tells its log of it.

Run as `python -m tests.handlers.chat_intake.program DATABASE_URL API_URL TOKEN LOG`. The log gets a line for
each text when its handling begins and ends.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from markupsafe import Markup
from telegram import Bot, Update

from bot.cards.card import Card
from bot.clock import SystemClock
from bot.gateway.clock import SystemClock as GatewayClock
from bot.gateway.gateway import Gateway
from bot.gateway.pacing import Pacing
from bot.gateway.speed import UNLIMITED, Lane
from bot.gateway.transport import AiohttpRequest
from handlers.chat.intake import Intake
from handlers.chat.intake_polling import Polling
from models.store.engine import Store


async def main(database_url: str, api_url: str, token: str, log: Path) -> None:
    """Answer for ever."""
    request = AiohttpRequest()
    await request.initialize()
    bot = Bot(token, base_url=f"{api_url}/bot", request=request, get_updates_request=request)
    clock = GatewayClock()
    gateway = Gateway(bot, clock=clock, pacing=Pacing(clock, UNLIMITED))

    async def handle(update: Update) -> None:
        assert update.message is not None
        text = update.message.text or ""
        with log.open("a") as diary:
            diary.write(f"begin {text}\n")
        await gateway.send(update.message.chat.id, Card(Markup(f"heard {text}.")), lane=Lane.REPLY)
        with log.open("a") as diary:
            diary.write(f"end {text}\n")

    intake = Intake(Store(database_url), bot, SystemClock(), handle)
    await intake.resume()
    await Polling(intake, bot).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
