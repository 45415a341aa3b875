"""What entries of the audit name: people, distributors, plans, and what cases, claims and withdrawals are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.cases.cases import CaseRow
from models.money.claims import Claim
from models.money.withdrawal_states import WithdrawalRow
from models.people.distributors import Distributor
from models.people.persons import names_of_actors
from models.plans.parts import Title
from models.plans.versions import PlanBook
from models.store.audit import AuditEntry
from models.store.deeds import Deed
from models.store.sql import table_of
from models.store.types import JsonValue

_DISTRIBUTOR, _ORDER = table_of(Distributor), table_of(OrderRow)
_CASE, _CLAIM, _WITHDRAWAL = table_of(CaseRow), table_of(Claim), table_of(WithdrawalRow)
_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A distributor by name and the shop's own number; who has left may have no name any more."""

    name: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Whose a case, claim or withdrawal is, and the order that it is about, if it is about one."""

    whose: Enrolled
    order_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """What some entries name. What is not there is not stored any more, or never was."""

    people: Mapping[str, str]
    """Names by the way entries have them: `person 17`."""
    distributors: Mapping[str, Enrolled]
    """By external id, or by key where an entry has that."""
    matters: Mapping[str, Matter]
    """By subject: `case 17`, `claim 17`, `withdrawal 7K3M-9QXA`."""
    plans: Mapping[int, str]
    """Names by version."""
    levels: Mapping[str, Title]
    profiles: Mapping[str, Title]
    """By key, as the last version that has them calls them."""


NOTHING = Named({}, {}, {}, {}, {}, {})


async def named_in(session: AsyncSession, merchant_id: int, entries: Sequence[AuditEntry]) -> Named:
    """What these entries of a merchant's chain name, in six statements at most."""
    book = await PlanBook.open(session, merchant_id)
    plans = book.newest_first[::-1]
    return Named(
        people=await names_of_actors(session, _actors(entries)),
        distributors=await _distributors(session, merchant_id, _distributor_words(entries)),
        matters=await _cases(session, merchant_id, _keys(entries, "case"))
        | await _claims(session, merchant_id, _keys(entries, "claim"))
        | await _withdrawals(session, merchant_id, _words(entries, "withdrawal")),
        plans={plan.version: plan.document.name for plan in plans},
        levels={level.key: level.title for plan in plans for level in plan.document.levels},
        profiles={each.key: each.title for plan in plans for each in plan.document.profiles},
    )


def _actors(entries: Iterable[AuditEntry]) -> set[str]:
    """Every word that may stand for a person."""
    found: set[str] = set()
    for entry in entries:
        found |= {entry.actor, entry.subject}
        for value in (entry.before, entry.after):
            if isinstance(value, dict):
                found |= {each for each in value.values() if isinstance(each, str)}
    return found


def _words(entries: Iterable[AuditEntry], noun: str) -> list[str]:
    """What stands behind a noun in the subjects."""
    return sorted(
        {entry.subject.removeprefix(f"{noun} ") for entry in entries if entry.subject.startswith(f"{noun} ")}
    )


def _keys(entries: Iterable[AuditEntry], noun: str) -> list[int]:
    return _read_keys(_words(entries, noun))


def _read_keys(words: Iterable[str]) -> list[int]:
    keys = (int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 20)
    return [key for key in keys if key <= _LARGEST_KEY]


def _distributor_words(entries: Sequence[AuditEntry]) -> list[str]:
    """Distributors that are subjects, and sponsors before and after."""
    sponsors: set[JsonValue] = set()
    for entry in entries:
        if entry.act == Deed.SET_SPONSOR:
            sponsors |= {each for each in (entry.before, entry.after) if isinstance(each, str)}
    return sorted({*_words(entries, "distributor"), *map(str, sponsors)})


async def _distributors(session: AsyncSession, merchant_id: int, words: list[str]) -> dict[str, Enrolled]:
    if not words:
        return {}
    rows = await session.execute(
        select(_DISTRIBUTOR.c.id, _DISTRIBUTOR.c.name, _DISTRIBUTOR.c.external_id).where(
            _DISTRIBUTOR.c.merchant_id == merchant_id,
            or_(_DISTRIBUTOR.c.external_id.in_(words), _DISTRIBUTOR.c.id.in_(_read_keys(words))),
        )
    )
    found = [(row.id, Enrolled(row.name, row.external_id)) for row in rows]
    # A shop's own number comes before a key of ours that reads the same.
    return {str(key): one for key, one in found} | {one.external_id: one for _, one in found}


async def _cases(session: AsyncSession, merchant_id: int, keys: list[int]) -> dict[str, Matter]:
    if not keys:
        return {}
    statement = _of_distributor(_CASE.c.distributor_id, _CASE.c.id.label("word"), _ORDER.c.order_ref)
    rows = await session.execute(
        statement.outerjoin(_ORDER, _ORDER.c.id == _CASE.c.order_id).where(
            _CASE.c.merchant_id == merchant_id, _CASE.c.id.in_(keys)
        )
    )
    return {f"case {row.word}": _matter(row) for row in rows}


async def _claims(session: AsyncSession, merchant_id: int, keys: list[int]) -> dict[str, Matter]:
    if not keys:
        return {}
    statement = _of_distributor(_CLAIM.c.distributor_id, _CLAIM.c.id.label("word"), _CLAIM.c.order_ref)
    rows = await session.execute(statement.where(_CLAIM.c.merchant_id == merchant_id, _CLAIM.c.id.in_(keys)))
    return {f"claim {row.word}": _matter(row) for row in rows}


async def _withdrawals(session: AsyncSession, merchant_id: int, references: list[str]) -> dict[str, Matter]:
    if not references:
        return {}
    statement = _of_distributor(_WITHDRAWAL.c.distributor_id, _WITHDRAWAL.c.reference.label("word"))
    rows = await session.execute(
        statement.where(_WITHDRAWAL.c.merchant_id == merchant_id, _WITHDRAWAL.c.reference.in_(references))
    )
    return {f"withdrawal {row.word}": Matter(Enrolled(row.name, row.external_id)) for row in rows}


def _of_distributor(whose: ColumnElement[int], *columns: ColumnElement[Any]) -> Select[Any]:
    """These columns of what is somebody's, with whose it is."""
    return (
        select(*columns, _DISTRIBUTOR.c.name, _DISTRIBUTOR.c.external_id)
        .select_from(whose.table)
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == whose)
    )


def _matter(row: Row[Any]) -> Matter:
    return Matter(Enrolled(row.name, row.external_id), row.order_ref)
