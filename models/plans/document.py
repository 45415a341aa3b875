"""The plan as a merchant writes it: a schema-checked document (YAML or JSON).

Percentages and amounts are strings, so that no float ever touches them. Selectors of rates name at
most a product or a category, and a level; which rate wins is decided in `models/plans/rates.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?")


def _percent(text: str) -> str:
    if not _PERCENT.fullmatch(text) or Decimal(text) > 100:
        raise ValueError('a percentage is a string from "0" to "100" with at most two decimals')
    return text


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise ValueError('an amount is a string such as "0.30"')
    return text


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Percent = Annotated[str, AfterValidator(_percent)]
Amount = Annotated[str, AfterValidator(_amount)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
LevelKey = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9_-]+$")]


class AttributionModel(StrEnum):
    LAST_CLICK = "last_click"
    FIRST_CLICK = "first_click"


class SelfPurchase(StrEnum):
    PAY = "pay"
    SKIP = "skip"
    REVIEW = "review"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Attribution(_Part):
    """Whose click counts, for how long, and what becomes of a distributor's own purchase."""

    model: AttributionModel = AttributionModel.LAST_CLICK
    window_days: Annotated[int, Field(ge=1, le=365)] = 30
    self_purchase: SelfPurchase = SelfPurchase.REVIEW


class Settlement(_Part):
    """The clock from receipt to release (T+N), and the smallest withdrawal."""

    hold_days: Annotated[int, Field(ge=0, le=365)] = 7
    delivery_days: Annotated[int, Field(ge=0, le=365)] = 3
    minimum_withdrawal: Amount = "0"


class Title(_Part):
    """A name in the product's languages."""

    zh: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]


class Level(_Part):
    """A level; the list's order is the rank, lowest first."""

    key: LevelKey
    title: Title


class Rate(_Part):
    """What a matching line earns: `percent` of its base, or `fixed` for each unit."""

    product: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    category: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    level: LevelKey | None = None
    percent: Percent | None = None
    fixed: Amount | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Rate:
        if (self.percent is None) == (self.fixed is None):
            raise ValueError("a rate has either percent or fixed")
        if self.product is not None and self.category is not None:
            raise ValueError("a rate selects a product or a category, not both")
        return self

    @property
    def selector(self) -> tuple[str | None, str | None, str | None]:
        """What the rate applies to; two rates with one selector overlap."""
        return (self.product, self.category, self.level)

    @property
    def rule(self) -> str:
        """The rule's name in explanations, such as `product=85123A level=leader`."""
        parts = [("product", self.product), ("category", self.category), ("level", self.level)]
        return " ".join(f"{key}={value}" for key, value in parts if value is not None) or "base"


class PlanDocument(_Part):
    """A whole plan."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    starts_at: Moment
    attribution: Attribution = Attribution()
    settlement: Settlement = Settlement()
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)]
    rates: Annotated[tuple[Rate, ...], Field(min_length=1, max_length=5000)]
