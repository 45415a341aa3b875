"""What a job is given."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import Gauge

from bot.context import Context


@dataclass(frozen=True, slots=True)
class JobContext(Context):
    """The jobs' part of the house; `findings` shows how much the last verification found."""

    findings: Gauge
