"""A whole plan in words and tables, as the command line prints it: every part, also those that are left out."""
# ruff: noqa: PLC0415 - imports stand inside functions, so that --help is fast

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.cli.printing import print_facts, print_table

if TYPE_CHECKING:
    from bot.cards.plan_changes import Setting
    from bot.voice.catalogue import Voice
    from models.plans.changes import Topic
    from models.plans.document import PlanDocument
    from models.plans.ranks import Level
    from models.plans.rules import Boost, Rate
    from models.plans.versions import Plan

Fact = tuple[str, str]
_NO = "-"


def print_plan(plan: Plan, currency: str) -> None:
    """Everything that the plan says, in English; amounts in the merchant's currency."""
    words = _Words.of(plan.document, currency)
    starts: Fact = ("Starts at", plan.starts_at.isoformat())
    print_facts(f"{plan.document.name}, version {plan.version}", [starts, *words.facts()])
    words.print_tables()


@dataclass(frozen=True, slots=True)
class _Words:
    """One plan, with the words that the chat has for its parts."""

    plan: PlanDocument
    setting: Setting
    voice: Voice

    @classmethod
    def of(cls, plan: PlanDocument, currency: str) -> _Words:
        from zoneinfo import ZoneInfo

        from bot.cards.plan_changes import Setting
        from bot.voice.catalogue import Voice
        from bot.voice.languages import Language

        return cls(plan, Setting.of(currency, ZoneInfo("UTC"), plan), Voice(Language.EN))

    def facts(self) -> Iterator[Fact]:
        """Whose an order is, when it is paid out, what is paid beside the rates, and the most of it."""
        yield from self._whose()
        yield from self._payout()
        yield from self._beside_rates()
        yield from self._caps()

    def _said(self, topic: Topic, value: object, about: str | None = None) -> Fact:
        from bot.cards.plan_changes import part_words
        from bot.gateway.fit import plain

        what, says = part_words(topic, value, self.setting, self.voice, about)
        return plain(what), plain(says)

    def _whose(self) -> Iterator[Fact]:
        from models.plans.changes import Topic
        from models.plans.document import AttributionModel

        attribution, binding = self.plan.attribution, self.plan.binding
        is_last = attribution.model is AttributionModel.LAST_CLICK
        yield self._said(Topic.WINDOW, attribution.window_days)
        yield self._said(Topic.CLICK, "last" if is_last else "first")
        yield self._said(Topic.OWN_PURCHASE, attribution.self_purchase.value)
        if binding is None:
            yield "Customers are bound", "no"
            return
        yield self._said(Topic.PROTECTION, binding.protect_days)
        yield self._said(Topic.VALIDITY, binding.valid_days)
        yield self._said(Topic.COUPON_ORDER, binding.before_coupon)

    def _payout(self) -> Iterator[Fact]:
        from models.plans.changes import Topic

        settlement, withdrawal = self.plan.settlement, self.plan.withdrawal
        yield self._said(Topic.HOLD, settlement.hold_days)
        yield self._said(Topic.DELIVERY, settlement.delivery_days)
        yield self._said(Topic.MINIMUM, settlement.minimum_withdrawal)
        yield self._said(Topic.FEE, withdrawal.fee)
        yield self._said(Topic.FEE_PERCENT, withdrawal.fee_percent)
        yield self._said(Topic.ARRIVAL, withdrawal.arrives_in_days)
        above = withdrawal.second_person_above
        yield "A second person agrees above", self._amount(above) if above is not None else "never"
        yield self._said(Topic.NOTICE, self.plan.notice_days)

    def _beside_rates(self) -> Iterator[Fact]:
        from models.plans.changes import Topic

        team, bonuses = self.plan.team, self.plan.bonuses
        yield self._said(Topic.LADDER, self.plan.ladder)
        percents = team.percents if team is not None else ()
        for depth in (1, 2):
            percent = percents[depth - 1] if depth <= len(percents) else None
            yield self._said(Topic.TEAM, percent, str(depth))
        if team is not None:
            yield self._said(Topic.SAME_PERSON, team.same_person.value)
        yield self._said(Topic.FIRST_ORDER, bonuses.first_order)
        yield self._said(Topic.INVITE_CASHBACK, bonuses.invite_cashback)
        yield self._said(Topic.TEAM_TARGET, bonuses.team_target)

    def _caps(self) -> Iterator[Fact]:
        from models.plans.changes import Topic

        caps = self.plan.caps
        yield self._said(Topic.ORDER_CAP, caps.order_percent)
        yield self._said(Topic.MARGIN_CAP, caps.margin_percent)
        yield self._said(Topic.DAY_CAP, caps.day)
        yield self._said(Topic.BUDGET, caps.budget)

    def _amount(self, text: str) -> str:
        from bot.cards.plan_words import amount

        return amount(text, self.setting.currency, self.voice)

    def print_tables(self) -> None:
        """Levels, profiles, rates and boosts: what a plan has several of."""
        print_table(
            "Levels, lowest first",
            ("key", "zh", "en", "reached by", "days of grace", "gives besides"),
            (self._level(level) for level in self.plan.levels),
        )
        if self.plan.profiles:
            print_table(
                "Profiles, agreed with the person",
                ("key", "zh", "en", "cashback for an invitation", "codes of their own"),
                (
                    (
                        profile.key,
                        profile.title.zh,
                        profile.title.en,
                        self._amount(profile.invite_cashback) if profile.invite_cashback is not None else _NO,
                        "yes" if profile.exclusive_codes else "no",
                    )
                    for profile in self.plan.profiles
                ),
            )
        rates = ((rate.rule, self._pays(rate)) for rate in self.plan.rates)
        print_table("Rates; the most specific one counts", ("for", "earns"), rates)
        if self.plan.boosts:
            print_table(
                "Boosts",
                ("for", "pays", "how", "from", "until"),
                (
                    (
                        boost.rule,
                        self._pays(boost),
                        "on top of the rate" if boost.mode == "add" else "in place of the rate",
                        boost.starts.isoformat(),
                        boost.ends.isoformat(),
                    )
                    for boost in self.plan.boosts
                ),
            )

    def _level(self, level: Level) -> tuple[str, ...]:
        from bot.cards.plan_words import conditions_words, privilege_words
        from bot.gateway.fit import plain

        currency, names = self.setting.currency, (level.key, level.title.zh, level.title.en)
        besides = privilege_words(level.privileges, self.voice) or _NO
        if level.when is None:
            return (*names, "given by hand", _NO, besides)
        return (
            *names,
            plain(conditions_words(level.when, currency, self.voice)),
            str(level.grace_days),
            besides,
        )

    def _pays(self, rule: Rate | Boost) -> str:
        from bot.cards.plan_changes import rule_words
        from bot.gateway.fit import plain

        return plain(rule_words(rule, self.setting, self.voice))
