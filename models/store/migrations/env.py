"""Alembic's entry: runs on the connection that `models/store/migrate.py` hands over."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from models.store.types import UtcTime, Word
from models.tables import schema


def _rendered(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """A migration names plain database types, so that it means the same when ours have moved on."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(length=32)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema(),
    render_as_batch=True,
    compare_type=False,
    render_item=_rendered,
)
with context.begin_transaction():
    context.run_migrations()
