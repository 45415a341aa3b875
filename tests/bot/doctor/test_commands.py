"""What the chat server lists of the bot, under the doctor's eyes."""

from __future__ import annotations

from telegram import Bot

from bot.gateway.gateway import Gateway
from bot.gateway.transport import AiohttpRequest
from bot.sandbox.server import Sandbox
from handlers.chat.registering import registration
from tests.bot.doctor.stand_ins import Refusal, chat_server
from tests.bot.doctor.ward import Ward, failed, passed, warned

SUBJECTS = ("commands", "descriptions", "menu button")


async def registered(sandbox: Sandbox) -> None:
    """Put everything in place, as a start does."""
    request = AiohttpRequest()
    url = f"{sandbox.api_url}/bot"
    async with Bot(sandbox.token, base_url=url, request=request, get_updates_request=request) as bot:
        assert await Gateway(bot).register(registration()) == ()


async def test_a_bot_that_never_ran_lists_nothing_and_the_doctor_leaves_it_so(
    ward: Ward, sandbox: Sandbox
) -> None:
    seen = await ward.examine(sandbox)

    assert warned(seen["commands"], "all_private_chats, zh")
    assert warned(seen["descriptions"], "any other language")
    assert sandbox.bot.commands == {}
    assert not [e for e in sandbox.journal.entries() if e.method.startswith(("set", "delete"))]


async def test_a_bot_that_ran(ward: Ward, sandbox: Sandbox) -> None:
    await registered(sandbox)

    seen = await ward.examine(sandbox)

    assert all(passed(seen[subject]) for subject in SUBJECTS)


async def test_what_was_changed_by_hand_is_named(ward: Ward, sandbox: Sandbox) -> None:
    await registered(sandbox)
    sandbox.bot.commands["all_group_chats", ""] = (("goods", "Here too"),)
    sandbox.bot.short_descriptions["zh"] = "最好的机器人"
    sandbox.bot.menu_buttons[0] = {"type": "default"}

    seen = await ward.examine(sandbox)

    assert warned(seen["commands"], "(all_group_chats, any other language)")
    assert warned(seen["descriptions"], "(zh)")
    assert warned(seen["menu button"], "every chat")


async def test_a_server_that_will_not_tell(ward: Ward) -> None:
    async with chat_server(getMyCommands=Refusal(400, "Bad Request: not today")) as server:
        seen = await ward.examine(server)

    assert failed(seen["commands"], "Not today")
    assert passed(seen["updates"])
