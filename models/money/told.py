"""What notices about money can tell, as values without a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from models.funnel.links import Channel
from models.money.commissions import CommissionKind, CommissionState
from models.money.earnings import Goods
from models.money.withdrawal_news import WithdrawalNews
from models.people.staff import Role, StaffNews


@dataclass(frozen=True, slots=True)
class AtShop:
    """Where it happened: the merchant with its currency (of every amount here) and zone."""

    merchant_id: int
    name: str
    currency: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class OrderPaid:
    """An order earned something. `amount_minor` is what it earned when paid; state and date are today's.

    `depth` counts the levels between the reader and the seller, 0 for the seller; `by_kind` what was earned for what.
    """

    shop: AtShop
    order_id: int
    order_ref: str
    goods: Goods
    channel: Channel | None
    amount_minor: int
    state: CommissionState
    release_at: datetime | None
    paid_at: datetime
    depth: int = 0
    by_kind: Mapping[CommissionKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Released:
    """Commissions of some orders can be withdrawn now; `available_minor` is the balance as it stands.

    They were earned from `earned_from` to `earned_until` (None where an older notice does not say), after
    `reversed_minor` was taken back for refunds. A withdrawal arrives within `arrives_in_days`.
    """

    shop: AtShop
    amount_minor: int
    orders: int
    bonuses: int
    reversed_minor: int
    earned_from: datetime | None
    earned_until: datetime | None
    available_minor: int
    arrives_in_days: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A refund or cancellation took back a part of what an order earned; `left_minor` remains of it."""

    shop: AtShop
    order_id: int
    order_ref: str
    goods: Goods
    reversed_minor: int
    left_minor: int
    cancelled: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class InDebt:
    """A refund, or a decision on a case (`after_review`), took back more than was available."""

    shop: AtShop
    debt_minor: int
    at: datetime
    after_review: bool = False


@dataclass(frozen=True, slots=True)
class OfWithdrawal:
    """Something about a withdrawal or a payout account."""

    shop: AtShop
    news: WithdrawalNews
    at: datetime


@dataclass(frozen=True, slots=True)
class StaffChanged:
    """Somebody came to the staff, has another role or left; `is_me` when it is the reader."""

    shop: AtShop
    news: StaffNews
    name: str
    role: Role
    is_me: bool
    at: datetime


NoticeFacts = OrderPaid | Released | TakenBack | InDebt | OfWithdrawal | StaffChanged
