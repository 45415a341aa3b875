"""Earnings looked at: against yesterday, as a picture, as files, page by page, and before the first order."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from PIL import Image

from bot.cards import export as cards
from bot.sandbox.chat.faults import Fault, FaultKind
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from models.money.claim_decisions import grant
from models.money.claims import file_claim
from models.money.entries import Entry, entries
from models.people.distributors import Distributor, enrolment
from models.people.merchants import lock_merchant
from models.people.persons import person_in_chat
from models.store.audit import COMMAND
from tests.builders import Shop, line
from tests.journeys.world import World, bare, go, joined, labels

PATIENCE = 30.0


async def seller(world: World, shop: Shop, *, language_code: str = "en") -> tuple[Phone, Distributor]:
    mei = await joined(world, shop, language_code=language_code)
    async with shop.store.read() as session:
        person = await person_in_chat(session, mei.id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return mei, found


async def sold(shop: Shop, who: Distributor, *orders: tuple[str, float], price: str = "10.00") -> None:
    """Paid orders, each so many hours ago."""
    code = (await shop.link(who)).code
    told = [
        shop.paid(ref, line(price=price), code=code, at=shop.now - timedelta(hours=hours))
        for ref, hours in orders
    ]
    await shop.tell(*told)


async def picture(mei: Phone, label: str, seen: set[str]) -> Message:
    """A picture that was not there before, in place of the card that was tapped."""
    message, button = mei.button(label)
    await mei.tap_data(message.id, button.data or "", timeout=PATIENCE)

    def fresh(each: Message) -> bool:
        return isinstance(each.media, Photo) and each.media.file_id not in seen

    shown = await mei.waits(fresh, timeout=PATIENCE)
    assert isinstance(shown.media, Photo)
    seen.add(shown.media.file_id)
    return shown


def ground(message: Message) -> float:
    """How light the picture's corner is, from 0 to 255."""
    assert isinstance(message.media, Photo)
    with Image.open(io.BytesIO(message.media.content)) as opened:
        light = opened.convert("L").getpixel((3, 3))
    assert isinstance(light, int)
    return light


# Against yesterday


@pytest.mark.parametrize(
    ("orders", "says"),
    [
        (
            (("today", 1), ("another", 2), ("yesterday", 25)),
            "⬆️ £1.00 more than yesterday at this hour (then an estimated £1.00)",
        ),
        ((("yesterday", 25),), "⬇️ £1.00 less than yesterday at this hour (then an estimated £1.00)"),
        ((("today", 1), ("yesterday", 25)), "➡️ As much as yesterday at this hour (an estimated £1.00)"),
        # Later than this hour yesterday: that does not count yet
        (
            (("today", 1), ("yesterday", 23)),
            "⬆️ £1.00 more than yesterday at this hour (then an estimated £0.00)",
        ),
        ((("long ago", 99),), "➡️ As much as yesterday at this hour (an estimated £0.00)"),
    ],
)
async def test_today_stands_beside_yesterday_at_this_hour(
    world: World, shop: Shop, orders: tuple[tuple[str, float], ...], says: str
) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, *orders)
    card = await go(mei, "💰 Earnings", "Earnings")
    assert says in card.body.text.replace("\N{NO-BREAK SPACE}", " ")


# As a picture


async def test_the_trend_over_each_span_on_both_grounds(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("a", 1), ("b", 24 * 8), ("c", 24 * 40))
    await go(mei, "💰 Earnings", "Earnings")
    seen: set[str] = set()

    month = await picture(mei, "📈 Trend", seen)
    assert labels(month)[:4] == ["○ 7 days", "● 30 days", "○ 90 days", "☀️ Light"]
    assert "in 30 days" in month.body.text
    assert ground(month) > 200
    week = await picture(mei, "7 days", seen)
    assert "● 7 days" in labels(week)
    quarter = await picture(mei, "90 days", seen)
    assert "£3.00" in quarter.body.text
    dark = await picture(mei, "☀️ Light", seen)
    assert labels(dark)[2:4] == ["● 90 days", "🌙 Dark"]
    assert ground(dark) < 60
    # It is one message, and the ground is her choice from now on
    assert month.id == week.id == quarter.id == dark.id
    await go(mei, "Back", "Available now")
    assert ground(await picture(mei, "📈 Trend", seen)) < 60


async def test_whoever_goes_back_and_asks_again_at_once_gets_the_picture_again(
    world: World, shop: Shop
) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("a", 1))
    await go(mei, "💰 Earnings", "Earnings")
    drawn, files = world.context.studio.drawn, _uploads(world)
    for _ in range(3):
        await mei.tap("📈 Trend", timeout=PATIENCE)
        await mei.waits(lambda message: message.media is not None, timeout=PATIENCE)
        await go(mei, "Back", "Available now")
    # It was drawn and uploaded once
    assert world.context.studio.drawn == drawn + 1
    assert _uploads(world) == files + 1


def _uploads(world: World) -> int:
    return sum(bool(entry.files) for entry in world.sandbox.journal.entries())


@pytest.mark.parametrize("subject", ["", "7", "0", "x:y", "90:purple", "٧", "30:dark:more"])
async def test_a_trend_of_nothing_and_any_button(world: World, shop: Shop, subject: str) -> None:
    mei, _ = await seller(world, shop)
    await mei.tap_data(mei.last.id, f"trend:show:{subject}", timeout=PATIENCE)
    shown = await mei.waits(lambda message: message.media is not None, timeout=PATIENCE)
    assert "No earnings in the last" in shown.body.text


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.FORBIDDEN, FaultKind.DROPPED])
async def test_a_picture_that_did_not_get_through_can_be_asked_for_again(
    world: World, shop: Shop, kind: FaultKind
) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("a", 1))
    card = await go(mei, "💰 Earnings", "Earnings")
    plan = world.sandbox.faults.plan(Fault(kind, "sendPhoto"))
    await mei.tap_data(card.id, "trend:show", timeout=PATIENCE)
    await mei.reply_to("/help")
    world.sandbox.faults.cancel(plan)
    await mei.tap_data(card.id, "trend:show", timeout=PATIENCE)
    await mei.waits(lambda message: message.media is not None, timeout=PATIENCE)


# As files


async def exported(mei: Phone, form: str) -> Document:
    before = {message.id for message in mei.messages}
    await mei.tap(form, timeout=PATIENCE)
    sent = await mei.waits(
        lambda message: message.id not in before and message.media is not None, timeout=PATIENCE
    )
    assert isinstance(sent.media, Document)
    return sent.media


def from_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def from_xlsx(content: bytes) -> list[list[object]]:
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(each.data_type != "f" for row in page.iter_rows() for each in row)
    return [[each.value for each in row] for row in page.iter_rows()]


async def test_both_files_say_what_the_entries_say(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("549000", 1), ("=1+1", 2), ("-5", 3), ("@SUM", 4))
    code = (await shop.link(mine)).code
    unpaid = shop.paid("unpaid", line(price="10.00"), code=code, placed=True)
    await shop.tell(shop.refunded("549000", full=True), unpaid, shop.cancelled("unpaid"))
    lee = await shop.distributor("lee")
    await sold(shop, lee, ("somebody else's", 5))
    await go(mei, "💰 Earnings", "Earnings")
    await go(mei, "⬇️ Export", "XLSX opens in any spreadsheet")

    by_csv = await exported(mei, "📄 CSV")
    by_xlsx = await exported(mei, "📊 XLSX")

    assert (by_csv.filename, by_xlsx.filename) == ("commissions.csv", "commissions.xlsx")
    head, *rows = from_csv(by_csv.content)
    xhead, *xrows = from_xlsx(by_xlsx.content)
    assert head == xhead
    assert [row[0] for row in rows] == [row[0] for row in xrows]
    assert {row[0] for row in rows} == {"549000", "'=1+1", "-5", "'@SUM", "unpaid"}
    async with shop.store.read() as session:
        page = await entries(session, shop.merchant.id, mine.id)
    told = {entry.order.ref: entry for entry in page.items if isinstance(entry, Entry) and entry.order}
    amount, left, state = (head.index(name) for name in ("Commission", "Left", "State"))
    for row, xrow in zip(rows, xrows, strict=True):
        entry = told[row[0].removeprefix("'")]
        assert Decimal(row[amount]) == Decimal(str(xrow[amount])) == Decimal(entry.amount_minor) / 100
        assert Decimal(row[left]) == Decimal(str(xrow[left])) == Decimal(entry.net_minor) / 100
        assert row[state] == xrow[state]
    by_order = {row[0]: row for row in rows}
    assert by_order["549000"][state] == "Refunded"
    # Of an order that was cancelled before it was paid nothing is left
    assert [by_order["unpaid"][at] for at in (amount, left, state)] == ["1.00", "0.00", "Void"]
    # The menu stays where it is, for the other form
    assert mei.button("📄 CSV")


async def test_goodwill_stands_in_both_files_and_among_the_entries(world: World, shop: Shop) -> None:
    """Given Mei has an order and goodwill for another, then both files tell both amounts, as her screens do."""
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("549000", 1))
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        claim = await file_claim(
            session, merchant, mine, number="=2", words="Mine!", picture=None, now=world.now
        )
        await grant(session, merchant, claim.id, 150, actor=COMMAND, now=world.now)
    shown = await go(mei, "💰 Earnings", "Earnings")
    assert "Available now: £1.50" in shown.body.text
    await go(mei, "🧾 Entries", "Goodwill for a claim")
    await go(mei, "1. Goodwill", "Goodwill: £1.50, available since then")
    await mei.tap_data(mei.last.id, "export:open")
    await mei.sees("XLSX opens")

    head, *rows = from_csv((await exported(mei, "📄 CSV")).content)
    _, *xrows = from_xlsx((await exported(mei, "📊 XLSX")).content)

    told = {name: rows[1][head.index(name)] for name in ("Order", "Kind", "State", "Commission", "Left")}
    assert told == {
        "Order": "'=2",
        "Kind": "Goodwill",
        "State": "Available",
        "Commission": "1.50",
        "Left": "1.50",
    }
    assert [row[head.index("Kind")] for row in rows] == ["Commission", "Goodwill"]
    assert [Decimal(str(row[head.index("Left")])) for row in xrows] == [Decimal("1.00"), Decimal("1.50")]


async def test_files_speak_their_readers_language(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop, language_code="zh-hans")
    await shop.product("A")
    await sold(shop, mine, ("549000", 1))
    await mei.tap_data(mei.last.id, "export:open")
    await mei.waits(lambda message: "XLSX" in message.body.text)
    head, row = from_csv((await exported(mei, "CSV")).content)
    xhead, xrow = from_xlsx((await exported(mei, "XLSX")).content)
    assert head == xhead
    assert head[0] == "订单"
    assert row[0] == xrow[0] == "549000"
    assert not any("a" <= letter.lower() <= "z" for letter in "".join(head))
    assert row[head.index("规则")] == xrow[head.index("规则")] == "全部商品"
    assert row[head.index("商品名称")] == xrow[head.index("商品名称")] == "Product A"


async def test_forty_taps_on_a_form_give_one_file(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("549000", 1))
    await mei.tap_data(mei.last.id, "export:open")
    await mei.sees("XLSX opens")
    answers = [await mei.tap("📄 CSV", timeout=PATIENCE) for _ in range(40)]
    await mei.reply_to("/help")
    assert [answer.text for answer in answers].count("That is on its way already.") == 39
    assert world.requests("sendDocument") == 1


async def test_more_lines_than_a_file_takes_say_so(
    world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.chat.export.MOST_ROWS", 3)
    mei, mine = await seller(world, shop)
    await sold(shop, mine, *((str(number), number) for number in range(3)))
    await mei.tap_data(mei.last.id, "export:open")
    await mei.sees("XLSX opens")
    assert len(from_csv((await exported(mei, "📄 CSV")).content)) == 4
    await sold(shop, mine, ("one more", 9))
    world.later(minutes=1)
    await mei.tap("📄 CSV")
    await mei.sees(f"You have more than {cards.MOST_ROWS:,} order lines")


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.FORBIDDEN])
async def test_a_file_that_did_not_get_through_can_be_asked_for_again_at_once(
    world: World, shop: Shop, kind: FaultKind
) -> None:
    mei, mine = await seller(world, shop)
    await sold(shop, mine, ("549000", 1))
    await mei.tap_data(mei.last.id, "export:open")
    await mei.sees("XLSX opens")
    plan = world.sandbox.faults.plan(Fault(kind, "sendDocument"))
    await mei.tap("📄 CSV", timeout=PATIENCE)
    await mei.reply_to("/help")
    world.sandbox.faults.cancel(plan)
    assert len(from_csv((await exported(mei, "📄 CSV")).content)) == 2


# Page by page, and before the first


async def test_entries_are_turned_by_a_cursor_and_come_once_each(world: World, shop: Shop) -> None:
    mei, mine = await seller(world, shop)
    # Given fifteen orders, several of one moment
    await sold(shop, mine, *((f"A{number:02}", number // 4) for number in range(15)))
    card = await go(mei, "💰 Earnings", "Earnings")
    await go(mei, "🧾 Entries", "Entries")
    seen: list[str] = []
    while True:
        page = next(message for message in mei.messages if message.id == card.id)
        seen += [word for word in bare(page.body.text).split() if word[0] == "A" and word[1:].isdigit()]
        if "Older ▶" not in labels(page):
            break
        # An order that comes meanwhile moves nothing
        await sold(shop, mine, (f"B{len(seen)}", 0))
        await mei.tap("Older ▶")
        await mei.reply_to("/help")
    assert sorted(seen) == [f"A{number:02}" for number in range(15)]
    assert len(seen) == len(set(seen))


async def test_before_the_first_order_each_screen_names_what_to_do(world: World, shop: Shop) -> None:
    mei, _ = await seller(world, shop)
    card = await go(mei, "💰 Earnings", "Your orders will stand here")
    assert labels(card)[0] == "🛍 Goods"
    for data, words in (
        ("entries:all:0", "👉 Share something to begin"),
        ("entries:held:0", "👉 See all of them"),
        ("export:open", "👉 Share something to begin"),
    ):
        await mei.tap_data(card.id, data)
        await mei.sees(words, message_id=card.id)
