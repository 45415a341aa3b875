"""Whether a process of ours does a role's work on an SQLite store of this machine."""

from __future__ import annotations

import fcntl

from models.store.engine import Store


def runs_here(store: Store, role: str) -> bool | None:
    """Whether somebody holds the role (`bot/hold.py`); None on PostgreSQL, whose processes hold nothing."""
    if store.path is None:
        return None
    try:
        # A shared lock, let go at once: only a start in this very moment could be told that the role is taken.
        with store.path.with_name(f"{store.path.name}.{role}.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
