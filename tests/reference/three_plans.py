"""Three very different plans for the real shop, each with the zone in which its days and months are counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Season:
    """A merchant's zone and the versions of its plan; `by_customer`: whether a customer always comes by one code."""

    name: str
    zone: str
    versions: tuple[str, ...]
    by_customer: bool
    given: tuple[str | None, ...]
    """Levels that every third person has from the beginning, in turn; one of them is in no plan."""
    pays: frozenset[str]
    """The kinds of commission that must come about, or the season would prove nothing of them."""


ISSUE = """
name: The issue's
starts_at: 2010-12-01T00:00:00Z
attribution: {model: last_click, window_days: 30, self_purchase: review}
settlement: {hold_days: 7, delivery_days: 3, minimum_withdrawal: "20.00"}
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - key: leader
    title: {zh: 团长, en: Leader}
    when: {all: [{metric: orders, at_least: 5, within_days: 30}]}
    grace_days: 30
profiles:
  - {key: kol, title: {zh: 达人, en: KOL}}
rates:
  - {percent: "10"}
  - {profile: kol, percent: "20"}
  - {level: leader, percent: "12"}
  - {category: lights, percent: "15"}
  - {product: 85123A, level: leader, fixed: "0.30"}
ladder: {period: month, mode: marginal, bands: [{from: "1000.00", percent: "3"}, {from: "5000.00", percent: "8"}]}
team: {depth: 1, percents: ["3"]}
bonuses:
  first_order: "5.00"
  invite_cashback: "3.00"
  team_target: [{period: month, sales: "20000.00", amount: "100.00"}]
caps: {order_percent: "30", day: "500.00"}
"""

LEVELLED = """
name: Levelled
starts_at: 2010-12-01T00:00:00Z
attribution: {self_purchase: skip}
settlement: {hold_days: 10, delivery_days: 4}
levels:
  - {key: "3", title: {zh: 一, en: First}}
  - key: "1"
    title: {zh: 二, en: Second}
    when: {all: [{metric: orders, at_least: 4, within_days: 30}, {metric: sales, at_least: "600.00", within_days: 30}]}
    grace_days: 10
  - key: "2"
    title: {zh: 三, en: Third}
    when:
      any: [{metric: sales, at_least: "2500.00", within_days: 20}, {metric: team_size, at_least: 4, within_days: 14}]
    grace_days: 40
  - {key: "0", title: {zh: 四, en: Fourth}}
profiles:
  - {key: kol, title: {zh: 达人, en: KOL}, exclusive_codes: true}
  - {key: fan, title: {zh: 铁粉, en: Fan}, invite_cashback: "7.50"}
rates:
  - {percent: "8.33"}
  - {level: "1", percent: "9.5"}
  - {level: "2", percent: "11"}
  - {profile: kol, percent: "16.67"}
  - {profile: kol, level: "2", percent: "18"}
  - {category: lights, percent: "12.5"}
  - {category: lights, level: "1", fixed: "0.21"}
  - {category: christmas, profile: fan, percent: "0"}
  - {category: christmas, profile: kol, level: "1", percent: "14"}
  - {product: 85123A, level: "0", fixed: "0.30"}
  - {product: "22423", profile: fan, percent: "20"}
boosts:
  - {category: christmas, percent: "5.55", mode: add, from: 2010-12-06T00:00:01Z, until: 2010-12-13T00:00:01Z}
  - {category: lights, fixed: "0.10", mode: add, from: 2010-12-08T00:00:01Z, until: 2011-01-20T00:00:01Z}
  - {product: 85123A, percent: "0", mode: replace, from: 2010-12-07T00:00:01Z, until: 2010-12-20T00:00:01Z}
  - {level: "1", percent: "2", mode: add, from: 2010-12-10T00:00:01Z, until: 2011-02-10T00:00:01Z}
  - {profile: kol, percent: "90", mode: add, from: 2010-12-09T00:00:01Z, until: 2010-12-10T00:00:01Z}
ladder:
  period: week
  mode: whole
  bands:
    - {from: "300.00", to: "900.00", percent: "1.5"}
    - {from: "900.00", percent: "1.5"}
    - {from: "1500.00", percent: "4"}
team: {depth: 2, percents: ["4", "1.5"]}
bonuses: {invite_cashback: "2.00"}
caps: {order_percent: "15.5", margin_percent: "80", day: "90.00", budget: "45000.00"}
"""

LEVELLED_FROM_THE_MIDDLE = (
    LEVELLED.replace("2010-12-01T00:00:00Z", "2010-12-14T11:00:01Z")
    .replace('{percent: "8.33"}', '{percent: "6"}')
    .replace("hold_days: 10", "hold_days: 2")
    .replace('percents: ["4", "1.5"]', 'percents: ["2.5", "0"]')
    .replace('order_percent: "15.5"', 'order_percent: "13"')
    .replace('invite_cashback: "2.00"', 'invite_cashback: "2.50"')
)

BONUSES = """
name: Bonuses
starts_at: 2010-12-01T00:00:00Z
attribution: {self_purchase: pay}
binding: {protect_days: 6, valid_days: 15}
settlement: {hold_days: 14, delivery_days: 0}
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: given, title: {zh: 特约, en: Given}}
  - key: leader
    title: {zh: 团长, en: Leader}
    when: {any: [{metric: orders, at_least: 6, within_days: 12}]}
    grace_days: 5
  - key: partner
    title: {zh: 合伙人, en: Partner}
    when:
      all: [{metric: sales, at_least: "1800.00", within_days: 60}, {metric: team_size, at_least: 1, within_days: 60}]
    grace_days: 45
profiles:
  - {key: fan, title: {zh: 铁粉, en: Fan}, invite_cashback: "6.00"}
  - {key: kol, title: {zh: 达人, en: KOL}, invite_cashback: "0.00"}
rates:
  - {percent: "5"}
  - {level: given, percent: "6"}
  - {level: leader, percent: "7"}
  - {level: partner, percent: "9.99"}
  - {profile: kol, percent: "12"}
ladder:
  period: quarter
  mode: marginal
  bands:
    - {from: "500.00", percent: "1"}
    - {from: "2000.00", percent: "2.25"}
    - {from: "9000.00", percent: "2.25"}
team: {depth: 2, percents: ["2", "3"], same_person: pay}
bonuses:
  first_order: "4.00"
  invite_cashback: "3.00"
  team_target:
    - {period: month, sales: "1000.00", amount: "10.00"}
    - {period: month, sales: "6000.00", amount: "70.00"}
    - {period: quarter, sales: "2000.00", amount: "33.33"}
    - {period: week, sales: "800.00", amount: "1.00"}
caps: {margin_percent: null, order_percent: "100", budget: "31000.00"}
"""

KINDS = frozenset({"line", "team", "first_order", "invite_cashback", "ladder", "team_target"})
SEASONS = (
    Season(
        "issue", "Europe/London", (ISSUE,), by_customer=True, given=(None, "leader", "promoter"), pays=KINDS
    ),
    Season(
        "levelled",
        "Asia/Shanghai",
        (LEVELLED, LEVELLED_FROM_THE_MIDDLE),
        by_customer=True,
        given=(None, "0", "1", "gone"),
        pays=KINDS - {"first_order", "team_target"},
    ),
    Season(
        "bonuses",
        "Pacific/Auckland",
        (BONUSES,),
        by_customer=False,
        given=(None, "given", "partner"),
        pays=KINDS,
    ),
)
