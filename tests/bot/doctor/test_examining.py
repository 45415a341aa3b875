"""The whole examination: a running installation, and looks that fail without stopping the others."""

from __future__ import annotations

from bot.app import ALL_ROLES, open_tuike
from bot.clock import SystemClock
from bot.doctor.check import Group, Verdict
from bot.doctor.examining import Patience
from bot.sandbox.chat.faults import Fault, FaultKind
from bot.sandbox.server import Sandbox
from tests.bot.doctor.stand_ins import chat_server
from tests.bot.doctor.ward import Ward, failed, passed, ran
from tests.builders import open_shop
from tests.postgres import free_port


async def test_a_running_installation_is_well(ward: Ward, sandbox: Sandbox) -> None:
    """Given a shop with a plan and a program that runs, only what @BotFather and the operator may add is left."""
    now = SystemClock().now()
    await (await open_shop(ward.store, now)).plan()
    await ran(ward, now)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = ward.settings(sandbox, public_url=address, http_port=port)
    async with open_tuike(settings, ALL_ROLES):
        # Whoever is answered may be sure that the registration is over.
        await sandbox.phone("Mei").reply_to("/start")
        seen = await ward.examine(sandbox, public_url=address)

    assert seen.of(Verdict.FAIL) == []
    assert set(seen.of(Verdict.WARN)) <= {"inline mode", "inline feedback", "storage chat"}
    groups = [check.group for check in seen.checks]
    assert groups == sorted(groups, key=list(Group).index)
    assert set(groups) == set(Group)


async def test_a_look_that_takes_too_long_holds_up_nobody(ward: Ward, sandbox: Sandbox) -> None:
    sandbox.faults.plan(Fault(FaultKind.HANG, "getWebhookInfo"))

    seen = await ward.examine(sandbox, patience=Patience(look=3.0, answer=30.0, listening=0.1))
    sandbox.faults.clear()

    assert failed(seen["updates"], "could not be looked at in time")
    assert passed(seen["database writes"])
    assert passed(seen["poster"])
    assert passed(seen["groups"])


async def test_an_answer_that_does_not_come_is_a_finding_too(ward: Ward, sandbox: Sandbox) -> None:
    sandbox.faults.plan(Fault(FaultKind.HANG, "getMe"))

    seen = await ward.examine(sandbox, patience=Patience(look=10.0, answer=0.2, listening=0.1))
    sandbox.faults.clear()

    assert failed(seen["token"], "would not tell")
    assert passed(seen["database"])


async def test_a_look_that_breaks_down_stops_no_other(ward: Ward) -> None:
    """Given a chat server that answers what nobody can read, the look says so without repeating it."""
    async with chat_server(getWebhookInfo={"url": "x", "strange": "whsec_abc"}) as server:
        seen = await ward.examine(server)

    assert failed(seen["updates"], "could not be looked at (TypeError)")
    assert passed(seen["token"])
    assert passed(seen["poster"])
