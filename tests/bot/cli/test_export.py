"""Exports: complete, page by page, with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.export import ExportWords, export_columns, export_row
from bot.media.cells import FORMULA_STARTS, cell
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money import export
from models.money.commissions import CommissionKind
from models.money.export import LegExported, exported_commissions, exported_legs
from models.plans.reading import read_plan
from models.store.engine import Store
from tests.bot.cli.conftest import Tuike
from tests.bot.cli.desk import DISTRIBUTORS, table
from tests.bot.imports.exports import HEADER
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.models.sales.plans import ISSUE_PLAN, plan


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """Three orders of one distributor, one of them refunded."""
    shop = await open_shop(store, now)
    await shop.plan()
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(*(shop.paid(f"100{number}", line(price="19.99"), code=link.code) for number in range(3)))
    await shop.tell(shop.refunded("1001", full=True))
    return shop


async def test_both_legs_of_every_posting_are_there_and_sum_to_zero(shop: Shop) -> None:
    legs = [leg async for leg in exported_legs(shop.store, shop.merchant)]

    sums: dict[str, int] = defaultdict(int)
    for leg in legs:
        sums[leg.transfer] += leg.amount_minor
    assert set(sums.values()) == {0}
    assert [
        (leg.kind, leg.account, leg.distributor, leg.amount, leg.order_id)
        for leg in legs
        if leg.order_id == "1001"
    ] == [
        ("accrual", "commission_expense", None, "-1.99", "1001"),
        ("accrual", "held", "mei", "1.99", "1001"),
        ("reversal", "held", "mei", "-1.99", "1001"),
        ("reversal", "commission_expense", None, "1.99", "1001"),
    ]


async def test_commissions_carry_what_refunds_took_back(shop: Shop) -> None:
    rows = {row.order_id: row async for row in exported_commissions(shop.store, shop.merchant)}

    assert [(row.amount, row.reversed, row.net, row.net_minor, row.state) for row in rows.values()] == [
        ("1.99", "0.00", "1.99", 199, "awaiting"),
        ("1.99", "1.99", "0.00", 0, "refunded"),
        ("1.99", "0.00", "1.99", 199, "awaiting"),
    ]
    assert (rows["1000"].sku, rows["1000"].distributor, rows["1000"].rate) == ("A", "mei", "10")


@pytest.mark.parametrize(
    ("boost", "told", "shown"),
    [
        ("percent: '5.5'", ("percent", "5.5", "add"), "5.5% on top"),
        ("fixed: '0.50', mode: replace", ("fixed", "0.50", "replace"), "0.50 instead"),
    ],
    ids=["on top", "instead"],
)
async def test_a_commission_carries_what_a_promotion_paid(
    store: Store, now: datetime, boost: str, told: tuple[str, str, str], shown: str
) -> None:
    shop = await open_shop(store, now)
    await shop.plan(plan(f"boosts: [{{{boost}, from: 2026-03-01T00:00:00Z, until: 2026-03-05T00:00:00Z}}]"))
    link = await shop.link(await shop.distributor("mei"))
    after = now + timedelta(days=1)
    await shop.tell(shop.paid("1000", line(), code=link.code, at=after), now=after)
    await shop.tell(shop.paid("2000", line(), code=link.code))

    rows = {row.order_id: row async for row in exported_commissions(shop.store, shop.merchant)}

    boosted, usual = rows["2000"], rows["1000"]
    assert (boosted.rate, boosted.boost_kind, boosted.boost_rate, boosted.boost_mode) == ("10", *told)
    assert (usual.boost_kind, usual.boost_rate, usual.boost_mode) == (None, None, None)
    voice = Voice(Language.EN)
    place = export_columns(voice).index("Promotion")
    words = ExportWords({}, {}, "GBP", shop.merchant.zone, voice)
    cells = [export_row(row, words) for row in (boosted, usual)]
    assert [(len(row), row[place]) for row in cells] == [
        (len(export_columns(voice)), shown),
        (len(export_columns(voice)), None),
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            Language.EN,
            [
                ("A", None, "KOL · Leader", None),
                ("LAMP", "=Lamp", "category lights", None),
                ("MUG", None, "product MUG", None),
                ("LAMP", "=Lamp", "no rate", None),
                (None, None, "Ladder bonus", "October 2026"),
                ("A", None, "Team reward", None),
                ("A", None, "everything", None),
            ],
        ),
        (
            Language.ZH,
            [
                ("A", None, "达人 · 团长", None),
                ("LAMP", "=Lamp", "品类 lights", None),
                ("MUG", None, "商品 MUG", None),
                ("LAMP", "=Lamp", "无适用佣金", None),
                (None, None, "阶梯奖励", "2026年10月"),
                ("A", None, "团队奖励", None),
                ("A", None, "全部商品", None),
            ],
        ),
    ],
)
async def test_rows_name_goods_rules_and_periods_in_words(
    shop: Shop, language: Language, told: list[tuple[str | None, ...]]
) -> None:
    text = ISSUE_PLAN.replace(
        "rates:\n",
        'rates:\n  - {category: lights, percent: "8"}\n  - {product: MUG, fixed: "0.30"}\n'
        '  - {profile: kol, level: leader, percent: "25"}\n',
    )
    made_by = read_plan(text, "GBP")
    row, *_ = [row async for row in exported_commissions(shop.store, shop.merchant)]
    sold, ladder, team = CommissionKind.LINE, CommissionKind.LADDER, CommissionKind.TEAM
    rows = [
        replace(row, sku=sku, kind=kind, rule=rule, period=period)
        for sku, kind, rule, period in (
            ("A", sold, "profile=kol level=leader", None),
            ("LAMP", sold, "category=lights", None),
            ("MUG", sold, "product=MUG", None),
            ("LAMP", sold, "none", None),
            (None, ladder, "ladder", "2026-10"),
            ("A", team, "team", None),
            ("A", sold, "base", None),
        )
    ]
    voice = Voice(language)
    words = ExportWords({row.plan_version: made_by}, {"LAMP": "=Lamp"}, "GBP", shop.merchant.zone, voice)

    columns = export_columns(voice)
    named = ("Product", "Product title", "Rule", "Period")
    places = [columns.index(voice.plain(name)) for name in named]
    assert [tuple(export_row(each, words)[place] for place in places) for each in rows] == told


async def test_pages_join_without_a_gap_or_an_overlap(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [leg async for leg in exported_legs(shop.store, shop.merchant)]
    commissions = [row async for row in exported_commissions(shop.store, shop.merchant)]

    monkeypatch.setattr(export, "PAGE", 1)

    assert [leg async for leg in exported_legs(shop.store, shop.merchant)] == whole
    assert [row async for row in exported_commissions(shop.store, shop.merchant)] == commissions


async def test_another_merchant_sees_none_of_it(shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)

    assert [leg async for leg in exported_legs(shop.store, other.merchant)] == []
    assert [row async for row in exported_commissions(shop.store, other.merchant)] == []


@given(st.text() | st.builds(str.__add__, st.sampled_from(FORMULA_STARTS), st.text()))
def test_no_cell_is_a_formula_and_each_reads_back(text: str) -> None:
    written = cell(text)

    assert written.removeprefix("'") == text.removeprefix("'")
    assert not written.startswith(FORMULA_STARTS) or written.lstrip("-").replace(".", "", 1).isdecimal()


def test_numbers_below_zero_stay_numbers() -> None:
    assert [cell(value) for value in (-12, "-12.50", None, "=1+1", "-1+1", "+1", "@x", "\tx")] == [
        *("-12", "-12.50", "", "'=1+1", "'-1+1", "'+1", "'@x", "'\tx"),
    ]


@pytest.fixture
def sold(tuike: Tuike, merchant: str, tmp_path: Path) -> str:
    """One order of a distributor whose name for the shop is a formula, by a coupon."""
    (tmp_path / "plan.yaml").write_text(BASE_PLAN, encoding="utf-8")
    (tmp_path / "coupons.csv").write_text("code,distributor\nSAVE,=HYPERLINK(1)\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(
        f"{HEADER},Coupon\n1001,A,Cup,6,2010-12-02 08:26,2.55,1,UK,SAVE\n", encoding="utf-8"
    )
    people = table(tmp_path, DISTRIBUTORS, ["=HYPERLINK(1),Mei,,,,,"])
    for command in (
        ("plan", "publish", "plan.yaml"),
        ("import", "distributors", people.name),
        ("import", "coupons", "coupons.csv"),
        ("import", "orders", "orders.csv", "--map", "map.yaml"),
    ):
        ended = tuike(*command)
        assert ended.code == 0, ended.err
    return merchant


MAP = """
name: mine
currency: GBP
columns: {invoice: InvoiceNo, sku: StockCode, quantity: Quantity, time: InvoiceDate, unit_price: UnitPrice,
          customer: CustomerID, coupon: Coupon}
time: {formats: ["%Y-%m-%d %H:%M"], zone: Europe/London}
"""


def test_the_ledger_as_a_spreadsheet_takes_it(tuike: Tuike, sold: str, tmp_path: Path) -> None:
    to_screen = tuike("export", "ledger")
    to_file = tuike("export", "ledger", "--out", "ledger.csv")

    written = (tmp_path / "ledger.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert written.startswith(b"\xef\xbb\xbf")
    assert to_screen.out.encode() == written
    assert (to_file.out, to_file.err) == ("", "2 rows are in ledger.csv.\n")
    assert list(rows[0]) == [column.name for column in fields(LegExported)]
    assert [(row["distributor"], row["amount"], row["amount_minor"]) for row in rows] == [
        ("", "-1.53", "-153"),
        ("'=HYPERLINK(1)", "1.53", "153"),
    ]
    assert not list(tmp_path.glob("*.part"))


def test_commissions_as_one_json_value(tuike: Tuike, sold: str) -> None:
    [row] = json.loads(tuike("export", "commissions", "--json").out)

    assert (row["distributor"], row["order_id"], row["amount"], row["amount_minor"]) == (
        *("=HYPERLINK(1)", "1001"),
        *("1.53", 153),
    )
    assert (
        tuike("export", "commissions", "--format", "json").out == tuike("export", "commissions", "--json").out
    )


def test_nothing_to_export_is_an_empty_list(tuike: Tuike, merchant: str) -> None:
    assert json.loads(tuike("export", "ledger", "--json").out) == []


def test_a_folder_that_is_not_there_is_named(tuike: Tuike, merchant: str) -> None:
    ended = tuike("export", "ledger", "--out", "nowhere/ledger.csv")

    assert (ended.code, ended.out) == (1, "")
    assert "nowhere/ledger.csv" in ended.err
