"""What verification finds: a contradiction, by kind, with the row that it is about and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func
from sqlalchemy.ext.asyncio import AsyncSession

from models.store.currency import amount_text


class FindingKind(StrEnum):
    TRIAL_BALANCE = "trial_balance"
    CACHED_BALANCE = "cached_balance"
    CHANGED_TRANSFER = "changed_transfer"
    NEGATIVE_BALANCE = "negative_balance"
    ORPHAN = "orphan"
    FOREIGN = "foreign"
    HELD_DIFFERS = "held_differs"
    AVAILABLE_DIFFERS = "available_differs"
    PAYING_DIFFERS = "paying_differs"
    PAID_DIFFERS = "paid_differs"
    REVERSALS_DIFFER = "reversals_differ"
    REFUNDS_DIFFER = "refunds_differ"
    ORDER_DIFFERS = "order_differs"
    STATE_DIFFERS = "state_differs"
    PAYEE_DIFFERS = "payee_differs"
    BASE_DIFFERS = "base_differs"
    AMOUNT_DIFFERS = "amount_differs"
    RULE_DIFFERS = "rule_differs"
    USED_DIFFERS = "used_differs"
    MISSHAPEN = "misshapen"
    RELEASED_EARLY = "released_early"
    CHANGED_PLAN = "changed_plan"
    UNKNOWN_PLAN = "unknown_plan"
    UNKNOWN_LEVEL = "unknown_level"
    UNKNOWN_PROFILE = "unknown_profile"
    LEVEL_TWICE = "level_twice"
    LEVEL_DIFFERS = "level_differs"
    CUSTOMER_DIFFERS = "customer_differs"
    BINDING_DIFFERS = "binding_differs"
    SPONSOR_LOOP = "sponsor_loop"
    CLOSED_TWICE = "closed_twice"
    PERIOD_DIFFERS = "period_differs"
    BROKEN_CHAIN = "broken_chain"
    UNREADABLE = "unreadable"
    STUCK_NOTICE = "stuck_notice"
    STUCK_TICK = "stuck_tick"
    STUCK_EVENT = "stuck_event"
    STUCK_RELEASE = "stuck_release"
    STUCK_CLOSING = "stuck_closing"
    STUCK_WITHDRAWAL = "stuck_withdrawal"
    STUCK_PAYOUT = "stuck_payout"


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction: its kind, the row that it is about (`account 17`) and a sentence for staff.

    `name` is what staff know the row by (`account 17 (held, of mei)`): the subject, where nothing more is known.
    """

    kind: FindingKind
    subject: str
    sentence: str
    name: str = ""


def found(kind: FindingKind, noun: str, key: object, says: str) -> Finding:
    """A finding about one row; `says` goes on after "The account 17"."""
    subject = f"{noun} {key}"
    return Finding(kind, subject, f"The {subject} {says}.", subject)


def money(minor: int, currency: str) -> str:
    """An amount in a sentence: `12.50 GBP`."""
    return f"{amount_text(minor, currency)} {currency}"


class _Sentence(Formatter):
    """Fills sentences in; a number that stands as `{1:money}` is minor units of the currency."""

    def __init__(self, currency: str | None) -> None:
        self._currency = currency

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "money" and self._currency is not None:
            return money(value, self._currency)
        filled: str = super().format_field(value, format_spec)
        return filled


async def found_rows(
    session: AsyncSession,
    kind: FindingKind,
    noun: str,
    keys: Select[Any],
    sentence: str,
    *,
    currency: str | None = None,
) -> list[Finding]:
    """A finding a row; the statement selects what names it, and further columns fill the sentence.

    Amounts stand in it as `{1:money}`, and are of this currency.
    """
    rows, filled = await session.execute(keys), _Sentence(currency)
    return [found(kind, noun, row[0], filled.format(sentence, *row)) for row in rows]


def whole_sum(amount: ColumnElement[int]) -> ColumnElement[int]:
    """A sum as an integer: PostgreSQL sums bigints to decimals."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)
