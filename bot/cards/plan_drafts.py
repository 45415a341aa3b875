"""A new plan looked through before it is published: what is wrong, what is risky, what it changes for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.all_changes import all_changes_button, all_changes_card
from bot.cards.card import Card, Row, Tap
from bot.cards.findings import refusal_words
from bot.cards.lint import SHORT, finding_words
from bot.cards.plan_changes import Setting, changes_words, named
from bot.cards.plans import Shown, plan_in_two_sentences
from bot.cards.words import NAME_COLUMNS, back_button, home_button
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.names import person_name
from models.files.findings import Finding
from models.plans.lint import Code
from models.plans.publishing import Preview

_MOST_FINDINGS = 8
_MOST_CHANGES = 10


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A plan that is not published yet, looked at now."""

    draft_id: int
    currency: str
    zone: ZoneInfo
    preview: Preview
    accepted: frozenset[str]
    now: datetime

    @property
    def shown_at(self) -> datetime:
        """The moment for which it is told and drawn: its start, or now if that has passed."""
        return max(self.preview.starts_at, self.now)

    @property
    def open_codes(self) -> tuple[Code, ...]:
        """Warnings that wait for their confirmation."""
        return self.preview.open_warnings(self.accepted)


def plan_refused_card(findings: Sequence[Finding], voice: Voice) -> Card:
    """What is wrong with a plan, line by line."""
    head = voice.say("✋ <b>This plan can't be published.</b> Mend it and send it again:")
    lines = [head, *refusal_words(findings, voice)]
    return Card(Markup("\n").join(lines), ((back_button("plan:desk", voice), home_button(voice)),))


def draft_card(facts: DraftFacts, voice: Voice) -> Card:
    """Findings, differences, the start; each warning has a button of its own, and then the plan one to publish it."""
    preview = facts.preview
    parts = [_draft_head(facts, voice), _sentences(facts, voice)]
    findings = [
        finding_words(found, preview.file.line(found.path), voice, is_accepted=found.code in facts.accepted)
        for found in preview.findings[:_MOST_FINDINGS]
    ]
    if findings:
        parts.append(Markup("\n").join([voice.say("<b>Warnings</b>"), *findings]))
    parts += _differences(facts, voice)
    parts += _replaced(facts, voice)
    parts += _lacking(preview, _setting(facts), voice)
    rows: list[Row] = [
        (
            Tap(
                voice.plain("☐ Accept: {name}", name=voice.phrase(SHORT[code])),
                f"plan:accept:{facts.draft_id}:{code}",
            ),
        )
        for code in facts.open_codes
    ]
    if len(preview.changes) > _MOST_CHANGES:
        rows.append((all_changes_button(f"plan:all:{facts.draft_id}", len(preview.changes), voice),))
    look = Tap(voice.plain("🖼 Picture"), f"plan:look:{facts.draft_id}")
    rows.append((Tap(voice.plain("🎭 Rehearse it"), f"plan:rehearse:d:{facts.draft_id}"),))
    if facts.open_codes or preview.is_published:
        rows.append((look,))
    else:
        rows.append((look, Tap(voice.plain("📣 Publish …"), f"plan:confirm:{facts.draft_id}")))
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("plan:desk", voice), home_button(voice))))


def _sentences(facts: DraftFacts, voice: Voice) -> Markup:
    """What it says at the moment of its picture."""
    shown = Shown(facts.shown_at, facts.zone)
    return plan_in_two_sentences(facts.preview.document, facts.currency, voice, shown)


def draft_changes_card(facts: DraftFacts, page: int, voice: Voice) -> Card:
    """Everything that a draft changes, a page of it."""
    preview, key = facts.preview, facts.draft_id
    return all_changes_card(
        preview.changes, _setting(facts), page, place=f"plan:all:{key}", back=f"plan:draft:{key}", voice=voice
    )


def draft_picture_card(facts: DraftFacts, voice: Voice) -> Card:
    """The draft beside its picture: short, for a picture's words are."""
    parts = [
        _draft_head(facts, voice),
        _sentences(facts, voice),
        voice.plural("{n} warning to confirm", "{n} warnings to confirm", len(facts.open_codes)),
    ]
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("🔍 Warnings and changes"), f"plan:draft:{facts.draft_id}"),),
        (back_button("plan:desk", voice), home_button(voice)),
    )
    if not facts.open_codes and not facts.preview.is_published:
        rows = ((Tap(voice.plain("📣 Publish …"), f"plan:confirm:{facts.draft_id}"),), *rows)
    return Card(Markup("\n\n").join(parts), rows)


def confirm_card(facts: DraftFacts, voice: Voice) -> Card:
    """Publishing can't be undone: what it does, once more, the safe button first."""
    preview = facts.preview
    lowering = sum(change.lowers for change in preview.changes)
    parts = [
        voice.say("📣 <b>Publish this plan?</b> A published version never changes."),
        _draft_head(facts, voice),
        _sentences(facts, voice),
        voice.plural("{n} difference", "{n} differences", len(preview.changes)),
        voice.plural("{n} of them lowers something", "{n} of them lower something", lowering),
        *_replaced(facts, voice),
        voice.say("Every distributor with a chat gets a card about it."),
    ]
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("◀ Not yet"), f"plan:draft:{facts.draft_id}"),),
        (Tap(voice.plain("📣 Publish"), f"plan:publish:{facts.draft_id}"),),
    )
    return Card(Markup("\n\n").join(parts), (*rows, (home_button(voice),)))


def published_card(
    name: str, number: int, starts_at: datetime, told: int, zone: ZoneInfo, voice: Voice
) -> Card:
    """It stands."""
    text = voice.say(
        "📣 <b>{name}</b> is published as version {number}. It holds from {moment} on.\n\n{told}",
        name=person_name(name, NAME_COLUMNS, "?"),
        number=number,
        moment=moment(starts_at, zone, voice.language),
        told=voice.plural("{n} distributor is being told.", "{n} distributors are being told.", told),
    )
    return Card(text, ((back_button("plan:desk", voice), home_button(voice)),))


def _draft_head(facts: DraftFacts, voice: Voice) -> Markup:
    preview = facts.preview
    name = person_name(preview.document.name, NAME_COLUMNS, "?")
    starts = moment(preview.starts_at, facts.zone, voice.language)
    if preview.is_published:
        return voice.say("📄 <b>{name}</b> is the version that you published last.", name=name)
    if preview.waits_for_notice:
        return voice.say(
            "📄 <b>{name}</b>\n⏳ It lowers something, so it waits for the notice period and starts {moment}.",
            name=name,
            moment=starts,
        )
    return voice.say("📄 <b>{name}</b>\nStarts {moment}", name=name, moment=starts)


def _differences(facts: DraftFacts, voice: Voice) -> list[Markup]:
    preview = facts.preview
    if preview.before is None:
        return []
    if not preview.changes:
        return [voice.say("It pays the same as the plan that it follows.")]
    head = voice.say("<b>What changes</b>")
    return [Markup("\n").join([head, *changes_words(preview.changes, _setting(facts), _MOST_CHANGES, voice)])]


def _setting(facts: DraftFacts) -> Setting:
    """With the names of both plans: what goes away has one in the earlier alone."""
    before = facts.preview.before
    earlier = before.document if before is not None else None
    preview = facts.preview
    return Setting.of(facts.currency, facts.zone, earlier, preview.document, titles=preview.titles)


def _replaced(facts: DraftFacts, voice: Voice) -> list[Markup]:
    """Versions that wait for their start and would never hold."""
    lines = [
        voice.say(
            "⚠️ Version {number}, which was to start {moment}, would never hold: this one begins before it.",
            number=plan.version,
            moment=moment(plan.starts_at, facts.zone, voice.language),
        )
        for plan in facts.preview.replaces
    ]
    return [Markup("\n").join(lines)] if lines else []


def _lacking(preview: Preview, setting: Setting, voice: Voice) -> list[Markup]:
    lines = [
        voice.plural(
            "{n} distributor holds level {level}, which this plan lacks: it counts as the first one.",
            "{n} distributors hold level {level}, which this plan lacks: it counts as the first one.",
            count,
            level=named(key, setting, voice),
        )
        for key, count in preview.lacking.levels.items()
    ]
    lines += [
        voice.plural(
            "{n} distributor has the agreement {profile}, which this plan lacks: it counts as none.",
            "{n} distributors have the agreement {profile}, which this plan lacks: it counts as none.",
            count,
            profile=named(key, setting, voice),
        )
        for key, count in preview.lacking.profiles.items()
    ]
    return [Markup("\n").join(lines)] if lines else []
