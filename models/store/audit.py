"""The audit chain: who did what by hand, when, before, after, why (operations.md A10).

Each row carries a hash over its content and the hash before it, one chain a merchant, so that a row that
was changed, taken out or put in later breaks the chain. Triggers refuse update and delete. What the newest entry is
stands beside the chain, so that it breaks it too when the newest are taken out.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint, cast, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.store.deeds import ACT_CHARS, Deed, act_of
from models.store.ids import new_id
from models.store.sql import insert_all, insert_ignore, table_of, values_of
from models.store.types import EPOCH, Json, JsonValue, Key, UtcTime, to_micros

BEGINNING = "0" * 64
_PAGE = 5_000
_PERSON, _SHELL = "person ", "command "
_LARGEST_NUMBER = 2**31 - 1


class AuditEntry(SQLModel):
    """One act. `actor` says who: `person 17` in chat, `command` for the operator's shell, `command person 17` for the
    shell in somebody's name; `subject` what it was about."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    number: int
    actor: str = Field(sa_type=String(60))
    act: str = Field(sa_type=String(ACT_CHARS))
    subject: str = Field(sa_type=String(120))
    before: JsonValue = Field(default=None, sa_type=Json)
    after: JsonValue = Field(default=None, sa_type=Json)
    why: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)
    previous: str = Field(sa_type=String(64))
    digest: str = Field(sa_type=String(64))


class AuditRow(AuditEntry, table=True):
    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("merchant_id", "number"), Index(None, "merchant_id", "subject"))


class LostEntry(AuditEntry):
    """The newest entry where it is not there any more. Its number and digest alone are known, from the chain's head."""


class AuditHead(SQLModel, table=True):
    """Number and digest of a merchant's newest entry, kept beside the chain. It changes, so that no trigger guards it:
    whoever rewrites it together with the chain's end is not found out."""

    __tablename__ = "audit_head"

    merchant_id: int = Field(foreign_key="merchant.id", primary_key=True, sa_type=Key)
    number: int
    digest: str = Field(sa_type=String(64))


@dataclass(frozen=True, slots=True)
class _End:
    """Where a chain ends."""

    number: int = 0
    digest: str = BEGINNING


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something by hand."""

    name: str

    @classmethod
    def person(cls, person_id: int) -> Actor:
        """Somebody in chat."""
        return cls(f"{_PERSON}{person_id}")

    @classmethod
    def shell_for(cls, person_id: int) -> Actor:
        """Whoever has the shell, in the name of somebody."""
        return cls(f"{_SHELL}{_PERSON}{person_id}")

    @property
    def person_key(self) -> int | None:
        """Whom it names; None for the shell alone, a clock or a provider."""
        word = self.name.removeprefix(_SHELL)
        key = word.removeprefix(_PERSON)
        return int(key) if word.startswith(_PERSON) and key.isascii() and key.isdecimal() else None

    @property
    def is_shell(self) -> bool:
        """Whether it was by the command line."""
        return self == COMMAND or self.name.startswith(_SHELL)

    @property
    def words(self) -> tuple[str, ...]:
        """Every name by which the same one may be written down: for a person the chat's and the shell's."""
        key = self.person_key
        return (self.name,) if key is None else (Actor.person(key).name, Actor.shell_for(key).name)


COMMAND = Actor("command")
"""Whoever has the operator's shell."""


def digest_of(entry: AuditEntry) -> str:
    """The hash over an entry's content and the one before it."""
    content = [
        entry.previous,
        entry.number,
        entry.actor,
        entry.act,
        entry.subject,
        entry.before,
        entry.after,
        entry.why,
        to_micros(entry.at),
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_HEAD = table_of(AuditHead)


async def write_down(
    session: AsyncSession,
    *,
    merchant_id: int,
    actor: Actor,
    act: Deed,
    subject: str,
    now: datetime,
    before: JsonValue = None,
    after: JsonValue = None,
    why: str = "",
    through: str = "",
) -> AuditEntry:
    """Add an entry to the merchant's chain; `through` names the provider of a payout.

    The caller holds the merchant's lock and commits.
    """
    head, last = await _head(session, merchant_id), await _last(session, merchant_id)
    # Behind a head whose entries are gone the chain goes on with a gap: what was written hides nothing.
    end = last if head is None or head.number < last.number else head
    entry = AuditEntry(
        merchant_id=merchant_id,
        number=end.number + 1,
        actor=actor.name,
        act=act_of(act, through),
        subject=subject,
        before=before,
        after=after,
        why=why,
        at=now,
        previous=end.digest,
        digest="",
    )
    entry.digest = digest_of(entry)
    await insert_all(session, AuditRow, [entry])
    if head is not None or last == _End():  # one that was taken away stays away, and is found
        await _move_head(session, entry)
    return entry


async def _head(session: AsyncSession, merchant_id: int) -> _End | None:
    columns = _HEAD.c.number, _HEAD.c.digest
    row = (await session.execute(select(*columns).where(_HEAD.c.merchant_id == merchant_id))).first()
    return None if row is None else _End(*row)


async def _last(session: AsyncSession, merchant_id: int) -> _End:
    table = table_of(AuditRow)
    newest = table.c.number.desc()
    mine = select(table.c.number, table.c.digest).where(table.c.merchant_id == merchant_id)
    row = (await session.execute(mine.order_by(newest).limit(1))).first()
    return _End() if row is None else _End(*row)


async def _move_head(session: AsyncSession, entry: AuditEntry) -> None:
    values = {"number": entry.number, "digest": entry.digest}
    begun = insert_ignore(session, AuditHead, ("merchant_id",))
    await session.execute(begun.values(merchant_id=entry.merchant_id, **values))
    await session.execute(update(_HEAD).where(_HEAD.c.merchant_id == entry.merchant_id).values(**values))


async def audit_of(
    session: AsyncSession,
    merchant_id: int,
    subject: str | None = None,
    limit: int = 100,
    *,
    before: int | None = None,
) -> list[AuditEntry]:
    """The latest entries (those with a smaller number than `before`), of one subject or of all, newest first."""
    table = table_of(AuditRow)
    statement = select(table).where(table.c.merchant_id == merchant_id)
    if subject is not None:
        statement = statement.where(table.c.subject == subject)
    if before is not None:
        statement = statement.where(table.c.number < min(before, _LARGEST_NUMBER))
    rows = await session.execute(statement.order_by(table.c.number.desc()).limit(limit))
    return [values_of(row, AuditEntry) for row in rows]


async def broken_links(session: AsyncSession, merchant_id: int) -> list[AuditEntry]:
    """Entries that do not fit the chain: changed, standing where one is missing, or missing at its end.

    For entries that are missing at the end one `LostEntry` stands, of the newest. What was changed into no JSON at all
    is among them, and comes as the text that stands there.
    """
    table = table_of(AuditRow)
    texts = {name: cast(type_coerce(table.c[name], Text), Text).label(name) for name in ("before", "after")}
    columns = [texts.get(column.name, column) for column in table.columns]
    broken: list[AuditEntry] = []
    number, previous = 0, BEGINNING
    while True:
        rows = await session.execute(
            select(*columns)
            .where(table.c.merchant_id == merchant_id, table.c.number > number)
            .order_by(table.c.number)
            .limit(_PAGE)
        )
        page = [_read(values_of(row, AuditEntry)) for row in rows]
        if not page:
            return await _with_the_end(session, merchant_id, broken, _End(number, previous))
        for entry, is_readable in page:
            follows = entry.number == number + 1 and entry.previous == previous
            if not (follows and is_readable) or entry.digest != digest_of(entry):
                broken.append(entry)
            number, previous = entry.number, entry.digest


async def _with_the_end(
    session: AsyncSession, merchant_id: int, broken: list[AuditEntry], end: _End
) -> list[AuditEntry]:
    """And what is wrong with the chain's end: it must be where the head says."""
    head = await _head(session, merchant_id)
    if head == end or (head is None and end == _End()):
        return broken
    if head is not None and head.number > end.number:
        lost = LostEntry(
            merchant_id=merchant_id,
            number=head.number,
            actor="",
            act="",
            subject="",
            at=EPOCH,
            previous="",
            digest=head.digest,
        )
        return [*broken, lost]
    if broken and broken[-1].number == end.number:
        return broken
    return [*broken, *await audit_of(session, merchant_id, limit=1)]


def _read(entry: AuditEntry) -> tuple[AuditEntry, bool]:
    """An entry whose JSON came as text, and whether it could be read."""
    try:
        entry.before, entry.after = (
            json.loads(text) if isinstance(text, str) else None for text in (entry.before, entry.after)
        )
    except ValueError:
        return entry, False
    return entry, True
