"""What one order earns by a plan, for drawings, traces and lint: line, boost, team and the order's ceiling.

The order of the books is figured where money is (`models/sales`); here is the same rule without a person, a day
or a refund (docs/plans.md, "What one order pays").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.plans.amounts import WHOLE, line_amount
from models.plans.document import PlanDocument
from models.plans.parts import basis_points
from models.plans.rates import RateTable
from models.plans.rules import Boost, Rate
from models.store.currency import minor_digits


@dataclass(frozen=True, slots=True)
class Bought:
    """What the sample buys: `base_minor` in all, for `quantity` units. Without a sku it is goods that no rate names."""

    base_minor: int
    sku: str = ""
    category: str | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells: the level and the profile as the plan counts them."""

    level: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One order of one line: what the buyer pays and where it goes, in minor units."""

    base_minor: int
    rate: Rate | None
    boost: Boost | None
    seller_minor: int
    sponsor_minors: tuple[int, ...]

    @property
    def shop_minor(self) -> int:
        """What the shop keeps."""
        return self.base_minor - self.seller_minor - sum(self.sponsor_minors)


def hundred(currency: str) -> int:
    """An order of 100, in minor units."""
    return int(100 * 10 ** minor_digits(currency))


def bought_amount(rate: Rate | None, boost: Boost | None, bought: Bought, currency: str) -> int:
    """What a line earns its seller."""
    return line_amount(rate, boost, bought.base_minor, bought.quantity, currency)


def sample_order(
    plan: PlanDocument, rates: RateTable, currency: str, bought: Bought, seller: Seller, moment: datetime
) -> Sample:
    """An order by the real rate table, cut by the plan's `order_percent` as the books would cut it."""
    level, profile = rates.level_or_first(seller.level), rates.known_profile(seller.profile)
    rate = rates.find(bought.sku, bought.category, level, profile)
    boost = rates.boost(bought.sku, bought.category, level, profile, moment)
    earned = [bought_amount(rate, boost, bought, currency)]
    percents = plan.team.percents if plan.team is not None else ()
    earned += [bought.base_minor * basis_points(percent) // WHOLE for percent in percents]
    if plan.caps.order_percent is not None:
        earned = _cut(earned, bought.base_minor * basis_points(plan.caps.order_percent) // WHOLE)
    return Sample(bought.base_minor, rate, boost, earned[0], tuple(earned[1:]))


def _cut(earned: list[int], most: int) -> list[int]:
    """The farthest sponsor is cut first, the seller last."""
    over = max(sum(earned) - most, 0)
    kept = []
    for amount in reversed(earned):
        cut = min(over, amount)
        over -= cut
        kept.append(amount - cut)
    return kept[::-1]
