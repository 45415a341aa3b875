"""Fetches pictures by address: allowed hosts, one resolution, pinned, no redirects (operations F8)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.media.addresses import is_loopback_name, may_connect
from bot.media.errors import FetchFailedError, FetchRefusedError, PictureTooHeavyError
from bot.media.pictures import MOST_BYTES

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port in, addresses out."""

_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much and how long."""

    most_bytes: int = MOST_BYTES
    seconds: float = 10.0


class PictureFetcher:
    """Fetches from `hosts`: `shop.example.com` (its scheme's own port) or `127.0.0.1:8080` (that port alone).

    Only https; plain http, and loopback addresses, only for an allowed host whose name itself says loopback.
    """

    def __init__(
        self, hosts: Iterable[str], *, resolve: Resolve | None = None, limits: FetchLimits | None = None
    ) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._resolve = resolve or _system_resolve
        self._limits = limits or FetchLimits()

    async def fetch(self, url: str) -> bytes:
        """The bytes at the address, untrusted still: `pictures.take_in` comes next.

        Raises:
            FetchRefusedError: an address we don't go to.
            FetchFailedError: no answer with status 200 in time.
            PictureTooHeavyError: more bytes than allowed.
        """
        target = self._allowed(url)
        host = target.host or ""
        try:
            async with asyncio.timeout(self._limits.seconds):
                addresses = await self._addresses(host, target.port or 443)
                return await self._read(target, addresses)
        except TimeoutError as error:
            raise FetchFailedError(host, f"no answer within {self._limits.seconds:g} seconds") from error
        except (ClientError, OSError) as error:
            raise FetchFailedError(host, "the connection failed") from error

    def _allowed(self, url: str) -> URL:
        try:
            target = URL(url)
            host, port = target.host, target.port
        except ValueError as error:
            raise FetchRefusedError("", "it is not a web address") from error
        if target.scheme not in {"http", "https"} or not host:
            raise FetchRefusedError(host or "", "it is not a web address")
        if target.user is not None or target.password is not None:
            raise FetchRefusedError(host, "the address carries a name or password")
        if not self._lists(host.lower(), port, own_port=target.is_default_port()):
            raise FetchRefusedError(host, "the host is not on the shop's list")
        if target.scheme == "http" and not is_loopback_name(host):
            raise FetchRefusedError(host, "only https is allowed")
        return target.with_fragment(None)

    def _lists(self, host: str, port: int | None, *, own_port: bool) -> bool:
        bracketed = f"[{host}]" if ":" in host else host
        return f"{bracketed}:{port}" in self._hosts or (own_port and bool({host, bracketed} & self._hosts))

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        addresses = await self._resolve(host, port)
        if not addresses:
            raise FetchFailedError(host, "the name has no address")
        if not all(may_connect(host, address) for address in addresses):
            raise FetchRefusedError(host, "its network address is not public")
        return addresses

    async def _read(self, target: URL, addresses: Sequence[str]) -> bytes:
        connector = TCPConnector(resolver=_Pinned(addresses), use_dns_cache=False, force_close=True)
        # Compressed answers are not asked for, so that a small body can't become a large one.
        async with (
            ClientSession(
                connector=connector,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                headers={"Accept": "image/webp,image/png,image/jpeg", "Accept-Encoding": "identity"},
                timeout=ClientTimeout(total=self._limits.seconds),
            ) as session,
            session.get(target, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise FetchFailedError(target.host or "", f"the host answered with status {answer.status}")
            if (answer.content_length or 0) > self._limits.most_bytes:
                raise PictureTooHeavyError(self._limits.most_bytes)
            body = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
                body += chunk
                if len(body) > self._limits.most_bytes:
                    raise PictureTooHeavyError(self._limits.most_bytes)
            return bytes(body)


class _Pinned(AbstractResolver):
    """Answers with the addresses that were checked, whatever the name says by now."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._pinned = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._pinned
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def _system_resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
