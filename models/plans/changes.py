"""What a new plan changes for those who sell by it: each difference typed, and whether it serves or costs them.

Everything is compared in money, never as raw numbers (business.md 12, defect 7): a fixed amount in place of a
percentage is better for some goods and worse for others, and counts as a change that lowers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.plans.changes_kinds import Change, Topic, Way, more_is_better, together
from models.plans.changes_rates import rate_changes
from models.plans.document import AttributionModel, PlanDocument, SelfPurchase
from models.plans.ladders import ladder_amount, target_amount
from models.plans.parts import basis_points
from models.plans.priced import Catalogue
from models.plans.ranks import Conditions, Level, Profile
from models.plans.rules import Binding, Ladder, Team, TeamTarget
from models.store.currency import MOST_MINOR, to_minor

__all__ = ["Change", "Topic", "Way", "changes", "lowers"]

_OWN_PURCHASE = (SelfPurchase.SKIP, SelfPurchase.REVIEW, SelfPurchase.PAY)
"""From the worst for the buyer to the best."""


def changes(old: PlanDocument, new: PlanDocument, start: datetime, catalogue: Catalogue) -> list[Change]:
    """Every difference from `start` on, those that lower first."""
    found = [*rate_changes(old, new, start, catalogue), *_Comparison(old, new, catalogue.currency).all()]
    order = {Way.WORSE: 0, Way.MIXED: 1, Way.BETTER: 2, Way.NEUTRAL: 3}
    return sorted(found, key=lambda change: order[change.way])


def lowers(found: Sequence[Change]) -> bool:
    """Whether anything gets worse for anybody, so that the notice period holds."""
    return any(change.lowers for change in found)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Everything beside rates and boosts."""

    old: PlanDocument
    new: PlanDocument
    currency: str

    def all(self) -> Iterator[Change]:
        yield from self._team()
        yield from self._bonuses()
        yield from self._levels()
        yield from self._profiles()
        yield from self._caps()
        yield from self._payout()
        yield from self._whose()
        if self.old.ladder != self.new.ladder:
            way = _ladders(self.old.ladder, self.new.ladder, self.currency)
            yield Change(Topic.LADDER, way, None, self.old.ladder, self.new.ladder)

    def _amount(self, text: str | None) -> int:
        return to_minor(text, self.currency) if text is not None else 0

    def _cap(self, text: str | None) -> int:
        return to_minor(text, self.currency) if text is not None else MOST_MINOR

    def _team(self) -> Iterator[Change]:
        before, after = self.old.team, self.new.team
        for depth in (0, 1):
            was, becomes = _team_percent(before, depth), _team_percent(after, depth)
            if basis_points(was or "0") != basis_points(becomes or "0"):
                way = more_is_better(basis_points(was or "0"), basis_points(becomes or "0"))
                yield Change(Topic.TEAM, way, str(depth + 1), was, becomes)
        if before is not None and after is not None and before.same_person is not after.same_person:
            way = more_is_better(before.same_person == "pay", after.same_person == "pay")
            yield Change(Topic.SAME_PERSON, way, None, before.same_person.value, after.same_person.value)

    def _bonuses(self) -> Iterator[Change]:
        old, new = self.old.bonuses, self.new.bonuses
        for topic, was, becomes in (
            (Topic.FIRST_ORDER, old.first_order, new.first_order),
            (Topic.INVITE_CASHBACK, old.invite_cashback, new.invite_cashback),
        ):
            way = more_is_better(self._amount(was), self._amount(becomes))
            if way is not Way.NEUTRAL:
                yield Change(topic, way, None, was, becomes)
        way = _targets(old.team_target, new.team_target, self.currency)
        if way is not Way.NEUTRAL:
            yield Change(Topic.TEAM_TARGET, way, None, old.team_target, new.team_target)

    def _levels(self) -> Iterator[Change]:
        before = {level.key: level for level in self.old.levels}
        after = {level.key: level for level in self.new.levels}
        for key in [key for key in before if key not in after]:
            yield Change(Topic.LEVEL, Way.WORSE, key, before[key].title, None)
        for key in [key for key in after if key not in before]:
            yield Change(Topic.LEVEL, Way.NEUTRAL, key, None, after[key].title)
        for key in [key for key in after if key in before]:
            yield from self._level(key, before[key], after[key])

    def _level(self, key: str, was: Level, becomes: Level) -> Iterator[Change]:
        if was.when != becomes.when:
            way = _conditions(was.when, becomes.when, self.currency)
            yield Change(Topic.LEVEL_WHEN, way, key, was.when, becomes.when)
        way = more_is_better(was.grace_days, becomes.grace_days)
        if way is not Way.NEUTRAL:
            yield Change(Topic.LEVEL_GRACE, way, key, was.grace_days, becomes.grace_days)
        lost, won = (
            set(was.privileges) - set(becomes.privileges),
            set(becomes.privileges) - set(was.privileges),
        )
        if lost or won:
            ways = [Way.WORSE] * bool(lost) + [Way.BETTER] * bool(won)
            yield Change(Topic.LEVEL_PRIVILEGES, together(ways), key, was.privileges, becomes.privileges)

    def _profiles(self) -> Iterator[Change]:
        before = {profile.key: profile for profile in self.old.profiles}
        after = {profile.key: profile for profile in self.new.profiles}
        for key in [key for key in before if key not in after]:
            yield Change(Topic.PROFILE, Way.WORSE, key, before[key].title, None)
        for key in [key for key in after if key not in before]:
            yield Change(Topic.PROFILE, Way.NEUTRAL, key, None, after[key].title)
        for key in [key for key in after if key in before]:
            was, becomes = self._cashback(self.old, before[key]), self._cashback(self.new, after[key])
            own = before[key].invite_cashback is not None or after[key].invite_cashback is not None
            way = more_is_better(self._amount(was), self._amount(becomes))
            if own and way is not Way.NEUTRAL:
                yield Change(Topic.PROFILE_CASHBACK, way, key, was, becomes)

    @staticmethod
    def _cashback(plan: PlanDocument, profile: Profile) -> str | None:
        return (
            profile.invite_cashback if profile.invite_cashback is not None else plan.bonuses.invite_cashback
        )

    def _caps(self) -> Iterator[Change]:
        old, new = self.old.caps, self.new.caps
        for topic, was, becomes in (
            (Topic.ORDER_CAP, old.order_percent, new.order_percent),
            (Topic.MARGIN_CAP, old.margin_percent, new.margin_percent),
        ):
            way = more_is_better(_percent_cap(was), _percent_cap(becomes))
            if way is not Way.NEUTRAL:
                yield Change(topic, way, None, was, becomes)
        for topic, was, becomes in (
            (Topic.DAY_CAP, old.day, new.day),
            (Topic.BUDGET, old.budget, new.budget),
        ):
            way = more_is_better(self._cap(was), self._cap(becomes))
            if way is not Way.NEUTRAL:
                yield Change(topic, way, None, was, becomes)

    def _payout(self) -> Iterator[Change]:
        old, new = self.old.settlement, self.new.settlement
        paid, pays = self.old.withdrawal, self.new.withdrawal
        days: tuple[tuple[Topic, int, int], ...] = (
            (Topic.HOLD, old.hold_days, new.hold_days),
            (Topic.DELIVERY, old.delivery_days, new.delivery_days),
            (Topic.ARRIVAL, paid.arrives_in_days, pays.arrives_in_days),
        )
        for topic, was, becomes in days:
            if was != becomes:
                yield Change(topic, more_is_better(becomes, was), None, was, becomes)
        for topic, before, after in (
            (Topic.MINIMUM, old.minimum_withdrawal, new.minimum_withdrawal),
            (Topic.FEE, paid.fee, pays.fee),
        ):
            way = more_is_better(self._amount(after), self._amount(before))
            if way is not Way.NEUTRAL:
                yield Change(topic, way, None, before, after)
        way = more_is_better(basis_points(pays.fee_percent), basis_points(paid.fee_percent))
        if way is not Way.NEUTRAL:
            yield Change(Topic.FEE_PERCENT, way, None, paid.fee_percent, pays.fee_percent)
        if self.old.notice_days != self.new.notice_days:
            way = more_is_better(self.old.notice_days, self.new.notice_days)
            yield Change(Topic.NOTICE, way, None, self.old.notice_days, self.new.notice_days)

    def _whose(self) -> Iterator[Change]:
        old, new = self.old.attribution, self.new.attribution
        if old.window_days != new.window_days:
            way = more_is_better(old.window_days, new.window_days)
            yield Change(Topic.WINDOW, way, None, old.window_days, new.window_days)
        if old.model is not new.model:
            # Whoever was first loses what whoever was last wins.
            words = {AttributionModel.LAST_CLICK: "last", AttributionModel.FIRST_CLICK: "first"}
            yield Change(Topic.CLICK, Way.MIXED, None, words[old.model], words[new.model])
        if old.self_purchase is not new.self_purchase:
            was, becomes = old.self_purchase, new.self_purchase
            way = more_is_better(_OWN_PURCHASE.index(was), _OWN_PURCHASE.index(becomes))
            yield Change(Topic.OWN_PURCHASE, way, None, was.value, becomes.value)
        yield from _bindings(self.old.binding, self.new.binding)


def _team_percent(team: Team | None, depth: int) -> str | None:
    return team.percents[depth] if team is not None and depth < team.depth else None


def _percent_cap(percent: str | None) -> int:
    return basis_points(percent) if percent is not None else MOST_MINOR


def _bindings(was: Binding | None, becomes: Binding | None) -> Iterator[Change]:
    before = (was.protect_days, was.valid_days) if was is not None else (0, 0)
    after = (becomes.protect_days, becomes.valid_days) if becomes is not None else (0, 0)
    for topic, had, has in zip((Topic.PROTECTION, Topic.VALIDITY), before, after, strict=True):
        if had != has:
            yield Change(topic, more_is_better(had, has), None, had, has)
    first = was is not None and was.before_coupon
    is_first = becomes is not None and becomes.before_coupon
    if first != is_first:
        # The binder wins what the coupon's owner loses, or the other way round.
        yield Change(Topic.COUPON_ORDER, Way.MIXED, None, first, is_first)


def _ladders(was: Ladder | None, becomes: Ladder | None, currency: str) -> Way:
    """Compared at every place where one of them bends, and far above both."""
    if was is None or becomes is None:
        return Way.BETTER if was is None else Way.WORSE
    if was.period is not becomes.period:
        return Way.MIXED
    bends = sorted(to_minor(band.start, currency) for band in (*was.bands, *becomes.bands))
    points = {0, *bends, *(max(bend - 1, 0) for bend in bends), bends[-1] * 2 + 10**9}
    return together(
        more_is_better(ladder_amount(was, point, currency), ladder_amount(becomes, point, currency))
        for point in points
    )


def _targets(was: Sequence[TeamTarget], becomes: Sequence[TeamTarget], currency: str) -> Way:
    steps = [(target.period, to_minor(target.sales, currency)) for target in (*was, *becomes)]
    return together(
        more_is_better(
            target_amount(was, period, sales, currency), target_amount(becomes, period, sales, currency)
        )
        for period, sales in steps
    )


def _conditions(was: Conditions | None, becomes: Conditions | None, currency: str) -> Way:
    """Fewer, smaller and longer-lived conditions are better; what can't be compared is mixed."""
    if was is None or becomes is None:
        return Way.BETTER if was is None else Way.WORSE
    metrics = [condition.metric for condition in was.parts]
    if metrics != [condition.metric for condition in becomes.parts] or len(set(metrics)) < len(metrics):
        return Way.MIXED
    ways = [
        way
        for old, new in zip(was.parts, becomes.parts, strict=True)
        for way in (
            more_is_better(_count(new.at_least, currency), _count(old.at_least, currency)),
            more_is_better(old.within_days, new.within_days),
        )
    ]
    if len(metrics) > 1 and (was.all is None) != (becomes.all is None):
        ways.append(Way.BETTER if becomes.all is None else Way.WORSE)
    return together(ways)


def _count(at_least: int | str, currency: str) -> int:
    return at_least if isinstance(at_least, int) else to_minor(at_least, currency)
