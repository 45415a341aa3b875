"""Lint: every code once, found where it stands, and not found in plans that are as they should be."""

from __future__ import annotations

import pytest

from models.plans.lint import Code, Severity, lint
from models.plans.priced import Catalogue, Priced
from models.plans.reading import read_plan
from tests.builders import BASE_PLAN
from tests.models.plans.test_faults import ENGINE_PLAN

GOODS = (
    Priced("LAMP", "lights", 2000, 800),
    Priced("MUG", None, 1000, 400),
    Priced("PEN", None, 100, None),
)
HEAD = """
name: P
starts_at: 2026-03-01T00:00:00Z
"""
LEVELS = """
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: leader, title: {zh: 团长, en: Leader}}
"""
RATES = "rates: [{percent: '10'}]"
MAY = "from: 2026-05-01T00:00:00Z, until: 2026-05-03T00:00:00Z"
PAST = "from: 2026-01-01T00:00:00Z, until: 2026-01-03T00:00:00Z"


def leader(conditions: str) -> str:
    return LEVELS.replace("en: Leader}}", f"en: Leader}}, when: {conditions}}}")


def heads(way: str = "all") -> str:
    return leader(f"{{{way}: [{{metric: team_size, at_least: 5, within_days: 30}}]}}")


BY_ORDERS = leader("{all: [{metric: orders, at_least: 5, within_days: 30}]}")


def found(
    *parts: str, rates: str = RATES, levels: str = LEVELS, goods: tuple[Priced, ...] = GOODS
) -> dict[Code, str]:
    text = "\n".join([HEAD, levels, rates, *parts])
    findings = lint(read_plan(text, "GBP"), Catalogue("GBP", goods))
    assert len({(each.code, each.path) for each in findings}) == len(findings)
    return {each.code: ".".join(map(str, each.path)) for each in findings}


@pytest.mark.parametrize(
    ("code", "path", "facts"),
    [
        (Code.FEE_TAKES_ALL, "withdrawal.fee",
         {"parts": ["settlement: {minimum_withdrawal: '2.00'}", "withdrawal: {fee: '1.50', fee_percent: '25'}"]}),
        (Code.PAYS_MORE_THAN_ORDER, "rates",
         {"parts": ["team: {percents: ['3']}", "caps: {margin_percent: null}"], "rates": "rates: [{percent: '98'}]"}),
        # The margin guard is none for goods without a cost.
        (Code.PAYS_MORE_THAN_ORDER, "rates",
         {"parts": ["team: {percents: ['3']}"], "rates": "rates: [{percent: '98'}]"}),
        (Code.DEPTH_TWO, "team.depth", {"parts": ["team: {depth: 2, percents: ['3', '1']}"]}),
        (Code.HEAD_COUNT_LEVEL, "levels.1.when", {"levels": heads()}),
        (Code.LEVEL_CAN_BE_BOUGHT, "attribution.self_purchase",
         {"parts": ["attribution: {self_purchase: pay}"], "levels": BY_ORDERS}),
        (Code.UPLINES_EARN_MORE, "team.percents",
         {"parts": ["team: {percents: ['3']}"], "rates": "rates: [{percent: '10'}, {product: PEN, fixed: '0.02'}]"}),
        (Code.LEVEL_EARNS_LESS, "rates.1",
         {"rates": "rates: [{percent: '10'}, {level: leader, percent: '8'}]"}),
        (Code.ORDER_CAP_CUTS, "caps.order_percent",
         {"parts": ["team: {percents: ['3']}", "caps: {order_percent: '14'}",
                    f"boosts: [{{category: lights, percent: '2', {MAY}}}]"]}),
        (Code.MARGIN_CUTS, "caps.margin_percent", {"rates": "rates: [{percent: '61'}]"}),
        (Code.MARGIN_CUTS, "caps.margin_percent", {"parts": ["bonuses: {first_order: '5.01'}"]}),
        (Code.MARGIN_UNGUARDED, "caps",
         {"parts": ["caps: {margin_percent: null}"], "rates": "rates: [{percent: '61'}]"}),
        (Code.MINIMUM_OUT_OF_REACH, "settlement.minimum_withdrawal",
         {"parts": ["settlement: {minimum_withdrawal: '30.01'}"]}),
        (Code.NO_HOLD, "settlement.hold_days", {"parts": ["settlement: {hold_days: 0}"]}),
        (Code.BUDGET_BELOW_ORDER, "caps.budget",
         {"parts": ["team: {percents: ['3']}", "caps: {budget: '2.59'}"]}),
        (Code.DAY_BELOW_ORDER, "caps.day", {"parts": ["caps: {day: '1.99'}"]}),
        (Code.BOOST_LOWERS, "boosts.0.percent",
         {"parts": [f"boosts: [{{product: LAMP, percent: '11', mode: replace, {MAY}}}]"],
          "rates": "rates: [{percent: '10'}, {category: lights, percent: '12'}]"}),
        (Code.BOOST_NEVER_HOLDS, "boosts.0.until", {"parts": [f"boosts: [{{percent: '5', {PAST}}}]"]}),
        (Code.ZERO_RATE, "rates.1", {"rates": "rates: [{percent: '10'}, {product: MUG, percent: '0.00'}]"}),
        (Code.NO_BASE_RATE, "rates", {"rates": "rates: [{category: lights, percent: '10'}]"}),
        (Code.GOODS_UNKNOWN, "rates.1.category",
         {"rates": "rates: [{percent: '10'}, {category: lamps, percent: '12'}]"}),
        (Code.BAND_CHANGES_NOTHING, "ladder.bands.1",
         {"parts": ["ladder: {bands: [{from: '10', percent: '3'}, {from: '20', percent: '3.00'}]}"]}),
        (Code.BAND_OUT_OF_REACH, "ladder.bands.0.from",
         {"parts": ["ladder: {bands: [{from: '30000.01', percent: '3'}]}"]}),
    ],
)  # fmt: skip
def test_each_code_once(code: Code, path: str, facts: dict[str, object]) -> None:
    parts = [str(part) for part in facts.get("parts", [])]  # type: ignore[attr-defined]
    rates, levels = str(facts.get("rates", RATES)), str(facts.get("levels", LEVELS))

    assert found(*parts, rates=rates, levels=levels).get(code) == path


@pytest.mark.parametrize(
    ("code", "parts", "levels", "rates"),
    [
        # The very limit is no finding.
        (Code.FEE_TAKES_ALL, "withdrawal: {fee: '1.00'}\nsettlement: {minimum_withdrawal: '1.01'}", LEVELS, RATES),
        (Code.PAYS_MORE_THAN_ORDER, "caps: {margin_percent: null}", LEVELS, "rates: [{percent: '100'}]"),
        (Code.PAYS_MORE_THAN_ORDER, "team: {percents: ['3']}\ncaps: {order_percent: '100'}", LEVELS,
         "rates: [{percent: '98'}]"),
        (Code.HEAD_COUNT_LEVEL, "",
         leader("{all: [{metric: team_size, at_least: 5, within_days: 30}, "
                "{metric: orders, at_least: 1, within_days: 30}]}"), RATES),
        (Code.LEVEL_CAN_BE_BOUGHT, "attribution: {self_purchase: review}", BY_ORDERS, RATES),
        (Code.UPLINES_EARN_MORE, "team: {percents: ['10']}", LEVELS, RATES),
        (Code.ORDER_CAP_CUTS, "team: {percents: ['3']}\ncaps: {order_percent: '13'}", LEVELS, RATES),
        (Code.MARGIN_CUTS, "", LEVELS, "rates: [{percent: '60'}]"),
        (Code.MINIMUM_OUT_OF_REACH, "settlement: {minimum_withdrawal: '30.00'}", LEVELS, RATES),
        (Code.BUDGET_BELOW_ORDER, "caps: {budget: '2.00'}", LEVELS, RATES),
        (Code.BOOST_LOWERS, f"boosts: [{{percent: '10', mode: replace, {MAY}}}]", LEVELS, RATES),
        (Code.BAND_OUT_OF_REACH, "ladder: {bands: [{from: '30000.00', percent: '3'}]}", LEVELS, RATES),
    ],
)  # fmt: skip
def test_the_limit_itself_is_allowed(code: Code, parts: str, levels: str, rates: str) -> None:
    assert code not in found(parts, levels=levels, rates=rates)


def test_any_way_that_only_counts_heads_is_named() -> None:
    way = "{any: [{metric: orders, at_least: 1, within_days: 9}, {metric: team_size, at_least: 5, within_days: 9}]}"

    assert Code.HEAD_COUNT_LEVEL in found(levels=leader(way))


def test_the_plans_of_the_issues_have_no_error() -> None:
    engine = BASE_PLAN[: BASE_PLAN.index("levels:")] + ENGINE_PLAN

    for text in (BASE_PLAN, engine):
        findings = lint(read_plan(text, "GBP"), Catalogue("GBP", GOODS))
        assert [each for each in findings if each.severity is Severity.ERROR] == []


def test_errors_stand_first_and_speak_in_the_currency_of_the_merchant() -> None:
    text = "\n".join(
        [HEAD, LEVELS, RATES, "settlement: {hold_days: 0, minimum_withdrawal: '5'}", "withdrawal: {fee: '5'}"]
    )

    first, second = lint(read_plan(text, "JPY"), Catalogue("JPY"))

    assert first.severity is Severity.ERROR
    assert first.sentence == "the fee takes all of the smallest withdrawal (5 JPY)"
    assert second.code is Code.NO_HOLD
