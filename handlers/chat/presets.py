"""A plan that ships, written for a shop in the reader's language."""

from __future__ import annotations

from datetime import datetime

from bot.cards.plan_desk import PRESETS
from bot.voice.catalogue import Voice
from models.people.merchants import Merchant
from models.plans.presets import preset_text


def preset_of(name: str, shop: Merchant, after: datetime, voice: Voice) -> str:
    """The preset's text; it starts with the shop's day after that moment. Raises NotFound."""
    called = voice.phrase(PRESETS[name]) if name in PRESETS else None
    return preset_text(name, shop.currency, shop.zone, after, called=called)
