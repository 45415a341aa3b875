"""What a transfer's digest covers: what it moves, of which order and refund, when, and its key."""

from __future__ import annotations

from models.store.sql import sha256_hex


def hash_of(
    content: str, order_id: int | None, refund_id: int | None, at: int, written_at: int, key: str
) -> str:
    """The hash of a transfer's columns; `content` as `ledger.content_of` says it, times in microseconds since 1970.

    The key may hold anything and stands last, so that no two transfers read the same.
    """
    return sha256_hex(f"{content}|{order_id or ''}|{refund_id or ''}|{at}|{written_at}|{key}")
