"""From an order to its statement: settled, told, looked at, taken as files; and the shop's calendar of releases."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.cards.card import Tap
from bot.sandbox.chat.files import Document
from bot.sandbox.chat.phone import Phone
from jobs.letters import Letter, write_letters
from models.people.permissions import Act
from models.people.staff import Role
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import Shop
from tests.journeys.test_staff_desk import GONE, hired, not_for
from tests.journeys.test_trend_and_export import seller, sold
from tests.journeys.world import World, bare, go, labels
from tests.models.books import release

PATIENCE = 30.0
DUE = timedelta(days=10)


async def filed(mei: Phone, label: str) -> Document:
    before = {message.id for message in mei.messages}
    await mei.tap(label, timeout=PATIENCE)
    sent = await mei.waits(
        lambda message: message.id not in before and message.media is not None, timeout=PATIENCE
    )
    assert isinstance(sent.media, Document)
    return sent.media


async def test_a_month_is_looked_at_and_taken_as_paper_and_as_table(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("549000", 1), ("=1+1", 2))
    await release(shop, shop.now + DUE)
    world.later(days=11)
    await go(mei, "💰 Earnings", "Earnings")

    shown = bare((await go(mei, "📄 Statement", "Statement")).body.text)
    table = await filed(mei, "⬇️ CSV")
    paper = await filed(mei, "⬇️ PDF")

    assert "Mar 1, 2026 – Mar 31, 2026, so far" in shown
    assert "✅ Hold is over (2): +£2.00" in shown
    assert "Closing balance: £2.00" in shown
    digest = shown.split("Check sum ")[1].split()[0]
    assert (table.filename, paper.filename) == ("statement-2026-03.csv", "statement-2026-03.pdf")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert {row[4] for row in rows[1:]} == {"", "549000", "'=1+1"}
    assert rows[-1][2] == digest
    assert paper.content.startswith(b"%PDF-1.4")


async def test_other_months_are_one_tap_away_and_one_before_joining_says_so(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop, language_code="zh-hans")
    await sold(shop, mine, ("549000", 1))
    await mei.tap_data(mei.last.id, "statement:open")
    await mei.sees("对账单")

    await go(mei, "2026年2月", "当时你还没有加入")
    await go(mei, "🗓 其他月份", "你要看哪个月的对账单")
    await go(mei, "2025年6月", "2025年6月1日")

    assert "● 2025年6月" in labels(mei.last)
    assert "期初余额：£0.00" in bare(mei.last.body.text)


@pytest.mark.parametrize(
    "data",
    [
        "month:2026-13:{shop}",
        "month:x:{shop}",
        "of:7",
        "of:",
        "file:doc:2026-03:{shop}",
        "file:pdf:2026-03:7",
        "pick:x",
    ],
)
async def test_an_old_or_foreign_button_tells_of_nobodys_money(world: World, shop: Shop, data: str) -> None:
    mei, _ = await seller(world, shop)
    await mei.reply_to("/help")

    answer = await mei.tap_data(mei.last.id, "statement:" + data.format(shop=shop.merchant.id))

    assert answer.text == GONE


async def test_the_notice_of_a_settlement_leads_to_the_statement(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("549000", 1), ("549001", 30))
    await release(shop, shop.now + DUE)
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        rows = await session.execute(select(table).where(table.c.kind == NoticeKind.RELEASED))
        [notice] = [values_of(row, Notice) for row in rows]
    async with shop.store.read() as session:
        letter = (await write_letters(session, [notice], shop.now + DUE))[notice.id]
    assert isinstance(letter, Letter)
    text = bare(str(letter.card.text))
    taps = [button.data for row in letter.card.rows for button in row if isinstance(button, Tap)]
    world.later(days=11)

    assert "The hold of 2 orders" in text
    assert "Earned from Mar 3, 2026 to Mar 4, 2026" in text
    await mei.tap_data(mei.last.id, next(data for data in taps if data.startswith("statement:")))
    await mei.sees("✅ Hold is over (2): +£2.00")


async def test_the_shops_people_who_see_money_see_what_comes_when(world: World, shop: Shop) -> None:
    _, mine = await seller(world, shop)
    await sold(shop, mine, ("549000", 1), ("549001", 2))
    olga = await hired(world, shop, Role.FINANCE)
    await olga.tap_data(olga.last.id, "settlement:open")
    card = await olga.sees("Commissions on their way to distributors: £2.00")
    assert "Mar 14: £2.00 (2 commissions)" in bare(card.body.text)

    await release(shop, shop.now + DUE)
    world.later(days=10)
    await go(olga, "🔄 Look again", "✅ Released lately:")
    assert "Mar 14: £2.00 (2 commissions)" in bare(olga.last.body.text)


async def test_who_may_not_see_money_is_told_so(world: World, shop: Shop) -> None:
    olga = await hired(world, shop, Role.OPERATOR)

    answer = await olga.tap_data(olga.last.id, "settlement:open")

    assert answer.text == not_for(Act.SEE_MONEY)
