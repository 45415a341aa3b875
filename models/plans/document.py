"""The plan as a merchant writes it: a schema-checked document (YAML or JSON), described in docs/plans.md."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.plans.parts import Amount, Days, Moment, Part
from models.plans.ranks import Level, Profile
from models.plans.rules import Binding, Bonuses, Boost, Caps, Ladder, Rate, Team, Withdrawal


class AttributionModel(StrEnum):
    LAST_CLICK = "last_click"
    FIRST_CLICK = "first_click"


class SelfPurchase(StrEnum):
    PAY = "pay"
    SKIP = "skip"
    REVIEW = "review"


class Attribution(Part):
    """Whose click counts, for how long, and what becomes of a distributor's own purchase."""

    model: AttributionModel = AttributionModel.LAST_CLICK
    window_days: Annotated[int, Field(ge=1, le=365)] = 30
    self_purchase: SelfPurchase = SelfPurchase.REVIEW


class Settlement(Part):
    """The clock from receipt to release (T+N), and the smallest withdrawal."""

    hold_days: Days = 7
    delivery_days: Days = 3
    minimum_withdrawal: Amount = "0"


class PlanDocument(Part):
    """A whole plan."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    starts_at: Moment
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    """Whose amounts these are; where it stands, it must be the merchant's."""
    attribution: Attribution = Attribution()
    binding: Binding | None = None
    settlement: Settlement = Settlement()
    withdrawal: Withdrawal = Withdrawal()
    notice_days: Annotated[int, Field(ge=0, le=90)] = 7
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)]
    profiles: Annotated[tuple[Profile, ...], Field(max_length=20)] = ()
    rates: Annotated[tuple[Rate, ...], Field(min_length=1, max_length=5000)]
    boosts: Annotated[tuple[Boost, ...], Field(max_length=500)] = ()
    ladder: Ladder | None = None
    team: Team | None = None
    bonuses: Bonuses = Bonuses()
    caps: Caps = Caps()
