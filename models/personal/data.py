"""What is handed to a person as their data; amounts are minor units of the shop's currency, times UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.funnel.links import Channel, LinkState
from models.funnel.orders import OrderState
from models.money.cases.cases import CaseState
from models.money.claims import ClaimState
from models.money.export import CommissionExported
from models.money.ledger import AccountKind, TransferKind
from models.money.withdrawal_states import WithdrawalState
from models.people.distributors import DistributorState
from models.people.preferences import Preference
from models.people.staff import Role
from models.store.outbox import NoticeKind, NoticeState
from models.store.types import JsonValue


@dataclass(frozen=True, slots=True)
class LinkData:
    code: str
    sku: str
    channel: Channel
    name: str
    state: LinkState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BoughtData:
    """One line of an order: what was sold, and the base in minor units."""

    line_id: str
    sku: str
    quantity: int
    base_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class OrderData:
    """An order that the person earned on; nothing about who bought."""

    order_id: str
    state: OrderState
    sold_by_me: bool
    rule: str | None
    currency: str
    placed_at: datetime
    paid_at: datetime | None
    received_at: datetime | None
    cancelled_at: datetime | None
    lines: tuple[BoughtData, ...]


@dataclass(frozen=True, slots=True)
class MovementData:
    """What came onto an account of the person's, or left it below zero, in minor units."""

    at: datetime
    kind: TransferKind
    account: AccountKind
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ClaimData:
    order_id: str
    text: str
    has_picture: bool
    state: ClaimState
    granted_minor: int | None
    note: str
    filed_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class WithdrawalData:
    """A payout: amounts in minor units, the account as it is shown."""

    reference: str
    state: WithdrawalState
    amount_minor: int
    fee_minor: int
    account: str
    requested_at: datetime
    finished_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class CaseData:
    """A review of the person's orders, as far as they may see it."""

    state: CaseState
    opened_at: datetime
    decided_at: datetime | None
    appeal: str | None


@dataclass(frozen=True, slots=True)
class SinceData:
    """Which level or profile was held from when on."""

    word: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class NoticeData:
    kind: NoticeKind
    state: NoticeState
    facts: dict[str, JsonValue]
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class EnrolmentData:
    """All that there is at one shop; amounts in minor units of its currency."""

    merchant_id: str
    shop: str
    currency: str
    distributor: str
    name: str
    state: DistributorState
    joined_at: datetime
    was_invited: bool
    invite_code: str
    known_email: bool
    known_phone: bool
    balances: dict[AccountKind, int]
    levels: tuple[SinceData, ...]
    profiles: tuple[SinceData, ...]
    links: tuple[LinkData, ...]
    coupons: tuple[str, ...]
    orders: tuple[OrderData, ...]
    commissions: tuple[CommissionExported, ...]
    movements: tuple[MovementData, ...]
    claims: tuple[ClaimData, ...]
    payout_accounts: tuple[str, ...]
    withdrawals: tuple[WithdrawalData, ...]
    cases: tuple[CaseData, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffData:
    merchant_id: str
    shop: str
    role: Role


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Everything about one person."""

    written_at: datetime
    chat_id: int
    name: str
    username: str | None
    client_language: str | None
    language: str | None
    known_since: datetime
    preferences: Preference
    searches: tuple[str, ...]
    works_for: tuple[StaffData, ...]
    enrolments: tuple[EnrolmentData, ...]
    notices: tuple[NoticeData, ...]
