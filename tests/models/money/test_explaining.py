"""Why a bonus is what it is: sentences in figures for programs, and the card's words in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cards.reasons import bonus_reasons
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.commissions import Commission, CommissionKind, CommissionState
from models.money.explaining import why


def bonus(
    kind: CommissionKind, amount_minor: int, *, taken: int = 0, order_id: int | None = None, cut: int = 0
) -> Commission:
    """A bonus, refunded when nothing of it is left."""
    whole = taken == amount_minor
    return Commission(
        merchant_id=1,
        distributor_id=1,
        order_id=order_id,
        kind=kind,
        period="2026-11" if kind is CommissionKind.LADDER else None,
        base_minor=22479 if kind is CommissionKind.LADDER else 0,
        quantity=1,
        rule=kind.value,
        cuts=[{"cap": "order_percent", "amount_minor": cut}] if cut else [],
        level="promoter",
        plan_version=3,
        amount_minor=amount_minor,
        reversed_minor=taken,
        state=CommissionState.REFUNDED if whole else CommissionState.HELD,
        earned_at=datetime(2026, 12, 1, tzinfo=UTC),
    )


LADDER, FIRST = CommissionKind.LADDER, CommissionKind.FIRST_ORDER


@pytest.mark.parametrize(
    ("commission", "said", "shown", "shown_zh"),
    [
        (
            bonus(LADDER, 6285, taken=6285),
            "All of it, 62.85 GBP, was taken back, for your sales of 2026-11 fell.",
            "£62.85 was taken back, for your sales of the period fell",
            "因你本期的销售额下降，扣回 £62.85",
        ),
        (
            bonus(LADDER, 6285, taken=100),
            "1.00 GBP of it was taken back, for your sales of 2026-11 fell.",
            "£1.00 was taken back, for your sales of the period fell",
            "因你本期的销售额下降，扣回 £1.00",
        ),
        (
            bonus(LADDER, 86, order_id=7),
            "rule ladder of plan version 3: 0.86 GBP more than the ladder had paid for it.",
            "Your net sales of the period changed after it was closed: £0.86 more than the ladder had paid",
            "本期结算后，你的净销售额有变动：比阶梯奖励此前所发多 £0.86",
        ),
        (
            bonus(FIRST, 0, cut=200),
            "Cut: 2.00 GBP by the cap on one order; made: 0.00 GBP. Refunded: there was nothing to take back.",
            "Refunded: there was nothing to take back.",
            "已退款，没有可扣回的金额。",
        ),
        (
            bonus(FIRST, 200, taken=200),
            "Refunded: 2.00 GBP was taken back, for everything was refunded.",
            "£2.00 was taken back for refunds",
            "因退款扣回 £2.00",
        ),
    ],
    ids=["ladder lost", "ladder lowered", "ladder raised by a late order", "cut to nothing", "refunded"],
)
def test_a_bonus_says_what_became_of_it(commission: Commission, said: str, shown: str, shown_zh: str) -> None:
    told = why(commission, None, "GBP")

    assert said in told
    assert ("everything was refunded" in told) is ("everything was refunded" in said)
    for language, words in ((Language.EN, shown), (Language.ZH, shown_zh)):
        lines = plain(bonus_reasons(commission, None, "GBP", Voice(language))).splitlines()
        assert words in lines
