"""On real sockets: what was surely not sent is told from what may have been."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from telegram import Bot
from telegram.error import BadRequest, TelegramError, TimedOut

from bot.gateway.transport import (
    AiohttpRequest,
    AnswerLostError,
    NotReachedError,
    ServerFailedError,
    TooManyRequestsError,
)
from tests.bot.gateway.clock import JumpingClock
from tests.bot.gateway.double import TOKEN, ChatServer, Dropped, Elsewhere, Refusal, Silence, Verdict, running


@asynccontextmanager
async def a_bot(url: str, **timeouts: float) -> AsyncIterator[Bot]:
    request = AiohttpRequest(**timeouts)  # type: ignore[arg-type]
    await request.initialize()
    try:
        yield Bot(TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=request)
    finally:
        await request.shutdown()


def no_such_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


async def test_nobody_listens_so_nothing_was_sent() -> None:
    async with a_bot(no_such_address()) as bot:
        with pytest.raises(NotReachedError):
            await bot.send_message(1, "hello")


async def test_a_name_that_does_not_exist_so_nothing_was_sent() -> None:
    async with a_bot("http://nowhere.invalid") as bot:
        with pytest.raises(NotReachedError):
            await bot.send_message(1, "hello")


async def test_a_connection_that_never_opens_so_nothing_was_sent() -> None:
    # Given a listener whose queue of connections is full
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)

            async with a_bot(f"http://127.0.0.1:{address[1]}", connect_timeout=0.05) as bot:
                with pytest.raises(NotReachedError) as caught:
                    await bot.send_message(1, "hello")

    assert TOKEN not in str(caught.value)


async def test_silence_after_sending_is_unclear(server: ChatServer) -> None:
    server.verdict = lambda _: Silence()

    async with a_bot(server.url, read_timeout=0.05) as bot:
        with pytest.raises(TimedOut):
            await bot.send_message(1, "hello")

    assert len(server.requests) == 1


async def test_a_connection_dropped_after_sending_is_unclear(server: ChatServer) -> None:
    server.verdict = lambda _: Dropped()

    async with a_bot(server.url) as bot:
        with pytest.raises(AnswerLostError):
            await bot.send_message(1, "hello")

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Refusal(500, "Internal Server Error"), ServerFailedError),
        (Refusal(502, "Bad Gateway"), ServerFailedError),
        (Refusal(429, "Too Many Requests: retry after 9", retry_after=9), TooManyRequestsError),
        (Refusal(429, "Too Many Requests"), TooManyRequestsError),
        (Refusal(413, "Request Entity Too Large"), BadRequest),
        (Refusal(400, "Bad Request: chat not found"), BadRequest),
    ],
)
async def test_a_status_has_its_error(
    server: ChatServer, refusal: Refusal, expected: type[TelegramError]
) -> None:
    server.verdict = lambda _: refusal

    async with a_bot(server.url) as bot:
        with pytest.raises(expected) as caught:
            await bot.send_message(1, "hello")

    if isinstance(caught.value, TooManyRequestsError):
        assert caught.value.retry_after == (refusal.retry_after or 1)


async def test_a_message_is_never_carried_to_another_address(server: ChatServer) -> None:
    server.verdict = lambda _: Elsewhere(f"{server.url}/bot{TOKEN}/sendMessage")

    async with a_bot(server.url) as bot:
        with pytest.raises(BadRequest):
            await bot.send_message(1, "hello")

    assert len(server.requests) == 1


async def test_words_of_all_alphabets_arrive_as_they_were(server: ChatServer) -> None:
    words = "a+b=c&d 100% 推广员 😀\n\u202e"

    async with a_bot(server.url) as bot:
        await bot.send_message(1, words)

    assert server.requests[0].fields["text"] == words


async def test_one_session_serves_both_requests_of_a_bot_and_starts_again(clock: JumpingClock) -> None:
    request = AiohttpRequest()
    async with running(ChatServer(clock)) as server:
        for _ in range(2):
            await asyncio.gather(request.initialize(), request.initialize())
            bot = Bot(TOKEN, base_url=f"{server.url}/bot", request=request, get_updates_request=request)
            await bot.send_message(1, "hello")
            await asyncio.gather(request.shutdown(), request.shutdown())
        with pytest.raises(NotReachedError):
            await bot.send_message(1, "too late")


Trouble = Callable[[object], Verdict]


@pytest.mark.parametrize(
    "trouble",
    [
        lambda _: Dropped(),
        lambda _: Silence(),
        lambda _: Refusal(502, "Bad Gateway"),
        lambda _: Refusal(401, "Unauthorized"),
        lambda _: Refusal(404, "Not Found"),
    ],
)
async def test_the_token_is_in_no_error_and_no_log(
    server: ChatServer, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    server.verdict = trouble
    async with a_bot(server.url, read_timeout=0.05) as bot:
        with caplog.at_level(logging.DEBUG), pytest.raises(TelegramError) as caught:
            await bot.send_message(1, "hello")

    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert "seeeecret" not in told


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://nowhere.invalid", "http://[bad", "ftp://x.example"]
)
async def test_the_token_is_in_no_error_of_a_wrong_address(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_bot(url) as bot:
        with caplog.at_level(logging.DEBUG), pytest.raises(NotReachedError) as caught:
            await bot.send_message(1, "hello")

    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert "seeeecret" not in told
