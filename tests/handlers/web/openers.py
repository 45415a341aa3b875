"""The chat server's signed word for whoever opens a page inside the client, as it signs it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlencode

TOKEN = "700000001:AAsandboxSANDBOXsandboxSANDBOXsandb"


def word(chat_id: int, at: datetime, *, token: str = TOKEN, **more: str) -> str:
    """What the chat client hands to a page, signed as the chat server signs."""
    user = json.dumps({"id": chat_id, "first_name": "Mei", "language_code": "en"})
    fields = {"auth_date": str(int(at.timestamp())), "query_id": "AAE", "user": user, **more}
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()})
