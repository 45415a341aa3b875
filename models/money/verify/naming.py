"""Findings told by the names that staff know: people by the shop's number of them, the rest by whose and which order.

The checks find rows by their keys; the names are read after them, a statement a page of rows of one kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, and_, null, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.customers import BindingChangeRow, CustomerRow
from models.funnel.orders import OrderLineRow, OrderRow
from models.money.commissions import CommissionRow, ReversalRow
from models.money.ledger import AccountRow, TransferRow
from models.money.verify.finding import Finding, FindingKind
from models.people.distributors import Distributor
from models.people.levels import LevelHeld
from models.people.merchants import Merchant
from models.store.sql import chunks, table_of

_COMMISSION, _REVERSAL = table_of(CommissionRow), table_of(ReversalRow)
_ACCOUNT, _TRANSFER = table_of(AccountRow), table_of(TransferRow)
_ORDER, _LINE = table_of(OrderRow), table_of(OrderLineRow)
_CUSTOMER, _CHANGE = table_of(CustomerRow), table_of(BindingChangeRow)
_PERSON, _HELD = table_of(Distributor), table_of(LevelHeld)
_OF_ACCOUNTS = frozenset(
    {
        FindingKind.HELD_DIFFERS,
        FindingKind.AVAILABLE_DIFFERS,
        FindingKind.PAYING_DIFFERS,
        FindingKind.PAID_DIFFERS,
    }
)
"""Kinds whose subject is a distributor by our key; elsewhere it is one by the shop's number."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the names of one kind of row stand: whose it is, and of which order, period and kind."""

    key: ColumnElement[Any]
    merchant: ColumnElement[Any]
    rows: FromClause
    who: ColumnElement[Any] = null()  # noqa: RUF009 - a constant
    order: ColumnElement[Any] = null()  # noqa: RUF009
    period: ColumnElement[Any] = null()  # noqa: RUF009
    kind: ColumnElement[Any] = null()  # noqa: RUF009


def _of_people(rows: FromClause, merchant: ColumnElement[Any], key: ColumnElement[Any]) -> FromClause:
    return rows.outerjoin(_PERSON, and_(_PERSON.c.id == key, _PERSON.c.merchant_id == merchant))


def _of_orders(rows: FromClause, merchant: ColumnElement[Any], key: ColumnElement[Any]) -> FromClause:
    return rows.outerjoin(_ORDER, and_(_ORDER.c.id == key, _ORDER.c.merchant_id == merchant))


def _of_commissions(rows: FromClause) -> FromClause:
    ours = _COMMISSION.c.merchant_id
    return _of_orders(_of_people(rows, ours, _COMMISSION.c.distributor_id), ours, _COMMISSION.c.order_id)


def _word(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A kind as it stands there, also one that is none."""
    return type_coerce(column, String)


_WHO, _WHICH = _PERSON.c.external_id, _ORDER.c.order_ref
_SOURCES = {
    "distributor": _Source(_PERSON.c.id, _PERSON.c.merchant_id, _PERSON, who=_WHO),
    "commission": _Source(
        _COMMISSION.c.id,
        _COMMISSION.c.merchant_id,
        _of_commissions(_COMMISSION),
        _WHO,
        _WHICH,
        _COMMISSION.c.period,
        _word(_COMMISSION.c.kind),
    ),
    "reversal": _Source(
        _REVERSAL.c.id,
        _COMMISSION.c.merchant_id,
        _of_commissions(_REVERSAL.join(_COMMISSION, _COMMISSION.c.id == _REVERSAL.c.commission_id)),
        _WHO,
        _WHICH,
        _COMMISSION.c.period,
    ),
    "account": _Source(
        _ACCOUNT.c.id,
        _ACCOUNT.c.merchant_id,
        _of_people(_ACCOUNT, _ACCOUNT.c.merchant_id, _ACCOUNT.c.holder_id),
        _WHO,
        kind=_word(_ACCOUNT.c.kind),
    ),
    "transfer": _Source(
        _TRANSFER.c.id,
        _TRANSFER.c.merchant_id,
        _of_orders(_TRANSFER, _TRANSFER.c.merchant_id, _TRANSFER.c.order_id),
        order=_WHICH,
        kind=_word(_TRANSFER.c.kind),
    ),
    "order line": _Source(
        _LINE.c.id,
        _LINE.c.merchant_id,
        _of_orders(_LINE, _LINE.c.merchant_id, _LINE.c.order_id),
        order=_WHICH,
    ),
    "customer": _Source(
        _CUSTOMER.c.id,
        _CUSTOMER.c.merchant_id,
        _of_orders(
            _of_people(_CUSTOMER, _CUSTOMER.c.merchant_id, _CUSTOMER.c.bound_to),
            _CUSTOMER.c.merchant_id,
            _CUSTOMER.c.first_order_id,
        ),
        _WHO,
        _WHICH,
    ),
    "binding": _Source(
        _CHANGE.c.id,
        _CHANGE.c.merchant_id,
        _of_orders(
            _of_people(_CHANGE, _CHANGE.c.merchant_id, _CHANGE.c.after_id),
            _CHANGE.c.merchant_id,
            _CHANGE.c.order_id,
        ),
        _WHO,
        _WHICH,
    ),
    "level": _Source(
        _HELD.c.id,
        _HELD.c.merchant_id,
        _of_people(_HELD, _HELD.c.merchant_id, _HELD.c.distributor_id),
        _WHO,
    ),
}


async def named(session: AsyncSession, merchant: Merchant, findings: Sequence[Finding]) -> list[Finding]:
    """The same findings; where staff know a row by more than its key, name and sentence say it."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for finding in findings:
        noun, key = _key(finding)
        if key is not None:
            wanted[noun].add(key)
    names: dict[tuple[str, int | None], str] = {}
    for noun, keys in wanted.items():
        for part in chunks(sorted(keys)):
            names |= await _names(session, merchant, noun, part)
    return [_told(finding, names.get(_key(finding))) for finding in findings]


def _key(finding: Finding) -> tuple[str, int | None]:
    """What kind of row it is about and its key; None where the subject is a name already."""
    noun, _, key = finding.subject.rpartition(" ")
    is_key = finding.kind in _OF_ACCOUNTS if noun == "distributor" else noun in _SOURCES
    return noun, int(key) if is_key and key.isascii() and key.isdecimal() else None


def _told(finding: Finding, name: str | None) -> Finding:
    if name is None:
        return finding
    return replace(finding, name=name, sentence=finding.sentence.replace(finding.subject, name, 1))


async def _names(
    session: AsyncSession, merchant: Merchant, noun: str, keys: Sequence[int]
) -> dict[tuple[str, int | None], str]:
    """What rows of one kind are called; one that is gone, or another merchant's, is called nothing."""
    source = _SOURCES[noun]
    rows = await session.execute(
        select(source.key, source.kind, source.who, source.order, source.period)
        .select_from(source.rows)
        .where(source.merchant == merchant.id, source.key.in_(keys))
    )
    return {(noun, key): _name(noun, key, *facts) for key, *facts in rows}


def _name(
    noun: str, key: int, kind: str | None, who: str | None, order: str | None, period: str | None
) -> str:
    if noun == "distributor":
        return f"distributor {who}"
    words = ((kind, "{}"), (who, "of {}"), (order, "order {}"), (period, "period {}"))
    facts = [word.format(fact) for fact, word in words if fact is not None]
    return f"{noun} {key} ({', '.join(facts)})" if facts else f"{noun} {key}"
