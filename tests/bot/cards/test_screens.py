"""What the screens say about zero, one, many and below zero."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards import earning, goods, home, posters, settings, timeline
from bot.cards.card import Card, CopyText, SendToChat, Tap
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.growth.progress import Climb, Progress, Step
from models.money.commissions import CommissionState, RateKind, Reason
from models.money.earnings import Earnings, Waiting
from models.money.entries import EntryPage
from models.money.goodwill import Goodwill
from models.money.timeline import Happening, Moment
from models.plans.parts import Title
from models.plans.ranks import Level, Metric
from models.plans.rules import Rate
from tests.bot.cards.gallery import (
    AT,
    KEY,
    URL,
    ZONE,
    commission,
    earned,
    entry,
    goods_page,
    merchant,
    poster_wish,
    product,
    product_facts,
    settings_facts,
    story,
)

EN, ZH = Voice(Language.EN), Voice(Language.ZH)
NOTHING = Earnings(0, 0, 0, 0, Waiting(0, None), Waiting(0, None), 0, 0, has_orders=False)


def words(card: Card) -> list[str]:
    """The lines that a reader sees, without the marks that isolate names."""
    text = plain(card.text).replace("\u2068", "").replace("\u2069", "")
    return [line for line in text.splitlines() if line]


def data(card: Card) -> list[str]:
    """What the buttons call back with."""
    return [button.data for row in card.rows for button in row if isinstance(button, Tap)]


def at_home(**changes: object) -> home.HomeFacts:
    facts = home.HomeFacts(
        shop="Lamps",
        currency="GBP",
        zone=ZONE,
        level=Title(zh="团长", en="Leader"),
        earnings=NOTHING,
        step=home.NextStep.FIRST_SHARE,
        now=AT,
        shops=1,
        is_demo=False,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # each test names fields that exist


def test_home_keeps_estimates_apart_from_what_can_be_withdrawn() -> None:
    facts = at_home(earnings=replace(NOTHING, today_minor=183, available_minor=2000))
    assert words(home.home_card(facts, EN)) == [
        "🏬 Lamps",
        "Today, Mar 4, 2026 (estimate): ≈\xa0£1.83",
        "Available now: £20.00",
        "Level: Leader",
        "👉 Pick something you like and send its link or poster to one person.",
    ]
    assert words(home.home_card(facts, ZH))[1:4] == [
        "今日预估（2026年3月4日）：≈\xa0£1.83",
        "当前可提现：£20.00",
        "等级：团长",
    ]


def test_home_has_a_ribbon_for_demo_data_and_a_switcher_for_several_shops() -> None:
    assert words(home.home_card(at_home(is_demo=True), EN))[0].startswith("🎗 Demo data")
    assert "shop:list" in data(home.home_card(at_home(shops=2), EN))
    assert "shop:list" not in data(home.home_card(at_home(), EN))


@pytest.mark.parametrize(
    ("metric", "reached", "needed", "english", "chinese"),
    [
        (Metric.ORDERS, 2, 5, "▰▰▰▱▱▱▱▱ 3 orders to go to Leader", "▰▰▰▱▱▱▱▱ 距「团长」还差 3 单"),
        (
            Metric.SALES,
            263_977,
            300_000,
            "▰▰▰▰▰▰▰▱ £360.23 in sales to go to Leader",
            "▰▰▰▰▰▰▰▱ 距「团长」还差 £360.23 销售额",
        ),
        (
            Metric.ORDERS,
            5,
            5,
            "▰▰▰▰▰▰▰▰ Leader comes with your next order",
            "▰▰▰▰▰▰▰▰ 下一笔订单即升「团长」",
        ),
    ],
)
def test_homes_bar_says_what_is_missing_for_the_next_level(
    metric: Metric, reached: int, needed: int, english: str, chinese: str
) -> None:
    leader = Level(key="leader", title=Title(zh="团长", en="Leader"))
    climb = Climb(leader, (Step(metric, 30, reached, needed, None),), any_is_enough=False)
    progress = Progress(
        Level(key="first", title=Title(zh="推广员", en="Promoter")), False, None, climb, None, None, leader
    )
    for voice, said in ((EN, english), (ZH, chinese)):
        assert said in words(home.home_card(at_home(progress=progress), voice))


def test_home_before_the_plan_names_no_level() -> None:
    lines = words(home.home_card(at_home(level=None, step=home.NextStep.WAIT_FOR_PLAN), EN))
    assert lines[-1] == "👉 The shop's commission plan is not out yet. Look around the goods meanwhile."
    assert not any("Level" in line for line in lines)


@pytest.mark.parametrize(
    ("rate", "earns", "said"),
    [
        (Rate(percent="12.50"), 1250, "You earn ≈\xa0£12.50 (12.5% of the price)"),
        (Rate(fixed="0.30"), 30, "You earn ≈\xa0£0.30 apiece"),
        (Rate(percent="0"), 0, "You earn: nothing on this one"),
        (None, 0, "You earn: nothing on this one"),
        (None, None, "You earn: the shop's commission plan is not out yet"),
    ],
)
def test_a_product_says_what_it_earns(rate: Rate | None, earns: int | None, said: str) -> None:
    offer = goods.Offer(
        product(title="Lamp", price_minor=10000, list_price_minor=None, sale_ends_at=None), rate, earns
    )
    lines = words(goods.product_card(product_facts(offer), EN))
    assert lines[:3] == ["🛍 Lamp", "Price: £100.00", said]
    assert lines[-1] == URL


@pytest.mark.parametrize(
    ("stock", "said"),
    [(None, None), (0, "⛔ Out of stock"), (-3, "⛔ Out of stock"), (1284, "In stock: 1,284")],
)
def test_a_product_says_what_is_left_of_it(stock: int | None, said: str | None) -> None:
    offer = goods.Offer(product(title="Lamp", stock=stock), None, None)
    lines = words(goods.product_card(product_facts(offer), EN))
    found = [line for line in lines if "tock" in line]
    assert found == ([said] if said else [])


def test_a_product_copies_its_link_with_one_tap() -> None:
    offer = goods.Offer(product(), None, None)
    card = goods.product_card(product_facts(offer), EN)
    assert card.rows[1][0] == CopyText("📋 Copy link", URL)
    assert card.rows[0][0] == SendToChat("📤 Send to chat", "K7Q2ABCD")


@pytest.mark.parametrize(
    ("is_first", "next_after", "turns"),
    [
        (True, None, []),
        (True, "9", ["goods:all:9"]),
        (False, None, ["goods:all"]),
        (False, "9", ["goods:all", "goods:all:9"]),
    ],
)
def test_goods_turn_their_pages(is_first: bool, next_after: str | None, turns: list[str]) -> None:
    page = goods_page(goods.Offer(product(), None, None), total=1, next_after=next_after, is_first=is_first)
    card = goods.goods_card(page, EN)
    assert [each for each in data(card) if each.startswith("goods:all")] == turns
    assert words(card)[0] == "🛍 Goods · 1 product"


def test_no_goods_name_the_next_action() -> None:
    card = goods.goods_card(goods_page(total=0, next_after=None, is_first=True), EN)
    assert "share:open" in data(card)


def test_earnings_of_somebody_new_name_the_next_action() -> None:
    card = earning.earnings_card(earning.EarningsFacts("Lamps", "GBP", ZONE, NOTHING, AT), EN)
    assert words(card) == [
        "💰 Earnings at Lamps",
        "✅ Available now: £0.00",
        "🔒 In hold: £0.00",
        "🚚 Awaiting receipt: £0.00",
        "📅 Earned today ≈\xa0£0.00, this month ≈\xa0£0.00 (estimates, refunds taken off)",
        "As of Mar 4, 2026, 04:30 Eastern Standard Time. Days and months are the shop's.",
        "Your orders will stand here, each with what it earned and why. 👉 Send somebody a link to begin.",
    ]
    assert data(card) == ["goods:open", "plan:rules", "ask:open", "home:open"]


def test_earnings_show_debt_review_and_estimates_each_apart() -> None:
    sums = Earnings(100, 100, 900, 50, Waiting(300, AT), Waiting(200, AT), 75, -250, has_orders=True)
    card = earning.earnings_card(earning.EarningsFacts("Lamps", "GBP", ZONE, sums, AT), EN)
    assert words(card)[1:8] == [
        "✅ Available now: -£2.50",
        "⚠️ Refunds took back £2.50 more than you had; your next commissions fill the gap first.",
        "🔒 In hold: £2.00, next release Mar 4, 2026",
        "🚚 Awaiting receipt: £3.00, from about Mar 4, 2026",
        "🔎 Under review by the shop: £0.75",
        "◌ Ordered, not paid yet: ≈\xa0£0.50",
        "📅 Earned today ≈\xa0£1.00, this month ≈\xa0£9.00 (estimates, refunds taken off)",
    ]


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (CommissionState.ESTIMATED, None, "◌ 预估"),
        (CommissionState.AWAITING, None, "🚚 待收货（预计 2026年3月4日）"),
        (CommissionState.HELD, None, "🔒 冻结中（至 2026年3月4日）"),
        (CommissionState.AVAILABLE, None, "✅ 可提现（2026年3月4日起）"),
        (CommissionState.REFUNDED, None, "↩️ 已退款"),
        (CommissionState.VOID, Reason.ORDER_CANCELLED, "✖️ 已失效：订单已取消"),
        (CommissionState.REVIEW, Reason.SELF_PURCHASE, "🔎 审核中：买家疑似你本人"),
    ],
)
def test_entries_say_state_date_and_reason(state: CommissionState, reason: Reason | None, said: str) -> None:
    made = replace(entry(state, reason), net_minor=100, reversed_minor=0)
    facts = earning.EntriesFacts("GBP", ZONE, EntryPage((made,), None), None, is_first=True)
    assert words(earning.entries_card(facts, ZH))[3] == f"£1.00 · {said}"


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        (EN, ["1. Goodwill for a claim", "549000 · Mar 4, 2026", "£1.50 · ✅ Available since Mar 4, 2026"]),
        (ZH, ["1. 申诉所得善意补偿", "549000 · 2026年3月4日", "£1.50 · ✅ 可提现（2026年3月4日起）"]),
    ],
)
def test_goodwill_among_the_entries_leads_to_its_claim(voice: Voice, said: list[str]) -> None:
    page = EntryPage((Goodwill(KEY, "549000", 150, AT),), None)
    card = earning.entries_card(earning.EntriesFacts("GBP", ZONE, page, None, is_first=True), voice)
    assert words(card)[1:4] == said
    assert f"claim:show:{KEY}" in data(card)


def test_who_has_only_goodwill_can_withdraw_it_and_see_what_it_is() -> None:
    sums = replace(NOTHING, available_minor=150)
    card = earning.earnings_card(earning.EarningsFacts("Lamps", "GBP", ZONE, sums, AT), EN)
    assert {"withdraw:open", "entries:all:0"} <= set(data(card))


def test_an_empty_filter_leads_back_to_all() -> None:
    facts = earning.EntriesFacts("GBP", ZONE, EntryPage((), None), CommissionState.HELD, is_first=True)
    card = earning.entries_card(facts, EN)
    assert words(card) == ["🧾 Entries · 🔒 In hold", "No order is in this state. 👉 See all of them."]
    assert "entries:all:0" in data(card)


def test_why_names_base_rate_rule_rounding_version_and_level() -> None:
    lines = words(timeline.why_card(story(earned(commission())), 0, EN))
    assert lines[1:4] == [
        "Heart",
        "12% of £15.30 (6 × £2.55), rounded down: £1.83",
        "By the rate for {0}, plan version 1, your level then: {0}".format("Promoter" * 3 + "Promote…"),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"rate_kind": RateKind.FIXED, "rate": "0.30", "amount_minor": 180},
            "£0.30 for each of 6: £1.80",
        ),
        (
            {"rate_kind": RateKind.FIXED, "rate": "9.00", "amount_minor": 1530},
            "£9.00 for each of 6, but at most what was paid, £15.30 (6 × £2.55): £15.30",
        ),
        (
            {"rate_kind": None, "rate": "", "rule": "none", "amount_minor": 0},
            "Nothing: plan version 1 has no rate for this product at your level.",
        ),
        (
            {"state": CommissionState.VOID, "reason": Reason.SELF_PURCHASE, "amount_minor": 0},
            "Nothing: the buyer seems to be you, and plan version 1 doesn't pay own purchases.",
        ),
    ],
)
def test_why_has_words_for_each_way(changes: dict[str, object], said: str) -> None:
    assert words(timeline.why_card(story(earned(commission(**changes))), 0, EN))[2] == said


def test_why_says_what_became_of_it() -> None:
    refunded = earned(commission(reversed_minor=61), refunded_minor=510)
    assert words(timeline.why_card(story(refunded), 0, EN))[-1] == (
        "£0.61 was taken back, for £5.10 of the base was refunded."
    )
    review = earned(commission(state=CommissionState.REVIEW, reason=Reason.SELF_PURCHASE))
    assert words(timeline.why_card(story(review), 0, EN))[-1] == (
        "The shop looks at it first, for the buyer seems to be you."
    )
    unplanned = earned(None)
    assert words(timeline.why_card(story(unplanned), 0, EN))[-1] == (
        "Nothing: no commission plan was in force when it was paid."
    )


def test_why_turns_pages_and_bears_a_page_that_is_not_there() -> None:
    many = story(*(earned(commission(), f"Line {number}") for number in range(11)))
    first, last = timeline.why_card(many, 0, EN), timeline.why_card(many, 99, EN)
    assert len([line for line in words(first) if line.startswith("Line")]) == 5
    assert [line for line in words(last) if line.startswith("Line")] == ["Line 10"]
    assert data(last)[0].startswith("why:1:")


def test_a_time_line_signs_what_moves_money_and_dates_what_is_due() -> None:
    told = story(
        earned(commission(reversed_minor=61)),
        moments=(
            Moment(Happening.PAID, AT, 183),
            Moment(Happening.RECEIVED, AT),
            Moment(Happening.REFUND, AT, -61),
            Moment(Happening.NOT_COUNTED, AT, -30),
            Moment(Happening.RELEASE_DUE, AT, 122),
        ),
    )
    when = "Mar 4, 2026, 04:30 Eastern Standard Time"
    assert words(timeline.timeline_card(told, EN))[2:9] == [
        "Left for you: £1.22 · 🔒 In hold",
        f"💳 Paid · {when} · +£1.83",
        f"📦 Received · {when}",
        f"↩️ Refunded · {when} · -£0.61",
        f"🚫 An order counts no more after review · {when} · -£0.30",
        f"⏳ Release due · {when} · £1.22",
        "It is yours because your link was the last one clicked (Poster).",
    ]


@pytest.mark.parametrize(
    ("currency", "parts"),
    [("GBP", ("£", "1,234", ".50")), ("JPY", ("¥", "123,450", "")), ("CHF", ("CHF\xa0", "1,234", ".50"))],
)
def test_a_posters_price_comes_apart_and_whole_again(currency: str, parts: tuple[str, str, str]) -> None:
    wish = poster_wish(merchant=merchant(currency=currency), product=product(price_minor=123450))
    price = posters.poster_facts(wish, None, None, AT, EN).price
    assert (price.before, price.whole, price.after) == parts


def test_a_poster_of_somebody_without_a_readable_name_is_a_friends() -> None:
    wish = poster_wish(merchant=merchant(name="\u200b"), product=product(title="\u200b"), sharer="\u202e")
    facts = posters.poster_facts(wish, None, None, AT, ZH)
    assert (facts.brand, facts.recommendation, facts.hint, facts.ad_label) == (
        "本店",
        "好友推荐",
        "长按识别二维码购买",
        "广告",
    )


def test_chinese_readers_choose_a_zone_by_its_city() -> None:
    card = settings.zone_card(settings_facts(zone="Asia/Tokyo", shop_zone=None), ZH)

    labels = [tap.label for row in card.rows for tap in row]
    assert "🕒 时区：东京" in plain(card.text)
    assert "● 东京" in labels
    assert "○ 纽约" in labels
    assert not any("/" in label for label in labels)
