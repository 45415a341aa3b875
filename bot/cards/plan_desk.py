"""The shop's desk for plans: what holds, what comes, who has read it, and where a new one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.words import NAME_COLUMNS, back_button, home_button
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from bot.voice.names import person_name
from models.plans.terms import Reader

_MOST_VERSIONS = 10
PRESETS = {
    "simple": Phrase("Simple"),
    "levelled": Phrase("Levelled"),
    "ladder": Phrase("Ladder"),
    "clearance": Phrase("Clearance"),
}
_ABOUT = {
    "simple": Phrase("a share of your sales, a smaller one of your members'"),
    "levelled": Phrase("who sells more earns more"),
    "ladder": Phrase("an extra on what a month's sales come to"),
    "clearance": Phrase("a boost for two weeks"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One published version; `told` were sent its terms, `read` have opened them."""

    number: int
    name: str
    starts_at: datetime
    told: int
    read: int


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """All versions of a shop, newest first; `in_force` is the number of the one that holds."""

    currency: str
    zone: ZoneInfo
    versions: Sequence[Version]
    in_force: int | None
    may_publish: bool


def plan_desk_card(desk: PlanDesk, voice: Voice) -> Card:
    """Where staff begin."""
    parts = [voice.say("📜 <b>Commission plan</b>")]
    held = next((each for each in desk.versions if each.number == desk.in_force), None)
    if held is None:
        parts.append(voice.say("No plan holds yet. 👉 Choose one to start from, or send me a file."))
    else:
        parts.append(
            voice.say("Now: {version}\n{read}", version=_version(held, desk, voice), read=_read(held, voice))
        )
    later = sorted(
        (each for each in desk.versions if held is None or each.starts_at > held.starts_at),
        key=lambda each: each.starts_at,
    )
    parts += [
        voice.say("Next: {version}\n{read}", version=_version(each, desk, voice), read=_read(each, voice))
        for each in later[:3]
    ]
    rows: list[Row] = []
    if held is not None:
        rows.append((Tap(voice.plain("🖼 Picture"), f"plan:show:{held.number}"), _versions_tap(voice)))
    elif desk.versions:
        rows.append((_versions_tap(voice),))
    if desk.may_publish:
        rows.append(
            (Tap(voice.plain("📤 Send a file"), "plan:send"), Tap(voice.plain("🧩 Presets"), "plan:presets"))
        )
    if held is not None:
        rows.append((Tap(voice.plain("🎭 Rehearse a plan"), "plan:rehearse"),))
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("manage:open", voice), home_button(voice))))


def _versions_tap(voice: Voice) -> Tap:
    return Tap(voice.plain("📚 Versions"), "plan:versions")


def _version(version: Version, desk: PlanDesk, voice: Voice) -> Markup:
    return voice.say(
        "<b>{name}</b>, version {number}, from {moment} on",
        name=person_name(version.name, NAME_COLUMNS, "?"),
        number=version.number,
        moment=moment(version.starts_at, desk.zone, voice.language),
    )


def _read(version: Version, voice: Voice) -> Markup:
    if version.told == 0:
        return voice.say("No terms went out for this version.")
    return voice.say("Terms read by {read} of {told}", read=version.read, told=version.told)


def versions_card(desk: PlanDesk, voice: Voice) -> Card:
    """Every version, newest first."""
    lines = [voice.say("📚 <b>Versions</b>")]
    shown = desk.versions[:_MOST_VERSIONS]
    for version in shown:
        mark = "●" if version.number == desk.in_force else "○"
        line = voice.say(
            "{version}\n{read}", version=_version(version, desk, voice), read=_read(version, voice)
        )
        lines.append(voice.say("{mark} {version}", mark=mark, version=line))
    buttons = [Tap(f"🖼 {version.number}", f"plan:show:{version.number}") for version in shown]
    rows: list[Row] = [tuple(buttons[start : start + 5]) for start in range(0, len(buttons), 5)]
    return Card(Markup("\n\n").join(lines), (*rows, (back_button("plan:desk", voice), home_button(voice))))


def version_card(version: Version, desk: PlanDesk, sentences: Markup, voice: Voice) -> Card:
    """One version, beside its picture."""
    parts = [_version(version, desk, voice), sentences, _read(version, voice)]
    readers = (Tap(voice.plain("👀 Who has read it"), f"plan:readers:{version.number}"),)
    rows: tuple[Row, ...] = (readers,) if version.told else ()
    return Card(
        Markup("\n\n").join(parts), (*rows, (back_button("plan:versions", voice), home_button(voice)))
    )


def readers_card(version: Version, desk: PlanDesk, readers: Sequence[Reader], voice: Voice) -> Card:
    """Who opened the terms, the latest first."""
    lines = [_version(version, desk, voice), voice.say("👀 {read}", read=_read(version, voice))]
    lines += [
        voice.say(
            "• {name}, {moment}",
            name=person_name(reader.name, NAME_COLUMNS, voice.plain("somebody")),
            moment=moment(reader.read_at, desk.zone, voice.language),
        )
        for reader in readers
    ]
    if not readers:
        lines.append(
            voice.say(
                "Whoever taps <b>Got it</b> on the terms, or opens them from the rules, will stand here."
            )
        )
    return Card(
        Markup("\n").join(lines), ((back_button(f"plan:show:{version.number}", voice), home_button(voice)),)
    )


def ask_plan_card(voice: Voice) -> Card:
    """The next file or text is a plan."""
    text = voice.say(
        "📤 <b>Send me the plan</b> as a file (YAML or JSON) or as text. I say what is wrong or risky in it and "
        "what it changes. Nothing is published before you confirm."
    )
    return Card(
        text,
        (
            (Tap(voice.plain("🧩 Presets"), "plan:presets"),),
            (back_button("plan:desk", voice), home_button(voice)),
        ),
    )


def presets_card(voice: Voice) -> Card:
    """Plans to start from."""
    lines = [voice.say("🧩 <b>Plans to start from</b>")]
    lines += [
        voice.say("• <b>{name}</b>: {about}", name=voice.phrase(name), about=voice.phrase(_ABOUT[key]))
        for key, name in PRESETS.items()
    ]
    buttons = [Tap(voice.phrase(name), f"plan:preset:{key}") for key, name in PRESETS.items()]
    rows = (tuple(buttons[:2]), tuple(buttons[2:]))
    return Card(Markup("\n").join(lines), (*rows, (back_button("plan:desk", voice), home_button(voice))))
