"""Every kind of plan error once: its line, its path, and the sentence with the mend."""

from __future__ import annotations

import pytest

from models.plans.faults import keys_at
from models.plans.reading import PlanRefused, read_plan
from tests.builders import BASE_PLAN

HEAD = BASE_PLAN.strip()
"""14 lines without the leading empty one; what a case adds begins on line 14 or later."""
LAST = len(HEAD.splitlines())
MOMENT = "write a time with its zone, such as 2026-03-01T00:00:00Z"
COUNT = (
    "this can't be counted; write a whole number from 1 to 1000000 for orders and team_size (5), "
    'an amount for sales ("500.00")'
)
PERCENT = 'a percentage is a string from "0" to "100" with at most two decimals'
OUTLINE = "this is no YAML; check quotes, colons and indents on this line and the one before"
DAYS = "from: 2026-03-08T00:00:00Z, until: 2026-03-10T00:00:00Z"
LEADER = "{key: leader, title: {zh: 团长, en: Leader}"
ONE_KIND = "a rate has either percent or fixed; write one of the two"


def findings(text: str, currency: str = "GBP") -> list[tuple[int, str, str]]:
    with pytest.raises(PlanRefused) as refused:
        read_plan(text, currency)
    return [(found.line, found.path, found.sentence) for found in refused.value.findings]


def leader_when(condition: str) -> tuple[str, str]:
    return LEADER, f"{LEADER}, when: {{all: [{condition}]}}"


FAULTS = [
    ("name: Base", "nmae: Base\nname: X", 1, "nmae", "there is no key `nmae` here; did you mean `name`?"),
    ("{hold_days: 7,", "{hold_days: 7, colour: red,", 4, "settlement.colour",
     "there is no key `colour` here; keys here are hold_days, delivery_days, minimum_withdrawal"),
    ("name: Base\n", "", 1, "name", "`name` is missing; add it, such as `name: Spring`"),
    ("zh: 推广员, ", "", 6, "levels[0].title.zh", "`zh` is missing; add it"),
    ("name: Base", "name:", 1, "name", "this is empty or no text; write a text here"),
    ("name: Base", "name: ''", 1, "name", "this is empty; write a text here"),
    ("name: Base", f"name: {'n' * 101}", 1, "name", "this is too long; write at most 100 characters"),
    ("key: leader", "key: Team Leader", 7, "levels[1].key",
     "a key has small letters, digits, - and _ only; write it like team-leader"),
    ("00:00:00Z", "00:00:00", 2, "starts_at", f"this time has no zone; {MOMENT}"),
    ("2010-12-01T00:00:00Z", "spring", 2, "starts_at", f"this is no time; {MOMENT}"),
    ("hold_days: 7", "hold_days: soon", 4, "settlement.hold_days",
     "this is no whole number; write one such as 30"),
    ("hold_days: 7", "hold_days: -1", 4, "settlement.hold_days", "this is too small; write 0 or more"),
    ("window_days: 30", "window_days: 366", 3, "attribution.window_days",
     "this is too large; write 365 or less"),
    ("last_click", "any_click", 3, "attribution.model",
     "there is no such word here; write one of these: last_click, first_click"),
    ('percent: "10"', 'percent: "101"', 10, "rates[0].percent", PERCENT),
    ('{percent: "10"}', "10", 10, "rates[0]",
     "this is no mapping; write `key: value` lines below it, or {key: value}"),
    ('{percent: "10"}', "{level: leader}", 10, "rates[0]", ONE_KIND),
    ('{category: lights,', '{category: lights, product: A,', 12, "rates[2]",
     "a rate selects a product or a category, not both; take one of the two out"),
    ("{level: leader, percent", "{level: boss, percent", 11, "rates[1].level",
     "there is no level boss; levels are promoter, leader, partner"),
    ("{level: leader, percent", "{profile: kol, percent", 11, "rates[1].profile",
     "there is no profile kol; add it under `profiles`"),
    ('fixed: "0.30"', 'fixed: "0.305"', 13, "rates[3].fixed",
     "0.305 has more decimal places than GBP knows; write at most 2"),
    (*leader_when("{metric: orders, at_least: many, within_days: 30}"), 7,
     "levels[1].when.all[0].at_least", COUNT),
    (*leader_when("{metric: orders, at_least: 0, within_days: 30}"), 7,
     "levels[1].when.all[0].at_least", COUNT),
    (*leader_when("{metric: orders, at_least: 2.5, within_days: 30}"), 7, "levels[1].when.all[0]",
     'sales are counted as an amount, the others by number; write "500.00" for sales, 5 for orders'),
    (*leader_when(""), 7, "levels[1].when.all", "the list is empty; write at least one entry"),
    (LEADER, f"{LEADER}, when: {{}}", 7, "levels[1].when",
     "conditions stand under `all` or under `any`; write one of the two"),
    ("en: Promoter}", "en: Promoter}, when: {all: [{metric: orders, at_least: 5, within_days: 30}]}", 6,
     "levels[0].when", "the first level is everybody's and has no conditions; take `when` out"),
    ("key: partner", "key: leader", 8, "levels[2].key",
     "level leader stands twice; give each level its own key"),
    ("name: Base", "name: Base\nname: Other", 2, "name", "this key stands twice; keep one of the two"),
    ("name: Base", "name: Base\ncurrency: EUR", 2, "currency",
     "the merchant's currency is GBP, not EUR; write GBP and its amounts"),
    ("name: Base", "name: Base\ncurrency: pounds", 2, "currency",
     "this is no currency; write its three capitals, such as GBP"),
    ("name: Base", "name: &n Base\nextra: *n", 2, "",
     "aliases are not read here; write out what it stands for"),
    ("key: leader", "key: [leader", 7, "",
     "this list or mapping in brackets is not closed; mend its commas and brackets"),
    ("name: Base", "name: Base: Spring", 1, "",
     "a colon stands where none can; put the text in quotes, or mend the indent"),
    ("name: Base", "name: Base\n\t- x", 2, "", "a tab stands here; indent with spaces"),
    ("name: Base", "name: Base\nspring", 3, "",
     "a colon is missing here or on the line before; write `key: value`"),
    ("name: Base", "name: 'Base", 1, "", "a quote is opened and not closed; close it"),
    ("name: Base", "name: Base\n  starts_at: x", 2, "",
     "a colon stands where none can; put the text in quotes, or mend the indent"),
    ("name: Base", "name: Base\n]", 2, "",
     "this does not stand where the lines around it do; mend the indent"),
    ("name: Base", "name: %Base", 1, "", "no text begins with this sign; put the text in quotes"),
    ("name: Base", "name: Base\n---\na: b", 2, "", "something follows the end of the plan; take it out"),
    ("name: Base", 'name: "Base \\q"', 1, "", OUTLINE),
]  # fmt: skip
"""A text of the base plan, what stands there instead, and the fault: line, place, sentence."""


@pytest.mark.parametrize(("before", "after", "line", "path", "sentence"), FAULTS)
def test_a_fault_of_the_base_plan(before: str, after: str, line: int, path: str, sentence: str) -> None:
    assert before in HEAD
    assert findings(HEAD.replace(before, after, 1)) == [(line, path, sentence)]


FAULTS_OF_PARTS = [
    ("boosts: [{percent: '5', from: 2026-03-08T00:00:00Z}]", "boosts[0].until", "`until` is missing; add it"),
    ("boosts: [{percent: '5', from: 2026-03-08T00:00:00Z, until: 2026-03-08T00:00:00Z}]", "boosts[0]",
     "a boost ends after it begins; mend `until`"),
    (f"boosts: [{{percent: '5', {DAYS}}}, {{percent: '6', {DAYS}}}]", "boosts[1]",
     "overlaps boosts[0] in time, both are for everything; let one end before the other"),
    ("ladder: {bands: []}", "ladder.bands", "the list is empty; write at least one entry"),
    ("ladder: {bands: [{from: '1000', percent: '3'}, {from: '900', percent: '8'}]}", "ladder.bands[1].from",
     "bands overlap: 900 is not above 1000; write them in rising order"),
    ("ladder: {bands: [{from: '0', percent: '3', to: '500'}, {from: '900', percent: '8'}]}",
     "ladder.bands[0].to", "a gap to the next band; let it end where that begins, at 900"),
    ("ladder: {bands: [{from: '0', percent: '3'}, {from: '900', percent: '2'}]}", "ladder.bands[1].percent",
     "percents never fall from band to band; write 3 or more"),
    ("ladder: {bands: [{from: '0', percent: '3', to: '9'}]}", "ladder.bands[0].to",
     "the last band has no end, or sales above it would earn nothing; take `to` out"),
    ("team: {depth: 3, percents: ['3', '2']}", "team.depth", "this is too large; write 2 or less"),
    ("team: {depth: 2, percents: ['3']}", "team",
     "a depth of 2 has 2 percents, not 1; write one for each step"),
    ("bonuses: {first_order: free}", "bonuses.first_order", 'an amount is a string such as "0.30"'),
    ("bonuses: {team_target: [{sales: '9', amount: '1'}, {sales: '9.00', amount: '2'}]}",
     "bonuses.team_target[1].sales", "the same step as team_target[0]; keep one of the two"),
    ("bonuses: {team_target: [{sales: '100', amount: '10'}, {sales: '1000', amount: '9.99'}]}",
     "bonuses.team_target[1].amount", "sales of 1000 would pay less than those of 100; write 10 or more"),
    ("caps: {order_percent: 30%}", "caps.order_percent", PERCENT),
    ("caps: {day: '1.001'}", "caps.day",
     "1.001 has more decimal places than GBP knows; write at most 2"),
    ("binding: {protect_days: 31, valid_days: 30}", "binding",
     "a customer can't be protected for longer than the binding is valid; raise `valid_days`"),
    ("binding: {protect_days: 3, valid_days: 30, before_coupon: perhaps}", "binding.before_coupon",
     "this is neither yes nor no; write true or false"),
    ("withdrawal: {fee_percent: '1.234'}", "withdrawal.fee_percent", PERCENT),
    ("profiles: [{key: kol, title: {zh: 达人, en: KOL}, invite_cashback: '1.001'}]",
     "profiles[0].invite_cashback",
     "1.001 has more decimal places than GBP knows; write at most 2"),
    ("profiles: kol", "profiles", "this is no list; begin each entry with a -, or write [one, two]"),
]  # fmt: skip
"""A part that is added to the base plan, and its fault: place and sentence."""


@pytest.mark.parametrize(("part", "path", "sentence"), FAULTS_OF_PARTS)
def test_a_fault_of_a_part_that_is_added(part: str, path: str, sentence: str) -> None:
    assert findings(f"{HEAD}\n{part}") == [(LAST + 1, path, sentence)]


def test_a_currency_without_decimals_says_so() -> None:
    text = HEAD.replace('"20.00"', '"20"')

    assert findings(text, "JPY") == [
        (13, "rates[3].fixed", "0.30 has decimal places, and JPY has none; write it without them")
    ]


def test_the_plan_of_the_money_engine_is_accepted_on_top_of_the_base_plan() -> None:
    kept = HEAD[: HEAD.index("levels:")]

    plan = read_plan(kept + ENGINE_PLAN, "GBP")

    assert [rate.rule for rate in plan.rates] == ["base", "profile=kol", "level=leader"]
    assert plan.ladder is not None
    assert plan.team is not None
    assert plan.bonuses.team_target[0].amount == "100.00"
    assert (plan.caps.order_percent, plan.caps.margin_percent) == ("30", "100")


def test_the_keys_of_every_part_are_known() -> None:
    assert keys_at(("boosts", 0)) == [
        *("product", "category", "profile", "level", "percent", "fixed", "mode", "from", "until")
    ]
    assert keys_at(("levels", 1, "when", "all", 0)) == ["metric", "at_least", "within_days"]
    assert keys_at(("nothing", "there")) == []


ENGINE_PLAN = """
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: leader, title: {zh: 团长, en: Leader}, when: {all: [{metric: orders, at_least: 5, within_days: 30}]},
     grace_days: 30}
profiles:
  - {key: kol, title: {zh: 达人, en: KOL}}
rates:
  - {percent: "10"}
  - {profile: kol, percent: "20"}
  - {level: leader, percent: "12"}
ladder: {period: month, mode: marginal, bands: [{from: "1000.00", percent: "3"}, {from: "5000.00", percent: "8"}]}
team: {depth: 1, percents: ["3"]}
bonuses: {first_order: "5.00", invite_cashback: "3.00",
          team_target: [{period: month, sales: "20000.00", amount: "100.00"}]}
caps: {order_percent: "30", day: "500.00"}
"""
"""The parts of the fourth issue, as they stand there."""
