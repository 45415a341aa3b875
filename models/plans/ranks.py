"""Who people are to a plan: the levels that they reach, and the profiles that are agreed with them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from models.errors import Sentence
from models.files.faults import Misfit
from models.plans.parts import Amount, Key, Part, Title


class Metric(StrEnum):
    """What a condition counts over its window (docs/plans.md, "Levels")."""

    ORDERS = "orders"
    SALES = "sales"
    TEAM_SIZE = "team_size"


class Privilege(StrEnum):
    """What a level gives besides its rates."""

    MATERIALS = "materials"
    EARLY_ACCESS = "early_access"
    PRIORITY_SHIPPING = "priority_shipping"
    TASK_POOL = "task_pool"


class Condition(Part):
    """At least so much of one metric within a window. Sales are an amount, the others a count."""

    metric: Metric
    at_least: Annotated[int, Field(ge=1, le=1_000_000)] | Amount
    within_days: Annotated[int, Field(ge=1, le=366)]

    @model_validator(mode="before")
    @classmethod
    def _counts_are_numbers(cls, content: object) -> object:
        """A plan file's scalars arrive as text; a count is a number, an amount stays text."""
        if isinstance(content, dict) and content.get("metric") != Metric.SALES:
            count = content.get("at_least")
            if isinstance(count, str) and re.fullmatch(r"[0-9]{1,7}", count):
                return {**content, "at_least": int(count)}
        return content

    @model_validator(mode="after")
    def _fits_its_metric(self) -> Condition:
        if (self.metric is Metric.SALES) is not isinstance(self.at_least, str):
            raise Misfit(
                Sentence(
                    'sales are counted as an amount, the others by number; write "500.00" for sales, 5 for orders'
                )
            )
        return self


class Conditions(Part):
    """All of these, or any of them."""

    all: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=6)] | None = None
    any: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=6)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Conditions:
        if (self.all is None) == (self.any is None):
            raise Misfit(Sentence("conditions stand under `all` or under `any`; write one of the two"))
        return self

    @property
    def parts(self) -> tuple[Condition, ...]:
        """Every condition, whichever way they are combined."""
        return self.all or self.any or ()


class Level(Part):
    """A level; the list's order is the rank, lowest first. Without `when` it is given by staff or import alone."""

    key: Key
    title: Title
    when: Conditions | None = None
    grace_days: Annotated[int, Field(ge=0, le=366)] = 30
    privileges: tuple[Privilege, ...] = ()


class Profile(Part):
    """A kind of promoter, agreed with the person; it may carry codes of its own and its own invite cashback."""

    key: Key
    title: Title
    exclusive_codes: bool = False
    invite_cashback: Amount | None = None
