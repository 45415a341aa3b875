"""The product's store held against the reference: every commission, level, warning and balance, to the penny."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import select

from models.funnel.orders import OrderLineRow, OrderRow
from models.money.commissions import CommissionRow
from models.money.ledger import AccountKind, AccountRow
from models.money.statements import statement
from models.people.distributors import distributor_by_external_id
from models.people.levels import LevelCause, LevelHeld, LevelWarning
from models.store.sql import table_of
from tests.reference.facts import LAST
from tests.reference.told_twice import ToldTwice


class Key(NamedTuple):
    """Which commission."""

    kind: str
    who: str
    order: str
    line: str
    period: str
    depth: int


class Figures(NamedTuple):
    """What it came to, what was taken back, what caps took, and how it stands."""

    amount: int
    taken: int
    cuts: tuple[tuple[str, int], ...]
    state: str


Moves = set[tuple[str, datetime, str, str]]


async def assert_agree(told: ToldTwice) -> None:
    """Whatever the two differ in is named, a few of each."""
    pairs = {
        "commissions": (await _stored_gains(told), _gains(told)),
        "balances": (await _stored_balances(told), _balances(told)),
        "levels": (await _stored_levels(told), _levels(told)),
        "warnings": (await _stored_warnings(told), _warnings(told)),
    }
    differing = {noun: shown for noun, pair in pairs.items() if (shown := _differing(*pair))}
    if differing:
        raise AssertionError(
            "\n".join(
                f"{noun} {key}: the product says {one}, the reference {other}"
                for noun, shown in differing.items()
                for key, (one, other) in shown.items()
            )
        )


async def assert_statements_agree(told: ToldTwice, people: Sequence[str], months: Sequence[date]) -> None:
    """Opening, what came, what went, and closing of `available`, month by month; each opens where one closed."""
    merchant = told.shop.merchant
    for who in people:
        closed = 0
        for first, until in itertools.pairwise(months):
            begins, ends = (datetime.combine(day, time(), merchant.zone) for day in (first, until))
            expected = told.reference.ledger.statement(who, begins, ends)
            async with told.shop.store.read() as session:
                person = await distributor_by_external_id(session, merchant.id, who)
                made = await statement(session, merchant, person, first, until, ends)
            found = made.available
            amounts = [entry.amount_minor for entry in found.entries]
            came, went = sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0)
            assert (found.opening_minor, came, went, found.closing_minor) == expected
            assert found.opening_minor == closed
            closed = found.closing_minor


def _differing(
    stored: dict[object, object], expected: dict[object, object]
) -> dict[object, tuple[object, object]]:
    """What the product says and what the reference says, where they differ; a dozen, and how many more."""
    keys = sorted(
        (key for key in stored.keys() | expected.keys() if stored.get(key) != expected.get(key)), key=str
    )
    shown = {key: (stored.get(key), expected.get(key)) for key in keys[:12]}
    return shown | ({"more": (len(keys) - 12, len(keys) - 12)} if len(keys) > 12 else {})


def _once(gains: list[tuple[Key, Figures]]) -> dict[object, object]:
    found: dict[object, object] = {}
    ladders: dict[object, int] = defaultdict(int)
    for key, figures in gains:
        never_booked = figures.state == "estimated" or (figures.state == "void" and not figures.taken)
        if never_booked or not (figures.amount or figures.cuts):
            continue
        kept = figures
        if key.kind == "ladder":
            # What a refund takes of a closed ladder is one sum, whichever of its postings it is booked on.
            ladders["taken", key.who, key.period] += figures.taken
            kept = figures._replace(taken=0, state="")
        assert key not in found, f"{key} stands twice"
        found[key] = kept
    return found | ladders


def _gains(told: ToldTwice) -> dict[object, object]:
    return _once(
        [
            (
                Key(gain.kind, gain.who, gain.order or "", gain.line or "", gain.period or "", gain.depth),
                Figures(gain.amount, gain.taken, tuple(gain.cuts), gain.state),
            )
            for gain in told.reference.ledger.gains
        ]
    )


async def _stored_gains(told: ToldTwice) -> dict[object, object]:
    names = {made: key for key, made in told.ids.items()}
    table, orders, lines = table_of(CommissionRow), table_of(OrderRow), table_of(OrderLineRow)
    async with told.shop.store.read() as session:
        rows = await session.execute(
            select(table, orders.c.order_ref, lines.c.line_ref)
            .outerjoin(orders, orders.c.id == table.c.order_id)
            .outerjoin(lines, lines.c.id == table.c.line_id)
            .where(table.c.merchant_id == told.shop.merchant.id)
        )
        found = [
            (
                Key(
                    row.kind.value,
                    names[row.distributor_id],
                    row.order_ref or "",
                    row.line_ref or "",
                    row.period or "",
                    row.depth if row.kind.value == "team" else 0,
                ),
                Figures(
                    row.amount_minor,
                    row.reversed_minor,
                    tuple((cut["cap"], cut["amount_minor"]) for cut in row.cuts),
                    row.state.value,
                ),
            )
            for row in rows
        ]
    return _once(found)


def _balances(told: ToldTwice) -> dict[object, object]:
    ledger = told.reference.ledger
    both = {"held": ledger.held(), "available": ledger.available()}
    return {(who, kind): amount for kind, sums in both.items() for who, amount in sums.items() if amount}


async def _stored_balances(told: ToldTwice) -> dict[object, object]:
    names = {made: key for key, made in told.ids.items()}
    table = table_of(AccountRow)
    async with told.shop.store.read() as session:
        rows = await session.execute(
            select(table.c.holder_id, table.c.kind, table.c.balance_minor).where(
                table.c.merchant_id == told.shop.merchant.id,
                table.c.kind.in_([AccountKind.HELD, AccountKind.AVAILABLE]),
                table.c.balance_minor != 0,
            )
        )
        return {(names[holder], kind.value): amount for holder, kind, amount in rows}


def _levels(told: ToldTwice) -> dict[object, object]:
    return {
        (human.key, moment, "" if ref == LAST else ref): level
        for human in told.reference.people.values()
        for (moment, ref), level in human.levels
        if moment >= told.opened
    }


async def _stored_levels(told: ToldTwice) -> dict[object, object]:
    names = {made: key for key, made in told.ids.items()}
    table = table_of(LevelHeld)
    async with told.shop.store.read() as session:
        rows = await session.execute(
            select(table.c.distributor_id, table.c.since, table.c.after_order, table.c.level).where(
                table.c.merchant_id == told.shop.merchant.id,
                table.c.cause.in_([LevelCause.PROMOTED, LevelCause.DEMOTED]),
            )
        )
        return {(names[who], since, after or ""): level for who, since, after, level in rows}


def _warnings(told: ToldTwice) -> dict[object, object]:
    people = told.reference.people.values()
    return {human.key: human.warned for human in people if human.warned is not None}


async def _stored_warnings(told: ToldTwice) -> dict[object, object]:
    names = {made: key for key, made in told.ids.items()}
    table = table_of(LevelWarning)
    async with told.shop.store.read() as session:
        rows = await session.execute(
            select(table.c.distributor_id, table.c.level, table.c.due_at).where(
                table.c.merchant_id == told.shop.merchant.id
            )
        )
        return {names[who]: (level, due) for who, level, due in rows}
