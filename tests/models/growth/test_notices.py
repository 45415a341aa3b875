"""What notices about levels tell: the engine's own promotions and warnings, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.cards.notices import notice_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from jobs.closing import close_due
from models.growth.notices import growth_facts
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import Shop, line
from tests.models.sales.plans import plan

LEVELS = """levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - key: leader
    title: {zh: 团长, en: Leader}
    when: {all: [{metric: orders, at_least: 2, within_days: 30}]}
    grace_days: 10
    privileges: [early_access]
  - {key: partner, title: {zh: 合伙人, en: Partner}}"""


async def told(shop: Shop, kind: NoticeKind, language: Language) -> list[str]:
    """The lines of the one notice of this kind."""
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        [row] = await session.execute(select(table).where(table.c.kind == kind))
        notice = values_of(row, Notice)
        facts = await growth_facts(session, [notice])
    text = plain(notice_card(facts[notice.id], Voice(language)).text)
    return text.replace("\u2068", "").replace("\u2069", "").splitlines()


async def test_up_at_risk_and_down_are_told_with_what_changes(shop: Shop) -> None:
    await shop.plan(plan(LEVELS))
    mei = await shop.distributor("mei", person=await shop.person(1))
    code = (await shop.link(mei)).code
    march = datetime(2026, 3, 10, 12, tzinfo=UTC)
    for number in range(2):
        at = march + timedelta(hours=number)
        await shop.tell(shop.paid(f"{number}", line(), code=code, at=at), now=at)

    up = await told(shop, NoticeKind.LEVEL_UP, Language.EN)
    assert up[0].startswith("🏅 You are Leader now at ")
    assert up[1:4] == [
        "Before: Promoter",
        "💰 Your rates: 12%, £0.30 on 85123A",
        "🎁 Yours: early access to flash sales",
    ]
    assert (await told(shop, NoticeKind.LEVEL_UP, Language.ZH))[1] == "之前：推广员"

    # April: both orders are older than thirty days when it closes, and ten days later it is May's turn
    for month in (4, 5):
        await close_due(shop.store, shop.merchant.id, datetime(2026, month, 1, 12, tzinfo=UTC), patient=False)
    risk = await told(shop, NoticeKind.LEVEL_WARNING, Language.EN)
    assert risk[0].startswith("⚠️ Leader at ")
    assert risk[1] == "It ends on Jun 1, 2026, unless its conditions hold again by then:"
    assert risk[2].endswith("0 of 2 orders in 30 days · 2 orders to go")

    await close_due(shop.store, shop.merchant.id, datetime(2026, 6, 1, 12, tzinfo=UTC), patient=False)
    down = await told(shop, NoticeKind.LEVEL_DOWN, Language.EN)
    assert down[0].endswith("is Promoter now")
    assert down[1:3] == [
        "Before: Leader",
        "What you earned stays as it is; the new rates count for orders from now on.",
    ]
