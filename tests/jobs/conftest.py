"""A shop to tell of, and a clock that is set by hand."""

from __future__ import annotations

from datetime import datetime

import pytest
from prometheus_client import CollectorRegistry, Gauge

from bot.clock import SetClock
from bot.settings import read_settings
from jobs.context import JobContext
from models.store.engine import Store
from tests.builders import Shop, open_shop


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A merchant with the base plan."""
    shop = await open_shop(store, now)
    await shop.plan()
    return shop


@pytest.fixture
def context(store: Store, clock: SetClock) -> JobContext:
    """What jobs are given, with a gauge of its own."""
    gauge = Gauge("findings", "What verification found", registry=CollectorRegistry())
    return JobContext(store, read_settings(), clock, gauge)
