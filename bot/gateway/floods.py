"""What the chat server has forbidden by 429, and until when (operations C5)."""

from __future__ import annotations

import math


class FloodError(Exception):
    """Nothing may be sent for longer than anybody wants to wait here; `seconds` are left."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Forbidden for {seconds:.0f} s more")
        self.seconds = seconds


class Floods:
    """The windows in which nothing may be sent: of single chats, and of the whole bot.

    A 429 does not say whom it means. The first is taken to mean its chat; when a second chat is refused
    while that lasts, the server means the bot, and nobody sends until the end it named last.
    """

    def __init__(self) -> None:
        self._chats: dict[int, float] = {}
        self.all_until = -math.inf

    def forbid(self, chat_id: int, now: float, until: float) -> None:
        """Note a 429 for this chat; ends are on the clock that `now` was read from."""
        self._chats = {chat: end for chat, end in self._chats.items() if end > now}
        self._chats[chat_id] = until
        if len(self._chats) > 1:
            self.all_until = max(self.all_until, until)

    def until(self, chat_id: int) -> float:
        """When this chat may be sent to again; in the past, or minus infinity, when it may now."""
        return max(self._chats.get(chat_id, -math.inf), self.all_until)
