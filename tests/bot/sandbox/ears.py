"""A bot with python-telegram-bot's own Bot: it hears one update after another and acts through its methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Bot, Update


@dataclass(slots=True)
class Ears:
    """Reads the bot's updates, each once."""

    bot: Bot
    allowed: Sequence[str] | None = None
    _offset: int = 0

    async def hears(self) -> Update:
        """The next update."""
        updates = await self.bot.get_updates(self._offset, limit=1, timeout=5, allowed_updates=self.allowed)
        assert updates, "the bot heard nothing"
        self._offset = updates[0].update_id + 1
        return updates[0]

    async def hears_all(self) -> list[Update]:
        """Whatever waits now."""
        updates = list(await self.bot.get_updates(self._offset, timeout=0, allowed_updates=self.allowed))
        if updates:
            self._offset = updates[-1].update_id + 1
        return updates
