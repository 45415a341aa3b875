"""What this deployment made for itself and keeps: its secret, its bot's name, the week's salts."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import String, Text, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.sql import insert_ignore, table_of
from models.store.types import to_micros

_USED = "used:"
SALT_KEPT = timedelta(days=14)


class Kept(SQLModel, table=True):
    """One word that outlives a restart."""

    __tablename__ = "kept"

    key: str = Field(primary_key=True, sa_type=String(60))
    value: str = Field(sa_type=Text)


async def kept(session: AsyncSession, key: str) -> str | None:
    """A kept word, or None."""
    result = await session.execute(select(col(Kept.value)).where(col(Kept.key) == key))
    return result.scalar_one_or_none()


async def keep(session: AsyncSession, key: str, value: str) -> None:
    """Keep a word, in place of the one before."""
    await session.merge(Kept(key=key, value=value))


async def kept_secret(session: AsyncSession, key: str) -> str:
    """A secret that is made at its first use (needs a writing session then) and the same ever after."""
    found = await kept(session, key)
    if found is not None:
        return found
    await session.execute(
        insert_ignore(session, Kept, ("key",)).values(key=key, value=secrets.token_urlsafe(32))
    )
    made = await kept(session, key)
    assert made is not None  # inserted above, by us or by whoever was faster
    return made


async def use_once(session: AsyncSession, key: str, now: datetime) -> bool:
    """Use something that may be used once; False when it was used before."""
    used = await session.execute(
        insert_ignore(session, Kept, ("key",))
        .values(key=f"{_USED}{key}", value=now.isoformat())
        .returning(table_of(Kept).c.key)
    )
    return used.first() is not None


async def forget_used(session: AsyncSession, before: datetime) -> None:
    """Purge what was used so long ago that it is refused for its age."""
    table = table_of(Kept)
    await session.execute(
        delete(table).where(table.c.key.startswith(_USED), table.c.value < before.isoformat())
    )


def _salt_key(now: datetime) -> str:
    year, week, _ = now.isocalendar()
    return f"ip-salt:{year}-{week:02}"


async def ip_salt(session: AsyncSession, now: datetime) -> str:
    """The salt of this UTC week. Old salts are thrown away, so that old hashes can't be traced back."""
    return await kept_secret(session, _salt_key(now))


async def forget_salts(session: AsyncSession, now: datetime) -> None:
    """Throw away the salts of weeks that are over for good."""
    current = {_salt_key(now), _salt_key(now - SALT_KEPT / 2)}
    await session.execute(
        delete(Kept)
        .where(col(Kept.key).startswith("ip-salt:"), col(Kept.key).not_in(current))
        .execution_options(synchronize_session=False)
    )


def ip_hash(salt: str, address: str) -> str:
    """A hash of an IP address that is only comparable within its week."""
    return hashlib.sha256(f"{salt}:{address}".encode()).hexdigest()[:32]


async def hold_lease(session: AsyncSession, name: str, holder: str, now: datetime, length: timedelta) -> bool:
    """Take a lease or stretch one's own until `now + length`; False while somebody else holds it.

    What only one process of a deployment may do (sending with a bot's token) goes to whoever holds it.
    """
    key, until = f"lease:{name}", to_micros(now + length)
    await session.execute(insert_ignore(session, Kept, ("key",)).values(key=key, value=_held(0, "")))
    free = or_(
        col(Kept.value) < _held(to_micros(now), ""), col(Kept.value).endswith(f" {holder}", autoescape=True)
    )
    taken = await session.execute(
        update(table_of(Kept))
        .where(col(Kept.key) == key, free)
        .values(value=_held(until, holder))
        .returning(table_of(Kept).c.key)
    )
    return taken.first() is not None


async def drop_lease(session: AsyncSession, name: str, holder: str) -> None:
    """Give a lease back before its end, if it is still ours."""
    await session.execute(
        delete(table_of(Kept)).where(
            col(Kept.key) == f"lease:{name}", col(Kept.value).endswith(f" {holder}", autoescape=True)
        )
    )


def _held(until: int, holder: str) -> str:
    """A lease's word: its end in microseconds, of one width so that words compare as numbers do."""
    return f"{until:020} {holder}"
