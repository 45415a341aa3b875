"""Asking for updates, over real sockets against the sandbox."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from structlog.testing import capture_logs
from telegram import Bot
from telegram.error import TelegramError, TimedOut
from telegram.request import BaseRequest

from bot.gateway.transport import AiohttpRequest, NotReachedError, ServerFailedError, TooManyRequestsError
from bot.sandbox.server import DEFAULT_TOKEN, Sandbox
from handlers.chat.intake import Intake
from handlers.chat.intake_polling import CONFLICT_SECONDS, BotTokenRefused, Polling
from models.errors import StoreBusy
from models.store.engine import Store
from tests.handlers.chat_intake.conftest import Scribe, at_once, waiting
from tests.handlers.chat_intake.test_intake import written


@asynccontextmanager
async def polling(intake: Intake, bot: Bot) -> AsyncIterator[None]:
    """Updates are read meanwhile."""
    task = asyncio.create_task(Polling(intake, bot, pause=at_once).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - looks at what another program on a socket has done
            await asyncio.sleep(0.01)


async def test_what_people_write_is_handled_in_order_and_confirmed(
    open_intake: Callable[[], Intake], bot: Bot, sandbox: Sandbox, scribe: Scribe, store: Store
) -> None:
    mei, intake = sandbox.phone("Mei"), open_intake()

    async with polling(intake, bot):
        for text in ("one", "two", "three"):
            mei.write(text)
        await until(lambda: len(scribe.texts) == 3)
    await intake.drain()

    assert scribe.of(mei.id) == ["one", "two", "three"]
    assert await waiting(store) == []


@pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")  # its reading is what fails here
async def test_an_update_of_a_strange_shape_holds_up_nobody(
    open_intake: Callable[[], Intake], bot: Bot, sandbox: Sandbox, scribe: Scribe, store: Store
) -> None:
    """Given updates between Mei's that lack what the library wants, then hers are handled all the same."""
    mei, intake = sandbox.phone("Mei"), open_intake()
    mei.write("before")
    sandbox.chat.updates.push("message", {"nonsense": 1})
    sandbox.chat.updates.push("callback_query", {"id": "q", "from": {"id": 7}})
    mei.write("behind")

    with capture_logs() as logs:
        async with polling(intake, bot):
            await until(lambda: len(scribe.texts) == 2)
            mei.write("later")
            await until(lambda: len(scribe.texts) == 3)
        await intake.drain()

    assert scribe.of(mei.id) == ["before", "behind", "later"]
    assert len([line for line in logs if "can't be read" in line["event"]]) == 2
    assert await waiting(store) == []


async def test_a_restart_neither_loses_nor_repeats(
    open_intake: Callable[[], Intake], bot: Bot, sandbox: Sandbox, scribe: Scribe
) -> None:
    mei = sandbox.phone("Mei")

    for text in ("one", "two", "three"):
        intake = open_intake()
        await intake.resume()
        mei.write(text)
        async with polling(intake, bot):
            await until(lambda text=text: text in scribe.of(mei.id))  # type: ignore[misc]
        await intake.drain()

    assert scribe.of(mei.id) == ["one", "two", "three"]


async def test_an_update_is_not_confirmed_before_it_is_written_down(
    open_intake: Callable[[], Intake],
    bot: Bot,
    sandbox: Sandbox,
    scribe: Scribe,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mei, intake, refused = sandbox.phone("Mei"), open_intake(), 0
    keep = intake.keep

    async def busy_twice(updates: list[tuple[int, str]]) -> None:
        nonlocal refused
        if refused < 2:
            refused += 1
            raise StoreBusy("test")
        await keep(updates)

    monkeypatch.setattr(intake, "keep", busy_twice)
    mei.write("patience")
    async with polling(intake, bot):
        await until(lambda: scribe.texts)

    assert (refused, scribe.of(mei.id)) == (2, ["patience"])


async def test_a_refused_token_ends_with_one_sentence_that_does_not_repeat_it(
    open_intake: Callable[[], Intake], sandbox: Sandbox
) -> None:
    request = AiohttpRequest()
    await request.initialize()
    wrong = Bot("1:wrong", base_url=f"{sandbox.api_url}/bot", request=request, get_updates_request=request)

    with pytest.raises(BotTokenRefused, match="BOT_TOKEN") as refused:
        await Polling(open_intake(), wrong, pause=at_once).run()
    await request.shutdown()

    assert "wrong" not in str(refused.value)


class ToldRequest(BaseRequest):
    """A wire on which everything is answered as told; when nothing is left to say, silence."""

    def __init__(self, *answers: tuple[int, object] | TelegramError) -> None:
        self.answers = list(answers)
        self.silent = asyncio.Event()

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(self, url: str, *_: object, **__: object) -> tuple[int, bytes]:
        if url.endswith("/deleteWebhook"):
            return 200, b'{"ok": true, "result": true}'
        if not self.answers:
            self.silent.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, TelegramError):
            raise answer
        status, result = answer
        told = {"ok": True, "result": result} if status == 200 else {"ok": False, "description": result}
        return status, json.dumps(told).encode()


async def poll_told(intake: Intake, wire: ToldRequest) -> list[float]:
    """Poll until the wire falls silent; answers how long each pause was."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    bot = Bot(DEFAULT_TOKEN, request=wire, get_updates_request=wire)
    task = asyncio.create_task(Polling(intake, bot, pause=pause).run())
    await wire.silent.wait()
    task.cancel()
    await asyncio.wait([task])
    return pauses


async def test_a_second_reader_is_named_once_and_waited_for(
    open_intake: Callable[[], Intake], scribe: Scribe
) -> None:
    conflict = (409, "Conflict: terminated by other getUpdates request")
    intake = open_intake()
    wire = ToldRequest(conflict, conflict, (200, [json.loads(written(1, 7, "at last")[1])]), conflict)

    with capture_logs() as logs:
        pauses = await poll_told(intake, wire)
    await intake.drain()

    assert pauses == [CONFLICT_SECONDS] * 3
    assert scribe.of(7) == ["at last"]
    assert ["another program" in entry["event"] for entry in logs] == [True, True]


async def test_a_network_that_fails_is_waited_out_longer_each_time(
    open_intake: Callable[[], Intake], scribe: Scribe
) -> None:
    intake = open_intake()
    down = [ServerFailedError("down"), NotReachedError("down"), TimedOut("down")]
    wire = ToldRequest(*down, (200, [json.loads(written(1, 7, "up")[1])]), NotReachedError("down"))

    pauses = await poll_told(intake, wire)
    await intake.drain()

    assert pauses == [0.5, 1.0, 2.0, 0.5]
    assert scribe.of(7) == ["up"]


async def test_a_429_is_obeyed_to_the_second(open_intake: Callable[[], Intake]) -> None:
    assert await poll_told(open_intake(), ToldRequest(TooManyRequestsError(17))) == [17]
