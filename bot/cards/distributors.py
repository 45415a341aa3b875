"""A distributor as the shop's people see them: found, shown, and given a level, profile or sponsor by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.plans import level_title
from bot.cards.words import NAME_COLUMNS, back_button, dated, home_button
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.money.ledger import AccountKind
from models.money.standing import Standing
from models.people.distributors import Distributor, DistributorState
from models.people.sponsors import SponsorFault
from models.plans.appointments import LevelStanding
from models.plans.ranks import Level, Profile
from models.plans.versions import Plan

_ID_COLUMNS = 40
_LABEL_COLUMNS = 30
NOBODY = 0
"""In a button: no sponsor."""
NO_PROFILE = "none"
"""In a button: no profile."""
DISTRIBUTOR_STATES = {
    DistributorState.ACTIVE: Phrase("✅ Active"),
    DistributorState.SUSPENDED: Phrase("⛔ Suspended"),
    DistributorState.LEFT: Phrase("🚪 Left"),
}
_FAULTS = {
    SponsorFault.SELF: Phrase("Nobody is their own sponsor."),
    SponsorFault.LOOP: Phrase(
        "They stand below this distributor already: the sponsors would go round in a circle."
    ),
    SponsorFault.SUSPENDED: Phrase("They are suspended and can't be anybody's sponsor."),
    SponsorFault.LEFT: Phrase("They have left and can't be anybody's sponsor."),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A distributor with what their shop's plan in force calls things. `opens` are the taps of the reader's role."""

    standing: Standing
    plan: Plan | None
    currency: str
    zone: ZoneInfo
    opens: frozenset[str]
    with_money: bool


def _who(one: Distributor, voice: Voice) -> Markup:
    return voice.say(
        "<b>{name}</b> (<code>{external_id}</code>)",
        name=_name(one, voice),
        external_id=person_name(one.external_id, _ID_COLUMNS, "?"),
    )


def _name(one: Distributor, voice: Voice) -> Markup:
    """Whose data was deleted has no name any more."""
    has_left = one.state is DistributorState.LEFT
    nameless = voice.plain("somebody who left") if has_left else voice.plain("somebody")
    return person_name(one.name, NAME_COLUMNS, nameless)


def sponsor_fault_words(fault: SponsorFault, voice: Voice) -> str:
    """Why somebody can't be a sponsor."""
    return voice.phrase(_FAULTS[fault])


def has_left_words(voice: Voice) -> str:
    """Why nothing is set for somebody whose data was deleted."""
    return voice.plain("They have left: their level, profile and sponsor stay as they are.")


def has_left_card(voice: Voice) -> Card:
    """The same, where a message named them."""
    return Card(
        Markup("🚪 {}").format(has_left_words(voice)),
        (_find_again(voice), (back_button("manage:open", voice), home_button(voice))),
    )


def _find_again(voice: Voice) -> Row:
    return (Tap(voice.plain("🔍 Find another"), "distributor:find"),)


def ask_distributor_card(voice: Voice) -> Card:
    """Find: the next text is looked for."""
    text = voice.say("👤 <b>Find a distributor</b>\n\nSend me their name or external id, or a part of it.")
    return Card(text, ((back_button("manage:open", voice), home_button(voice)),))


def found_distributors_card(words: str, found: Sequence[Distributor], voice: Voice) -> Card:
    """Who was found; each button opens one."""
    again = _find_again(voice)
    up: Row = (back_button("manage:open", voice), home_button(voice))
    sought = person_name(words, NAME_COLUMNS, "?")
    if not found:
        text = voice.say(
            "🔍 Nobody here is called <b>{words}</b>. Send me another name or external id, or a part of it.",
            words=sought,
        )
        return Card(text, (again, up))
    lines = [voice.say("🔍 Distributors called <b>{words}</b>", words=sought)]
    lines += [Markup("• {}").format(_who(one, voice)) for one in found]
    rows: list[Row] = [
        (Tap(plain_name(one.name, _LABEL_COLUMNS, voice.plain("somebody")), f"distributor:show:{one.id}"),)
        for one in found
    ]
    return Card(Markup("\n").join(lines), (*rows, again, up))


def distributor_card(facts: Seen, voice: Voice) -> Card:
    """Everything that staff may change by hand, and the balances for those who see money."""
    standing, who = facts.standing, facts.standing.who
    lines = [
        _who(who, voice),
        voice.say(
            "{state} · joined {date}", state=_state(who, voice), date=dated(who.joined_at, facts.zone, voice)
        ),
        _level_line(facts, voice),
        voice.say("Profile: {profile}", profile=_profile_name(standing.profile, facts.plan, voice)),
        voice.say(
            "Sponsor: {sponsor}",
            sponsor=_name(standing.sponsor, voice) if standing.sponsor else "—",
        ),
        voice.plural("{n} direct member", "{n} direct members", standing.team),
    ]
    if facts.with_money:
        has_left = who.state is DistributorState.LEFT
        lines += _given_up(facts, voice) if has_left else _balances(facts, voice)
    return Card(Markup("\n").join(lines), _distributor_rows(facts, voice))


def _state(who: Distributor, voice: Voice) -> str:
    if who.on_hold and who.state is DistributorState.ACTIVE:
        return voice.plain("✋ On hold")
    return voice.phrase(DISTRIBUTOR_STATES[who.state])


def _level_line(facts: Seen, voice: Voice) -> Markup:
    held = facts.standing.level
    if held is None:
        return voice.say("Level: never given, so the plan's first")
    name = _level_name(held.level, facts.plan, voice)
    if held.pinned:
        return voice.say("Level: {level} 📌 pinned", level=name)
    return voice.say("Level: {level}", level=name)


def _level_name(key: str | None, plan: Plan | None, voice: Voice) -> str:
    levels = plan.document.levels if plan is not None else ()
    title = next((level.title for level in levels if level.key == key), None)
    if title is not None:
        return level_title(title, voice)
    return key if key is not None else "—"


def _profile_name(key: str | None, plan: Plan | None, voice: Voice) -> str:
    profiles = plan.document.profiles if plan is not None else ()
    title = next((profile.title for profile in profiles if profile.key == key), None)
    if title is not None:
        return level_title(title, voice)
    return key if key is not None else "—"


def _balances(facts: Seen, voice: Voice) -> list[Markup]:
    """In the words of the distributor's own Earnings, so that both speak of the same amounts."""

    def shown(minor: int) -> str:
        return money(minor, facts.currency, voice.language)

    balances, waiting = facts.standing.balances, facts.standing.unreleased
    return [
        voice.say(
            "Available {available} · being paid {paying} · paid {paid}",
            available=shown(balances[AccountKind.AVAILABLE]),
            paying=shown(balances[AccountKind.PAYING]),
            paid=shown(balances[AccountKind.PAID]),
        ),
        voice.say(
            "In hold {held} · awaiting receipt {awaiting} · under review {review}",
            held=shown(waiting.held_minor),
            awaiting=shown(waiting.awaiting_minor),
            review=shown(waiting.review_minor),
        ),
    ]


def _given_up(facts: Seen, voice: Voice) -> list[Markup]:
    """What stays on the accounts of somebody whose data was deleted is owed to nobody."""

    def shown(minor: int) -> str:
        return money(minor, facts.currency, voice.language)

    standing = facts.standing
    lines = [
        voice.say(
            "🚪 Given up: {amount} · paid {paid}",
            amount=shown(standing.given_up_minor),
            paid=shown(standing.balances[AccountKind.PAID]),
        )
    ]
    if standing.debt_minor:
        lines.append(voice.say("Debt that stays in the books: {amount}", amount=shown(standing.debt_minor)))
    return lines


def _distributor_rows(facts: Seen, voice: Voice) -> tuple[Row, ...]:
    key = facts.standing.who.id
    acts = (
        ("distributor:levels", voice.plain("🏅 Level")),
        ("distributor:profiles", voice.plain("🎭 Profile")),
        ("distributor:above", voice.plain("🧭 Sponsor")),
    )
    row = tuple(Tap(label, f"{data}:{key}") for data, label in acts if data in facts.opens)
    if facts.standing.who.state is DistributorState.LEFT:
        row = ()
    again = _find_again(voice)
    up: Row = (back_button("manage:open", voice), home_button(voice))
    return (row, again, up) if row else (again, up)


def choose_level_card(who: Distributor, held: LevelStanding, plan: Plan, voice: Voice) -> Card:
    """The plan's levels, each free to move or pinned."""
    text = voice.say(
        "🏅 Which level for {who}?\n\nA pinned one (📌) never moves by itself; the others go up and down by the plan's "
        "conditions.",
        who=_who(who, voice),
    )
    rows: list[Row] = []
    for index, level in enumerate(plan.document.levels):
        name = plain_name(level_title(level.title, voice), _LABEL_COLUMNS // 2, level.key)
        rows.append(
            tuple(
                Tap(
                    ("● " if held == LevelStanding(level.key, pinned) else "○ ")
                    + ("📌 " if pinned else "")
                    + name,
                    f"distributor:level:{who.id}:{plan.version}:{index}:{pinned:d}",
                )
                for pinned in (False, True)
            )
        )
    return Card(text, (*rows, *_back_to(who, voice)))


def confirm_level_card(
    who: Distributor, before: LevelStanding, level: Level, plan: Plan, place: str, voice: Voice
) -> Card:
    """What another level means, before it is given; `place` is the button's way of naming it."""
    text = voice.say(
        "Give {who} the level <b>{level}</b>{pinned} instead of {before}?\n\nOrders that are paid from now on count by "
        "it. What was earned stays.",
        who=_who(who, voice),
        level=plain_name(level_title(level.title, voice), NAME_COLUMNS, level.key),
        pinned=voice.plain(" 📌 pinned") if place.endswith(":1") else "",
        before=_level_name(before.level, plan, voice) + (" 📌" if before.pinned else ""),
    )
    return _confirm(who, text, voice.plain("✅ Give the level"), f"distributor:give:{place}", voice)


def choose_profile_card(who: Distributor, agreed: str | None, plan: Plan, voice: Voice) -> Card:
    """The plan's profiles, and none."""
    if not plan.document.profiles:
        text = voice.say("🎭 The plan in force has no profiles. 👉 They come with a new version of the plan.")
        return Card(text, _back_to(who, voice))
    text = voice.say(
        "🎭 Which profile for {who}?\n\nA profile is an agreement with the person; its rates count before those of "
        "levels.",
        who=_who(who, voice),
    )
    choices = [
        (str(index), profile.key, _title(profile, voice))
        for index, profile in enumerate(plan.document.profiles)
    ]
    rows: list[Row] = [
        (
            Tap(
                ("● " if key == agreed else "○ ") + name,
                f"distributor:profile:{who.id}:{plan.version}:{place}",
            ),
        )
        for place, key, name in (*choices, (NO_PROFILE, None, voice.plain("No profile")))
    ]
    return Card(text, (*rows, *_back_to(who, voice)))


def _title(profile: Profile, voice: Voice) -> str:
    return plain_name(level_title(profile.title, voice), _LABEL_COLUMNS, profile.key)


def confirm_profile_card(
    who: Distributor, before: str | None, profile: Profile | None, plan: Plan, place: str, voice: Voice
) -> Card:
    """What another profile means, before it is agreed on."""
    text = voice.say(
        "Agree on the profile <b>{profile}</b> with {who} instead of {before}?\n\nOrders that are paid from now on "
        "count by it. What was earned stays.",
        who=_who(who, voice),
        profile=_title(profile, voice) if profile is not None else "—",
        before=_profile_name(before, plan, voice),
    )
    return _confirm(who, text, voice.plain("✅ Agree"), f"distributor:agree:{place}", voice)


def ask_sponsor_card(who: Distributor, wrong: str, voice: Voice) -> Card:
    """The next text names the sponsor; `wrong` says why the last one could not be taken."""
    text = voice.say(
        "🧭 Who is the sponsor of {who}? Send me their name or external id.", who=_who(who, voice)
    )
    if wrong:
        text = Markup("✋ {}\n\n{}").format(wrong, text)
    none = Tap(voice.plain("🧭 No sponsor"), f"distributor:sponsor:{who.id}:{NOBODY}")
    return Card(text, ((none,), *_back_to(who, voice)))


def confirm_sponsor_card(
    who: Distributor, before: Distributor | None, above: Distributor | None, voice: Voice
) -> Card:
    """What another sponsor means, before the team changes."""
    text = voice.say(
        "Put {who} under {above} instead of {before}?\n\nTeam rewards of orders that are paid from now on go to the "
        "new sponsor. What was earned stays.",
        who=_who(who, voice),
        above=_who(above, voice) if above is not None else voice.plain("nobody"),
        before=_who(before, voice) if before is not None else voice.plain("nobody"),
    )
    place = f"{who.id}:{above.id if above is not None else NOBODY}"
    return _confirm(who, text, voice.plain("✅ Change the sponsor"), f"distributor:attach:{place}", voice)


def _confirm(who: Distributor, text: Markup, label: str, data: str, voice: Voice) -> Card:
    """The safe button first (chat.md 2, rule 7)."""
    return Card(
        text,
        ((back_button(f"distributor:show:{who.id}", voice),), (Tap(label, data),), (home_button(voice),)),
    )


def _back_to(who: Distributor, voice: Voice) -> tuple[Row, ...]:
    return ((back_button(f"distributor:show:{who.id}", voice), home_button(voice)),)
