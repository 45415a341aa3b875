"""Notices as their reader sees them, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.notices import notice_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.funnel.links import Channel
from models.money.commissions import CommissionState
from models.money.earnings import Goods
from models.money.told import AtShop, InDebt, NoticeFacts, OrderPaid, Released, TakenBack

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
SHOP = AtShop(2**63 - 1, "Lamp & <Co>", "GBP", ZoneInfo("Asia/Shanghai"))
PAID = OrderPaid(
    shop=SHOP,
    order_id=2**63 - 1,
    order_ref="549000",
    goods=Goods("White hanging heart", 2),
    channel=Channel.POSTER,
    amount_minor=183,
    state=CommissionState.AWAITING,
    release_at=datetime(2026, 3, 14, 9, 30, tzinfo=UTC),
    paid_at=AT,
)
BACK = TakenBack(
    shop=SHOP,
    order_id=7,
    order_ref="549000",
    goods=Goods("Heart", 0),
    reversed_minor=61,
    left_minor=122,
    cancelled=False,
    at=AT,
)


def words(facts: NoticeFacts, language: Language) -> list[str]:
    """The lines that a reader sees, without the marks that isolate names."""
    text = plain(notice_card(facts, Voice(language)).text)
    return text.replace("\u2068", "").replace("\u2069", "").splitlines()


def test_a_paid_order_says_what_it_earned_in_which_state_and_until_when() -> None:
    assert words(PAID, Language.EN) == [
        "🎉 New order: £1.83 at Lamp & <Co>",
        "White hanging heart and 2 more items",
        "Order 549000 · Poster",
        "Paid Mar 4, 2026, 17:30 China Standard Time",
        "🚚 Awaiting receipt, can be withdrawn from about Mar 14, 2026",
    ]
    assert words(PAID, Language.ZH) == [
        "🎉 新订单，佣金 £1.83（Lamp & <Co>）",
        "White hanging heart 等，另有 2 件",
        "订单 549000 · 海报",
        "付款时间 2026年3月4日 17:30 中国标准时间",
        "🚚 待收货，预计 2026年3月14日起可提现",
    ]


def test_an_order_under_review_promises_no_date() -> None:
    held_back = replace(PAID, state=CommissionState.REVIEW, channel=None, goods=Goods("", 1))
    lines = words(held_back, Language.EN)
    assert lines[-1] == "🔎 Under review"
    assert lines[1:3] == ["a product and 1 more item", "Order 549000 · Coupon"]


RELEASED = Released(
    SHOP,
    amount_minor=1_284_00,
    orders=1_284,
    bonuses=0,
    reversed_minor=0,
    earned_from=AT,
    earned_until=AT,
    available_minor=1_300_00,
    arrives_in_days=3,
    at=AT,
)


def test_released_money_says_of_what_time_it_is_and_how_much_is_available_in_all() -> None:
    assert words(RELEASED, Language.EN)[:5] == [
        "✅ £1,284.00 can be withdrawn now",
        "The hold of 1,284 orders at Lamp & <Co> is over.",
        "Earned on Mar 4, 2026",
        "Available in all: £1,300.00",
        "A withdrawal arrives within 3 days.",
    ]
    one = replace(RELEASED, orders=1, arrives_in_days=None)
    assert words(one, Language.EN)[1] == "The hold of 1 order at Lamp & <Co> is over."


def test_released_money_names_bonuses_its_time_and_what_refunds_had_taken_back() -> None:
    facts = replace(
        RELEASED, orders=2, bonuses=1, reversed_minor=99, earned_until=datetime(2026, 3, 9, 12, tzinfo=UTC)
    )
    assert words(facts, Language.EN)[1:5] == [
        "The hold of 2 orders at Lamp & <Co> is over.",
        "1 bonus at Lamp & <Co> is among it.",
        "Earned from Mar 4, 2026 to Mar 9, 2026",
        "Refunds had taken back £0.99 of these before.",
    ]
    alone = replace(facts, orders=0, earned_from=None)
    assert words(alone, Language.EN)[1:3] == [
        "1 bonus at Lamp & <Co> is among it.",
        "Refunds had taken back £0.99 of these before.",
    ]


@pytest.mark.parametrize(
    ("cancelled", "head"),
    [
        (False, "↩️ Refund: £0.61 taken back at Lamp & <Co>"),
        (True, "↩️ Order cancelled: £0.61 taken back at Lamp & <Co>"),
    ],
)
def test_money_taken_back_says_why_and_what_is_left(cancelled: bool, head: str) -> None:
    lines = words(replace(BACK, cancelled=cancelled), Language.EN)
    assert lines[0] == head
    assert lines[2] == "Order 549000. What is left of your commission: £1.22"


def test_debt_is_shown_below_zero_and_calmly() -> None:
    lines = words(InDebt(SHOP, 250, AT), Language.EN)
    assert lines[0] == "⚠️ Your balance at Lamp & <Co> is -£2.50"
    assert "You pay nothing" in lines[1]


def test_each_notice_leads_on_to_its_order_or_the_earnings_of_its_shop() -> None:
    rows = notice_card(PAID, Voice(Language.EN)).rows
    assert [button.data for row in rows for button in row if hasattr(button, "data")] == [
        f"order:show:{2**63 - 1}",
        f"earn:of:{2**63 - 1}",
    ]
