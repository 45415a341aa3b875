"""One process a role on an SQLite store: a second one is told so at its start, not by odd faults later."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from models.errors import DomainError


class StoreInUse(DomainError):
    """Another process does this role's work on this store."""

    code = "store_in_use"

    def __init__(self, path: Path, role: str) -> None:
        super().__init__(
            f"Another tuike does the {role} work on {path} already: stop it, or give this one a store of its own "
            "(DATABASE_URL, DATA_DIR). PostgreSQL serves several processes."
        )


@contextmanager
def held(path: Path, roles: Iterable[str]) -> Iterator[None]:
    """Hold the roles on the store's file until the end. The system lets go when a process dies. Raises StoreInUse."""
    with ExitStack() as stack:
        for role in sorted(roles):
            file = stack.enter_context(path.with_name(f"{path.name}.{role}.lock").open("ab"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreInUse(path, role) from error
        yield
