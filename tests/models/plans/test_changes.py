"""What a new plan changes: every kind of difference, whether it serves or costs, compared in money."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.plans.changes import Change, Topic, Way, changes, lowers
from models.plans.priced import Catalogue, Priced
from models.plans.reading import read_plan

START = datetime(2026, 3, 1, tzinfo=UTC)
HEAD = "name: P\nstarts_at: 2026-03-01T00:00:00Z\n"
LEVELS = """levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: leader, title: {zh: 团长, en: Leader}, when: {all: [{metric: orders, at_least: 5, within_days: 30}]},
     privileges: [materials]}
profiles: [{key: kol, title: {zh: 达人, en: KOL}}]
"""
RATES = 'rates: [{percent: "10"}, {level: leader, percent: "12"}]\n'
PLAIN = HEAD + LEVELS + RATES
GOODS = Catalogue("GBP", [Priced("LAMP", "lights", 2000, None), Priced("MUG", None, 255, None)])
MAY = "from: 2026-05-01T00:00:00Z, until: 2026-05-03T00:00:00Z"
LATER = "from: 2026-05-01T00:00:00Z, until: 2026-05-09T00:00:00Z"
PAST = "from: 2026-01-01T00:00:00Z, until: 2026-02-03T00:00:00Z"


def between(old: str, new: str) -> list[Change]:
    return changes(read_plan(old, "GBP"), read_plan(new, "GBP"), START, GOODS)


def told(old: str, new: str) -> list[tuple[Topic, Way]]:
    return [(change.topic, change.way) for change in between(old, new)]


def rates(text: str) -> str:
    return PLAIN.replace(RATES, f"rates: [{text}]\n")


B, W, M, N = Way.BETTER, Way.WORSE, Way.MIXED, Way.NEUTRAL


@pytest.mark.parametrize(
    ("before", "after", "topic", "way"),
    [
        ("team: {percents: ['3']}", "team: {percents: ['2']}", Topic.TEAM, W),
        ("", "team: {depth: 1, percents: ['2']}", Topic.TEAM, B),
        ("team: {percents: ['3']}", "team: {percents: ['3'], same_person: pay}", Topic.SAME_PERSON, B),
        ("bonuses: {first_order: '5'}", "bonuses: {first_order: '4.99'}", Topic.FIRST_ORDER, W),
        ("bonuses: {invite_cashback: '3'}", "", Topic.INVITE_CASHBACK, W),
        ("bonuses: {team_target: [{sales: '100', amount: '5'}]}",
         "bonuses: {team_target: [{sales: '90', amount: '5'}]}", Topic.TEAM_TARGET, B),
        ("bonuses: {team_target: [{sales: '100', amount: '5'}]}",
         "bonuses: {team_target: [{sales: '90', amount: '4'}]}", Topic.TEAM_TARGET, M),
        ("ladder: {bands: [{from: '100', percent: '3'}]}", "ladder: {bands: [{from: '90', percent: '3'}]}",
         Topic.LADDER, B),
        ("ladder: {bands: [{from: '100', percent: '3'}]}",
         "ladder: {mode: whole, bands: [{from: '100', percent: '3'}]}", Topic.LADDER, B),
        ("ladder: {bands: [{from: '100', percent: '3'}]}",
         "ladder: {bands: [{from: '200', percent: '9'}]}", Topic.LADDER, M),
        ("ladder: {bands: [{from: '100', percent: '3'}]}",
         "ladder: {period: week, bands: [{from: '100', percent: '3'}]}", Topic.LADDER, M),
        ("", "caps: {order_percent: '30'}", Topic.ORDER_CAP, W),
        ("", "caps: {margin_percent: '90'}", Topic.MARGIN_CAP, W),
        ("", "caps: {margin_percent: null}", Topic.MARGIN_CAP, B),
        ("caps: {day: '500'}", "caps: {day: '600'}", Topic.DAY_CAP, B),
        ("", "caps: {budget: '600'}", Topic.BUDGET, W),
        ("settlement: {hold_days: 7}", "settlement: {hold_days: 8}", Topic.HOLD, W),
        ("settlement: {delivery_days: 3}", "settlement: {delivery_days: 2}", Topic.DELIVERY, B),
        ("settlement: {minimum_withdrawal: '20'}", "settlement: {minimum_withdrawal: '20.01'}", Topic.MINIMUM, W),
        ("", "withdrawal: {fee: '1'}", Topic.FEE, W),
        ("withdrawal: {fee_percent: '1'}", "", Topic.FEE_PERCENT, B),
        ("", "withdrawal: {arrives_in_days: 5}", Topic.ARRIVAL, W),
        ("", "notice_days: 6", Topic.NOTICE, W),
        ("", "attribution: {window_days: 29}", Topic.WINDOW, W),
        ("", "attribution: {model: first_click}", Topic.CLICK, M),
        ("attribution: {self_purchase: pay}", "attribution: {self_purchase: skip}", Topic.OWN_PURCHASE, W),
        ("binding: {protect_days: 9, valid_days: 99}", "binding: {protect_days: 8, valid_days: 99}",
         Topic.PROTECTION, W),
        ("binding: {protect_days: 9, valid_days: 99}", "binding: {protect_days: 9, valid_days: 100}",
         Topic.VALIDITY, B),
        ("binding: {protect_days: 9, valid_days: 99}",
         "binding: {protect_days: 9, valid_days: 99, before_coupon: true}", Topic.COUPON_ORDER, M),
    ],
)  # fmt: skip
def test_a_part_that_changes_is_one_change(before: str, after: str, topic: Topic, way: Way) -> None:
    assert told(PLAIN + before, PLAIN + after) == [(topic, way)]
    assert lowers(between(PLAIN + before, PLAIN + after)) is (way in {W, M})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('{percent: "10"}', '{percent: "11"}', [("base", B)]),
        # 10 % of a lamp of 20.00 is 2.00
        ('{percent: "10"}', '{percent: "10"}, {product: LAMP, fixed: "2.00"}', []),
        ('{percent: "10"}', '{percent: "10"}, {product: LAMP, fixed: "1.99"}', [("product=LAMP", W)]),
        # Of goods whose price nobody knows it is better for some and worse for others
        ('{percent: "10"}', '{percent: "10"}, {category: lights, fixed: "2.00"}', [("category=lights", M)]),
        # What falls through: the lamp's own rate goes, and its category's answers
        ('{percent: "10"}, {category: lights, percent: "15"}, {product: LAMP, percent: "16"}',
         '{percent: "10"}, {category: lights, percent: "15"}', [("product=LAMP category=lights", W)]),
        # A rate for goods comes before one for people, so that leaders lose by what others gain from
        ('{percent: "4"}, {level: leader, percent: "12"}',
         '{percent: "4"}, {level: leader, percent: "12"}, {product: MUG, percent: "5"}',
         [("product=MUG level=leader", W), ("product=MUG", B)]),
        ('{percent: "10"}, {profile: kol, percent: "20"}', '{percent: "10"}', [("profile=kol", W)]),
        ('{category: lights, percent: "10"}', '{category: lights, percent: "0"}', [("category=lights", W)]),
        ('{percent: "10"}, {level: leader, percent: "12"}', '{level: leader, percent: "12"}, {percent: "10.00"}', []),
    ],
)  # fmt: skip
def test_rates_are_compared_by_what_answers(before: str, after: str, expected: list[tuple[str, Way]]) -> None:
    found = between(rates(before), rates(after))

    shown = []
    for change in found:
        assert change.topic is Topic.RATE
        assert isinstance(change.about, tuple)
        named = [f"{name}={value}" for name, value in change.about._asdict().items() if value is not None]
        shown.append((" ".join(named) or "base", change.way))
    assert shown == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", f"boosts: [{{percent: '5', {MAY}}}]", [B]),
        (f"boosts: [{{percent: '5', {MAY}}}]", "", [W]),
        (f"boosts: [{{percent: '5', {PAST}}}]", "", []),
        (f"boosts: [{{percent: '5', {MAY}}}]", f"boosts: [{{percent: '5', {LATER}}}]", [B]),
        (f"boosts: [{{percent: '5', {LATER}}}]", f"boosts: [{{percent: '5', {MAY}}}]", [W]),
        ("", f"boosts: [{{percent: '11', mode: replace, {MAY}}}]", [M]),  # leaders have 12
        ("", f"boosts: [{{percent: '9', mode: replace, {MAY}}}]", [W]),
        # A narrower boost hides the wider one
        (f"boosts: [{{percent: '5', {MAY}}}]",
         f"boosts: [{{percent: '5', {MAY}}}, {{category: lights, percent: '2', {MAY}}}]", [W]),
    ],
)  # fmt: skip
def test_boosts_are_compared_by_what_they_bring_from_the_start_on(
    before: str, after: str, expected: list[Way]
) -> None:
    assert [way for topic, way in told(PLAIN + before, PLAIN + after) if topic is Topic.BOOST] == expected


WHEN = "when: {all: [{metric: orders, at_least: 5, within_days: 30}]}"


@pytest.mark.parametrize(
    ("after", "topic", "way"),
    [
        (WHEN.replace("5", "6"), Topic.LEVEL_WHEN, W),
        (WHEN.replace("30", "40"), Topic.LEVEL_WHEN, B),
        (WHEN.replace("orders", "team_size"), Topic.LEVEL_WHEN, M),
        ("grace_days: 30", Topic.LEVEL_WHEN, W),
        (f"{WHEN}, grace_days: 29", Topic.LEVEL_GRACE, W),
    ],
)
def test_a_level_that_changes(after: str, topic: Topic, way: Way) -> None:
    assert told(PLAIN, PLAIN.replace(WHEN, after)) == [(topic, way)]


def test_levels_and_profiles_that_come_and_go() -> None:
    without = PLAIN.replace("leader", "boss").replace("key: kol", "key: fan")

    found = between(PLAIN, without)
    assert [
        (change.topic, change.way, change.about) for change in found if change.topic is not Topic.RATE
    ] == [
        (Topic.LEVEL, W, "leader"),
        (Topic.PROFILE, W, "kol"),
        (Topic.LEVEL, N, "boss"),
        (Topic.PROFILE, N, "fan"),
    ]
    # Who was a leader counts as a promoter; the new level's rate is better than the first one's
    rated = [(change.way, change.about) for change in found if change.topic is Topic.RATE]
    assert rated == [(W, (None, None, None, "leader")), (B, (None, None, None, "boss"))]
    privileges = between(PLAIN, PLAIN.replace("[materials]", "[task_pool]"))
    assert [(change.topic, change.way) for change in privileges] == [(Topic.LEVEL_PRIVILEGES, M)]
    cashback = between(PLAIN, PLAIN.replace("en: KOL}}", "en: KOL}, invite_cashback: '2'}"))
    assert [(change.topic, change.way) for change in cashback] == [(Topic.PROFILE_CASHBACK, B)]


def test_a_level_that_goes_lowers_what_its_holders_earn() -> None:
    found = between(
        PLAIN, PLAIN.replace('{level: leader, percent: "12"}', '{level: promoter, percent: "10"}')
    )

    assert [(change.topic, change.way) for change in found] == [(Topic.RATE, W)]


def test_the_same_plan_under_another_name_changes_nothing() -> None:
    renamed = PLAIN.replace("name: P", "name: Spring").replace("2026-03-01", "2026-04-01")

    assert between(PLAIN, renamed) == []


def test_what_lowers_stands_first() -> None:
    found = told(PLAIN + "caps: {day: '5'}", PLAIN + "caps: {day: '6'}\nnotice_days: 0\n")

    assert found == [(Topic.NOTICE, W), (Topic.DAY_CAP, B)]
