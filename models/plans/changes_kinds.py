"""The kinds of differences between two plans, and for whom they are good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.plans.parts import Title
from models.plans.ranks import Conditions, Privilege
from models.plans.rules import Boost, Ladder, Rate, Selector, TeamTarget


class Way(StrEnum):
    """What a change does to distributors."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"
    """Better for some, worse for others."""
    NEUTRAL = "neutral"


class Topic(StrEnum):
    """What a change is about; the plan's parts by their own names."""

    RATE = "rate"
    BOOST = "boost"
    LADDER = "ladder"
    TEAM = "team"
    SAME_PERSON = "same_person"
    FIRST_ORDER = "first_order"
    INVITE_CASHBACK = "invite_cashback"
    TEAM_TARGET = "team_target"
    LEVEL = "level"
    LEVEL_WHEN = "level_when"
    LEVEL_GRACE = "level_grace"
    LEVEL_PRIVILEGES = "level_privileges"
    PROFILE = "profile"
    PROFILE_CASHBACK = "profile_cashback"
    ORDER_CAP = "order_percent"
    MARGIN_CAP = "margin_percent"
    DAY_CAP = "day"
    BUDGET = "budget"
    HOLD = "hold_days"
    DELIVERY = "delivery_days"
    MINIMUM = "minimum_withdrawal"
    FEE = "fee"
    FEE_PERCENT = "fee_percent"
    ARRIVAL = "arrives_in_days"
    NOTICE = "notice_days"
    WINDOW = "window_days"
    CLICK = "attribution_model"
    OWN_PURCHASE = "self_purchase"
    PROTECTION = "protect_days"
    VALIDITY = "valid_days"
    COUPON_ORDER = "before_coupon"


Value = (
    Rate
    | Boost
    | Ladder
    | Conditions
    | Title
    | tuple[TeamTarget, ...]
    | tuple[Privilege, ...]
    | str
    | int
    | bool
    | None
)
"""What stood there and what stands there now: the plan's own parts; None where there is nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `about` says of what: a selector, or the key of a level or profile, or the team's depth."""

    topic: Topic
    way: Way
    about: Selector | str | None
    before: Value
    after: Value

    @property
    def lowers(self) -> bool:
        """Whether somebody gets less by it."""
        return self.way in {Way.WORSE, Way.MIXED}


def more_is_better(before: int, after: int) -> Way:
    """The way of a number of which people want more."""
    if before == after:
        return Way.NEUTRAL
    return Way.BETTER if after > before else Way.WORSE


def together(ways: Iterable[Way]) -> Way:
    """Several ways as one."""
    found = set(ways) - {Way.NEUTRAL}
    if len(found) > 1:
        return Way.MIXED
    return found.pop() if found else Way.NEUTRAL
