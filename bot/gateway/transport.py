"""The wire to the chat server: python-telegram-bot's request interface on one aiohttp session."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    InvalidURL,
    NonHttpUrlClientError,
    TCPConnector,
)
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_RETRY_AFTER: Final = re.compile(rb'"retry_after"\s*:\s*(\d+)')
_SHORTEST_WAIT: Final = 1
"""Seconds to wait when the server says "too many requests" without saying for how long."""
_READ_BY_LIBRARY: Final = frozenset({400, 401, 403, 404, 409})
"""Refusals that python-telegram-bot turns into its own errors."""


class NotReachedError(NetworkError):
    """No connection was made, so nothing was sent: the call may be repeated."""

    __slots__ = ()


class AnswerLostError(NetworkError):
    """The connection broke after the request had left: it may or may not have taken effect."""

    __slots__ = ()


class ServerFailedError(NetworkError):
    """The server answered with a 5xx."""

    __slots__ = ()


class TooManyRequestsError(TelegramError):
    """The server answered 429; `retry_after` is in seconds.

    The library's own RetryAfter warns of a deprecation each time one is made.
    """

    __slots__ = ("retry_after",)

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests, retry after {retry_after} s")
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type, tuple[int]]:  # type: ignore[override]
        return self.__class__, (self.retry_after,)


class AiohttpRequest(BaseRequest):
    """python-telegram-bot's transport on one shared session; no proxy, and no error ever names the address.

    One object may serve as both the request and the get-updates request of a bot: starting and stopping
    twice is harmless. Time-outs are in seconds.

    Raises (from `post` and `retrieve`, beside the errors of the library):
        NotReachedError: nothing was sent.
        TimedOut: sent, but the answer did not come in time.
        AnswerLostError: sent, but the connection broke before the answer.
        ServerFailedError: the server answered 5xx.
        TooManyRequestsError: the server answered 429.
    """

    __slots__ = ("_connect_timeout", "_connections", "_read_timeout", "_session", "_write_timeout")

    def __init__(
        self,
        *,
        connections: int = 64,
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
        write_timeout: float = 30.0,
    ) -> None:
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds an answer may take when the caller does not say otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the session, once."""
        if self._session is not None:
            return
        self._session = ClientSession(
            connector=TCPConnector(limit=self._connections),
            cookie_jar=DummyCookieJar(),
            trust_env=False,
        )

    async def shutdown(self) -> None:
        """Close the session and its connections."""
        if self._session is None:
            return
        session, self._session = self._session, None
        await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request: the HTTP status and the body of the answer."""
        if self._session is None:
            raise NotReachedError("The transport is not running")
        timeout = self._timeout(read_timeout, write_timeout, connect_timeout)
        headers = None if request_data is None or request_data.contains_files else _FORM
        address = _address(url)
        # The causes carry the address, and with it the bot's token: they are cut off, not chained.
        try:
            async with self._session.request(
                method,
                address,
                data=_body(request_data),
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                return await _read(answer)
        except (ClientConnectorError, ConnectionTimeoutError, InvalidURL, NonHttpUrlClientError) as exc:
            raise NotReachedError(f"Not connected ({type(exc).__name__})") from None
        except TimeoutError:
            raise TimedOut("No answer in time") from None
        except (ClientError, OSError) as exc:
            raise AnswerLostError(f"Connection lost ({type(exc).__name__})") from None

    def _timeout(self, read: object, write: object, connect: object) -> ClientTimeout:
        read_seconds = _seconds(read, self._read_timeout)
        write_seconds = _seconds(write, self._write_timeout)
        connect_seconds = _seconds(connect, self._connect_timeout)
        total = None
        if read_seconds is not None and write_seconds is not None and connect_seconds is not None:
            # aiohttp has no time-out for writing; the total bounds a peer that stops taking the upload.
            total = connect_seconds + write_seconds + read_seconds
        return ClientTimeout(
            total=total, connect=connect_seconds, sock_connect=connect_seconds, sock_read=read_seconds
        )


def _address(url: str) -> URL:
    try:
        return URL(url, encoded=True)
    except ValueError:
        raise NotReachedError("Not connected (the address is not one)") from None


async def _read(answer: ClientResponse) -> tuple[int, bytes]:
    body = await answer.read()
    if answer.status < 300 or answer.status in _READ_BY_LIBRARY:
        return answer.status, body
    if answer.status == 429:
        named = _RETRY_AFTER.search(body)
        raise TooManyRequestsError(max(_SHORTEST_WAIT, int(named[1]) if named else 0))
    reason = f"{answer.reason} ({answer.status})"
    raise ServerFailedError(reason) if answer.status >= 500 else BadRequest(reason)


def _body(request_data: RequestData | None) -> bytes | FormData | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return urlencode(request_data.json_parameters).encode()
    form = FormData(default_to_multipart=True)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, content_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=content_type)
    return form


def _seconds(value: object, otherwise: float) -> float | None:
    """The library says None for "no limit" and passes a marker of its own for "not given"."""
    if value is None:
        return None
    return float(value) if isinstance(value, int | float) else otherwise
