"""The bot under the doctor's eyes: its token, groups, inline mode, and whether choices are reported."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.clock import SetClock
from bot.doctor.chat import ASKED_AT, CHOSEN_AT
from bot.sandbox.server import Sandbox
from models.store.deployment import keep
from tests.bot.doctor.stand_ins import Refusal, chat_server, me
from tests.bot.doctor.ward import Ward, failed, passed, warned
from tests.postgres import free_port


async def test_the_bot_is_named(ward: Ward, sandbox: Sandbox) -> None:
    seen = await ward.examine(sandbox)

    assert passed(seen["token"])
    assert f"@{sandbox.bot.username}" in seen["token"].sentence
    assert passed(seen["groups"])


async def test_without_a_token_the_chat_is_not_looked_at(ward: Ward) -> None:
    seen = await ward.examine()

    assert warned(seen["token"], "BOT_TOKEN is not set")
    assert not {"groups", "updates", "commands", "storage chat"} & {check.name for check in seen.checks}


async def test_a_token_that_is_refused(ward: Ward, sandbox: Sandbox) -> None:
    seen = await ward.examine(sandbox, bot_token=SecretStr("700000001:AAwrongWRONGwrongWRONGwrongWRONG"))

    assert failed(seen["token"], "refuses it")
    assert "updates" not in seen


@pytest.mark.parametrize(
    "token", ["no token at all", "7", "700000001:AA", "700000001 AAwrongWRONGwrongWRONG"]
)
async def test_what_is_no_token_is_not_even_asked_with(ward: Ward, sandbox: Sandbox, token: str) -> None:
    seen = await ward.examine(sandbox, bot_token=SecretStr(token))

    assert failed(seen["token"], "does not look like a token")
    assert sandbox.journal.entries() == ()


async def test_a_chat_server_that_is_not_there(ward: Ward, sandbox: Sandbox) -> None:
    seen = await ward.examine(sandbox, telegram_api_url=f"http://127.0.0.1:{free_port()}")

    assert failed(seen["token"], "can't be reached")
    assert passed(seen["database"])


async def test_a_chat_server_in_a_flood_asks_for_patience(ward: Ward) -> None:
    async with chat_server(getMe=Refusal(429, "Too Many Requests: retry after 7")) as server:
        seen = await ward.examine(server)

    assert warned(seen["token"], "asks to wait")


async def test_a_bot_that_stays_out_of_groups(ward: Ward) -> None:
    async with chat_server(getMe=me(can_join_groups=False)) as server:
        seen = await ward.examine(server)

    assert warned(seen["groups"], "can't be added to groups")
    assert "/setjoingroups" in str(seen["groups"].fix)


async def test_a_bot_that_reads_along(ward: Ward) -> None:
    async with chat_server(getMe=me(can_read_all_group_messages=True)) as server:
        seen = await ward.examine(server)

    assert warned(seen["groups"], "more than it needs")
    assert "/setprivacy" in str(seen["groups"].fix)


async def test_inline_mode_that_is_off_says_nothing_of_its_feedback(ward: Ward) -> None:
    async with chat_server(getMe=me(supports_inline_queries=False)) as server:
        seen = await ward.examine(server)

    assert warned(seen["inline mode"], "It is off")
    assert "/setinline " in str(seen["inline mode"].fix)
    assert "inline feedback" not in seen


async def test_feedback_is_told_from_what_came_in(ward: Ward, now: datetime) -> None:
    """Given queries and no choice, it seems off; once a choice came, it is on, whatever is asked afterwards."""
    told = []
    async with chat_server() as server:
        for word, moment in ((None, now), (ASKED_AT, now - timedelta(minutes=5)), (CHOSEN_AT, now)):
            if word is not None:
                async with ward.store.write() as session:
                    await keep(session, word, moment.isoformat())
            seen = await ward.examine(server, clock=SetClock(now + timedelta(hours=2)))
            assert passed(seen["inline mode"])
            told.append(seen["inline feedback"])

    unseen, silent, reported = told
    assert warned(unseen, "Not seen yet")
    assert warned(silent, "asked 2 hours ago, and no choice was ever reported")
    assert "/setinlinefeedback" in str(silent.fix)
    assert "100%" in str(silent.fix)
    assert passed(reported)


async def test_a_damaged_word_is_as_good_as_none(ward: Ward) -> None:
    async with ward.store.write() as session:
        await keep(session, CHOSEN_AT, "yesterday")
        await keep(session, ASKED_AT, "2026-03-04T09:30:00")

    async with chat_server() as server:
        seen = await ward.examine(server)

    assert warned(seen["inline feedback"], "Not seen yet")
