"""A shop's history sent as signed events over HTTP, in order of time, as the shop itself would have done."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

import aiohttp
import pydantic_core
import structlog
from pydantic import BaseModel, ValidationError

from bot.imports.events import ShopEventJson
from bot.imports.signature import signed_headers, signing_key

log = structlog.get_logger(__name__)

EVENTS_PER_REQUEST = 500
"""The event API's limit."""
BODY_BYTES = 1_000_000
"""Well under the API's 4 MiB, and under the 1 MiB from where aiohttp wants bodies to be streamed."""
ATTEMPTS = 8
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
REQUEST_SECONDS = 60.0
SAMPLES = 10
PASSING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class Status(StrEnum):
    """The event API's answer for one event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    PARKED = "parked"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ReplayTarget:
    """Where events go: the server's address, the merchant's events path and its `whsec_` secret."""

    url: str
    events_path: str
    secret: str = field(repr=False)

    @property
    def address(self) -> str:
        return self.url.rstrip("/") + "/" + self.events_path.lstrip("/")


@dataclass(frozen=True, slots=True)
class Rejection:
    """One event that the receiver refused, with its reason."""

    event_id: str
    detail: str


@dataclass(slots=True)
class ReplayReport:
    """What has come back so far: answers by status, first rejections, requests repeated, seconds."""

    answers: Counter[Status] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    retries: int = 0
    seconds: float = 0.0

    @property
    def sent(self) -> int:
        return self.answers.total()

    @property
    def rate(self) -> float:
        """Events per second."""
        return self.sent / self.seconds if self.seconds > 0 else 0.0


class ReplayStoppedError(Exception):
    """The replay can't go on; `report` holds what was answered. Running it again is safe."""

    def __init__(self, sentence: str, report: ReplayReport) -> None:
        super().__init__(sentence)
        self.report = report


class _Answer(BaseModel):
    id: str
    status: Status
    detail: str | None = None


class _Answers(BaseModel):
    results: list[_Answer]


Sleep = Callable[[float], Awaitable[None]]
Progress = Callable[[ReplayReport], None]


async def replay(
    events: Iterable[ShopEventJson],
    target: ReplayTarget,
    on_progress: Progress,
    batch: int = 200,
    *,
    sleep: Sleep = asyncio.sleep,
) -> ReplayReport:
    """Send events, given in order of time, one request after another; `on_progress` is called after each.

    Connection errors, time-outs, 429 and 502 to 504 are tried again, waiting twice as long each time and
    never less than Retry-After says (half a minute at most). Raises ReplayStoppedError when that does not
    help or the receiver refuses the request, ValueError for a batch outside 1 to 500 or a malformed secret.
    """
    if not 1 <= batch <= EVENTS_PER_REQUEST:
        raise ValueError(f"a batch has 1 to {EVENTS_PER_REQUEST} events")
    report = ReplayReport()
    started = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        sender = _Sender(session, target, signing_key(target.secret), report, sleep)
        for ids, body in _bodies(events, batch):
            await sender.send(ids, body)
            report.seconds = time.monotonic() - started
            on_progress(report)
    return report


def _bodies(events: Iterable[ShopEventJson], batch: int) -> Iterator[tuple[list[str], bytes]]:
    """Cut the stream by number and by size, so that a run of huge orders still fits the body limit."""
    ids: list[str] = []
    parts: list[bytes] = []
    size = 0
    for event in events:
        part = pydantic_core.to_json(event)
        if parts and (len(parts) == batch or size + len(part) > BODY_BYTES):
            yield ids, _body(parts)
            ids, parts, size = [], [], 0
        ids.append(event["id"])
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield ids, _body(parts)


def _body(parts: Sequence[bytes]) -> bytes:
    return b'{"events":[' + b",".join(parts) + b"]}"


@dataclass(frozen=True, slots=True)
class _Again:
    """The request may pass later: what went wrong, and how long the receiver asks to wait."""

    problem: str
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class _Sender:
    session: aiohttp.ClientSession
    target: ReplayTarget
    key: bytes
    report: ReplayReport
    sleep: Sleep

    async def send(self, ids: Sequence[str], body: bytes) -> None:
        problem = ""
        for attempt in range(ATTEMPTS):
            outcome = await self._post(ids, body)
            if isinstance(outcome, _Answers):
                self._take(ids, outcome)
                return
            problem = outcome.problem
            if attempt + 1 < ATTEMPTS:
                self.report.retries += 1
                own_wait = min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS)
                wait = max(own_wait, outcome.wait)
                log.warning("replay_waits", problem=problem, again_in=wait)
                await self.sleep(wait)
        raise self._stopped(f"gave no answer after {ATTEMPTS} attempts ({problem})")

    async def _post(self, ids: Sequence[str], body: bytes) -> _Answers | _Again:
        # A fresh time stamp each attempt: the receiver refuses one that is older than five minutes.
        headers = signed_headers(self.key, f"replay-{ids[0]}", int(time.time()), body)
        try:
            async with self.session.post(
                self.target.address, data=body, headers=headers, allow_redirects=False
            ) as response:
                content = await response.read()
        except aiohttp.InvalidURL as error:
            raise self._stopped("is no web address") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            return _Again(str(error) or type(error).__name__)
        if response.status in PASSING:
            return _Again(f"status {response.status}", _retry_after(response.headers.get("Retry-After")))
        if response.status != HTTPStatus.ACCEPTED:
            shown = content[:300].decode("utf-8", "replace")
            raise self._stopped(f"answered {response.status} {_hint(response.status)}: {shown}")
        try:
            return _Answers.model_validate_json(content)
        except ValidationError as error:
            raise self._stopped("answered with something that is no list of results") from error

    def _take(self, ids: Sequence[str], answers: _Answers) -> None:
        if [answer.id for answer in answers.results] != list(ids):
            raise self._stopped("answered for other events than it was sent")
        for answer in answers.results:
            self.report.answers[answer.status] += 1
            if answer.status is Status.REJECTED and len(self.report.rejections) < SAMPLES:
                self.report.rejections.append(Rejection(answer.id, answer.detail or ""))

    def _stopped(self, sentence: str) -> ReplayStoppedError:
        return ReplayStoppedError(f"{self.target.address} {sentence}.", self.report)


def _retry_after(header: str | None) -> float:
    """Seconds to wait, at most the longest wait; the header has seconds or a date (RFC 9110, 10.2.3)."""
    if header is None:
        return 0.0
    if header.isascii() and header.isdigit():
        return min(float(header), LONGEST_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    seconds = (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def _hint(status: int) -> str:
    hints = {
        401: "(is the webhook secret this merchant's, and is this machine's clock right?)",
        404: "(is the events path right?)",
        413: "(send smaller batches)",
    }
    return hints.get(status, "(it won't take this request)")
