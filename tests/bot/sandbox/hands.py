"""A bot that is nothing but HTTP requests, what it is answered, and a clock for its server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from bot.sandbox.server import Sandbox


@dataclass(slots=True)
class Clock:
    """A clock that moves when told to."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """What the Bot API answered."""

    status: int
    body: Mapping[str, object]

    @property
    def description(self) -> str:
        return str(self.body.get("description", ""))

    @property
    def number(self) -> int:
        """The message_id of the result."""
        result = self.body["result"]
        assert isinstance(result, Mapping)
        return int(result["message_id"])

    @property
    def items(self) -> list[Mapping[str, object]]:
        """The result of a method that answers a list."""
        result = self.body["result"]
        assert isinstance(result, list)
        return result

    @property
    def fields(self) -> Mapping[str, object]:
        """The result of a method that answers an object."""
        result = self.body["result"]
        assert isinstance(result, Mapping)
        return result


@dataclass(slots=True)
class Hands:
    """A bot that is nothing but HTTP requests."""

    sandbox: Sandbox
    session: aiohttp.ClientSession

    def address(self, method: str) -> str:
        return f"{self.sandbox.api_url}/bot{self.sandbox.token}/{method}"

    async def call(self, method: str, **params: object) -> Reply:
        async with self.session.post(self.address(method), json=params) as answer:
            return Reply(answer.status, await answer.json())

    async def upload(self, method: str, form: aiohttp.FormData) -> Reply:
        async with self.session.post(self.address(method), data=form) as answer:
            return Reply(answer.status, await answer.json())
