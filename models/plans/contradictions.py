"""What a plan says against itself, although each of its parts is well formed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.errors import Invalid, Sentence
from models.files.findings import Fault, Path
from models.plans.document import PlanDocument
from models.plans.rules import Boost, Ladder, Rate, Selector
from models.store.currency import minor_digits, to_minor


def contradictions(document: PlanDocument, currency: str) -> Iterator[Fault]:
    """Each with its place in the document and a sentence with the mend."""
    if document.currency is not None and document.currency != currency:
        yield (
            ("currency",),
            Sentence(
                "the merchant's currency is {currency}, not {found}; write {currency} and its amounts",
                currency=currency,
                found=document.currency,
            ),
        )
        return  # amounts of another currency would be misread
    for index, key in _doubled([level.key for level in document.levels]):
        yield (
            ("levels", index, "key"),
            Sentence("level {key} stands twice; give each level its own key", key=key),
        )
    for index, key in _doubled([profile.key for profile in document.profiles]):
        yield (
            ("profiles", index, "key"),
            Sentence("profile {key} stands twice; give each profile its own key", key=key),
        )
    yield from _overlapping_rates(document.rates)
    yield from _overlapping_boosts(document.boosts)
    for part, rules in (("rates", document.rates), ("boosts", document.boosts)):
        yield from _unknown_people(part, rules, document)
    if document.levels[0].when is not None:
        yield (
            ("levels", 0, "when"),
            Sentence("the first level is everybody's and has no conditions; take `when` out"),
        )
    faulty = False
    for path, amount in _amounts(document):
        try:
            to_minor(amount, currency)
        except Invalid:
            faulty = True
            yield path, _misfit(amount, currency)
    if document.ladder is not None and not faulty:
        yield from _ladder(document.ladder)
    yield from _targets(document, currency) if not faulty else ()


def _unknown_people(
    part: str, rules: Sequence[Rate] | Sequence[Boost], document: PlanDocument
) -> Iterator[Fault]:
    """Levels and profiles that a rule names and the plan lacks."""
    levels = [level.key for level in document.levels]
    profiles = [profile.key for profile in document.profiles]
    for index, rule in enumerate(rules):
        if rule.level is not None and rule.level not in levels:
            known = ", ".join(levels)
            yield (
                (part, index, "level"),
                Sentence("there is no level {key}; levels are {known}", key=rule.level, known=known),
            )
        if rule.profile is None or rule.profile in profiles:
            continue
        key, known = rule.profile, ", ".join(profiles)
        yield (
            (part, index, "profile"),
            Sentence("there is no profile {key}; profiles are {known}", key=key, known=known)
            if known
            else Sentence("there is no profile {key}; add it under `profiles`", key=key),
        )


def _misfit(amount: str, currency: str) -> Sentence:
    """What is wrong with an amount that the currency can't hold."""
    digits = minor_digits(currency)
    if len(amount.partition(".")[2].rstrip("0")) <= digits:
        return Sentence("{amount} is too large an amount; write a smaller one", amount=amount)
    if not digits:
        return Sentence(
            "{amount} has decimal places, and {currency} has none; write it without them",
            amount=amount,
            currency=currency,
        )
    return Sentence(
        "{amount} has more decimal places than {currency} knows; write at most {digits}",
        amount=amount,
        currency=currency,
        digits=digits,
    )


def _doubled(keys: Sequence[str]) -> Iterator[tuple[int, str]]:
    seen = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield index, key
        seen.add(key)


def _overlapping_rates(rates: Sequence[Rate]) -> Iterator[Fault]:
    seen: dict[Selector, int] = {}
    for index, rate in enumerate(rates):
        if rate.selector in seen:
            first = seen[rate.selector]
            yield (
                ("rates", index),
                Sentence(
                    "overlaps rates[{first}], both are for {rule}; keep one of the two",
                    first=first,
                    rule=rate.told,
                ),
            )
        seen.setdefault(rate.selector, index)


def _overlapping_boosts(boosts: Sequence[Boost]) -> Iterator[Fault]:
    for index, boost in enumerate(boosts):
        for first, other in enumerate(boosts[:index]):
            if other.selector == boost.selector and other.starts < boost.ends and boost.starts < other.ends:
                yield (
                    ("boosts", index),
                    Sentence(
                        "overlaps boosts[{first}] in time, both are for {rule}; let one end before the other",
                        first=first,
                        rule=boost.told,
                    ),
                )
                break


def _ladder(ladder: Ladder) -> Iterator[Fault]:
    """Contiguous half-open bands whose percents never fall (business.md 4, "Ladder"; defect 8)."""
    for index, (band, after) in enumerate(zip(ladder.bands, [*ladder.bands[1:], None], strict=True)):
        place: Path = ("ladder", "bands", index)
        if after is None:
            if band.to is not None:
                yield (
                    (*place, "to"),
                    Sentence("the last band has no end, or sales above it would earn nothing; take `to` out"),
                )
            continue
        start, next_start = Decimal(band.start), Decimal(after.start)
        if next_start <= start:
            yield (
                ("ladder", "bands", index + 1, "from"),
                Sentence(
                    "bands overlap: {after} is not above {before}; write them in rising order",
                    after=after.start,
                    before=band.start,
                ),
            )
        elif band.to is not None and Decimal(band.to) < next_start:
            yield (
                (*place, "to"),
                Sentence(
                    "a gap to the next band; let it end where that begins, at {start}", start=after.start
                ),
            )
        elif band.to is not None and Decimal(band.to) > next_start:
            yield (
                (*place, "to"),
                Sentence(
                    "an overlap with the next band; let it end where that begins, at {start}",
                    start=after.start,
                ),
            )
        if Decimal(after.percent) < Decimal(band.percent):
            yield (
                ("ladder", "bands", index + 1, "percent"),
                Sentence(
                    "percents never fall from band to band; write {percent} or more", percent=band.percent
                ),
            )


def _targets(document: PlanDocument, currency: str) -> Iterator[Fault]:
    steps: dict[tuple[str, int], int] = {}
    for index, target in enumerate(document.bonuses.team_target):
        key = (target.period.value, to_minor(target.sales, currency))
        if key in steps:
            yield (
                ("bonuses", "team_target", index, "sales"),
                Sentence("the same step as team_target[{first}]; keep one of the two", first=steps[key]),
            )
        steps.setdefault(key, index)
        for other in document.bonuses.team_target:
            is_lower = other.period is target.period and to_minor(other.sales, currency) < key[1]
            if is_lower and to_minor(other.amount, currency) > to_minor(target.amount, currency):
                yield (
                    ("bonuses", "team_target", index, "amount"),
                    Sentence(
                        "sales of {sales} would pay less than those of {lower}; write {amount} or more",
                        sales=target.sales,
                        lower=other.sales,
                        amount=other.amount,
                    ),
                )
                break


def _amounts(document: PlanDocument) -> Iterator[tuple[Path, str]]:
    """Every amount of the document with its place."""
    bonuses, caps, withdrawal = document.bonuses, document.caps, document.withdrawal
    found: list[tuple[Path, str | None]] = [
        (("settlement", "minimum_withdrawal"), document.settlement.minimum_withdrawal),
        (("withdrawal", "fee"), withdrawal.fee),
        (("withdrawal", "second_person_above"), withdrawal.second_person_above),
        (("bonuses", "first_order"), bonuses.first_order),
        (("bonuses", "invite_cashback"), bonuses.invite_cashback),
        (("caps", "day"), caps.day),
        (("caps", "budget"), caps.budget),
        *((("rates", index, "fixed"), rate.fixed) for index, rate in enumerate(document.rates)),
        *((("boosts", index, "fixed"), boost.fixed) for index, boost in enumerate(document.boosts)),
        *(
            (("profiles", index, "invite_cashback"), profile.invite_cashback)
            for index, profile in enumerate(document.profiles)
        ),
    ]
    for index, target in enumerate(bonuses.team_target):
        found.append((("bonuses", "team_target", index, "sales"), target.sales))
        found.append((("bonuses", "team_target", index, "amount"), target.amount))
    for index, band in enumerate(document.ladder.bands if document.ladder is not None else ()):
        found.append((("ladder", "bands", index, "from"), band.start))
        found.append((("ladder", "bands", index, "to"), band.to))
    for index, level in enumerate(document.levels):
        for way in ("all", "any") if level.when is not None else ():
            for place, condition in enumerate(getattr(level.when, way) or ()):
                if isinstance(condition.at_least, str):
                    found.append((("levels", index, "when", way, place, "at_least"), condition.at_least))
    return ((path, amount) for path, amount in found if amount is not None)
