"""Lint of amounts: what one order pays at worst, against price, cost and caps; and what a payout leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

from models.errors import Sentence
from models.plans.amounts import WHOLE
from models.plans.document import PlanDocument
from models.plans.lint_findings import Code, LintFinding
from models.plans.parts import basis_points
from models.plans.priced import Catalogue, Priced
from models.plans.rates import RateTable
from models.plans.rules import Boost, Rate
from models.plans.sample import Bought, Seller, bought_amount, sample_order
from models.store.currency import amount_text, to_minor

TYPICAL_ORDERS = 30
"""Orders of a typical month, one a day: whoever sells so much should be able to withdraw."""
BEST_ORDERS = 3_000
"""Orders that even the best distributor hardly sells in a month; a ladder's band above their sum is never reached."""


@dataclass(frozen=True, slots=True)
class _Worst:
    """The most that one order can pay of one price, without caps."""

    rule: str
    base_minor: int
    paid_minor: int

    @property
    def share(self) -> int:
        """Basis points of the price."""
        return self.paid_minor * WHOLE // max(self.base_minor, 1)

    @property
    def shown(self) -> str:
        """The share for people, in whole percents."""
        return f"{self.share // 100} %"


def _said(minor: int, currency: str) -> str:
    return f"{amount_text(minor, currency)} {currency}"


def share_of(rate: Rate, product: Priced, currency: str) -> int:
    """Basis points of a product's price that a rate gives its seller."""
    if product.price_minor <= 0:
        return WHOLE
    amount = bought_amount(rate, None, Bought(product.price_minor, product.sku), currency)
    return amount * WHOLE // product.price_minor


def findings(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    """Everything that is about amounts."""
    yield from _payout(document, catalogue)
    if document.settlement.hold_days == 0:
        yield LintFinding(
            Code.NO_HOLD,
            ("settlement", "hold_days"),
            Sentence("commissions are released as soon as the buyer has the goods, before a return can come"),
            Sentence("write the days in which buyers may send goods back"),
        )
    yield from _against_the_order(document, catalogue)
    yield from _against_caps(document, catalogue)
    yield from _ladder(document, catalogue)


def _payout(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    currency = catalogue.currency
    minimum = to_minor(document.settlement.minimum_withdrawal, currency)
    fee = to_minor(document.withdrawal.fee, currency)
    share = basis_points(document.withdrawal.fee_percent)
    smallest = max(minimum, 1)
    if (fee or share) and fee + smallest * share // WHOLE >= smallest:
        yield LintFinding(
            Code.FEE_TAKES_ALL,
            ("withdrawal", "fee"),
            Sentence(
                "the fee takes all of the smallest withdrawal ({smallest})",
                smallest=_said(smallest, currency),
            ),
            Sentence("raise `minimum_withdrawal` above it"),
        )
    bought = Bought(catalogue.usual_price)
    usual = sample_order(document, RateTable(document), currency, bought, Seller(), document.starts_at)
    month = usual.seller_minor * TYPICAL_ORDERS
    if minimum > month:
        yield LintFinding(
            Code.MINIMUM_OUT_OF_REACH,
            ("settlement", "minimum_withdrawal"),
            Sentence(
                "{minimum} is more than a month with an order a day earns ({month})",
                minimum=_said(minimum, currency),
                month=_said(month, currency),
            ),
            Sentence("write an amount that a usual month reaches"),
        )


def _against_the_order(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    """The worst case of line, boost and team against the order and its ceiling."""
    caps, orders = document.caps, _Orders(document, catalogue.currency)
    kinds = [orders.worst(each, with_bonus=False) for each in _goods(document, catalogue)]
    worst = max(kinds, key=lambda each: each.share)
    # The margin guard is no ceiling: it holds only where the costs of all lines are known.
    if worst.share > WHOLE and caps.order_percent is None:
        yield LintFinding(
            Code.PAYS_MORE_THAN_ORDER,
            ("rates",),
            Sentence(
                "an order can pay {share} of what it brings in (by the rate for {rule}), and `order_percent` is not "
                "there",
                share=worst.shown,
                rule=worst.rule,
            ),
            Sentence('lower the rates, or add `caps: {{order_percent: "30"}}`'),
        )
    if caps.order_percent is not None and worst.share > basis_points(caps.order_percent):
        yield LintFinding(
            Code.ORDER_CAP_CUTS,
            ("caps", "order_percent"),
            Sentence(
                "rates and team come to {share} at most (by the rate for {rule}); the cap cuts that to {cap} %",
                share=worst.shown,
                rule=worst.rule,
                cap=caps.order_percent,
            ),
            Sentence("raise `order_percent`, or lower the rates"),
        )
    yield from _against_the_margin(document, catalogue, orders)


def _against_the_margin(
    document: PlanDocument, catalogue: Catalogue, orders: _Orders
) -> Iterator[LintFinding]:
    """The same with the first-order bonus, on one unit of each product whose cost is known."""
    guard = document.caps.margin_percent
    over = []
    for each in catalogue.goods:
        if each.cost_minor is None:
            continue
        left = max(each.price_minor - each.cost_minor, 0) * basis_points(guard or "100") // WHOLE
        paid = orders.worst(each).paid_minor
        if paid > left:
            over.append((each.sku, paid, left))
    if not over:
        return
    sku, paid, left = max(over, key=lambda each: each[1] - each[2])
    found, limit = _said(paid, catalogue.currency), _said(left, catalogue.currency)
    over_margin = Sentence(
        "an order of one unit can pay more than the margin leaves for {products} of the products, such as {sku}: "
        "{found} of {limit}",
        products=len(over),
        sku=sku,
        found=found,
        limit=limit,
    )
    if guard is not None:
        yield LintFinding(
            Code.MARGIN_CUTS,
            ("caps", "margin_percent"),
            Sentence("{over}; the margin guard cuts it", over=over_margin),
            Sentence("give these products rates of their own"),
        )
    else:
        yield LintFinding(
            Code.MARGIN_UNGUARDED,
            ("caps",),
            Sentence("{over}; nothing guards the margin", over=over_margin),
            Sentence("take `margin_percent: null` out, then the margin is guarded"),
        )


def _goods(document: PlanDocument, catalogue: Catalogue) -> Iterator[Priced]:
    """One of each kind of goods that rates tell apart, at its price where it is known."""
    usual = catalogue.usual_price
    yield Priced("", None, usual, None)
    for rule in (*document.rates, *document.boosts):
        if rule.product is not None:
            yield catalogue.by_sku.get(rule.product, Priced(rule.product, None, usual, None))
        elif rule.category is not None:
            yield Priced("", rule.category, usual, None)


class _Orders:
    """What one order can pay at worst. Goods that no rule tells apart are looked at together."""

    def __init__(self, document: PlanDocument, currency: str) -> None:
        self._document = document
        self._currency = currency
        self.table = RateTable(document)
        rules = (*document.rates, *document.boosts)
        self._skus = {rule.product for rule in rules}
        self._categories = {rule.category for rule in rules}
        self._pairs: dict[tuple[str, str | None], set[tuple[Rate | None, Boost | None]]] = {}
        percents = document.team.percents if document.team is not None else ()
        self._team = [basis_points(percent) for percent in percents]
        self._bonus = to_minor(document.bonuses.first_order or "0", currency)

    def worst(self, goods: Priced, *, with_bonus: bool = True) -> _Worst:
        """The best-paid seller at the best moment, the sponsors and the first-order bonus together."""
        bought = Bought(goods.price_minor, goods.sku, goods.category)
        amounts = [
            (bought_amount(rate, boost, bought, self._currency), (rate or boost))
            for rate, boost in self._kind(goods)
        ]
        best, rule = max(amounts, key=lambda each: each[0])
        team = sum(goods.price_minor * share // WHOLE for share in self._team)
        paid = best + team + (self._bonus if with_bonus else 0)
        return _Worst(rule.told if rule is not None else "–", goods.price_minor, paid)

    def _kind(self, goods: Priced) -> set[tuple[Rate | None, Boost | None]]:
        sku = goods.sku if goods.sku in self._skus else ""
        category = goods.category if goods.category in self._categories else None
        if (sku, category) not in self._pairs:
            self._pairs[sku, category] = set(self._rules_for(sku, category))
        return self._pairs[sku, category]

    def _rules_for(self, sku: str, category: str | None) -> Iterator[tuple[Rate | None, Boost | None]]:
        profiles = [None, *(profile.key for profile in self._document.profiles)]
        for level, profile in product((level.key for level in self._document.levels), profiles):
            rate = self.table.find(sku, category, level, profile)
            yield rate, None
            for boost in self._document.boosts:
                if (
                    boost.product in {None, sku}
                    and boost.category in {None, category}
                    and boost.level in {None, level}
                    and boost.profile in {None, profile}
                ):
                    yield rate, boost


def _against_caps(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    currency = catalogue.currency
    bought = Bought(catalogue.highest_price)
    earned = sample_order(document, RateTable(document), currency, bought, Seller(), document.starts_at)
    order = earned.seller_minor + sum(earned.sponsor_minors)
    for cap, code, paid in (
        ("budget", Code.BUDGET_BELOW_ORDER, order),
        ("day", Code.DAY_BELOW_ORDER, earned.seller_minor),
    ):
        most = getattr(document.caps, cap)
        if most is not None and to_minor(most, currency) < paid:
            yield LintFinding(
                code,
                ("caps", cap),
                Sentence(
                    "{most} is less than what one order of the dearest product pays ({paid})",
                    most=f"{most} {currency}",
                    paid=_said(paid, currency),
                ),
                Sentence("write an amount that lets through what you want to pay"),
            )


def _ladder(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    ladder = document.ladder
    if ladder is None:
        return
    for index, (band, after) in enumerate(pairwise(ladder.bands), start=1):
        if basis_points(band.percent) == basis_points(after.percent):
            yield LintFinding(
                Code.BAND_CHANGES_NOTHING,
                ("ladder", "bands", index),
                Sentence(
                    "the band from {start} pays {percent} %, as the one before it",
                    start=after.start,
                    percent=after.percent,
                ),
                Sentence("take it out, or raise its percentage"),
            )
    reach = catalogue.usual_price * BEST_ORDERS
    last = ladder.bands[-1]
    if catalogue.goods and to_minor(last.start, catalogue.currency) > reach:
        yield LintFinding(
            Code.BAND_OUT_OF_REACH,
            ("ladder", "bands", len(ladder.bands) - 1, "from"),
            Sentence(
                "the band from {start} takes more than {orders} orders of a usual product",
                start=last.start,
                orders=BEST_ORDERS,
            ),
            Sentence("write a figure that the best distributor may reach"),
        )
