"""Throws: the server draws the value, the bot only sees it."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.keyboards import read_markup
from bot.sandbox.chat.methods.aiming import DICE, aim, check_buttons
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import message_json
from bot.sandbox.chat.state import Dice
from bot.sandbox.wire import Json

SIDES = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
"""Bot API, Dice: the highest value of each emoji; the lowest is 1."""


async def send_dice(server: ChatServer, params: Params) -> Json:
    """Throw a die, a dart, a ball or a slot machine."""
    emoji = (params.text("emoji") or "🎲").removesuffix("\ufe0f")
    if emoji not in SIDES:
        raise bad_request("EMOTICON_INVALID")
    markup = read_markup(params)
    spot = aim(server, params, DICE)
    check_buttons(spot.place, markup)
    message = server.post(
        spot.place,
        Formatted(),
        None,
        markup,
        reply_to=spot.reply_to,
        silent=params.flag("disable_notification"),
        topic=spot.topic,
        thread=spot.thread,
        dice=Dice(emoji, server.chance.randint(1, SIDES[emoji])),
    )
    return message_json(server.world, message)


METHODS: dict[str, Method] = {"sendDice": send_dice}
