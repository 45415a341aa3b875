"""Statements and the calendar of releases as their readers see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.cards.settlement import settlement_card
from bot.cards.statements import statement_card, statement_columns, statement_paper, statement_rows
from bot.media.papers import Line
from bot.media.sheets import SheetForm, sheet
from models.money.commissions import CommissionKind
from models.money.earnings import Goods
from models.money.ledger import AccountKind
from models.money.statements import Entry, EntryKind, Section, Statement
from tests.bot.cards.gallery import AT, no_releases, releases
from tests.bot.cards.test_screens import EN, ZH, data, words

LINE = (CommissionKind.LINE,)
MARCH = Statement(
    merchant_id="m_1",
    merchant="Lamps",
    distributor="=mei",
    name="Mei",
    currency="GBP",
    zone=ZoneInfo("Europe/London"),
    first=date(2026, 3, 1),
    until=date(2026, 4, 1),
    runs=False,
    before_joining=False,
    sections=(
        Section(
            AccountKind.AVAILABLE,
            1000,
            (
                Entry(AT, "r:1", EntryKind.RELEASED, 150, "=1+1", Goods("Lamp", 1), LINE, None),
                Entry(AT, "r:2", EntryKind.RELEASED, 50, None, None, (CommissionKind.LADDER,), "2026-02"),
                Entry(AT, "b:1", EntryKind.REVERSED, -150, "=1+1", Goods("Lamp", 1), LINE, None),
                Entry(AT, "w:1", EntryKind.WITHDRAWN, -1500, None, None, (), None, "VRG2-5QCS"),
            ),
            -450,
        ),
        Section(AccountKind.HELD, 200, (), 200),
        Section(AccountKind.PAYING, 0, (), 0),
    ),
    sha256="ab" * 32,
)
MONTHS = [date(2026, 3, 1), date(2026, 2, 1)]


def test_the_foot_of_each_page_names_the_days_that_the_head_does() -> None:
    foot = statement_paper(MARCH, EN).foot
    assert foot == f"=mei · 2026-03-01 – 2026-03-31 · {'ab' * 8}"


def test_a_statement_shows_what_made_the_closing_of_the_opening_balance() -> None:
    card = statement_card(MARCH, MONTHS, 7, EN)

    assert words(card) == [
        "📄 Statement at Lamps",
        "Mar 1, 2026 – Mar 31, 2026 · what could be withdrawn",
        "Opening balance: £10.00",
        "✅ Hold is over (2): +£2.00",
        "↩️ Taken back for a refund (1): -£1.50",
        "🏦 Withdrawal (1): -£15.00 · VRG2-5QCS",
        "Closing balance: -£4.50",
        "Held: awaiting receipt, in hold or under review: £2.00 → £2.00",
        "On its way to you: £0.00 → £0.00",
        f"Check sum {'ab' * 32}",
    ]
    assert data(card)[:4] == [
        "statement:file:pdf:2026-03:7",
        "statement:file:csv:2026-03:7",
        "statement:month:2026-03:7",
        "statement:month:2026-02:7",
    ]


def test_a_statement_says_that_it_runs_that_nothing_moved_or_that_nobody_had_joined() -> None:
    empty = replace(MARCH, runs=True, sections=tuple(Section(s.account, 0, (), 0) for s in MARCH.sections))

    assert "Mar 31, 2026, so far" in words(statement_card(empty, MONTHS, 7, EN))[1]
    assert "Nothing became available" in " ".join(words(statement_card(empty, MONTHS, 7, EN)))
    early = replace(empty, before_joining=True)
    assert "当时你还没有加入，因此没有任何记录。" in words(statement_card(early, MONTHS, 7, ZH))


def test_a_sum_names_the_first_withdrawals_and_counts_the_others() -> None:
    asked = tuple(
        Entry(AT, f"w:{number}", EntryKind.WITHDRAWN, -100, None, None, (), None, f"VRG2-5QC{number}")
        for number in range(7)
    )
    many = replace(MARCH, sections=(Section(AccountKind.AVAILABLE, 700, asked, 0), *MARCH.sections[1:]))

    named = " · ".join(f"VRG2-5QC{number}" for number in range(5))
    assert f"🏦 Withdrawal (7): -£7.00 · {named} · … and 2 more" in words(statement_card(many, MONTHS, 7, EN))


def test_the_table_runs_the_balance_and_runs_no_formula() -> None:
    rows = list(statement_rows(MARCH, EN))

    balances = [row[9] for row in rows[:6]]
    assert balances == [Decimal(text) for text in ("10.00", "11.50", "12.00", "10.50", "-4.50", "-4.50")]
    content = sheet(SheetForm.CSV, statement_columns(EN), rows).decode("utf-8-sig")
    assert ",'=1+1," in content
    assert "Withdrawal,,,,,VRG2-5QCS,-15.00,-4.50,GBP" in content
    assert content.splitlines()[-1].startswith(f"Check sum,,{'ab' * 32}")


def test_the_paper_lists_every_entry_of_every_account() -> None:
    lines = [part.cells for part in statement_paper(MARCH, ZH).parts if isinstance(part, Line)]

    assert ("2026-03-04 09:30", "解冻 · 2026年2月 · 阶梯奖励", "+£0.50", "£12.00") in lines
    assert ("2026-03-04 09:30", "提现 · VRG2-5QCS", "-£15.00", "-£4.50") in lines
    assert [cells[3] for cells in lines if cells[1] == "期末余额"] == ["-£4.50", "£2.00", "£0.00"]


def test_the_calendar_leaves_days_without_anything_out_and_tells_what_waits_for_whom() -> None:
    full, none = words(settlement_card(releases(), EN)), words(settlement_card(no_releases(), EN))

    assert next(line for line in full if line.startswith("Mar ")).startswith("Mar 4: £10,000,000,000,000.00")
    assert any(line.startswith("🔎 Under review, until you decide") for line in full)
    assert any(line.startswith("✋ Their distributor is on hold") for line in full)
    assert none[1:4] == [
        "Commissions on their way to distributors: £0.00",
        "Nothing becomes available in the next 14 days.",
        "Nothing was released in the last 14 days.",
    ]
