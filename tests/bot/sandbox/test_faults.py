"""The server fails as it is told to."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.sandbox.chat.faults import Fault, FaultKind, Scope
from bot.sandbox.chat.methods import METHODS
from bot.sandbox.chat.pacing import Violation
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Clock, Hands, Reply


def newcomer(sandbox: Sandbox) -> int:
    phone = sandbox.phone("Ann")
    phone.start()
    return phone.id


async def send(hands: Hands, chat_id: int) -> Reply:
    return await hands.call("sendMessage", chat_id=chat_id, text="x")


@pytest.mark.parametrize(
    ("fault", "status", "description"),
    [
        (Fault(FaultKind.FORBIDDEN, times=1), 403, "Forbidden: bot was blocked by the user"),
        (Fault(FaultKind.SERVER_ERROR, times=1), 502, "Bad Gateway"),
        (Fault(FaultKind.SERVER_ERROR, times=1, code=500), 500, "Internal Server Error"),
        (
            Fault(FaultKind.TOO_MANY, "sendMessage", times=1, retry_after=7),
            429,
            "Too Many Requests: retry after 7",
        ),
    ],
)
async def test_the_next_call_fails_and_has_no_effect(
    hands: Hands, sandbox: Sandbox, fault: Fault, status: int, description: str
) -> None:
    ann, bob = newcomer(sandbox), newcomer(sandbox)
    sandbox.faults.plan(fault)
    failed, next_one = await send(hands, ann), await send(hands, bob)
    assert (failed.status, failed.description) == (status, description)
    assert next_one.status == 200
    assert len(sandbox.people.messages(ann)) == 1


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_every_method_can_be_made_to_fail(hands: Hands, sandbox: Sandbox, method: str) -> None:
    sandbox.faults.plan(Fault(FaultKind.SERVER_ERROR, method, times=1))
    failed, after = await hands.call(method), await hands.call(method)
    assert (failed.status, failed.description) == (502, "Bad Gateway")
    assert after.status != 502


async def test_a_fault_in_a_public_chat_meets_its_number_and_its_name(hands: Hands, sandbox: Sandbox) -> None:
    group = sandbox.group("Deals", sandbox.phone("Ann"), kind="supergroup", username="deals")
    sandbox.faults.plan(Fault(FaultKind.TOO_MANY, "sendDice", times=1, retry_after=9, chat_id=group.id))
    named = await hands.call("sendDice", chat_id="@deals")
    closed = await hands.call("sendMessage", chat_id=group.id, text="x")
    assert (named.status, closed.status) == (429, 429)
    assert closed.body["parameters"] == {"retry_after": 9}


async def test_only_the_named_method_and_chat_fail(hands: Hands, sandbox: Sandbox) -> None:
    ann, bob = newcomer(sandbox), newcomer(sandbox)
    sandbox.faults.plan(Fault(FaultKind.FORBIDDEN, "sendMessage", chat_id=bob))
    assert [(await send(hands, chat)).status for chat in (ann, bob, ann)] == [200, 403, 200]
    assert (await hands.call("sendChatAction", chat_id=bob, action="typing")).status == 200


async def test_a_storm_of_429_closes_the_bot_until_its_end(
    hands: Hands, sandbox: Sandbox, clock: Clock
) -> None:
    ann, bob = newcomer(sandbox), newcomer(sandbox)
    sandbox.faults.plan(Fault(FaultKind.TOO_MANY, times=1, retry_after=3, scope=Scope.BOT))
    first = await send(hands, ann)
    clock.advance(2.5)
    inside = await send(hands, bob)
    clock.advance(0.5)
    after = await send(hands, bob)
    assert [reply.status for reply in (first, inside, after)] == [429, 429, 200]
    assert [entry.violation for entry in sandbox.journal.violations()] == [Violation.FORBIDDEN_WINDOW]


async def test_a_share_fails_the_same_way_each_time(hands: Hands, sandbox: Sandbox) -> None:
    ann = newcomer(sandbox)

    async def run() -> list[int]:
        number = sandbox.faults.plan(Fault(FaultKind.SERVER_ERROR, share=0.3, seed=7))
        statuses = [(await send(hands, ann)).status for _ in range(60)]
        sandbox.faults.cancel(number)
        return statuses

    first, second = await run(), await run()
    assert first == second
    assert 5 < first.count(502) < 35


async def test_delivered_then_dropped_has_its_effect(hands: Hands, sandbox: Sandbox) -> None:
    ann = newcomer(sandbox)
    sandbox.faults.plan(Fault(FaultKind.DROPPED, "sendMessage", times=1))
    with pytest.raises(aiohttp.ClientError):
        await send(hands, ann)
    assert sandbox.people.messages(ann)[-1].body.text == "x"
    entry = sandbox.journal.entries("sendMessage")[-1]
    assert (entry.status, entry.answered, entry.fault) == (200, False, FaultKind.DROPPED)


async def test_a_hanging_call_ends_when_the_fault_is_taken_back(hands: Hands, sandbox: Sandbox) -> None:
    ann = newcomer(sandbox)
    sandbox.faults.plan(Fault(FaultKind.HANG, "sendMessage", times=1))
    hanging = asyncio.create_task(send(hands, ann))
    assert (await hands.call("getMe")).status == 200
    done, _ = await asyncio.wait({hanging}, timeout=0.05)
    assert not done
    sandbox.faults.clear()
    assert (await hanging).status == 502
