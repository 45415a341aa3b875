"""What the web application carries, typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.context import ChatContext, Context
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


@dataclass(frozen=True, slots=True)
class ChatDesk:
    """The chat's part of the house, for pages that open inside the chat client.

    `at_hand` gives None where this process has no chat side, or has not reached the chat server yet.
    """

    at_hand: Callable[[], ChatContext | None]


CONTEXT = web.AppKey("CONTEXT", Context)
DESKS = web.AppKey("DESKS", Desks)
CHAT = web.AppKey("CHAT", ChatDesk)
DESCRIPTION = web.AppKey("DESCRIPTION", str)
"""The OpenAPI document, as JSON."""
