"""What a job is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import Gauge

from bot.context import ChatContext, Context


@dataclass(frozen=True, slots=True)
class JobContext(Context):
    """The jobs' part of the house; `findings` shows how much the last verification found.

    `chat` gives the chat's part, or None without a bot or until the chat server was reached.
    """

    findings: Gauge
    chat: Callable[[], ChatContext | None] = lambda: None
