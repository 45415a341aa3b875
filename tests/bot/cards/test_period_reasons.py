"""Why a period's bonus is what it is: the ladder's bands with their parts, or the step that a team reached."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cards.reasons import bonus_reasons
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.commissions import Commission, CommissionKind, CommissionState
from tests.bot.cards.gallery import plan

BANDS = 'bands: [{from: "1000.00", percent: "1"}, {from: "5000.00", percent: "2.50"}]'
MARGINAL, WHOLE = f"ladder: {{{BANDS}}}", f"ladder: {{mode: whole, {BANDS}}}"
FROM_THE_FIRST = 'ladder: {bands: [{from: "0.00", percent: "3"}]}'
TARGETS = """bonuses:
  team_target:
    - {period: month, sales: "500.00", amount: "5.00"}
    - {period: month, sales: "2000.00", amount: "30.00"}
    - {period: week, sales: "100.00", amount: "99.00"}"""
LADDER, TARGET = CommissionKind.LADDER, CommissionKind.TEAM_TARGET


def bonus(
    kind: CommissionKind, sales_minor: int, amount_minor: int, order_id: int | None = None
) -> Commission:
    return Commission(
        merchant_id=1,
        distributor_id=1,
        order_id=order_id,
        kind=kind,
        period="2026-11",
        base_minor=sales_minor,
        quantity=1,
        rule=kind.value,
        level="promoter",
        plan_version=3,
        amount_minor=amount_minor,
        state=CommissionState.HELD,
        earned_at=datetime(2026, 12, 1, tzinfo=UTC),
    )


def told(commission: Commission, document: str, language: Language) -> list[str]:
    """What stands between the sales that counted and the plan's version."""
    text = f"name: P\nstarts_at: 2020-01-01T00:00:00Z\nlevels: [{{key: a, title: {{zh: 甲, en: A}}}}]\n{document}"
    made_by = plan(text + "\nrates: [{percent: '10'}]\n")
    lines = plain(bonus_reasons(commission, made_by, "GBP", Voice(language))).splitlines()
    return lines[2:-1]


@pytest.mark.parametrize(
    ("commission", "document", "said", "said_zh"),
    [
        (
            bonus(LADDER, 199072, 990),
            MARGINAL,
            ["(£1,990.72 − £1,000.00) × 1%, rounded down: £9.90"],
            ["（£1,990.72 − £1,000.00）× 1%，向下取整：£9.90"],
        ),
        (
            bonus(LADDER, 600000, 6500),
            MARGINAL,
            [
                "(£5,000.00 − £1,000.00) × 1%, rounded down: £40.00",
                "(£6,000.00 − £5,000.00) × 2.5%, rounded down: £25.00",
                "By the ladder in all: £65.00",
            ],
            [
                "（£5,000.00 − £1,000.00）× 1%，向下取整：£40.00",
                "（£6,000.00 − £5,000.00）× 2.5%，向下取整：£25.00",
                "按阶梯合计：£65.00",
            ],
        ),
        (
            bonus(LADDER, 600000, 15000),
            WHOLE,
            ["£6,000.00 × 2.5%, rounded down: £150.00"],
            ["£6,000.00 × 2.5%，向下取整：£150.00"],
        ),
        (
            bonus(LADDER, 1050, 31),
            FROM_THE_FIRST,
            ["£10.50 × 3%, rounded down: £0.31"],
            ["£10.50 × 3%，向下取整：£0.31"],
        ),
        (
            bonus(LADDER, 199072, 90, order_id=7),
            MARGINAL,
            ["(£1,990.72 − £1,000.00) × 1%, rounded down: £9.90", "By the ladder in all: £9.90"],
            ["（£1,990.72 − £1,000.00）× 1%，向下取整：£9.90", "按阶梯合计：£9.90"],
        ),
        (
            bonus(TARGET, 250000, 3000),
            TARGETS,
            ["The step that was reached: £30.00 from £2,000.00 on"],
            ["达到的档位：满 £2,000.00 奖 £30.00"],
        ),
        (bonus(LADDER, 199072, 990), TARGETS, [], []),
    ],
    ids=["one band", "two bands", "whole", "from nothing on", "a late order", "team target", "no ladder"],
)
def test_a_bonus_shows_what_made_it(
    commission: Commission, document: str, said: list[str], said_zh: list[str]
) -> None:
    assert told(commission, document, Language.EN) == said
    assert told(commission, document, Language.ZH) == said_zh
