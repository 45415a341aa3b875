"""A plan file read a second time, by docs/plans.md alone: what one order, one period and one level are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import yaml


def cents(amount: str) -> int:
    """Two decimals: the reference knows no other currency."""
    return int(Decimal(amount) * 100)


def part(amount: int, percent: Decimal) -> int:
    """So much percent of an amount, down to the cent."""
    return int(amount * percent // 100)


@dataclass(frozen=True)
class Price:
    """What a rule pays: a percentage of the base, or an amount for each unit."""

    percent: Decimal | None
    fixed: int | None

    def of(self, base: int, quantity: int) -> int:
        if self.percent is not None:
            return min(part(base, self.percent), base)
        assert self.fixed is not None
        return min(self.fixed * quantity, base)


NOTHING = Price(None, 0)


class Who(NamedTuple):
    """What a rule is for; None is any."""

    product: str | None
    category: str | None
    profile: str | None
    level: str | None


@dataclass(frozen=True)
class Boost:
    """A promotion of a rule for a time."""

    who: Who
    price: Price
    adds: bool
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Wish:
    """One condition of a level."""

    metric: str
    at_least: int
    window: timedelta


@dataclass(frozen=True)
class Step:
    """A level: its wishes, whether all of them or any, and the days of grace."""

    key: str
    wishes: tuple[Wish, ...]
    every: bool
    grace: timedelta


@dataclass(frozen=True)
class Ladder:
    length: str
    whole: bool
    bands: tuple[tuple[int, Decimal], ...]

    def pays(self, sales: int) -> int:
        if self.whole:
            reached = [percent for start, percent in self.bands if sales >= start]
            return part(sales, reached[-1]) if reached else 0
        total = 0
        for place, (start, percent) in enumerate(self.bands):
            end = self.bands[place + 1][0] if place + 1 < len(self.bands) else sales
            total += part(max(min(sales, end) - start, 0), percent)
        return total


@dataclass(frozen=True)
class Terms:
    """One version of a plan."""

    starts: datetime
    own: str
    hold: timedelta
    delivery: timedelta
    levels: tuple[Step, ...]
    cashback_of: Mapping[str, int]
    profiles: frozenset[str]
    rates: Mapping[Who, Price]
    boosts: tuple[Boost, ...]
    ladder: Ladder | None
    team: tuple[Decimal, ...]
    skips_same_person: bool
    first_order: int
    cashback: int
    targets: Mapping[str, Sequence[tuple[int, int]]]
    order_cap: Decimal | None
    margin_cap: Decimal | None
    day_cap: int | None
    budget: int | None
    protect: timedelta | None
    valid: timedelta

    def level(self, key: str | None) -> Step:
        """A level that the plan doesn't have, or none, counts as the first."""
        return next((step for step in self.levels if step.key == key), self.levels[0])

    def line(self, asked: Who, at: datetime, base: int, quantity: int) -> int:
        """What the seller earns of one line before any cap."""
        rate = next((self.rates[who] for who in precedence(asked) if who in self.rates), NOTHING)
        holding = {boost.who: boost for boost in self.boosts if boost.begins <= at < boost.ends}
        boost = next((holding[who] for who in precedence(asked) if who in holding), None)
        if boost is None:
            return rate.of(base, quantity)
        if not boost.adds:
            return boost.price.of(base, quantity)
        if rate.percent is not None and boost.price.percent is not None:
            return min(part(base, rate.percent + boost.price.percent), base)
        return min(rate.of(base, quantity) + boost.price.of(base, quantity), base)


def precedence(asked: Who) -> list[Who]:
    """The twelve rows of docs/plans.md, "Which rate a line earns"."""
    product, category, profile, level = asked
    goods = [(product, None), *([(None, category)] if category is not None else []), (None, None)]
    agreed = [(profile, level), (profile, None)] if profile is not None else []
    people = [*agreed, (None, level), (None, None)]
    return [Who(*sold, *seller) for sold in goods for seller in people]


def read_terms(text: str) -> Terms:
    said: dict[str, Any] = yaml.safe_load(text)
    settlement = said.get("settlement", {})
    bonuses, caps, team = said.get("bonuses", {}), said.get("caps", {}), said.get("team")
    binding, profiles = said.get("binding"), said.get("profiles", [])
    targets: dict[str, list[tuple[int, int]]] = {}
    for target in bonuses.get("team_target", []):
        steps = targets.setdefault(target.get("period", "month"), [])
        steps.append((cents(target["sales"]), cents(target["amount"])))
    return Terms(
        starts=_moment(said["starts_at"]),
        own=said.get("attribution", {}).get("self_purchase", "review"),
        hold=timedelta(days=int(settlement.get("hold_days", 7))),
        delivery=timedelta(days=int(settlement.get("delivery_days", 3))),
        levels=tuple(_step(level) for level in said["levels"]),
        cashback_of={
            one["key"]: cents(one["invite_cashback"]) for one in profiles if "invite_cashback" in one
        },
        profiles=frozenset(one["key"] for one in profiles),
        rates={_who(rate): _price(rate) for rate in said["rates"]},
        boosts=tuple(
            Boost(
                _who(boost),
                _price(boost),
                boost.get("mode", "add") == "add",
                _moment(boost["from"]),
                _moment(boost["until"]),
            )
            for boost in said.get("boosts", [])
        ),
        ladder=_ladder(said.get("ladder")),
        team=tuple(Decimal(percent) for percent in team["percents"]) if team else (),
        skips_same_person=team is None or team.get("same_person", "skip") == "skip",
        first_order=cents(bonuses.get("first_order", "0")),
        cashback=cents(bonuses.get("invite_cashback", "0")),
        targets=targets,
        order_cap=_percent(caps.get("order_percent")),
        margin_cap=_percent(caps.get("margin_percent", "100")),
        day_cap=cents(caps["day"]) if caps.get("day") else None,
        budget=cents(caps["budget"]) if caps.get("budget") else None,
        protect=timedelta(days=int(binding["protect_days"])) if binding else None,
        valid=timedelta(days=int(binding["valid_days"]) if binding else 0),
    )


def _moment(said: datetime) -> datetime:
    return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)


def _percent(said: str | None) -> Decimal | None:
    return Decimal(said) if said is not None else None


def _who(said: Mapping[str, Any]) -> Who:
    return Who(*(said.get(key) for key in Who._fields))


def _price(said: Mapping[str, Any]) -> Price:
    return Price(_percent(said.get("percent")), cents(said["fixed"]) if "fixed" in said else None)


def _ladder(said: Mapping[str, Any] | None) -> Ladder | None:
    if said is None:
        return None
    bands = tuple((cents(band["from"]), Decimal(band["percent"])) for band in said["bands"])
    return Ladder(said.get("period", "month"), said.get("mode", "marginal") == "whole", bands)


def _step(said: Mapping[str, Any]) -> Step:
    when = said.get("when", {})
    wishes = tuple(
        Wish(
            wish["metric"],
            cents(wish["at_least"]) if wish["metric"] == "sales" else int(wish["at_least"]),
            timedelta(days=int(wish["within_days"])),
        )
        for wish in when.get("all") or when.get("any") or ()
    )
    return Step(said["key"], wishes, "all" in when, timedelta(days=int(said.get("grace_days", 30))))
