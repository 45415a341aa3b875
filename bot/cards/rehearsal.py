"""Rehearsing a plan in chat: which plan, which months, how far it is, and what it found (business.md 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.findings import refusal_words
from bot.cards.lint import finding_words
from bot.cards.plan_desk import PRESETS
from bot.cards.words import KINDS, NAME_COLUMNS, back_button, dated, home_button, period_words
from bot.media.comparisons import Bars, ComparisonFacts
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import money, signed_money
from bot.voice.names import cut, person_name, plain_name
from models.files.findings import Finding
from models.plans.presets import PresetName
from models.plans.reading import PlanFile
from models.rehearsal import tally
from models.rehearsal.report import PlanResult, Report, by_kind
from models.rehearsal.spans import SpanChoice

SPANS = {
    SpanChoice.LAST_MONTH: Phrase("Last month"),
    SpanChoice.THREE_MONTHS: Phrase("Last three months"),
    SpanChoice.EVERYTHING: Phrase("Everything"),
}
CAPS = {
    "order_percent": Phrase("ceiling of an order"),
    "margin": Phrase("margin guard"),
    "day": Phrase("day cap"),
    "budget": Phrase("budget"),
}
_A_MOMENT = timedelta(microseconds=1)
"""The end is the first moment that is not rehearsed; shown is the last day that is."""
_LABEL_COLUMNS = 22
_MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class Coming:
    """A published version that has not started yet."""

    version: int
    name: str


def sources_card(coming: Sequence[Coming], presets: Sequence[PresetName], voice: Voice) -> Card:
    """Which plan to rehearse; the next file that is sent is one."""
    text = voice.say(
        "🎭 <b>Rehearse a plan</b>\n\nPast orders are told again under another plan, beside the one in force: what it "
        "would have cost, who would have won or lost, whose level would have moved. Nothing is changed or sent.\n\n"
        "👉 Send me the plan as a file (YAML or JSON), or choose one:"
    )
    rows: list[Row] = [
        (
            Tap(
                voice.plain(
                    "🔜 {name}, version {version}",
                    name=plain_name(each.name, _LABEL_COLUMNS, "?"),
                    version=each.version,
                ),
                f"plan:span:v:{each.version}",
            ),
        )
        for each in coming
    ]
    rows += [
        (
            Tap(
                voice.plain("📄 Preset {name}", name=voice.phrase(PRESETS[preset.name])),
                f"plan:span:p:{preset.name}",
            ),
        )
        for preset in presets
    ]
    return Card(text, (*rows, (back_button("plan:desk", voice), home_button(voice))))


def spans_card(plan: str, source: str, voice: Voice) -> Card:
    """Which orders."""
    text = voice.say(
        "🎭 <b>Rehearse {plan}</b>\n\nOver which orders? Months are whole months of the shop's calendar.",
        plan=_plan_name(plan),
    )
    rows: list[Row] = [
        (Tap(voice.phrase(words), f"plan:play:{source}:{choice}"),) for choice, words in SPANS.items()
    ]
    return Card(text, (*rows, (back_button("plan:rehearse", voice), home_button(voice))))


def refused_plan_card(findings: Sequence[Finding], voice: Voice) -> Card:
    """What is wrong with the file, each with its line and path."""
    head = voice.say("✋ <b>That is no plan yet.</b> What is wrong with it:")
    lines = [head, *refusal_words(findings, voice)]
    return Card(Markup("\n").join(lines), (_again(voice),))


def no_plan_file_card(most_kilobytes: int, voice: Voice) -> Card:
    """The file could not be had, or is too large."""
    text = voice.say(
        "✋ That file can't be taken in: it is larger than {most} KB, or it did not arrive. Send it again.",
        most=most_kilobytes,
    )
    return Card(text, (_again(voice),))


def nothing_to_rehearse_card(voice: Voice, draft: str | None = None) -> Card:
    """No orders, or no plan in force in that time."""
    text = voice.say(
        "🎭 There is nothing to compare with: no plan was in force in that time, or nothing was sold yet."
    )
    return Card(text, _ways_on(draft, voice))


def rehearsal_failed_card(voice: Voice, draft: str | None = None) -> Card:
    """The rehearsal broke off."""
    text = voice.say("🎭 The rehearsal broke off. Nothing was changed; please try again.")
    return Card(text, _ways_on(draft, voice))


def progress_card(plan: str, done: int, of: int, voice: Voice) -> Card:
    """How far it is."""
    percent = min(done * 100 // of, 100) if of else 0
    text = voice.say(
        "⏳ Rehearsing <b>{plan}</b>: {percent}% of {orders}.",
        plan=_plan_name(plan),
        percent=percent,
        orders=voice.plural("{n} order", "{n} orders", of),
    )
    return Card(text)


def report_card(report: Report, zone: ZoneInfo, voice: Voice, draft: str | None = None) -> Card:
    """The numbers that decide; the picture has the kinds, the file everybody."""
    currency, language = report.currency, voice.language
    before, after = report.in_force, report.proposed
    lines = [
        voice.say(
            "🎭 <b>{plan}</b> beside {before}", plan=_plan_name(after.name), before=_plan_name(before.name)
        ),
        voice.say(
            "{first} to {last}: {orders}, {sales} of sales",
            first=dated(report.begins, zone, voice),
            last=dated(report.ends - _A_MOMENT, zone, voice),
            orders=voice.plural("{n} order", "{n} orders", report.orders),
            sales=money(report.sales_minor, currency, language),
        ),
        voice.say(
            "💰 <b>{after}</b> ({after_ratio}) instead of {before} ({before_ratio}): {change}",
            after=money(after.cost_minor, currency, language),
            after_ratio=ratio(after),
            before=money(before.cost_minor, currency, language),
            before_ratio=ratio(before),
            change=signed_money(after.cost_minor - before.cost_minor, currency, language),
        ),
        voice.say(
            "🙂 {winners} win, 🙁 {losers} lose, {same} stay the same",
            winners=f"{report.winners:,}",
            losers=f"{report.losers:,}",
            same=f"{report.unchanged:,}",
        ),
        voice.say(
            "🏅 Levels by the rules: {up} up and {down} down, instead of {up_before} and {down_before}",
            up=f"{after.promoted:,}",
            down=f"{after.demoted:,}",
            up_before=f"{before.promoted:,}",
            down_before=f"{before.demoted:,}",
        ),
        _breaches(before, after, voice),
        *_cuts(after, currency, voice),
        *_notes(report, voice),
    ]
    return Card(Markup("\n").join(lines), _ways_on(draft, voice))


def findings_card(report: Report, file: PlanFile | None, voice: Voice) -> Card | None:
    """What lint says of the rehearsed plan, with its lines where it came as a file; None where it says nothing.

    A card of its own: a picture's words are too few for it.
    """
    if not report.findings:
        return None
    said = report.findings[:_MOST_FINDINGS]
    lines = [
        voice.say("<b>What lint says about {plan}</b>", plan=_plan_name(report.proposed.name)),
        *(finding_words(found, file.line(found.path) if file is not None else None, voice) for found in said),
    ]
    rest = len(report.findings) - len(said)
    if rest:
        lines.append(voice.plural("… and {n} more", "… and {n} more", rest))
    return Card(Markup("\n").join(lines))


def comparison(report: Report, voice: Voice) -> ComparisonFacts:
    """What both plans pay, by kind, as a picture; kinds that neither pays are left out."""
    before, after = by_kind(report.in_force), by_kind(report.proposed)
    groups = [
        _bars(voice.plain("Together"), report.in_force.cost_minor, report.proposed.cost_minor, report, voice)
    ]
    groups += [
        _bars(voice.phrase(KINDS[kind]), before[kind], after[kind], report, voice)
        for kind in tally.KINDS
        if before[kind] or after[kind]
    ]
    change = report.proposed.cost_minor - report.in_force.cost_minor
    amount = money(abs(change), report.currency, voice.language)
    plan = cut(report.proposed.name, NAME_COLUMNS)
    if change > 0:
        title = voice.plain("{plan} would have cost {amount} more", plan=plan, amount=amount)
    elif change < 0:
        title = voice.plain("{plan} would have cost {amount} less", plan=plan, amount=amount)
    else:
        title = voice.plain("{plan} would have cost the same", plan=plan)
    return ComparisonFacts(
        title=title,
        subtitle=voice.plain("What past orders pay under both plans, refunds taken off"),
        before=voice.plain("in force: {name}", name=cut(report.in_force.name, NAME_COLUMNS)),
        after=voice.plain("rehearsed: {name}", name=plan),
        groups=tuple(groups),
    )


def ratio(result: PlanResult) -> str:
    """The cost's share of net sales: `9.87%`; a dash without sales."""
    points = result.ratio_basis_points
    if points is None:
        return "—"
    sign, whole, rest = "-" if points < 0 else "", *divmod(abs(points), 100)
    return f"{sign}{whole}.{rest:02}%"


def _bars(label: str, before: int, after: int, report: Report, voice: Voice) -> Bars:
    return Bars(
        label,
        before,
        after,
        money(before, report.currency, voice.language),
        money(after, report.currency, voice.language),
    )


def _breaches(before: PlanResult, after: PlanResult, voice: Voice) -> Markup:
    return voice.say(
        "🛡 Paying more than the margin: {after}, instead of {before}",
        after=voice.plural("{n} order", "{n} orders", after.breaches),
        before=f"{before.breaches:,}",
    )


def _cuts(after: PlanResult, currency: str, voice: Voice) -> list[Markup]:
    return [
        voice.say(
            "✂️ {cap}: {amount} less, {commissions}",
            cap=voice.phrase(CAPS[cut_by.cap]) if cut_by.cap in CAPS else cut_by.cap,
            amount=money(cut_by.minor, currency, voice.language),
            commissions=voice.plural("{n} commission", "{n} commissions", cut_by.commissions),
        )
        for cut_by in after.cuts
    ]


def _notes(report: Report, voice: Voice) -> list[Markup]:
    notes = []
    if report.findings:
        notes.append(
            voice.plural(
                "⚠️ Lint has {n} thing to say about it, below.",
                "⚠️ Lint has {n} things to say about it, below.",
                len(report.findings),
            )
        )
    if report.open_periods:
        notes.append(
            voice.say(
                "<i>Still running at the end, counted as they stand: {periods}</i>",
                periods=voice.listed(period_words(each, voice) for each in report.open_periods),
            )
        )
    notes.append(
        voice.say(
            "<i>Played with the refunds known today, without what cases held or refused: the books may show less.</i>"
        )
    )
    return notes


def _plan_name(name: str) -> Markup:
    return person_name(name, NAME_COLUMNS, "?")


def _again(voice: Voice) -> Row:
    return (Tap(voice.plain("🎭 Another rehearsal"), "plan:rehearse"), home_button(voice))


def _ways_on(draft: str | None, voice: Voice) -> tuple[Row, ...]:
    """Another rehearsal, and the way back to the draft that was rehearsed."""
    if draft is None:
        return (_again(voice),)
    return ((Tap(voice.plain("📄 Back to the draft"), f"plan:draft:{draft}"),), _again(voice))
