"""The team: members and what they sold, as sums; one's own share; inviting and reminding (chat.md 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, CopyText, Row, Tap
from bot.cards.words import NAME_COLUMNS, back_button, dated, home_button, shop_name
from bot.voice.catalogue import Voice
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.growth.reminders import COOL_DOWN
from models.growth.teams import Member, MemberPage, TeamSums

_LABEL_COLUMNS = 18


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A sponsor's team this month; `second` where the plan pays for the members' members, too. `pays` per cent
    by depth; empty where the plan pays no team reward."""

    shop: str
    currency: str
    zone: ZoneInfo
    month: datetime
    direct: TeamSums
    second: TeamSums | None
    pays: tuple[str, ...]
    page: MemberPage
    is_first: bool
    invite_url: str
    now: datetime


def team_card(facts: TeamFacts, voice: Voice) -> Card:
    """Who sells, how much, and what of it is mine."""
    parts = [voice.say("👥 <b>Team</b> at {shop}", shop=shop_name(facts.shop, voice))]
    invite: Row = (CopyText(voice.plain("📋 Copy invitation"), facts.invite_url),)
    up: Row = (back_button("level:open", voice), home_button(voice))
    if facts.direct.members == 0 and not facts.page.items:
        parts.append(
            voice.say(
                "Whoever joins by your invitation stands here, with what they sell. "
                "👉 Send it to one person who would like it too."
            )
        )
        parts.append(_pays(facts, voice))
        return Card(Markup("\n\n").join(parts), (invite, up))
    parts.append(Markup("\n").join(_sums(facts, voice)))
    parts.append(_pays(facts, voice))
    parts += [_member(number, member, facts, voice) for number, member in enumerate(facts.page.items, 1)]
    return Card(Markup("\n\n").join(parts), (*_reminders(facts, voice), *_turns(facts, voice), invite, up))


def _sums(facts: TeamFacts, voice: Voice) -> list[Markup]:
    lines = [
        voice.say("This month, from {date}:", date=dated(facts.month, facts.zone, voice)),
        _depth(voice.say("Direct"), facts.direct, facts.currency, voice),
    ]
    if facts.second is not None:
        lines.append(_depth(voice.say("Their members"), facts.second, facts.currency, voice))
    share = facts.direct.share_minor + (facts.second.share_minor if facts.second is not None else 0)
    lines.append(
        voice.say(
            "My share: <b>{amount}</b> (refunds taken off; each with its order under Entries)",
            amount=money(share, facts.currency, voice.language),
        )
    )
    return lines


def _depth(who: Markup, sums: TeamSums, currency: str, voice: Voice) -> Markup:
    return voice.say(
        "• {who}: {members}, {active} sold, {orders}, {sales}",
        who=who,
        members=voice.plural("{n} member", "{n} members", sums.members),
        active=f"{sums.active:,}",
        orders=voice.plural("{n} order", "{n} orders", sums.orders),
        sales=money(sums.sales_minor, currency, voice.language),
    )


def _pays(facts: TeamFacts, voice: Voice) -> Markup:
    match facts.pays:
        case ():
            return voice.say("<i>The plan pays no team reward at the moment.</i>")
        case (direct,):
            return voice.say(
                "<i>You earn {direct}% of what direct members sell, on top of theirs.</i>", direct=direct
            )
        case (direct, second, *_):
            return voice.say(
                "<i>You earn {direct}% of what direct members sell and {second}% of what theirs sell, "
                "on top of theirs.</i>",
                direct=direct,
                second=second,
            )
    raise AssertionError(facts.pays)


def _member(number: int, member: Member, facts: TeamFacts, voice: Voice) -> Markup:
    nameless = voice.plain("Somebody who left") if member.has_left else voice.plain("Somebody")
    name = person_name(member.name, NAME_COLUMNS, nameless)
    lines = [voice.say("<b>{number}.</b> {name}", number=number, name=name)]
    if not member.is_enrolled:
        lines.append(voice.say("no longer active at the shop"))
    lines.append(
        voice.say(
            "{orders} · {sales} · my share {share}",
            orders=voice.plural("{n} order", "{n} orders", member.orders),
            sales=money(member.sales_minor, facts.currency, voice.language),
            share=money(member.share_minor, facts.currency, voice.language),
        )
    )
    if member.reminded_at is not None and facts.now < member.reminded_at + COOL_DOWN:
        again = dated(member.reminded_at + COOL_DOWN, facts.zone, voice)
        lines.append(voice.say("👋 reminded; again from {date}", date=again))
    return Markup("\n").join(lines)


def _reminders(facts: TeamFacts, voice: Voice) -> list[Row]:
    """A button for each who can be written to and was not reminded in the last seven days."""
    buttons = [
        Tap(
            voice.plain("👋 {name}", name=plain_name(member.name, _LABEL_COLUMNS, voice.plain("Somebody"))),
            f"team:remind:{member.distributor_id}",
        )
        for member in facts.page.items
        if member.person_id is not None
        and member.is_enrolled
        and (member.reminded_at is None or facts.now >= member.reminded_at + COOL_DOWN)
    ]
    return [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]


def _turns(facts: TeamFacts, voice: Voice) -> list[Row]:
    turns = []
    if not facts.is_first:
        turns.append(Tap(voice.plain("⏮ First page"), "team:open"))
    if facts.page.next_after is not None:
        turns.append(Tap(voice.plain("Next ▶"), f"team:after:{facts.page.next_after}"))
    return [tuple(turns)] if turns else []
