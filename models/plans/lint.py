"""What a plan says that is well formed but dangerous, unfair or surely not meant (business.md 9).

An error keeps the plan from being published. A warning wants to be named: in chat each one is confirmed, on the
command line `--accept` names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from models.errors import Sentence
from models.plans import lint_money
from models.plans.document import PlanDocument, SelfPurchase
from models.plans.lint_findings import Code, LintFinding, Severity
from models.plans.parts import basis_points
from models.plans.priced import Catalogue
from models.plans.ranks import Level, Metric
from models.plans.rates import RateTable
from models.plans.rules import BoostMode, Rate

__all__ = ["Code", "LintFinding", "Severity", "lint"]


def lint(document: PlanDocument, catalogue: Catalogue) -> list[LintFinding]:
    """Every finding, errors first, each code at most once a place."""
    found = [
        *_levels(document),
        *_rates(document, catalogue),
        *_boosts(document, catalogue),
        *_team(document, catalogue),
        *lint_money.findings(document, catalogue),
    ]
    return sorted(found, key=lambda each: each.severity is not Severity.ERROR)


def _levels(document: PlanDocument) -> Iterator[LintFinding]:
    counting = False
    for index, level in enumerate(document.levels):
        counting = counting or _by_buying(level)
        if _by_heads_alone(level):
            yield LintFinding(
                Code.HEAD_COUNT_LEVEL,
                ("levels", index, "when"),
                Sentence(
                    "level {level} is reached by the number of people brought in alone", level=level.key
                ),
                Sentence("add a condition on orders or sales"),
            )
    if counting and document.attribution.self_purchase is SelfPurchase.PAY:
        yield LintFinding(
            Code.LEVEL_CAN_BE_BOUGHT,
            ("attribution", "self_purchase"),
            Sentence("own purchases are paid and count for levels, so that a level can be bought"),
            Sentence("write `self_purchase: review` or `skip`"),
        )


def _by_heads_alone(level: Level) -> bool:
    if level.when is None:
        return False
    heads = [condition.metric is Metric.TEAM_SIZE for condition in level.when.parts]
    return all(heads) if level.when.all is not None else any(heads)


def _by_buying(level: Level) -> bool:
    return level.when is not None and any(each.metric is not Metric.TEAM_SIZE for each in level.when.parts)


def _rates(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    categories = {each.category for each in catalogue.goods}
    if not any(not any(rate.selector) for rate in document.rates):
        yield LintFinding(
            Code.NO_BASE_RATE,
            ("rates",),
            Sentence("no rate is for everything, so that what no rate names earns nothing"),
            Sentence('add `- {{percent: "…"}}`'),
        )
    for index, rate in enumerate(document.rates):
        if _is_zero(rate):
            yield LintFinding(
                Code.ZERO_RATE,
                ("rates", index),
                Sentence(
                    "{rule} earns nothing: a zero is an answer and does not fall through to other rates",
                    rule=rate.told,
                ),
                Sentence("take the rate out if another one should count"),
            )
        named = rate.product or rate.category
        known = rate.product in catalogue.by_sku if rate.product is not None else rate.category in categories
        if named is not None and catalogue.goods and not known:
            yield LintFinding(
                Code.GOODS_UNKNOWN,
                ("rates", index, "product" if rate.product is not None else "category"),
                Sentence("nothing on sale is called {name}", name=named),
                Sentence("compare it with the catalogue, letter by letter"),
            )
    yield from _levels_that_earn_less(document)


def _is_zero(rate: Rate) -> bool:
    written = rate.percent if rate.percent is not None else rate.fixed
    return written is not None and not written.strip("0.")


def _levels_that_earn_less(document: PlanDocument) -> Iterator[LintFinding]:
    """A higher level with a lower percentage for the same goods and profile."""
    table = RateTable(document)
    keys = [level.key for level in document.levels]
    goods = dict.fromkeys(
        (rate.product, rate.category, rate.profile) for rate in document.rates if rate.level is not None
    )
    for product, category, profile in goods:
        for lower, higher in pairwise(keys):
            below = table.find(product or "", category, lower, profile)
            above = table.find(product or "", category, higher, profile)
            if _percent(above) is not None and (_percent(below) or 0) > (_percent(above) or 0):
                assert above is not None  # it has a percentage
                yield LintFinding(
                    Code.LEVEL_EARNS_LESS,
                    ("rates", document.rates.index(above)),
                    Sentence(
                        "level {higher} earns less ({percent} %) than level {lower} before it",
                        higher=higher,
                        percent=above.percent,
                        lower=lower,
                    ),
                    Sentence("write {least} or more", least=below.percent if below else 0),
                )


def _percent(rate: Rate | None) -> int | None:
    return basis_points(rate.percent) if rate is not None and rate.percent is not None else None


def _boosts(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    table = RateTable(document)
    for index, boost in enumerate(document.boosts):
        if boost.ends <= document.starts_at:
            yield LintFinding(
                Code.BOOST_NEVER_HOLDS,
                ("boosts", index, "until"),
                Sentence("the boost for {rule} is over before the plan starts", rule=boost.told),
                Sentence("take it out, or mend `until`"),
            )
        if boost.mode is not BoostMode.REPLACE or boost.percent is None:
            continue
        levels = [boost.level] if boost.level is not None else [level.key for level in document.levels]
        category = boost.category or (catalogue.category_of(boost.product) if boost.product else None)
        replaced = [
            _percent(table.find(boost.product or "", category, each, boost.profile)) for each in levels
        ]
        highest = max((each for each in replaced if each is not None), default=0)
        if highest > basis_points(boost.percent):
            yield LintFinding(
                Code.BOOST_LOWERS,
                ("boosts", index, "percent"),
                Sentence(
                    "the boost for {rule} replaces a higher rate ({highest} %) by {percent} %",
                    rule=boost.told,
                    highest=_shown(highest),
                    percent=boost.percent,
                ),
                Sentence("write `mode: add`, or a higher percentage"),
            )


def _team(document: PlanDocument, catalogue: Catalogue) -> Iterator[LintFinding]:
    if document.team is None:
        return
    if document.team.depth == 2:
        yield LintFinding(
            Code.DEPTH_TWO,
            ("team", "depth"),
            Sentence("rewards reach two steps up, which some countries take for a pyramid"),
            Sentence("write `depth: 1`, or ask a lawyer first"),
        )
    most = max(basis_points(percent) for percent in document.team.percents)
    below = [(index, share) for index, share in _shares(document.rates, catalogue) if share < most]
    if below:
        index, share = min(below, key=lambda each: each[1])
        yield LintFinding(
            Code.UPLINES_EARN_MORE,
            ("team", "percents"),
            Sentence(
                "a sponsor earns more ({most} %) than the seller does for {rule} ({share} %)",
                most=_shown(most),
                rule=document.rates[index].told,
                share=_shown(share),
            ),
            Sentence("lower the team's percentage, or raise that rate"),
        )


def _shares(rates: Sequence[Rate], catalogue: Catalogue) -> Iterator[tuple[int, int]]:
    """What each rate gives its seller in basis points of the price, where that can be told."""
    for index, rate in enumerate(rates):
        if rate.percent is not None:
            yield index, basis_points(rate.percent)
        elif rate.product in catalogue.by_sku:
            share = lint_money.share_of(rate, catalogue.by_sku[rate.product], catalogue.currency)
            yield index, share


def _shown(points: int) -> str:
    whole, rest = divmod(points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)
