"""A running bot for jobs that talk to the chat server: the sandbox, and the context in which they are run."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from jobs.context import JobContext
from tests.journeys.world import World


def at_work(world: World, **settings: object) -> JobContext:
    """What a job is given beside this bot."""
    chat = world.with_settings(world.context.settings.model_copy(update=settings))
    gauge = Gauge("findings", "What verification found", registry=CollectorRegistry())
    return JobContext(chat.store, chat.settings, chat.clock, gauge, chat=lambda: chat)
