"""The staff in chat: who works here, invitations, roles and what each may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, CopyText, Row, Tap
from bot.cards.words import NAME_COLUMNS, ROLES, back_button, dated, home_button, shop_name
from bot.voice.catalogue import Phrase, Voice
from bot.voice.names import person_name, plain_name
from models.people.permissions import MAY, Act, who_may
from models.people.roster import Member, StaffFault
from models.people.staff import Role

_LABEL_COLUMNS = 22
_MOST = 16
"""Buttons for members and for invitations each; more are on the command line."""
DOES = {
    Act.SEE_SHOP: Phrase("see the shop, its goods, distributors and staff"),
    Act.EDIT_GOODS: Phrase("edit goods and captions"),
    Act.EDIT_LOOKS: Phrase("change poster templates"),
    Act.EDIT_SHOP: Phrase("change the shop's settings"),
    Act.SEE_MONEY: Phrase("see balances, statements and settlements"),
    Act.PUBLISH_PLAN: Phrase("publish a commission plan"),
    Act.REHEARSE_PLAN: Phrase("rehearse a commission plan"),
    Act.APPROVE_WITHDRAWAL: Phrase("approve or refuse withdrawals"),
    Act.MARK_PAID: Phrase("say that a withdrawal was paid or failed"),
    Act.DECIDE_CASE: Phrase("decide cases of suspicion"),
    Act.DECIDE_CLAIM: Phrase("decide claims about orders"),
    Act.SET_LEVEL: Phrase("give and pin levels"),
    Act.SET_PROFILE: Phrase("agree on profiles"),
    Act.SET_SPONSOR: Phrase("change sponsors"),
    Act.INVITE_STAFF: Phrase("invite staff and take invitations back"),
    Act.CHANGE_ROLE: Phrase("change roles of the staff"),
    Act.REMOVE_STAFF: Phrase("remove staff"),
    Act.SEE_AUDIT: Phrase("see what was done by hand"),
}
"""What each act is, for people; docs/roles.md has the same table."""
_FAULTS = {
    StaffFault.LAST_OWNER: Phrase("This is the last owner. Make somebody else an owner first."),
    StaffFault.ONESELF: Phrase("Nobody changes their own role. Another owner can."),
}


@dataclass(frozen=True, slots=True)
class Roster:
    """Who works at a shop. `opens` are the taps that the reader's role may do."""

    shop: str
    zone: ZoneInfo
    members: Sequence[Member]
    me: int
    """The reader's person key."""
    opens: frozenset[str]
    invitations: int = 0


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that can still be used, and the link to pass on."""

    id: int
    role: Role
    url: str
    ends_at: datetime


def fault_words(fault: StaffFault, voice: Voice) -> str:
    """Why somebody stays as they are."""
    return voice.phrase(_FAULTS[fault])


def not_allowed_words(act: Act, voice: Voice) -> str:
    """Why somebody of the staff may not do something: who may."""
    roles = voice.plain(", ").join(voice.phrase(ROLES[role]) for role in who_may(act))
    return voice.plain("That is not for your role to do. Who may: {roles}.", roles=roles)


def not_allowed_card(act: Act, voice: Voice) -> Card:
    """The same as a message, with the way to the whole table."""
    text = Markup("🚫 {}").format(not_allowed_words(act, voice))
    return Card(text, ((Tap(voice.plain("❔ What each role may do"), "staff:roles"), home_button(voice)),))


def _name(name: str, voice: Voice) -> Markup:
    return person_name(name, NAME_COLUMNS, voice.plain("somebody"))


def roster_card(facts: Roster, voice: Voice) -> Card:
    """Everybody with their role and since when; buttons for those who may change it."""
    lines = [voice.say("👥 <b>Staff</b> of {shop}", shop=shop_name(facts.shop, voice))]
    for member in facts.members[: 2 * _MOST]:
        line = voice.say(
            "{name}: {role}, since {date}",
            name=_name(member.name, voice),
            role=voice.phrase(ROLES[member.role]),
            date=dated(member.joined_at, facts.zone, voice),
        )
        lines.append(Markup("• {}").format(line))
    if len(facts.members) == 1:
        lines.append(voice.say("Nobody else works here yet. 👉 An owner invites others by a link."))
    rows: list[Row] = []
    if "staff:show" in facts.opens:
        buttons = [
            Tap(f"✏️ {plain_name(one.name, _LABEL_COLUMNS, '?')}", f"staff:show:{one.staff_id}")
            for one in facts.members[:_MOST]
            if one.person_id != facts.me
        ]
        rows += [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    if "staff:invite" in facts.opens:
        rows.append((Tap(voice.plain("➕ Invite"), "staff:invite"),))
        if facts.invitations:
            label = voice.plain("✉️ Open invitations ({n})", n=facts.invitations)
            rows.append((Tap(label, "staff:open"),))
    rows.append((Tap(voice.plain("❔ What each role may do"), "staff:roles"),))
    return Card(Markup("\n").join(lines), (*rows, (back_button("manage:open", voice), home_button(voice))))


def roles_card(voice: Voice) -> Card:
    """What each role may do."""
    parts = [voice.say("❔ <b>What each role may do</b>")]
    for role in Role:
        lines = [voice.say("<b>{role}</b>", role=voice.phrase(ROLES[role]))]
        lines += [Markup("• {}").format(voice.phrase(DOES[act])) for act in Act if role in MAY[act]]
        parts.append(Markup("\n").join(lines))
    return Card(Markup("\n\n").join(parts), ((back_button("staff:list", voice), home_button(voice)),))


def member_card(member: Member, zone: ZoneInfo, voice: Voice) -> Card:
    """One of the staff, with the roles to give and the way out."""
    text = voice.say(
        "👤 <b>{name}</b>\nRole: {role}\nSince {date}",
        name=_name(member.name, voice),
        role=voice.phrase(ROLES[member.role]),
        date=dated(member.joined_at, zone, voice),
    )
    roles = [
        Tap(
            ("● " if role is member.role else "○ ") + voice.phrase(ROLES[role]),
            f"staff:role:{member.staff_id}:{role}",
        )
        for role in Role
    ]
    rows: list[Row] = [tuple(roles[:2]), tuple(roles[2:])]
    rows.append((Tap(voice.plain("🚪 Remove from the staff"), f"staff:drop:{member.staff_id}"),))
    return Card(text, (*rows, (back_button("staff:list", voice), home_button(voice))))


def confirm_role_card(member: Member, role: Role, voice: Voice) -> Card:
    """Another role: what it may do, restated before it is given."""
    head = voice.say(
        "Make <b>{name}</b> {role} instead of {before}?\n\nThat role may:",
        name=_name(member.name, voice),
        role=voice.phrase(ROLES[role]),
        before=voice.phrase(ROLES[member.role]),
    )
    lines = [Markup("• {}").format(voice.phrase(DOES[act])) for act in Act if role in MAY[act]]
    rows: tuple[Row, ...] = (
        (back_button(f"staff:show:{member.staff_id}", voice),),
        (Tap(voice.plain("✅ Change the role"), f"staff:give:{member.staff_id}:{role}"),),
    )
    return Card(Markup("\n").join([head, *lines]), (*rows, (home_button(voice),)))


def confirm_removal_card(member: Member, voice: Voice) -> Card:
    """Leaving can't be undone by a tap; the safe button first."""
    text = voice.say(
        "🚪 Remove <b>{name}</b> ({role}) from the staff?\n\nThey lose everything that the role may do, at once, and "
        "are told. To come back they need a new invitation.",
        name=_name(member.name, voice),
        role=voice.phrase(ROLES[member.role]),
    )
    rows: tuple[Row, ...] = (
        (back_button(f"staff:show:{member.staff_id}", voice),),
        (Tap(voice.plain("🚪 Yes, remove"), f"staff:remove:{member.staff_id}"),),
    )
    return Card(text, (*rows, (home_button(voice),)))


def choose_role_card(voice: Voice) -> Card:
    """Invite: in which role?"""
    text = voice.say(
        "➕ <b>Invite to the staff</b>\n\nIn which role? You get a link to pass on: it works once, for whoever opens "
        "it first, within seven days."
    )
    roles = [Tap(voice.phrase(ROLES[role]), f"staff:link:{role}") for role in Role]
    rows: tuple[Row, ...] = (
        tuple(roles[:2]),
        tuple(roles[2:]),
        (Tap(voice.plain("❔ What each role may do"), "staff:roles"),),
    )
    return Card(text, (*rows, (back_button("staff:list", voice), home_button(voice))))


def invitation_link_card(one: OpenInvitation, zone: ZoneInfo, voice: Voice) -> Card:
    """The link, to pass on."""
    text = voice.say(
        "✉️ <b>Invitation as {role}</b>\n\n<code>{url}</code>\n\nPass it on to one person. It works once, until {date}.",
        role=voice.phrase(ROLES[one.role]),
        url=one.url,
        date=dated(one.ends_at, zone, voice),
    )
    rows: tuple[Row, ...] = (
        (CopyText(voice.plain("📋 Copy invitation"), one.url),),
        (Tap(voice.plain("🗑 Take it back"), f"staff:revoke:{one.id}"),),
    )
    return Card(text, (*rows, (back_button("staff:list", voice), home_button(voice))))


def invitations_card(waiting: Sequence[OpenInvitation], zone: ZoneInfo, voice: Voice) -> Card:
    """Every invitation that can still be used."""
    lines = [voice.say("✉️ <b>Open invitations</b>")]
    rows: list[Row] = []
    for number, one in enumerate(waiting[:_MOST], 1):
        role = voice.phrase(ROLES[one.role])
        line = voice.say(
            "{number}. {role}, until {date}\n<code>{url}</code>",
            number=number,
            role=role,
            date=dated(one.ends_at, zone, voice),
            url=one.url,
        )
        lines.append(line)
        label = voice.plain("🗑 Take {number} back: {role}", number=number, role=role)
        rows.append((Tap(label, f"staff:revoke:{one.id}"),))
    if not waiting:
        lines.append(voice.say("None is open. 👉 A new one is made by Invite."))
        rows.append((Tap(voice.plain("➕ Invite"), "staff:invite"),))
    return Card(Markup("\n\n").join(lines), (*rows, (back_button("staff:list", voice), home_button(voice))))
