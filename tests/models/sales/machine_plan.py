"""The plan and the people of the state machine: every part of the plan language, with amounts that collide often."""

from __future__ import annotations

from datetime import UTC, datetime

OPENED = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday; summer time begins four weeks later."""
PEOPLE = [
    ("top", None, None),
    ("ann", None, "own"),
    ("bo", "top", None),
    ("mei", "bo", "mei"),
    ("eve", "mei", "own"),
]
"""Distributor, sponsor, and contact data: `own` is the buyer's whenever customer c2 buys."""
PLAN = """
name: Machine
starts_at: 2026-03-01T00:00:00Z
attribution: {self_purchase: review}
settlement: {hold_days: 5, delivery_days: 2, minimum_withdrawal: "0.50"}
withdrawal: {fee: "0.10", fee_percent: "1", second_person_above: "4.00"}
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - key: leader
    title: {zh: 团长, en: Leader}
    when: {all: [{metric: orders, at_least: 2, within_days: 20}]}
    grace_days: 3
  - key: partner
    title: {zh: 合伙人, en: Partner}
    when:
      any: [{metric: sales, at_least: "150.00", within_days: 30}, {metric: team_size, at_least: 1, within_days: 9}]
    grace_days: 20
rates:
  - {percent: "10"}
  - {level: leader, percent: "12.5"}
  - {level: partner, percent: "13.37"}
  - {category: lights, percent: "15"}
  - {product: PEN, fixed: "0.07"}
boosts:
  - {product: PEN, percent: "5", mode: add, from: 2026-03-10T00:00:00Z, until: 2026-04-10T00:00:00Z}
  - {category: lights, percent: "0", mode: replace, from: 2026-03-20T00:00:00Z, until: 2026-03-30T00:00:00Z}
ladder: {period: week, mode: marginal, bands: [{from: "20.00", percent: "3"}, {from: "90.00", percent: "8"}]}
team: {depth: 2, percents: ["3", "1.5"]}
bonuses:
  first_order: "5.00"
  invite_cashback: "3.00"
  team_target: [{period: week, sales: "50.00", amount: "1.00"}, {period: month, sales: "120.00", amount: "4.00"}]
caps: {order_percent: "20", day: "30.00", budget: "90.00"}
"""
