"""Differences in words and numbers, the terms card, and lint's findings, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.lint import finding_words
from bot.cards.plan_changes import Setting, change_words
from bot.cards.plan_drafts import draft_card, draft_changes_card
from bot.cards.terms import terms_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.errors import Sentence
from models.plans.changes import changes
from models.plans.held import Lacking
from models.plans.lint import Code, LintFinding, lint
from models.plans.priced import Catalogue
from models.plans.reading import read_plan
from tests.bot.cards.plan_cards import draft, terms
from tests.builders import BASE_PLAN
from tests.journeys.world import bare
from tests.models.sales.plans import ISSUE_PLAN, plan

EN, ZH = Voice(Language.EN), Voice(Language.ZH)
START = datetime(2026, 3, 1, tzinfo=UTC)
BOOST = "boosts: [{percent: '5', from: 2026-03-08T00:00:00Z, until: 2026-03-10T00:00:00Z}]"
ONE_BAND = "ladder: {bands: [{from: '1000', percent: '3'}]}"


def told(old: str, new: str, voice: Voice) -> list[str]:
    before, after = read_plan(old, "GBP"), read_plan(new, "GBP")
    setting = Setting.of("GBP", ZoneInfo("UTC"), before, after)
    found = changes(before, after, START, Catalogue("GBP"))
    return [bare(plain(change_words(change, setting, voice))) for change in found]


@pytest.mark.parametrize(
    ("new", "english", "chinese"),
    [
        (BASE_PLAN.replace('- {percent: "10"}', '- {percent: "9.50"}'),
         "🔻 You earn: 10% → 9.5%", "🔻 你可得：10% → 9.5%"),
        (BASE_PLAN.replace('level: leader, percent: "12"', 'level: leader, percent: "13"'),
         "🔺 For Leader you earn: 12% → 13%", "🔺 佣金（团长）：12% → 13%"),
        (BASE_PLAN.replace('percent: "15"', 'fixed: "1.00"'),
         "🔀 For category lights you earn: 15% → £1.00 apiece", "🔀 佣金（品类 lights）：15% → 每件 £1.00"),
        (plan(BOOST), "🔺 Boost for everything: nothing → 5% on top from Mar 8 until Mar 9",
         "🔺 加佣（全部商品）：无 → 3月8日至3月9日另加 5%"),
        (plan(ONE_BAND),
         "🔺 Extra on the sales of a period: nothing → from £1,000.00 3% of the part above, a month",
         "🔺 周期销售额阶梯奖励：无 → 满 £1,000.00 起 3%（每月，按超出部分）"),
        (plan("team: {percents: ['3']}"), "🔺 Of what your members sell you earn: nothing → 3%",
         "🔺 你的成员卖出后，你可得：无 → 3%"),
        (plan("caps: {day: '500.00'}"), "🔻 The most that a day pays you: no cap → £500.00",
         "🔻 你单日佣金上限：无上限 → £500.00"),
        (BASE_PLAN.replace("hold_days: 7", "hold_days: 1"),
         "🔺 Hold after the buyer has the goods: 7 days → 1 day", "🔺 买家收货后的冻结期：7 天 → 1 天"),
        (BASE_PLAN.replace("self_purchase: review", "self_purchase: skip"),
         "🔻 Your own purchases: held for review → not paid", "🔻 自购订单：先审核 → 不计佣金"),
        (BASE_PLAN.replace("en: Leader}", "en: Leader}, when: {all: [{metric: orders, at_least: 1, within_days: 30}]}"),
         "🔺 Leader: reached by: nothing → 1 order within 30 days", "🔺 团长：达成条件：无 → 30 天内 1 单"),
        (BASE_PLAN.replace("  - {key: partner, title: {zh: 合伙人, en: Partner}}\n", ""),
         "🔻 Level Partner is no more; who holds it counts as the first level.",
         "🔻 等级「合伙人」取消；持有者按第一级计算。"),
        (plan("bonuses: {team_target: [{sales: '2000', amount: '10'}]}"),
         "🔺 Bonus for the team's sales: nothing → £10.00 from £2,000.00 a month",
         "🔺 团队目标奖励：无 → 每月满 £2,000.00 奖 £10.00"),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_words_and_numbers(new: str, english: str, chinese: str) -> None:
    assert told(BASE_PLAN, new, EN) == [english]
    assert told(BASE_PLAN, new, ZH) == [chinese]


def test_every_difference_of_a_whole_plan_has_words_in_both_languages() -> None:
    for voice in (EN, ZH):
        forth, back = told(BASE_PLAN, ISSUE_PLAN, voice), told(ISSUE_PLAN, BASE_PLAN, voice)
        assert len(forth) == len(set(forth))
        assert len(back) >= 10


@pytest.mark.parametrize("code", Code)
def test_every_finding_of_lint_has_words_in_both_languages(code: Code) -> None:
    found = LintFinding(
        code,
        ("rates", 0),
        Sentence("nothing on sale is called {name}", name="<b>"),
        Sentence("compare it with the catalogue, letter by letter"),
    )

    english, chinese = (bare(plain(finding_words(found, 7, voice))) for voice in (EN, ZH))

    assert english.endswith(
        ", line 7, rates[0]: nothing on sale is called <b>; compare it with the catalogue, letter by letter"
    )
    assert chinese.endswith("，第 7 行 rates[0]：在售商品里没有 <b>；请与商品库逐字核对")
    assert english.split(",")[0] != chinese.split("，")[0]


def test_the_terms_say_when_what_and_how_long_ahead() -> None:
    lines = bare(plain(terms_card(terms(plan("caps: {day: '500.00'}")), None, EN).text)).split("\n\n")

    assert lines[1:] == [
        "They hold for orders paid from Mar 11, 2026, 05:30 Eastern Daylight Time on.",
        "🔻 The most that a day pays you: no cap → £500.00",
        "You are told 7 days ahead. Orders paid before keep the terms they were paid under.",
    ]


def test_terms_call_goods_as_buyers_do_where_the_catalogue_knows_them() -> None:
    facts = replace(
        terms(BASE_PLAN.replace('fixed: "0.30"', 'fixed: "0.25"')), titles={"85123A": "Lantern <9>"}
    )
    strange = replace(facts, titles={})

    for known, line in (
        (facts, "For Lantern <9> · Leader you earn: £0.30"),
        (strange, "For product 85123A · Leader you earn"),
    ):
        assert line in bare(plain(terms_card(known, None, EN).text))


def test_a_draft_names_each_warning_once_and_asks_for_each_by_its_name() -> None:
    facts = draft()
    card = draft_card(facts, EN)
    asked = [row[0].label for row in card.rows if row[0].label.startswith("☐")]

    assert len(asked) == len(set(asked)) == len(facts.open_codes)
    assert "☐ Accept: Sponsors earn more" in asked
    assert not any(button.label.startswith("📣") for row in card.rows for button in row)
    accepted = draft(accepted=frozenset(facts.open_codes))
    assert any(button.label == "📣 Publish …" for row in draft_card(accepted, EN).rows for button in row)


def test_lint_of_the_worst_plan_finds_what_the_card_shows() -> None:
    assert {found.code for found in lint(draft().preview.document, Catalogue("GBP"))} <= set(Code)


def test_a_level_that_people_hold_and_the_draft_lacks_is_named_by_its_title() -> None:
    facts = draft()
    lacking = Lacking({"leader": 2}, {})
    facts = replace(facts, preview=replace(facts.preview, lacking=lacking))

    assert "2 位" in bare(plain(draft_card(facts, ZH).text))
    assert "团长" in bare(plain(draft_card(facts, ZH).text)).split("\n")[-1]


def test_a_draft_calls_goods_as_buyers_do() -> None:
    facts = draft(before=BASE_PLAN.replace("85123A", "LAMP").replace("0.30", "0.40"))
    facts = replace(facts, preview=replace(facts.preview, titles={"LAMP": "Heart lamp"}))

    said = bare(plain(draft_changes_card(facts, 0, EN).text)) + bare(
        plain(draft_changes_card(facts, 1, EN).text)
    )

    assert "Heart lamp" in said
    assert "LAMP" not in said
