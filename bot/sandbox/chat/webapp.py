"""Mini Apps: the signed facts with which a client opens them, and what they send through the bot."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import quote, urlencode

from bot.sandbox.chat.acts.spot import NotPossibleError, Spot
from bot.sandbox.chat.acts.tapping import chat_instance
from bot.sandbox.chat.acts.typing import chat_type
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.wire import random_name

VERSION = "9.1"
PLATFORM = "weba"
THEME = {
    "bg_color": "#ffffff",
    "text_color": "#000000",
    "hint_color": "#707579",
    "link_color": "#3390ec",
    "button_color": "#3390ec",
    "button_text_color": "#ffffff",
    "secondary_bg_color": "#f4f4f5",
}
"""Bot API, ThemeParams: the colours of a light client."""


def webapp_address(server: ChatServer, spot: Spot, url: str) -> str:
    """The address of a Mini App with the facts of its opening behind the #."""
    if not url.startswith(("http://", "https://")):
        raise NotPossibleError("a Mini App stands at an address", "url")
    fragment = {
        "tgWebAppData": init_data(server, spot),
        "tgWebAppVersion": VERSION,
        "tgWebAppPlatform": PLATFORM,
        "tgWebAppThemeParams": json.dumps(THEME),
    }
    return f"{url}{'&' if '#' in url else '#'}{urlencode(fragment, quote_via=quote)}"


def init_data(server: ChatServer, spot: Spot) -> str:
    """Who opens the app, where and when, signed with the bot's token (Bot API, Validating data)."""
    query_id = server.inline.open_app(spot.person.id, spot.chat_id)
    user = {name: value for name, value in spot.person.as_user().items() if name != "is_bot"}
    facts = {
        "query_id": query_id,
        "user": json.dumps({**user, "allows_write_to_pm": True}, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(server.date),
        "chat_type": chat_type(spot),
        "chat_instance": chat_instance(server, spot),
        # The real one is for third parties; whoever checks the hash must count it in.
        "signature": random_name(86),
    }
    return urlencode({**facts, "hash": signed(server.bot.token, facts)}, quote_via=quote)


def signed(token: str, facts: dict[str, str]) -> str:
    """The hash of Mini App data."""
    lines = "\n".join(f"{name}={facts[name]}" for name in sorted(facts))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
