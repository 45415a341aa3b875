"""What a method is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.params import Params
from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result that comes with words, as those of the web hook methods do."""

    result: Json
    description: str


Method: TypeAlias = Callable[[ChatServer, Params], Awaitable[Json | Outcome]]
"""Does one method for one request; raises RefusedError."""
