"""Cases and reviews in words: evidence with its numbers, what can be decided, and nothing promised too early."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cards.card import Card, Tap
from bot.cards.case_decisions import CaseFacts, decided_words
from bot.cards.case_evidence import CAUSES
from bot.cards.cases import InboxFacts, case_card, inbox_card
from bot.cards.notices import notice_card
from bot.cards.reviews import ReviewFacts, review_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.cases.cases import CaseState, kept_signal
from models.money.cases.deciding import UNDO, Decision
from models.money.cases.notices import CasesWaiting, Reviewed, UnderReview
from models.money.cases.seeing import CaseSeen
from models.money.cases.signals import GROUNDS, Signal, SignalKind
from models.money.told import AtShop
from tests.bot.cards.case_gallery import AT, OWN, ZONE, case

EN, ZH = Voice(Language.EN), Voice(Language.ZH)
SHOP = AtShop(7, "Lamp & <Co>", "GBP", ZONE)
FRESH = {"note": "", "appeal": None, "before": None, "decided_at": None, "turn": 3, "id": 17}
EVIDENCE = [
    Signal(SignalKind.ONE_ADDRESS, {"orders": 8, "of": 10, "addresses": 1, "customers": 4}, ("1", "2")),
    Signal(SignalKind.QUICK, {"orders": 7, "of": 9, "seconds": 40}),
]


def seen(minor: int = 1284, **changes: Any) -> CaseSeen:
    signals = [kept_signal(signal) for signal in EVIDENCE]
    return CaseSeen(
        case(**{**FRESH, "signals": signals, **changes}),
        "Mei",
        "mei",
        AT,
        minor,
        minor,
        18124,
        "549000",
        "email",
    )


def words(card: Card) -> list[str]:
    return plain(card.text).replace("\u2068", "").replace("\u2069", "").split("\n")


def taps(card: Card) -> list[tuple[str, str]]:
    return [(tap.label, tap.data) for row in card.rows for tap in row if isinstance(tap, Tap)]


def test_a_case_says_in_words_and_numbers_what_speaks_against_whom() -> None:
    facts = CaseFacts("GBP", ZONE, seen(), AT)
    assert words(case_card(facts, EN)) == [
        "🗂 Mei · ⏸ On hold",
        "With the shop since Mar 4, 2026",
        "Kept back: £12.84",
        "",
        (
            "🏠 One address: 8 of 10 orders came from an internet address that hardly anybody else buys from "
            "(customers there: 4)."
        ),
        "Such as 1, 2",
        "",
        "⚡ Too quick: 7 of 9 orders were placed within 40 seconds of the click.",
        "",
        "They are told to expect a decision by Mar 7, 2026.",
        "",
        "Undecided, the hold is over on Apr 3, 2026, and everything goes on its way.",
        "",
        "What a tap does, and can be undone for ten minutes:",
        "✅ Clear: £12.84 goes on its way to release in ten minutes.",
        (
            "⛔ Suspend: £12.84 stays under review, and so does what is to come, until you decide; nothing is paid "
            "out, and they can be nobody's sponsor. It never ends by itself."
        ),
        (
            "✖️ Don't pay: £12.84 is not paid and is the shop's again; its orders count no more for levels, ladders and "
            "targets."
        ),
    ]
    assert words(case_card(facts, ZH))[4:8] == [
        "🏠 同一网络地址：10 单中有 8 单来自几乎没有其他人下单的网络地址（该处客户数：4）。",
        "例如 1、2",
        "",
        "⚡ 下单过快：9 单中有 7 单在点击后 40 秒内下单。",
    ]


def test_the_taps_of_a_watch_say_how_much_they_concern() -> None:
    facts = CaseFacts("GBP", ZONE, seen(minor=0, state=CaseState.WATCH), AT)
    assert words(case_card(facts, EN))[-4:] == [
        "What a tap does, and can be undone for ten minutes:",
        "✅ Clear: the case is closed; nothing was held back.",
        (
            "⏸ Hold: all commissions that are not released yet (£181.24), and those to come, wait under review; "
            "nothing is paid out meanwhile. It ends by itself when nobody decides."
        ),
        (
            "⛔ Suspend: all commissions that are not released yet (£181.24), and those to come, wait until you "
            "decide; nothing is paid out, and they can be nobody's sponsor. It never ends by itself."
        ),
    ]
    assert words(case_card(facts, ZH))[-4:] == [
        "点按钮后会发生什么（十分钟内可撤回）：",
        "✅ 排除嫌疑：案件结束；此前没有暂扣任何佣金。",
        (
            "⏸ 暂缓结算：所有尚未解冻的佣金（£181.24）及之后产生的佣金都进入审核，期间提现不打款。"
            "若一直未处理，会自动结束。"
        ),
        (
            "⛔ 停用：所有尚未解冻的佣金（£181.24）及之后产生的佣金都进入审核，直到你作出决定；"
            "期间提现不打款，对方也不能做上级。不会自动结束。"
        ),
    ]


@pytest.mark.parametrize(
    ("voice", "fresh", "told"),
    [
        (
            EN,
            "Once this can't be taken back any more they are told to expect a decision by Mar 7, 2026.",
            "They are told to expect a decision by Mar 7, 2026.",
        ),
        (
            ZH,
            "过了可撤回的时间，对方会收到通知：预计在 2026年3月7日 前有结果。",
            "已通知对方：预计在 2026年3月7日 前有结果。",
        ),
    ],
    ids=["en", "zh"],
)
def test_the_card_of_a_hold_says_whether_they_are_told_by_now(voice: Voice, fresh: str, told: str) -> None:
    by_hand = seen(before={"state": "watch", "decision": "hold", "decided_minor": 1284}, decided_at=AT)
    facts = CaseFacts("GBP", ZONE, by_hand, AT)
    assert fresh in words(case_card(facts, voice))
    for at_once in (replace(facts, now=AT + UNDO), replace(facts, seen=seen())):
        assert told in words(case_card(at_once, voice))


@pytest.mark.parametrize(("voice", "asks"), [(EN, "The plan asks you"), (ZH, "由你决定是否支付")])
def test_an_own_purchase_that_is_decided_asks_no_more(voice: Voice, asks: str) -> None:
    for state, does in ((CaseState.HOLD, True), (CaseState.CLEARED, False), (CaseState.REFUSED, False)):
        card = case_card(CaseFacts("GBP", ZONE, seen(**{**OWN, "state": state}), AT), voice)
        assert (asks in card.text) is does
        assert "549000" in card.text


def test_after_a_refusal_the_card_says_how_much_by_whom_and_until_when_it_can_be_undone() -> None:
    refused = seen(
        minor=0,
        state=CaseState.REFUSED,
        before={"state": "hold", "decision": "refuse", "decided_minor": 18124},
        decided_at=AT,
        resolver="person 17",
    )
    facts = CaseFacts("GBP", ZONE, refused, AT, {"person 17": "Olga"})
    assert words(case_card(facts, EN))[-3:] == [
        "Not paid: £181.24; it is the shop's again.",
        "Decided by Olga, Mar 4, 2026, 04:30 Eastern Standard Time.",
        "It can be undone until Mar 4, 2026, 04:40 Eastern Standard Time.",
    ]
    assert words(case_card(facts, ZH))[-3:] == [
        "不予支付：£181.24，款项已退回商家。",
        "由 Olga 处理于 2026年3月4日 04:30 北美东部标准时间。",
        "2026年3月4日 04:40 北美东部标准时间 前可以撤回。",
    ]
    assert not any(line.startswith("Kept back") for line in words(case_card(facts, EN)))
    # Ten minutes later it still says what was decided, and no more of undoing
    later = words(case_card(replace(facts, now=AT + UNDO), EN))
    assert later[-2:] == words(case_card(facts, EN))[-3:-1]


@pytest.mark.parametrize(
    ("changes", "decisions"),
    [
        ({"state": CaseState.WATCH}, ["✅ Clear", "⏸ Hold", "⛔ Suspend"]),
        ({"state": CaseState.HOLD}, ["✅ Clear", "⛔ Suspend", "✖️ Don't pay"]),
        ({"state": CaseState.SUSPENDED}, ["✅ Clear", "✖️ Don't pay"]),
        ({"state": CaseState.CLEARED}, []),
        (OWN, ["✅ Pay", "✖️ Don't pay"]),
    ],
    ids=["watch", "hold", "suspended", "cleared", "own purchase"],
)
def test_only_what_can_be_decided_is_offered_and_carries_its_turn(
    changes: dict[str, Any], decisions: list[str]
) -> None:
    card = case_card(CaseFacts("GBP", ZONE, seen(**changes), AT), EN)
    offered = [(label, data) for label, data in taps(card) if data.startswith("case:do:")]
    assert [label for label, _ in offered] == decisions
    assert all(data.startswith("case:do:17:3:") for _, data in offered)


@pytest.mark.parametrize(("after", "offered"), [(timedelta(0), True), (UNDO, False)])
def test_undoing_is_offered_for_ten_minutes(after: timedelta, offered: bool) -> None:
    decided = seen(state=CaseState.CLEARED, before={"state": "hold"}, decided_at=AT)
    card = case_card(CaseFacts("GBP", ZONE, decided, AT + after), EN)
    assert (("↩️ Undo", "case:undo:17:3") in taps(card)) is offered


CIRCLE = [
    kept_signal(Signal(kind, {}))
    for kind in (SignalKind.ONE_ADDRESS, SignalKind.BURST, SignalKind.SAME_RETURNS)
]


@pytest.mark.parametrize(
    ("voice", "listed", "kinds", "watched"),
    [
        (
            EN,
            "👀 Watched · 1 kind of evidence · £0.00",
            (
                "🧩 Counted as one kind of evidence: one address, burst, the same ones send back. One cause can "
                "explain them all: a few people buy who know each other, as in an office."
            ),
            [
                (
                    "One kind of evidence alone holds nothing back, for honest people can have it, too. It takes a "
                    "second kind, or your decision."
                ),
                "Nothing is held back now. Without news the case is over on Apr 3, 2026.",
            ],
        ),
        (
            ZH,
            "👀 观察中 · 1 类证据 · £0.00",
            (
                "🧩 算作同一类证据：同一网络地址、短时集中下单、同一批人反复退货。同一个原因就能解释这些现象："
                "下单的是少数相识的人，例如同一办公室的同事。"
            ),
            [
                "仅有一类证据，不会暂扣任何佣金，因为正当经营也可能出现这类情况。出现第二类证据或由你决定，才会暂扣。",
                "目前没有暂扣任何佣金。若无新情况，案件将于 2026年4月3日 结束。",
            ],
        ),
    ],
    ids=["en", "zh"],
)
def test_three_signals_of_one_kind_are_counted_once_and_hold_nothing(
    voice: Voice, listed: str, kinds: str, watched: list[str]
) -> None:
    watch = seen(minor=0, state=CaseState.WATCH, signals=CIRCLE)
    assert words(inbox_card(InboxFacts("GBP", [watch], waiting=0), voice))[-1] == listed
    said = words(case_card(CaseFacts("GBP", ZONE, watch, AT), voice))
    assert [line for line in said if line in (kinds, *watched)] == [kinds, *watched]
    # Two kinds can be watched, too, where a hold by hand was taken back: no word then of one kind alone
    both = words(case_card(CaseFacts("GBP", ZONE, seen(minor=0, state=CaseState.WATCH), AT), voice))
    assert watched[1] in both
    assert not any(line in both for line in (kinds, watched[0]))


def test_every_ground_of_several_signals_has_its_cause_in_words() -> None:
    assert set(CAUSES) == {ground for ground, kinds in Counter(GROUNDS.values()).items() if kinds > 1}


def test_the_toast_of_a_hold_ends_it_on_the_day_of_the_card() -> None:
    facts = CaseFacts("GBP", ZONE, seen(), AT)
    for voice, end, said in (
        (
            EN,
            "Apr 3, 2026",
            (
                "On hold. Nothing is released until you decide; undecided, the hold is over on Apr 3, 2026 and "
                "everything goes on its way."
            ),
        ),
        (
            ZH,
            "2026年4月3日",
            "已暂缓结算。在你决定之前不会解冻任何佣金；若一直未处理，暂缓将于 2026年4月3日 结束，佣金恢复结算。",
        ),
    ):
        toast = decided_words(Decision.HOLD, facts, voice)
        assert toast.replace("\u2068", "").replace("\u2069", "") == said
        assert len(toast) <= 200
        assert end in case_card(facts, voice).text


def test_an_own_purchase_that_is_paid_is_no_suspicion_that_is_cleared() -> None:
    paid = CaseFacts("GBP", ZONE, seen(**{**OWN, "state": CaseState.CLEARED}), AT)
    cleared = CaseFacts("GBP", ZONE, seen(state=CaseState.CLEARED), AT)
    for voice, heads, toast in (
        (
            EN,
            ("🗂 Mei · ✅ To be paid", "🗂 Mei · ✅ Cleared"),
            "It is paid: the commission goes on its way in ten minutes.",
        ),
        (ZH, ("🗂 Mei · ✅ 予以支付", "🗂 Mei · ✅ 已排除"), "予以支付。佣金将在十分钟后恢复结算。"),
    ):
        assert (words(case_card(paid, voice))[0], words(case_card(cleared, voice))[0]) == heads
        assert decided_words(Decision.CLEAR, paid, voice) == toast
        assert decided_words(Decision.CLEAR, cleared, voice) != toast


def test_the_inbox_counts_what_waits() -> None:
    facts = InboxFacts("GBP", [seen(), seen(**OWN, appeal="Please")], waiting=1)
    assert words(inbox_card(facts, EN)) == [
        "🗂 Cases · 1 waits for a decision",
        "",
        "1. Mei",
        "⏸ On hold · 2 kinds of evidence · £12.84",
        "",
        "2. Mei",
        "⏸ On hold · own purchase, order 549000 · £12.84 · 💬 appeal",
    ]
    assert words(inbox_card(replace(facts, waiting=0), ZH))[0] == "🗂 风控案件 · 0 件待处理"


def test_a_distributor_reads_how_much_is_kept_until_when_and_no_evidence() -> None:
    facts = ReviewFacts(7, "Lamp", "GBP", ZONE, seen(minor=0), 0, AT)
    card = review_card(facts, EN)
    assert words(card) == [
        "🔎 Under review at Lamp",
        "",
        (
            "The shop looks at your orders before it releases what they earn. £0.00 is kept for you meanwhile; "
            "your buyers notice nothing."
        ),
        "",
        "A decision is expected by Mar 7, 2026.",
    ]
    assert ("💬 Say something for yourself", "case:appeal:17") in taps(card)
    said = review_card(replace(facts, seen=seen(appeal="My floor buys")), EN)
    assert words(said)[-1] == "💬 You said: My floor buys"
    assert "case:appeal:17" not in [data for _, data in taps(said)]
    more = replace(facts, all_minor=1384)
    assert words(review_card(more, EN))[-1] == (
        "All reviews together keep £13.84 back, as it stands under Earnings."
    )
    assert words(review_card(more, ZH))[-1] == "所有审核合计为你保留 £13.84，与“收益”中显示的一致。"


def test_a_decision_is_not_shown_to_its_distributor_while_it_can_be_undone() -> None:
    decided = seen(state=CaseState.REFUSED, before={"state": "hold"}, decided_at=AT)
    facts = ReviewFacts(7, "Lamp", "GBP", ZONE, decided, 1284, AT)
    assert words(review_card(facts, EN))[-1] == "A decision is expected by Mar 7, 2026."
    assert words(review_card(replace(facts, now=AT + UNDO), EN))[-1] == (
        "The review is over: what was under review is not paid."
    )


@pytest.mark.parametrize(
    ("decision", "ref", "said"),
    [
        (Decision.CLEAR, None, "✅ The review at Lamp & <Co> is over: £12.84 goes on its way."),
        (None, None, "✅ The review at Lamp & <Co> is over: £12.84 goes on its way."),
        (Decision.REFUSE, None, "✖️ The review at Lamp & <Co> is over: £12.84 is not paid."),
        (Decision.SUSPEND, None, "⛔ Lamp & <Co> has suspended you: £12.84 stays under review."),
        (Decision.CLEAR, "5", "✅ Order 5 counts at Lamp & <Co>: £12.84 goes on its way."),
    ],
)
def test_a_notice_says_how_it_ended(decision: Decision | None, ref: str | None, said: str) -> None:
    assert words(notice_card(Reviewed(SHOP, 17, decision, 1284, ref, AT), EN)) == [said]


def test_notices_lead_to_the_review_and_the_inbox() -> None:
    held = notice_card(UnderReview(SHOP, 17, 1284, AT, AT), ZH)
    assert words(held)[0] == "🔎 你在 Lamp & <Co> 的佣金正在审核"
    assert [data for _, data in taps(held)] == ["case:mine:17", "earn:of:7"]
    waits = notice_card(CasesWaiting(SHOP, 1), EN)
    assert words(waits) == ["🗂 1 case waits for your decision at Lamp & <Co>"]
    assert taps(waits)[0][1] == "case:of:7"
