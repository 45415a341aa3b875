"""What a plan says against itself, although each of its parts is well formed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.errors import Invalid
from models.plans.document import PlanDocument
from models.plans.rules import Boost, Ladder, Rate, Selector
from models.store.currency import minor_digits, to_minor

Path = tuple[int | str, ...]
Fault = tuple[Path, str]


def contradictions(document: PlanDocument, currency: str) -> Iterator[Fault]:
    """Each with its place in the document and a sentence with the mend."""
    if document.currency is not None and document.currency != currency:
        yield (
            ("currency",),
            f"the merchant's currency is {currency}, not {document.currency}; write {currency} and its amounts",
        )
        return  # amounts of another currency would be misread
    yield from _doubled("levels", "level", [level.key for level in document.levels])
    yield from _doubled("profiles", "profile", [profile.key for profile in document.profiles])
    yield from _overlapping_rates(document.rates)
    yield from _overlapping_boosts(document.boosts)
    levels = [level.key for level in document.levels]
    profiles = [profile.key for profile in document.profiles]
    for part, rules in (("rates", document.rates), ("boosts", document.boosts)):
        for index, rule in enumerate(rules):
            if rule.level is not None and rule.level not in levels:
                yield (
                    (part, index, "level"),
                    f"there is no level {rule.level}; levels are {', '.join(levels)}",
                )
            if rule.profile is not None and rule.profile not in profiles:
                known = f"profiles are {', '.join(profiles)}" if profiles else "add it under `profiles`"
                yield (part, index, "profile"), f"there is no profile {rule.profile}; {known}"
    if document.levels[0].when is not None:
        yield ("levels", 0, "when"), "the first level is everybody's and has no conditions; take `when` out"
    faulty = False
    for path, amount in _amounts(document):
        try:
            to_minor(amount, currency)
        except Invalid as error:
            faulty = True
            yield path, f"{str(error).rstrip('.')}; {_mend(currency)}"
    if document.ladder is not None and not faulty:
        yield from _ladder(document.ladder)
    yield from _targets(document, currency) if not faulty else ()


def _mend(currency: str) -> str:
    places = minor_digits(currency)
    return f"write at most {places} decimal places" if places else "write it without decimal places"


def _doubled(part: str, noun: str, keys: Sequence[str]) -> Iterator[Fault]:
    seen = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield (part, index, "key"), f"{noun} {key} stands twice; give each {noun} its own key"
        seen.add(key)


def _overlapping_rates(rates: Sequence[Rate]) -> Iterator[Fault]:
    seen: dict[Selector, int] = {}
    for index, rate in enumerate(rates):
        if rate.selector in seen:
            first = seen[rate.selector]
            yield (
                ("rates", index),
                f"overlaps rates[{first}], both are for {rate.rule}; keep one of the two",
            )
        seen.setdefault(rate.selector, index)


def _overlapping_boosts(boosts: Sequence[Boost]) -> Iterator[Fault]:
    for index, boost in enumerate(boosts):
        for first, other in enumerate(boosts[:index]):
            if other.selector == boost.selector and other.starts < boost.ends and boost.starts < other.ends:
                yield (
                    ("boosts", index),
                    f"overlaps boosts[{first}] in time, both are for {boost.rule}; let one end before the other",
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
                    "the last band has no end, or sales above it would earn nothing; take `to` out",
                )
            continue
        start, next_start = Decimal(band.start), Decimal(after.start)
        if next_start <= start:
            yield (
                ("ladder", "bands", index + 1, "from"),
                f"bands overlap: {after.start} is not above {band.start}; write them in rising order",
            )
        elif band.to is not None and Decimal(band.to) != next_start:
            word = "a gap" if Decimal(band.to) < next_start else "an overlap"
            yield (*place, "to"), f"{word} to the next band; let it end where that begins, at {after.start}"
        if Decimal(after.percent) < Decimal(band.percent):
            yield (
                ("ladder", "bands", index + 1, "percent"),
                f"percents never fall from band to band; write {band.percent} or more",
            )


def _targets(document: PlanDocument, currency: str) -> Iterator[Fault]:
    steps: dict[tuple[str, int], int] = {}
    for index, target in enumerate(document.bonuses.team_target):
        key = (target.period.value, to_minor(target.sales, currency))
        if key in steps:
            yield (
                ("bonuses", "team_target", index, "sales"),
                f"the same step as team_target[{steps[key]}]; keep one of the two",
            )
        steps.setdefault(key, index)
        for other in document.bonuses.team_target:
            is_lower = other.period is target.period and to_minor(other.sales, currency) < key[1]
            if is_lower and to_minor(other.amount, currency) > to_minor(target.amount, currency):
                yield (
                    ("bonuses", "team_target", index, "amount"),
                    f"sales of {target.sales} would pay less than those of {other.sales}; write {other.amount} or more",
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
