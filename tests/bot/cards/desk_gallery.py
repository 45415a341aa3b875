"""Every card of the shop's people's desk, made of facts that try to break it."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import audit, distributors, inbox, managing, staff
from bot.cards.audit_changes import LABELS
from bot.cards.card import Card
from bot.cards.notices import notice_card
from bot.voice.catalogue import Voice
from handlers.chat.duties import DUTIES, open_to
from models.money.audited import Enrolled, Named
from models.money.ledger import AccountKind
from models.money.standing import Standing
from models.money.told import AtShop, StaffChanged
from models.money.unreleased import Unreleased
from models.people.distributors import Distributor, DistributorState
from models.people.levels import LevelHeld
from models.people.permissions import Act
from models.people.roster import Member
from models.people.sponsors import SponsorFault
from models.people.staff import Role, StaffNews
from models.plans.appointments import LevelStanding
from models.plans.document import PlanDocument
from models.plans.rates import RateTable
from models.plans.versions import Plan
from models.store.audit import AuditEntry
from tests.bot.cards.gallery import AT, KEY, LATER, MUCH, NASTY, URL, ZONE, plan
from tests.builders import BASE_PLAN


def as_plan(document: PlanDocument) -> Plan:
    """A document as the version in force."""
    return Plan(1, 4000, AT, document, RateTable(document))


RANKS = as_plan(
    plan(
        BASE_PLAN.replace("en: Leader", f"en: {'L' * 60}")
        + f"profiles: [{{key: kol, title: {{zh: {'达' * 60}, en: {'K' * 60}}}}}, "
        + "{key: f, title: {zh: 粉, en: Fan}}]\n"
    )
)


def shop_desk(**changes: object) -> managing.ShopDesk:
    """A desk with every button there is."""
    desk = managing.ShopDesk(NASTY, Role.OWNER, frozenset(DUTIES), 4000, 9, recruits=True)
    return replace(desk, **changes)  # type: ignore[arg-type]


def somebody(name: str = NASTY, **changes: object) -> Distributor:
    """A distributor with the worst of names."""
    given = {"id": KEY, "merchant_id": 1, "external_id": "e" * 100, "name": name, "joined_at": LATER}
    return Distributor.model_validate({**given, **changes})


def standing(**changes: object) -> Standing:
    """A distributor with everything, in debt."""
    held = LevelHeld(merchant_id=1, distributor_id=KEY, level="leader", since=AT, pinned=True)
    balances = dict.fromkeys(AccountKind, -MUCH)
    whole = Standing(
        somebody(), held, "kol", somebody("Sponsor"), 4000, balances, Unreleased(MUCH, MUCH, MUCH)
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def seen(**changes: object) -> distributors.Seen:
    """The same as the owner sees it."""
    facts = distributors.Seen(standing(), RANKS, "GBP", ZONE, frozenset(DUTIES), with_money=True)
    return replace(facts, **changes)  # type: ignore[arg-type]


def member(role: Role = Role.OPERATOR) -> Member:
    """One of the staff."""
    return Member(KEY, KEY, NASTY, "u" * 32, role, LATER)


def act(**changes: object) -> AuditEntry:
    """An act by hand with everything in it."""
    given: dict[str, object] = {
        "merchant_id": 1,
        "number": 2_000_000_000,
        "actor": "person 17",
        "act": "set_level",
        "subject": f"distributor {'e' * 100}",
        "before": {"level": NASTY, "pinned": True},
        "after": {"level": "leader", "pinned": False, "since": LATER.isoformat(), "list": [NASTY, 1]},
        "why": NASTY,
        "at": LATER,
        "previous": "",
        "digest": "",
    }
    return AuditEntry.model_validate({**given, **changes})


def audit_page(**changes: object) -> audit.AuditPage:
    """A page in the middle of many acts."""
    long = {
        "level": "leader",
        "pinned": True,
        **dict.fromkeys(LABELS, MUCH),
        **{str(key): NASTY for key in range(9)},
    }
    entries = [
        act(),
        act(actor="command", act="made up", before=None, after=None, why=""),
        act(after=long),
    ] * 3
    title, enrolled = RANKS.document.levels[1].title, Enrolled(NASTY, "e" * 100)
    named = Named({"person 17": NASTY}, {"e" * 100: enrolled}, {}, {}, {"leader": title}, {})
    page = audit.AuditPage("GBP", ZONE, entries, named, 7, is_first=False, is_whole=True)
    return replace(page, **changes)  # type: ignore[arg-type]


def desk_gallery(voice: Voice) -> dict[str, Card]:
    """Staff, distributors, inbox and audit as the shop's people see them."""
    invitation = staff.OpenInvitation(KEY, Role.FINANCE, URL, LATER)
    roster = staff.Roster(NASTY, ZONE, [member(role) for role in Role] * 10, 1, frozenset(DUTIES), 4000)
    who, profile, level = somebody(), RANKS.document.profiles[0], RANKS.document.levels[1]
    held, place = LevelStanding("leader", pinned=True), f"{KEY}:4000:19:1"
    bare = standing(level=None, profile=None, sponsor=None, team=0)
    return {
        "inbox": inbox.inbox_card(NASTY, [(kind, 4000) for kind in inbox.InboxKind], voice),
        "inbox, nothing waits": inbox.inbox_card(NASTY, [(kind, 0) for kind in inbox.InboxKind], voice),
        "inbox of nobody": inbox.inbox_card(NASTY, [], voice),
        "staff": staff.roster_card(roster, voice),
        "staff of one": staff.roster_card(replace(roster, members=[member()], invitations=0), voice),
        "staff for a viewer": staff.roster_card(replace(roster, opens=open_to(Role.VIEWER)), voice),
        "roles": staff.roles_card(voice),
        "not allowed": staff.not_allowed_card(Act.DECIDE_CASE, voice),
        "member": staff.member_card(member(), ZONE, voice),
        "confirm role": staff.confirm_role_card(member(), Role.OWNER, voice),
        "confirm removal": staff.confirm_removal_card(member(), voice),
        "choose role": staff.choose_role_card(voice),
        "invitation link": staff.invitation_link_card(invitation, ZONE, voice),
        "open invitations": staff.invitations_card([invitation] * 30, ZONE, voice),
        "no open invitations": staff.invitations_card([], ZONE, voice),
        "ask distributor": distributors.ask_distributor_card(voice),
        "found distributors": distributors.found_distributors_card(NASTY, [somebody()] * 8, voice),
        "found nobody": distributors.found_distributors_card(NASTY, [], voice),
        "distributor": distributors.distributor_card(seen(), voice),
        "distributor, bare": distributors.distributor_card(
            seen(standing=bare, plan=None, opens=open_to(Role.VIEWER), with_money=False), voice
        ),
        "distributor who left": distributors.distributor_card(
            seen(standing=standing(who=somebody("", state=DistributorState.LEFT))), voice
        ),
        "has left": distributors.has_left_card(voice),
        "choose level": distributors.choose_level_card(who, held, RANKS, voice),
        "confirm level": distributors.confirm_level_card(who, held, level, RANKS, place, voice),
        "choose profile": distributors.choose_profile_card(who, "kol", RANKS, voice),
        "no profiles": distributors.choose_profile_card(who, None, as_plan(plan()), voice),
        "confirm profile": distributors.confirm_profile_card(who, None, profile, RANKS, place, voice),
        "confirm no profile": distributors.confirm_profile_card(who, "kol", None, RANKS, place, voice),
        "ask sponsor": distributors.ask_sponsor_card(who, "", voice),
        "wrong sponsor": distributors.ask_sponsor_card(
            who, distributors.sponsor_fault_words(SponsorFault.LOOP, voice), voice
        ),
        "confirm sponsor": distributors.confirm_sponsor_card(who, None, somebody("Lee"), voice),
        "confirm no sponsor": distributors.confirm_sponsor_card(who, somebody("Lee"), None, voice),
        "audit": audit.audit_card(audit_page(), voice),
        "audit, broken": audit.audit_card(audit_page(is_first=True, is_whole=False), voice),
        "audit, empty": audit.audit_card(audit_page(entries=[], is_first=True, older_than=None), voice),
        **{
            f"staff {news}": notice_card(
                StaffChanged(AtShop(KEY, NASTY, "GBP", ZONE), news, NASTY, Role.FINANCE, False, AT), voice
            )
            for news in StaffNews
        },
        "shop desk": managing.shop_desk_card(shop_desk(), voice),
        "desk at several": managing.shop_desk_card(shop_desk(recruits=False, waiting=4000, shops=9), voice),
        "desk of a viewer": managing.shop_desk_card(shop_desk(role=Role.VIEWER), voice),
    }
