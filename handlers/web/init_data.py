"""Who opened a page of ours inside the chat client: the chat server's signed word for it (operations.md F4).

https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from handlers.web.problems import Unauthorised

GOOD_FOR: Final = timedelta(minutes=5)
"""How old the word may be, and how far ahead of our clock."""
MOST_CHARS: Final = 4096


@dataclass(frozen=True, slots=True)
class Opener:
    """The person who opened the page, and the digest by which this opening is known."""

    chat_id: int
    language: str | None
    digest: str


def read_init_data(raw: str, token: str, now: datetime) -> Opener:
    """The opener, proved by the bot's token. Raises Unauthorised for anything that the chat server did not sign."""
    fields = dict(parse_qsl(raw[:MOST_CHARS], keep_blank_values=True))
    told = fields.pop("hash", "")
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    right = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), told.encode()):
        raise Unauthorised("The chat client's word is not signed by the chat server; open the page anew.")
    _check_age(fields.get("auth_date", ""), now)
    return _opener(fields.get("user", ""), right)


def _check_age(auth_date: str, now: datetime) -> None:
    seconds = int(auth_date) if auth_date.isascii() and auth_date.isdecimal() and len(auth_date) < 12 else 0
    if abs(now - datetime.fromtimestamp(seconds, UTC)) > GOOD_FOR:
        raise Unauthorised("The chat client's word is too old; open the page anew.")


def _opener(user: str, digest: str) -> Opener:
    try:
        told = json.loads(user)
        chat_id, language = told["id"], told.get("language_code")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unauthorised("The chat client doesn't say who you are; open the page anew.") from error
    if not isinstance(chat_id, int) or isinstance(chat_id, bool):
        raise Unauthorised("The chat client doesn't say who you are; open the page anew.")
    return Opener(chat_id, language if isinstance(language, str) else None, digest)
