"""Triggers that make a table append-only on both databases (operations.md A3)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

_SQLITE = """
CREATE TRIGGER {table}_no_{act} BEFORE {act} ON "{table}"
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_no_{act} BEFORE {act} ON "{table}"
FOR EACH {scope} EXECUTE FUNCTION refuse_change()
"""


def make_append_only(connection: Connection, tables: Sequence[str]) -> None:
    """Refuse every update and delete (and, where it exists, truncate) of these tables."""
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.execute(text(_FUNCTION))
    for table in tables:
        for act in ("update", "delete"):
            statement = (
                _POSTGRES.format(table=table, act=act, scope="ROW")
                if postgres
                else _SQLITE.format(table=table, act=act)
            )
            connection.execute(text(statement))
        if postgres:
            connection.execute(text(_POSTGRES.format(table=table, act="truncate", scope="STATEMENT")))


def drop_append_only(connection: Connection, tables: Sequence[str]) -> None:
    """Take the triggers away, for a migration that must."""
    postgres = connection.dialect.name == "postgresql"
    for table in tables:
        for act in ("update", "delete", *(("truncate",) if postgres else ())):
            connection.execute(
                text(f"DROP TRIGGER {table}_no_{act}" + (f' ON "{table}"' if postgres else ""))
            )
