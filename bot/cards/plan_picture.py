"""The words of the plan's picture: where an order of 100 goes for this reader, and what else the plan pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards.plan_changes import Setting, last_day, rule_words, selector_words
from bot.cards.plan_words import (
    PERIODS,
    amount,
    conditions_words,
    level_title,
    percent_text,
)
from bot.cards.plans import Shown, two_sentences
from bot.media.plan_flow import Part, PlanFlow, Row, Section, Share
from bot.voice.catalogue import Voice
from bot.voice.money import money
from bot.voice.names import plain_name
from models.plans.document import PlanDocument
from models.plans.parts import Title
from models.plans.ranks import Level, Profile
from models.plans.rates import RateTable
from models.plans.rules import BoostMode, LadderMode, Selector
from models.plans.sample import Bought, Sample, Seller, hundred, sample_order

_NAME_COLUMNS = 40
_MOST_GOODS = 4
_MOST_LEVELS = 6
_MOST_PROFILES = 6
_MOST_BANDS = 6
_SHOP_COLUMNS = 60
_ANYBODY = Seller()


@dataclass(frozen=True, slots=True)
class PictureWish:
    """A plan as one reader sees it at a moment: by their level and profile. `is_whole` draws the tables, too.

    `titles`: what buyers call the products that the plan names, by their numbers.
    """

    shop: str
    plan: PlanDocument
    currency: str
    zone: ZoneInfo
    at: datetime
    reader: Seller = _ANYBODY
    is_whole: bool = True
    titles: Mapping[str, str] = field(default_factory=dict)


def plan_flow(wish: PictureWish, voice: Voice) -> PlanFlow:
    """Everything that is drawn, computed by the plan's own rate table."""
    return _Words(wish, voice).flow()


class _Words:
    def __init__(self, wish: PictureWish, voice: Voice) -> None:
        self.wish = wish
        self.plan = wish.plan
        self.voice = voice
        self.rates = RateTable(wish.plan)
        self.level = self.rates.level_or_first(wish.reader.level)
        self.profile = self.rates.known_profile(wish.reader.profile)
        self.setting = Setting.of(wish.currency, wish.zone, wish.plan, titles=wish.titles)

    def flow(self) -> PlanFlow:
        voice, whole = self.voice, hundred(self.wish.currency)
        sample = self._sample(self.level)
        shown = Shown(self.wish.at, self.wish.zone, self.wish.reader)
        earns, when = two_sentences(self.plan, self.wish.currency, voice, shown)
        minimum = amount(self.plan.settlement.minimum_withdrawal, self.wish.currency, voice)
        return PlanFlow(
            title=voice.plain(
                "How {shop} pays", shop=plain_name(self.wish.shop, _SHOP_COLUMNS, voice.plain("the shop"))
            ),
            sentences=(earns.striptags(), when.striptags()),
            buyer=voice.plain("A buyer orders by your link and pays"),
            paid=self._money(whole),
            paid_minor=whole,
            shares=self._shares(sample),
            hold=voice.plain("In hold"),
            hold_note=self._hold(),
            release=voice.plain("Can be withdrawn"),
            release_note=voice.plain("from {amount} on", amount=minimum)
            if self.plan.settlement.minimum_withdrawal.strip("0.")
            else voice.plain("any amount"),
            sections=tuple(self._sections()),
        )

    def _money(self, minor: int) -> str:
        return money(minor, self.wish.currency, self.voice.language)

    def _sample(self, level: str) -> Sample:
        return self._sold(Seller(level, self.profile))

    def _sold(self, seller: Seller) -> Sample:
        bought = Bought(hundred(self.wish.currency))
        return sample_order(self.plan, self.rates, self.wish.currency, bought, seller, self.wish.at)

    def _shares(self, sample: Sample) -> tuple[Share, ...]:
        voice = self.voice
        shares = [
            Share(
                Part.YOU,
                voice.plain("You earn"),
                sample.seller_minor,
                self._money(sample.seller_minor),
                self._how(sample),
            )
        ]
        labels = (voice.plain("Who invited you"), voice.plain("Who invited them"))
        percents = self.plan.team.percents if self.plan.team is not None else ()
        for label, minor, percent in zip(labels, sample.sponsor_minors, percents, strict=False):
            shares.append(
                Share(Part.SPONSOR, label, minor, self._money(minor), (f"{percent_text(percent)}%",))
            )
        shares.append(
            Share(Part.SHOP, voice.plain("The shop keeps"), sample.shop_minor, self._money(sample.shop_minor))
        )
        return tuple(shares)

    def _how(self, sample: Sample) -> tuple[str, ...]:
        """The rate, the boost on it, and whose they are."""
        voice = self.voice
        notes = []
        if sample.rate is not None and (sample.boost is None or sample.boost.mode is BoostMode.ADD):
            notes.append(rule_words(sample.rate, self.setting, voice).striptags())
        if sample.boost is not None:
            paid = rule_words(sample.boost, self.setting, voice).striptags()
            until = last_day(sample.boost, self.wish.zone, voice)
            plus = "+ " if notes else ""
            notes.append(plus + voice.plain("{paid} until {date}", paid=paid, date=until))
        if self.profile is not None:
            notes.append(self._title(self.profile))
        if len(self.plan.levels) > 1:
            notes.append(self._title(self.level))
        return tuple(notes)

    def _title(self, key: str) -> str:
        title: Title | None = self.setting.names.get(key)
        return plain_name(level_title(title, self.voice) if title is not None else key, _NAME_COLUMNS, "?")

    def _hold(self) -> str:
        days = self.plan.settlement.hold_days
        if days == 0:
            return self.voice.plain("until the buyer has the goods")
        return str(
            self.voice.plural(
                "for {n} day after the buyer has the goods",
                "for {n} days after the buyer has the goods",
                days,
            )
        )

    def _sections(self) -> Iterator[Section]:
        voice = self.voice
        if len(self.plan.levels) > 1:
            rows = tuple(self._level(level) for level in self.plan.levels[:_MOST_LEVELS])
            yield Section(voice.plain("Levels, and what each earns of it"), rows)
        if not self.wish.is_whole:
            return
        if self.plan.profiles:
            agreed = tuple(self._agreed(profile) for profile in self.plan.profiles[:_MOST_PROFILES])
            yield Section(voice.plain("Profiles, and what each earns of it"), agreed)
        goods = tuple(self._goods())
        if goods:
            yield Section(voice.plain("Goods with a rate of their own"), goods)
        if self.plan.ladder is not None:
            yield Section(self._ladder_heading(), tuple(self._bands()))
        more = tuple(self._more())
        if more:
            yield Section(voice.plain("More that you can earn"), more)

    def _level(self, level: Level) -> Row:
        if level is self.plan.levels[0]:
            way = self.voice.plain("where everybody begins")
        elif level.when is None:
            way = self.voice.plain("given by the shop")
        else:
            way = conditions_words(level.when, self.wish.currency, self.voice).striptags()
        earned = self._sample(level.key).seller_minor
        return Row(
            level_title(level.title, self.voice), self._money(earned), way, is_mine=level.key == self.level
        )

    def _agreed(self, profile: Profile) -> Row:
        """What a profile earns at the reader's level, and what else is agreed with it."""
        voice = self.voice
        besides = []
        if profile.invite_cashback is not None:
            cashback = amount(profile.invite_cashback, self.wish.currency, voice)
            what = voice.plain("cashback for an invitation")
            besides.append(voice.plain("{label}: {value}", label=what, value=cashback))
        if profile.exclusive_codes:
            besides.append(voice.plain("coupons of one's own"))
        earned = self._sold(Seller(self.level, profile.key)).seller_minor
        return Row(
            level_title(profile.title, voice),
            self._money(earned),
            voice.plain(", ").join(besides),
            is_mine=profile.key == self.profile,
        )

    def _goods(self) -> Iterator[Row]:
        """What rates name of goods, as they answer for this reader."""
        named = dict.fromkeys(
            (rate.product, rate.category)
            for rate in self.plan.rates
            if (rate.product or rate.category)
            and rate.level in {None, self.level}
            and rate.profile in {None, self.profile}
        )
        for product, category in list(named)[:_MOST_GOODS]:
            rate = self.rates.find(product or "", category, self.level, self.profile)
            if rate is not None:
                about = selector_words(Selector(product, category, None, None), self.setting, self.voice)
                yield Row(about.striptags(), rule_words(rate, self.setting, self.voice).striptags())
        if len(named) > _MOST_GOODS:
            rest = len(named) - _MOST_GOODS
            yield Row(str(self.voice.plural("… and {n} more", "… and {n} more", rest)), "")

    def _ladder_heading(self) -> str:
        assert self.plan.ladder is not None  # asked by the caller
        period = self.voice.phrase(PERIODS[self.plan.ladder.period])
        return self.voice.plain("Extra on what you sell in {period}", period=period)

    def _bands(self) -> Iterator[Row]:
        ladder = self.plan.ladder
        assert ladder is not None  # asked by the caller
        for band in ladder.bands[:_MOST_BANDS]:
            start = amount(band.start, self.wish.currency, self.voice)
            share = f"{percent_text(band.percent)}%"
            value = (
                self.voice.plain("{percent} of what is above", percent=share)
                if ladder.mode is LadderMode.MARGINAL
                else self.voice.plain("{percent} of all", percent=share)
            )
            yield Row(self.voice.plain("from {amount} on", amount=start), value)

    def _more(self) -> Iterator[Row]:
        voice, bonuses = self.voice, self.plan.bonuses
        if self.plan.team is not None:
            whole = self._money(hundred(self.wish.currency))
            first = self._sample(self.level).sponsor_minors[0]
            yield Row(
                voice.plain("A member whom you invited sells for {amount}", amount=whole), self._money(first)
            )
        if bonuses.first_order is not None:
            yield Row(
                voice.plain("A customer's very first order"),
                amount(bonuses.first_order, self.wish.currency, voice),
            )
        cashback = next(
            (each.invite_cashback for each in self.plan.profiles if each.key == self.profile), None
        )
        cashback = cashback if cashback is not None else bonuses.invite_cashback
        if cashback is not None:
            yield Row(
                voice.plain("Somebody whom you invited makes the first sale"),
                amount(cashback, self.wish.currency, voice),
            )
        for target in bonuses.team_target:
            yield Row(
                voice.plain(
                    "Your members sell {amount} in {period}",
                    amount=amount(target.sales, self.wish.currency, voice),
                    period=voice.phrase(PERIODS[target.period]),
                ),
                amount(target.amount, self.wish.currency, voice),
            )
