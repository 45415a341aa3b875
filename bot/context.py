"""What a handler or a job is given: typed, built once at start-up."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.clock import Clock
from bot.gateway.gateway import Gateway
from bot.media.gallery import Gallery
from bot.media.studio import PosterStudio
from bot.settings import Settings
from models.store.engine import Store


@dataclass(frozen=True, slots=True)
class Context:
    """The web's part of the house: a store, settings and a clock."""

    store: Store
    settings: Settings
    clock: Clock


@dataclass(frozen=True, slots=True)
class ChatContext(Context):
    """The chat's part: also the gateway, the poster studio, the shops' pictures and the bot's own name in chat."""

    gateway: Gateway
    studio: PosterStudio
    bot_username: str
    gallery: Gallery = field(default_factory=Gallery)
    app_address: str | None = None
    """Where pages that open inside the chat client begin; None where none can be opened."""
