"""Fetching by address: only where the shop said, only to public addresses, checked once and held to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.media.addresses import may_connect
from bot.media.errors import FetchFailedError, FetchRefusedError, PictureTooHeavyError
from bot.media.fetch import FetchLimits, PictureFetcher, _Pinned

PUBLIC = "93.184.215.14"


class Names:
    """A name service that answers in turns and remembers what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


@pytest.fixture
async def shop() -> AsyncIterator[TestServer]:
    async def picture(request: web.Request) -> web.Response:
        return web.Response(body=f"picture for {request.host}".encode())

    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/picture")

    async def flood(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(64):
            await answer.write(b"x" * 1024)
        return answer

    app = web.Application()
    app.router.add_get("/picture", picture)
    app.router.add_get("/elsewhere", elsewhere)
    app.router.add_get("/flood", flood)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://evil.example/a.jpg", "list"),
        ("https://shop.example.com.evil.example/a.jpg", "list"),
        ("https://shop.example.com@evil.example/a.jpg", "name or password"),
        ("https://evil@shop.example.com/a.jpg", "name or password"),
        ("https://shop.example.com:8443/a.jpg", "list"),
        ("http://shop.example.com/a.jpg", "https"),
        ("https://169.254.169.254/latest/meta-data", "list"),
        ("https://2130706433/", "list"),
        ("ftp://shop.example.com/a.jpg", "web address"),
        ("file:///etc/passwd", "web address"),
        ("//shop.example.com/a.jpg", "web address"),
        ("https://[::1", "web address"),
        ("", "web address"),
    ],
)
async def test_other_places_are_refused_without_asking_the_name_service(url: str, reason: str) -> None:
    names = Names([PUBLIC])

    with pytest.raises(FetchRefusedError, match=reason):
        await PictureFetcher(["shop.example.com"], resolve=names).fetch(url)

    assert names.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.251", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "not an address",
    ],
)  # fmt: skip
async def test_an_allowed_name_that_leads_inside_is_refused(address: str) -> None:
    names = Names([PUBLIC, address])

    with pytest.raises(FetchRefusedError, match="not public"):
        await PictureFetcher(["shop.example.com"], resolve=names).fetch("https://shop.example.com/a.jpg")


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert may_connect("shop.example.com", address)


def test_a_public_host_never_reaches_loopback_and_a_loopback_host_never_leaves_it() -> None:
    assert not may_connect("shop.example.com", "127.0.0.1")
    assert not may_connect("localhost", PUBLIC)
    assert may_connect("localhost", "127.0.0.1")
    assert may_connect("::1", "::1")


async def test_a_name_is_resolved_once_and_the_connection_held_to_that_answer(shop: TestServer) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    fetcher = PictureFetcher([f"shop.localhost:{shop.port}"], resolve=names)

    fetched = await fetcher.fetch(f"http://shop.localhost:{shop.port}/picture")

    assert fetched == f"picture for shop.localhost:{shop.port}".encode()
    assert names.asked == ["shop.localhost"]


async def test_the_pin_answers_the_checked_addresses_for_any_name() -> None:
    pinned = _Pinned([PUBLIC])

    assert [answer["host"] for answer in await pinned.resolve("rebound.example", 443)] == [PUBLIC]


async def test_a_loopback_shop_is_fetched_only_on_its_own_port(shop: TestServer) -> None:
    allowed = PictureFetcher([f"127.0.0.1:{shop.port}"])
    other_port = PictureFetcher(["127.0.0.1", "127.0.0.1:9"])
    url = f"http://127.0.0.1:{shop.port}/picture"

    assert (await allowed.fetch(url)).startswith(b"picture")
    with pytest.raises(FetchRefusedError):
        await other_port.fetch(url)


async def test_a_redirect_is_not_followed(shop: TestServer) -> None:
    fetcher = PictureFetcher([f"127.0.0.1:{shop.port}"])

    with pytest.raises(FetchFailedError, match="status 302"):
        await fetcher.fetch(f"http://127.0.0.1:{shop.port}/elsewhere")


async def test_a_body_without_end_is_cut_off_at_the_limit(shop: TestServer) -> None:
    fetcher = PictureFetcher([f"127.0.0.1:{shop.port}"], limits=FetchLimits(most_bytes=10_000))

    with pytest.raises(PictureTooHeavyError):
        await fetcher.fetch(f"http://127.0.0.1:{shop.port}/flood")


async def test_a_name_service_that_never_answers_ends_in_time() -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    fetcher = PictureFetcher(["shop.example.com"], resolve=never, limits=FetchLimits(seconds=0.01))

    with pytest.raises(FetchFailedError, match=r"within 0.01 seconds"):
        await fetcher.fetch("https://shop.example.com/a.jpg")


async def test_a_closed_port_is_a_failure_with_a_sentence(unused_tcp_port: int) -> None:
    fetcher = PictureFetcher([f"127.0.0.1:{unused_tcp_port}"])

    with pytest.raises(FetchFailedError, match="connection failed"):
        await fetcher.fetch(f"http://127.0.0.1:{unused_tcp_port}/a.jpg")
