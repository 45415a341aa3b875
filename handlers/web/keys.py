"""What the web application carries, typed."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.context import Context
from handlers.web.click_desk import ClickDesk
from handlers.web.event_desk import EventDesk
from handlers.web.metrics import Metrics
from handlers.web.shelf import DestinationShelf, MerchantShelf


@dataclass(frozen=True, slots=True)
class Desks:
    """Where requests of each kind are taken in."""

    events: EventDesk
    clicks: ClickDesk
    destinations: DestinationShelf
    merchants: MerchantShelf
    metrics: Metrics


CONTEXT = web.AppKey("CONTEXT", Context)
DESKS = web.AppKey("DESKS", Desks)
DESCRIPTION = web.AppKey("DESCRIPTION", str)
"""The OpenAPI document, as JSON."""
