"""The cards of plans, made of facts that try to break them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import plan_desk, plan_drafts, plan_rules
from bot.cards.card import Card, Picture
from bot.cards.plans import plan_in_two_sentences
from bot.cards.terms import terms_card, terms_changes_card
from bot.voice.catalogue import Voice
from models.errors import Sentence
from models.files.findings import Finding
from models.money.terms import TermsTold
from models.money.told import AtShop
from models.plans.changes import changes
from models.plans.held import Lacking
from models.plans.lint import lint
from models.plans.priced import Catalogue, Priced
from models.plans.publishing import Preview
from models.plans.rates import RateTable
from models.plans.reading import PlanFile, read_plan_file
from models.plans.terms import Reader
from models.plans.versions import Plan
from tests.builders import BASE_PLAN
from tests.models.sales.plans import ISSUE_PLAN

KEY = 2**63 - 1
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
NASTY = "<b>&\"' \u202eevil\u202c 👩‍👩‍👧‍👦 مرحبا " + "W" * 200
GOODS = Catalogue("GBP", [Priced("LAMP", "lamps", 2000, 1999)])
WORST = (
    ISSUE_PLAN.replace('{percent: "10"}', '{percent: "0"}\n  - {product: "' + "W" * 90 + '", percent: "1"}')
    .replace("en: Leader", "en: " + "L" * 60)
    .replace('percents: ["3"]', 'percents: ["30"]')
    + "binding: {protect_days: 1, valid_days: 3650, before_coupon: true}\n"
    "boosts: [{percent: '1', mode: replace, from: 2026-03-08T00:00:00Z, until: 2026-03-10T00:00:00Z}]\n"
    "notice_days: 0\n"
    "withdrawal: {fee: '1.00', fee_percent: '2.5', arrives_in_days: 60}\n"
).replace("hold_days: 7", "hold_days: 0")
"""A plan with as many warnings and differences as it can have."""


def file(text: str = WORST) -> PlanFile:
    return read_plan_file(text, "GBP")


def in_force(text: str = BASE_PLAN, version: int = 1) -> Plan:
    document = file(text).document
    return Plan(KEY, version, AT, document, RateTable(document))


def preview(
    text: str = WORST, before: str | None = BASE_PLAN, *, days: int = 7, lacking: bool = True
) -> Preview:
    """What publishing would do, without a store."""
    read, old = file(text), in_force(before) if before is not None else None
    found = changes(old.document, read.document, AT, GOODS) if old is not None else []
    return Preview(
        file=read,
        findings=tuple(lint(read.document, GOODS)),
        before=old,
        changes=tuple(found),
        starts_at=read.document.starts_at + timedelta(days=days),
        lacking=Lacking({NASTY: 1, "b": 40}, {NASTY: 2}) if lacking else Lacking({}, {}),
        replaces=(in_force(BASE_PLAN, 2),) if lacking else (),
        is_published=False,
    )


def terms(text: str = WORST, before: str | None = BASE_PLAN) -> TermsTold:
    new, old = in_force(text, 2), file(before).document if before is not None else None
    return TermsTold(
        shop=AtShop(KEY, NASTY, "GBP", ZONE),
        plan_version_id=KEY,
        version=2,
        starts_at=AT + timedelta(days=7),
        plan=new.document,
        before=old,
        changes=tuple(changes(old, new.document, AT, GOODS)) if old is not None else (),
        published_at=AT,
    )


def draft(
    text: str = WORST, *, accepted: frozenset[str] = frozenset(), before: str | None = BASE_PLAN
) -> plan_drafts.DraftFacts:
    return plan_drafts.DraftFacts(KEY, "GBP", ZONE, preview(text, before), accepted, AT)


def desk(versions: int = 30, *, may_publish: bool = True) -> plan_desk.PlanDesk:
    made = [
        plan_desk.Version(number, NASTY[:100], AT + timedelta(days=number - 15), number, number // 2)
        for number in range(versions, 0, -1)
    ]
    return plan_desk.PlanDesk("GBP", ZONE, made, 15 if versions else None, may_publish)


def refusals() -> list[Finding]:
    """More faults of a plan file than a card holds, of long names."""
    sentence = Sentence("nothing on sale is called {name}", name=NASTY)
    return [Finding(number, f"rates[0].{NASTY}", sentence) for number in range(60)]


def plan_cards(voice: Voice) -> dict[str, Card]:
    """Each by a name."""
    photo = Picture(file_id="p")
    shown, facts = desk(), draft()
    document = facts.preview.document
    coming = plan_rules.Coming(KEY, AT)
    sentences = plan_in_two_sentences(document, "GBP", voice)
    pictured = {
        "rules": plan_rules.rules_card(plan_rules.RulesFacts(NASTY, "GBP", ZONE, document, coming), voice),
        "plan version": plan_desk.version_card(shown.versions[0], shown, sentences, voice),
        "draft's picture": plan_drafts.draft_picture_card(facts, voice),
    }
    findings = refusals()
    accepted = frozenset(found.code for found in facts.preview.findings)
    return {
        **{name: Card(card.text, card.rows, photo) for name, card in pictured.items()},
        "no rules": plan_rules.rules_card(plan_rules.RulesFacts(NASTY, "GBP", ZONE, None), voice),
        "terms": terms_card(terms(), None, voice),
        "terms, all changes": terms_changes_card(terms(), 0, voice),
        "draft, all changes": plan_drafts.draft_changes_card(facts, 1, voice),
        "terms read": terms_card(terms(), AT, voice),
        "terms instead of others": terms_card(
            replace(terms(BASE_PLAN), instead_of=(AT + timedelta(days=30),)), None, voice
        ),
        "first terms": terms_card(terms(before=None), None, voice),
        "plan desk": plan_desk.plan_desk_card(shown, voice),
        "no plan yet": plan_desk.plan_desk_card(desk(0, may_publish=False), voice),
        "plan versions": plan_desk.versions_card(shown, voice),
        "readers": plan_desk.readers_card(shown.versions[0], shown, [Reader(NASTY, AT)] * 20, voice),
        "no readers": plan_desk.readers_card(shown.versions[0], shown, [], voice),
        "ask for a plan": plan_desk.ask_plan_card(voice),
        "presets": plan_desk.presets_card(voice),
        "plan refused": plan_drafts.plan_refused_card(findings, voice),
        "draft": plan_drafts.draft_card(facts, voice),
        "draft that follows none": plan_drafts.draft_card(draft(before=None, accepted=accepted), voice),
        "draft to confirm": plan_drafts.confirm_card(draft(accepted=accepted), voice),
        "plan published": plan_drafts.published_card(NASTY, 9, AT, 1, ZONE, voice),
    }
