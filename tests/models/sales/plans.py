"""Plans that stories are told under: the base plan with more parts."""

from __future__ import annotations

from tests.builders import BASE_PLAN

ISSUE_PLAN = """
name: Whole
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
ladder: {period: month, mode: marginal, bands: [{from: "1000.00", percent: "3"}, {from: "5000.00", percent: "8"}]}
team: {depth: 1, percents: ["3"]}
bonuses:
  first_order: "5.00"
  invite_cashback: "3.00"
  team_target: [{period: month, sales: "20000.00", amount: "100.00"}]
caps: {order_percent: "30", day: "500.00"}
"""
"""The plan of the issue, which must be accepted as it stands."""


def plan(*parts: str) -> str:
    """The base plan with further parts; a part takes the place of the base's own of the same name."""
    names = tuple(part.split(":", 1)[0] + ":" for part in parts)
    kept, skipping = [], False
    for row in BASE_PLAN.splitlines():
        if row[:1].isalpha():
            skipping = row.startswith(names)
        if not skipping:
            kept.append(row)
    return "\n".join([*kept, *parts]) + "\n"
