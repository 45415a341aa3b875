"""Cards of levels, teams and rehearsals, made of facts that try to break them."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import levels, rehearsal, rehearsal_people, teams
from bot.cards.appointment_notices import appointment_card
from bot.cards.card import Card, Picture
from bot.cards.level_notices import growth_card
from bot.voice.catalogue import Voice
from models.errors import Sentence
from models.growth.appointment_notices import LevelSet, MemberSet, ProfileSet, SponsorSet
from models.growth.next_level import WorthMore
from models.growth.notices import LevelAtRisk, LevelMoved, Reminded
from models.growth.progress import Climb, Progress, Step
from models.growth.teams import Member, MemberPage, TeamSums
from models.money.told import AtShop
from models.plans.lint import Code, LintFinding
from models.plans.periods import period_of
from models.plans.presets import preset_names
from models.plans.ranks import Level, Metric, Privilege
from models.plans.rules import PeriodLength, Rate
from models.rehearsal.report import CapCut, KindCost, LevelMove, PersonResult, PlanResult, Report
from models.rehearsal.tally import KINDS
from tests.bot.cards.gallery import AT, KEY, LATER, LEVEL, MUCH, NASTY, URL, ZONE
from tests.bot.cards.plan_cards import refusals

SHOP = AtShop(KEY, NASTY, "GBP", ZONE)
LEADER = Level(key="leader", title=LEVEL, privileges=tuple(Privilege))
FIRST = Level(key="promoter", title=LEVEL)


def climb(*, any_is_enough: bool = False, days: int | None = None, reached: int = 1) -> Climb:
    """Three conditions, two of them not fulfilled."""
    steps = (
        Step(Metric.ORDERS, 30, reached, 5, days),
        Step(Metric.SALES, 366, -MUCH, MUCH, days),
        Step(Metric.TEAM_SIZE, 1, 1_000_000, 1_000_000, 0),
    )
    return Climb(LEADER, steps, any_is_enough)


def progress(**changes: object) -> Progress:
    """At the first level, warned, on the way."""
    given = Progress(FIRST, False, LEVEL, climb(), climb(any_is_enough=True), LATER, LEADER)
    return replace(given, **changes)  # type: ignore[arg-type]


def level_facts(**changes: object) -> levels.LevelFacts:
    """Standing at a shop with the worst of names."""
    worth = WorthMore(period_of(PeriodLength.MONTH, AT, ZONE), MUCH, MUCH)
    return replace(levels.LevelFacts(NASTY, "GBP", ZONE, progress(), worth), **changes)  # type: ignore[arg-type]


def member(**changes: object) -> Member:
    """Somebody who sold much."""
    given = Member(KEY, NASTY, KEY, True, False, AT, 1_000_000, MUCH, MUCH, None)
    return replace(given, **changes)  # type: ignore[arg-type]


def team_facts(*members: Member, **changes: object) -> teams.TeamFacts:
    """A page in the middle of a large team."""
    sums = TeamSums(1_000_000, 1_000_000, 1_000_000, MUCH, MUCH)
    given = teams.TeamFacts(
        NASTY, "GBP", ZONE, AT, sums, sums, ("3", "1"), MemberPage(members, KEY), False, URL, AT
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def plan_result(cost_minor: int = MUCH, *, cuts: int = 4) -> PlanResult:
    """A plan that pays every kind and meets every cap."""
    caps = tuple(rehearsal.CAPS)[:cuts]
    return PlanResult(
        name=NASTY,
        version=7,
        cost_minor=cost_minor,
        ratio_basis_points=-10_000,
        kinds=tuple(KindCost(kind, MUCH, 0, MUCH) for kind in KINDS),
        cuts=tuple(CapCut(cap, 1_000_000, MUCH) for cap in caps),
        promoted=1_000_000,
        demoted=1_000_000,
        moves=(LevelMove("promoter", "leader", 9),),
        breaches=1_000_000,
        beyond_margin_minor=MUCH,
        levels={"promoter": LEVEL, "leader": LEVEL},
    )


def person_result(change: int = MUCH) -> PersonResult:
    """Somebody who gains or loses much."""
    kinds = (0,) * len(KINDS)
    return PersonResult(KEY, "d" * 40, NASTY, 9, MUCH, 0, change, kinds, kinds, "promoter", "leader")


def report(**changes: object) -> Report:
    """Everything at its longest."""
    given = Report(
        merchant=NASTY,
        currency="GBP",
        begins=AT,
        ends=LATER,
        orders=1_000_000,
        sales_minor=MUCH,
        in_force=plan_result(0),
        proposed=plan_result(),
        winners=1_000_000,
        losers=1_000_000,
        unchanged=1_000_000,
        levels_differ=1_000_000,
        top_winners=(person_result(),) * 10,
        top_losers=(person_result(-MUCH),) * 10,
        open_periods=("2026-12", "2026-Q4", "2026-W53"),
        findings=(
            LintFinding(
                Code.NO_HOLD,
                (),
                Sentence("a tab stands here; indent with spaces"),
                Sentence("take it out, or mend `until`"),
            ),
        )
        * 9,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def growing(voice: Voice) -> dict[str, Card]:
    """Each card by a name."""
    rates = tuple(Rate(category=NASTY[:100], level="leader", percent="12.50") for _ in range(9))
    moved = LevelMoved(SHOP, True, LEVEL, LEVEL, rates, tuple(Privilege), AT)
    level_set = LevelSet(SHOP, LEVEL, LEVEL, True, True, rates, tuple(Privilege), LATER, AT)
    top = progress(climb=None, keep=None, lost_at=None, above=None)
    return {
        "level": levels.level_card(level_facts(), voice),
        "level by any": levels.level_card(
            level_facts(progress=progress(climb=climb(any_is_enough=True, days=1)), worth=None), voice
        ),
        "level worth less": levels.level_card(
            level_facts(worth=WorthMore(period_of(PeriodLength.MONTH, AT, ZONE), MUCH, -MUCH)), voice
        ),
        "level at the top": levels.level_card(level_facts(progress=top), voice),
        "level pinned": levels.level_card(level_facts(progress=replace(top, is_pinned=True)), voice),
        "level without plan": levels.level_card(level_facts(progress=None), voice),
        "level up": growth_card(moved, voice),
        "level down": growth_card(replace(moved, is_up=False), voice),
        "level at risk": growth_card(LevelAtRisk(SHOP, LEVEL, LATER, climb(), AT), voice),
        "level set": appointment_card(level_set, voice),
        "level pinned by hand": appointment_card(replace(level_set, moved=False), voice),
        "level freed by hand": appointment_card(replace(level_set, moved=False, pinned=False), voice),
        "first level set": appointment_card(
            replace(level_set, before=None, rates=(), privileges=(), pinned=False), voice
        ),
        "profile set": appointment_card(ProfileSet(SHOP, LEVEL, LEVEL, rates, LATER, AT), voice),
        "profile ended": appointment_card(ProfileSet(SHOP, LEVEL, None, (), LATER, AT), voice),
        "sponsor set": appointment_card(SponsorSet(SHOP, NASTY, AT), voice),
        "no sponsor set": appointment_card(SponsorSet(SHOP, None, AT), voice),
        "member set": appointment_card(MemberSet(SHOP, NASTY, "12.50", AT), voice),
        "member set, no reward": appointment_card(MemberSet(SHOP, "", None, AT), voice),
        "reminder": growth_card(Reminded(SHOP, NASTY, AT), voice),
        "team": teams.team_card(team_facts(*(member(),) * 6), voice),
        "team reminded": teams.team_card(
            team_facts(member(reminded_at=AT), member(is_enrolled=False), second=None, pays=()), voice
        ),
        "no team": teams.team_card(
            team_facts(
                direct=TeamSums(0, 0, 0, 0, 0),
                second=None,
                pays=("3",),
                page=MemberPage((), None),
                is_first=True,
            ),
            voice,
        ),
        "rehearse what": rehearsal.sources_card([rehearsal.Coming(7, NASTY)], preset_names(), voice),
        "rehearse when": rehearsal.spans_card(NASTY, f"d:{KEY}", voice),
        "rehearse no plan": rehearsal.refused_plan_card(refusals(), voice),
        "rehearse no file": rehearsal.no_plan_file_card(256, voice),
        "rehearse nothing": rehearsal.nothing_to_rehearse_card(voice),
        "rehearse failed": rehearsal.rehearsal_failed_card(voice, str(KEY)),
        "rehearsing": rehearsal.progress_card(NASTY, 999_999, 1_000_000, voice),
        "rehearsed": replace(
            rehearsal.report_card(report(), ZONE, voice, str(KEY)), picture=Picture(file_id="p")
        ),
        "rehearsed people": rehearsal_people.people_file_card(report(), b"x", voice),
    }
