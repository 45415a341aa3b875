"""Everything that names a customer is hashed on arrival (business.md 3).

The key is the merchant's, so that a returning customer is recognised there and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_HASH_CHARS = 32
_PHONE_TAIL = 9
"""National and international spellings of one number agree in their last nine digits."""


def new_customer_key() -> str:
    """The key of a merchant's customer hashes."""
    return secrets.token_hex(32)


def _keyed(key: str, kind: str, value: str) -> str:
    return hmac.new(bytes.fromhex(key), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:_HASH_CHARS]


def customer_hash(key: str, customer_id: str) -> str:
    """The keyed hash of the shop's own customer id."""
    return _keyed(key, "customer", customer_id)


def email_hash(key: str, email: str | None) -> str | None:
    """The keyed hash of an e-mail address, case and surrounding space aside; None for an empty one."""
    normal = (email or "").strip().casefold()
    return _keyed(key, "email", normal) if normal else None


def phone_hash(key: str, phone: str | None) -> str | None:
    """The keyed hash of a phone number's last nine digits; None when it has no digits."""
    digits = re.sub(r"\D", "", phone or "")
    return _keyed(key, "phone", digits[-_PHONE_TAIL:]) if digits else None


def chat_hash(key: str, chat_id: int | None) -> str | None:
    """The keyed hash of a chat account."""
    return _keyed(key, "chat", str(chat_id)) if chat_id is not None else None


def account_hash(key: str, account: str) -> str:
    """The keyed hash of a payout account, by which two people with one account are seen without reading it."""
    return _keyed(key, "account", account)
