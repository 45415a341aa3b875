"""What a withdrawal costs and needs, by the plan in force, and what stands against one (business.md 5 and 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.money.ledger import AccountKind, AccountRow
from models.people.distributors import Distributor, DistributorState
from models.people.merchants import Merchant
from models.plans.document import Settlement
from models.plans.parts import basis_points
from models.plans.rules import Withdrawal as WithdrawalRules
from models.plans.versions import PlanBook
from models.store.currency import amount_text, to_minor
from models.store.sql import chunks, table_of

_ACCOUNT, _DISTRIBUTOR = table_of(AccountRow), table_of(Distributor)


@dataclass(frozen=True, slots=True)
class WithdrawalTerms:
    """The plan's rules in minor units; those of the empty plan before the first one starts."""

    currency: str
    minimum_minor: int
    fee_minor: int
    fee_basis_points: int
    arrives_in_days: int
    second_above_minor: int | None
    plan_version: int | None

    def fee_of(self, amount_minor: int) -> int:
        """The fixed fee and, rounded down, the part of the amount."""
        return self.fee_minor + amount_minor * self.fee_basis_points // 10_000

    def needs_second(self, amount_minor: int) -> bool:
        """Whether two people must agree."""
        return self.second_above_minor is not None and amount_minor > self.second_above_minor

    @property
    def smallest_minor(self) -> int:
        """The smallest amount that may be asked for: the plan's minimum, and never one that the fee eats up."""
        left = 10_000 - self.fee_basis_points
        # What arrives is ceil(amount * left / 10000) - fee; above nothing from this amount on.
        arriving = self.fee_minor * 10_000 // left + 1 if left else self.minimum_minor
        return max(self.minimum_minor, arriving)


async def withdrawal_terms(session: AsyncSession, merchant: Merchant, now: datetime) -> WithdrawalTerms:
    """The terms of the plan in force."""
    plan = (await PlanBook.open(session, merchant.id)).in_force(now)
    rules = plan.document.withdrawal if plan is not None else WithdrawalRules()
    minimum = (plan.document.settlement if plan is not None else Settlement()).minimum_withdrawal
    above = rules.second_person_above
    return WithdrawalTerms(
        currency=merchant.currency,
        minimum_minor=to_minor(minimum, merchant.currency),
        fee_minor=to_minor(rules.fee, merchant.currency),
        fee_basis_points=basis_points(rules.fee_percent),
        arrives_in_days=rules.arrives_in_days,
        second_above_minor=to_minor(above, merchant.currency) if above is not None else None,
        plan_version=plan.version if plan is not None else None,
    )


class WithdrawalRefused(DomainError):
    """Base of what a distributor can't withdraw, and why. Nothing was changed."""

    code = "withdrawal_refused"


class TooMuch(WithdrawalRefused):
    """More than is available."""

    code = "withdrawal_too_much"

    def __init__(self, asked_minor: int, available_minor: int, currency: str) -> None:
        super().__init__(
            f"{amount_text(asked_minor, currency)} {currency} is more than the "
            f"{amount_text(available_minor, currency)} {currency} that can be withdrawn."
        )
        self.available_minor = available_minor


class TooLittle(WithdrawalRefused):
    """Below the plan's minimum, or so little that the fee would eat it up."""

    code = "withdrawal_too_little"

    def __init__(self, asked_minor: int, smallest_minor: int, currency: str) -> None:
        super().__init__(
            f"{amount_text(asked_minor, currency)} {currency} is too little; the smallest withdrawal is "
            f"{amount_text(smallest_minor, currency)} {currency}."
        )
        self.smallest_minor = smallest_minor


class Indebted(WithdrawalRefused):
    """Refunds took back more than there was; earnings pay it off first."""

    code = "withdrawal_indebted"

    def __init__(self, debt_minor: int, currency: str) -> None:
        super().__init__(
            f"The balance is {amount_text(-debt_minor, currency)} {currency}: new commissions pay that off first, "
            "and nothing can be withdrawn meanwhile."
        )
        self.debt_minor = debt_minor


class HeldBack(WithdrawalRefused):
    """A case is open, or the distributor is suspended."""

    code = "withdrawal_held_back"

    def __init__(self) -> None:
        super().__init__("This distributor is under review; nothing is paid out until that is decided.")


async def in_the_way(
    session: AsyncSession, merchant: Merchant, distributor_id: int
) -> WithdrawalRefused | None:
    """What stands against any payout to a distributor, the review before the debt; None when nothing does."""
    return (await obstacles(session, merchant, [distributor_id])).get(distributor_id)


async def obstacles(
    session: AsyncSession, merchant: Merchant, distributor_ids: Sequence[int]
) -> dict[int, WithdrawalRefused]:
    """The same of many, by distributor; of whom nothing stands against is left out."""
    found: dict[int, WithdrawalRefused] = {}
    for part in chunks(distributor_ids):
        debts = await session.execute(
            select(_ACCOUNT.c.holder_id, _ACCOUNT.c.balance_minor).where(
                _ACCOUNT.c.merchant_id == merchant.id,
                _ACCOUNT.c.holder_id.in_(part),
                _ACCOUNT.c.currency == merchant.currency,
                _ACCOUNT.c.kind == AccountKind.AVAILABLE,
                _ACCOUNT.c.balance_minor < 0,
            )
        )
        found.update({row.holder_id: Indebted(-row.balance_minor, merchant.currency) for row in debts})
        held = await session.execute(
            select(_DISTRIBUTOR.c.id).where(
                _DISTRIBUTOR.c.merchant_id == merchant.id,
                _DISTRIBUTOR.c.id.in_(part),
                or_(_DISTRIBUTOR.c.on_hold.is_(True), _DISTRIBUTOR.c.state == DistributorState.SUSPENDED),
            )
        )
        found.update({distributor_id: HeldBack() for distributor_id in held.scalars()})
    return found
