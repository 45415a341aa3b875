"""What a rehearsed plan brings each distributor: a file of everybody, and who gains or loses most."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot.cards.card import Card, Picture
from bot.cards.plan_words import level_title
from bot.cards.words import KINDS
from bot.media.sheets import Value
from bot.voice.catalogue import Voice
from bot.voice.money import signed_money
from bot.voice.names import person_name
from models.rehearsal import tally
from models.rehearsal.report import PersonResult, PlanResult, Report
from models.store.currency import to_decimal

_NAME_COLUMNS = 18
_MOST_NAMED = 3


def people_file_card(report: Report, content: bytes, voice: Voice) -> Card:
    """Everybody as a file, and who gains or loses most."""
    lines = [voice.say("📄 Every distributor under both plans.")]
    if report.top_winners:
        names = _named(report.top_winners, report.currency, voice)
        lines.append(voice.say("Most gained: {names}", names=names))
    if report.top_losers:
        names = _named(report.top_losers, report.currency, voice)
        lines.append(voice.say("Most lost: {names}", names=names))
    lines.append(
        voice.plural(
            "🏅 At the end {n} has another level than in force; one that a plan lacks counts as its first.",
            "🏅 At the end {n} have another level than in force; one that a plan lacks counts as its first.",
            report.levels_differ,
        )
    )
    return Card(
        Markup("\n").join(lines), (), Picture(content=content, filename="rehearsal.csv", as_file=True)
    )


def people_columns(voice: Voice) -> tuple[str, ...]:
    """The head of the file."""
    kinds = [voice.phrase(KINDS[kind]) for kind in tally.KINDS]
    return (
        voice.plain("Distributor"),
        voice.plain("Name"),
        voice.plain("Orders"),
        voice.plain("Net sales"),
        voice.plain("In force"),
        voice.plain("Rehearsed"),
        voice.plain("Change"),
        *(voice.plain("In force: {kind}", kind=kind) for kind in kinds),
        *(voice.plain("Rehearsed: {kind}", kind=kind) for kind in kinds),
        voice.plain("Level in force"),
        voice.plain("Level rehearsed"),
        voice.plain("Currency"),
    )


def people_row(person: PersonResult, report: Report, voice: Voice | None = None) -> tuple[Value, ...]:
    """One distributor; levels stand by their titles for a reader, and by their keys without one."""
    currency = report.currency
    amounts = (person.sales_minor, person.in_force_minor, person.proposed_minor, person.change_minor)
    kinds = (*person.in_force_kinds, *person.proposed_kinds)
    return (
        person.external_id,
        person.name,
        person.orders,
        *(to_decimal(amount, currency) for amount in (*amounts, *kinds)),
        _level(person.in_force_level, report.in_force, voice),
        _level(person.proposed_level, report.proposed, voice),
        currency,
    )


def _level(key: str, plan: PlanResult, voice: Voice | None) -> str:
    return level_title(plan.levels[key], voice) if voice is not None else key


def _named(people: Sequence[PersonResult], currency: str, voice: Voice) -> Markup:
    return Markup(", ").join(
        voice.say(
            "{name} {change}",
            name=person_name(each.name, _NAME_COLUMNS, each.external_id),
            change=signed_money(each.change_minor, currency, voice.language),
        )
        for each in people[:_MOST_NAMED]
    )
