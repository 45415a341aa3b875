"""Payout accounts: checked as far as a checksum goes, kept sealed, shown by their last four, changed with a trace."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from models.errors import Invalid
from models.money.payout_accounts import current_account, details_of
from models.money.payout_forms import AccountFault, AccountKind, AccountRefused, PayoutDetails, read_account
from models.money.withdrawal_news import AccountNews, read_news
from models.people.distributors import Distributor
from models.store.audit import audit_of
from models.store.engine import Store
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sealing import KEY_FILE, Seal, SealBroken, seal_of
from models.store.sql import table_of, values_of
from tests.models.payouts import KEY, SEAL, Till, open_till


@pytest.fixture
async def till(store: Store, now: datetime) -> Till:
    return await open_till(store, now)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("ＧＢ２９ NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("4111 1111 1111 1111", "4111111111111111"),
        ("6222-0212-3456-7890-128", "6222021234567890128"),
        ("12-34-56 12345678", "12345612345678"),
        ("00012345", "00012345"),
    ],
)
def test_a_number_that_adds_up_is_kept_without_its_spaces(number: str, kept: str) -> None:
    assert read_account(AccountKind.BANK, f"Mei\nBank\n{number}").number == kept


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("Mei Chen\nBank of London", AccountFault.THREE_LINES),
        ("", AccountFault.THREE_LINES),
        ("M\nBank\n12345678", AccountFault.HOLDER),
        ("12345\nBank\n12345678", AccountFault.HOLDER),
        ("Mei\n" + "B" * 81 + "\n12345678", AccountFault.BANK),
        ("Mei\nBank 12345678\n12345678", AccountFault.BANK),
        ("Mei\nBank\n12345", AccountFault.NUMBER),
        ("Mei\nBank\n" + "9" * 35, AccountFault.NUMBER),
        ("Mei\nBank\n1234X678", AccountFault.NUMBER),
        ("Mei\nBank\nGB29 NWBK 6016 1331 9268 18", AccountFault.IBAN),
        ("Mei\nBank\nGB29", AccountFault.IBAN),
        ("Mei\nBank\n4111 1111 1111 1112", AccountFault.CARD),
    ],
)
def test_a_bank_account_that_is_none_says_why(typed: str, fault: AccountFault) -> None:
    with pytest.raises(AccountRefused) as caught:
        read_account(AccountKind.BANK, typed)
    assert caught.value.fault is fault
    assert str(caught.value).endswith((".", "com"))


def test_free_words_are_one_line_that_prints() -> None:
    found = read_account(AccountKind.OTHER, "  PayPal\n\u202emei@example.com\x00 ")
    assert (found.number, found.masked) == ("PayPal mei@example.com", "m•••@example.com")
    with pytest.raises(AccountRefused):
        read_account(AccountKind.OTHER, "PayPa")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("PayPal tess.green+money@pay.example.com", "t•••@pay.example.com"),
        ("支付宝mei@example.com谢谢", "m•••@example.com"),
        ("paypal:a@example.com (not old@example.org!)", "o•••@example.org"),
        ("Alipay 138 0000 1234", "•••• 1234"),
        ("in cash @ the shop", "•••• shop"),
    ],
)
def test_an_email_address_is_shown_by_its_first_letter_and_domain(words: str, shown: str) -> None:
    assert read_account(AccountKind.OTHER, words).masked == shown


async def test_the_store_alone_tells_no_number(till: Till, database_url: str) -> None:
    account = await till.account("Mei Chen\nBank of London\n4111 1111 1111 1111")
    assert account.masked == "Bank of London •••• 1111"
    dump = await _everything(database_url)
    assert "Mei Chen" not in dump
    assert "4111111111111111" not in dump
    assert "GB29NWBK" not in dump
    assert details_of(account, SEAL) == PayoutDetails(
        AccountKind.BANK, "Mei Chen", "Bank of London", "4111111111111111"
    )


async def _everything(database_url: str) -> str:
    """Every row of every table that a payout account touches."""
    tables = ("payout_account", "withdrawal", "withdrawal_move", "audit", "notice", "kept")
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
            return "\n".join(str(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in tables)
    server = await asyncpg.connect(database_url)
    try:
        return "\n".join([str(await server.fetch(f"SELECT * FROM {table}")) for table in tables])
    finally:
        await server.close()


async def test_a_change_is_told_to_its_owner_and_written_down_masked(till: Till) -> None:
    first = await till.account()
    assert await till.account("Mei  Chen\nBank of London\ngb29nwbk60161331926819") == first
    changed = await till.account("Mei Chen\nNew Bank\n12345678")
    async with till.store.read() as session:
        current = await current_account(session, till.shop.merchant.id, till.mei.id)
        newest, *_ = await audit_of(session, till.shop.merchant.id)
        table = table_of(NoticeRow)
        rows = await session.execute(
            select(table).where(table.c.kind == NoticeKind.PAYOUT_ACCOUNT).order_by(table.c.id)
        )
        news = await read_news(session, [values_of(row, Notice) for row in rows])
    assert current is not None
    assert current.id == changed.id
    assert (newest.act, newest.before, newest.after) == (
        "payout_account.set",
        "Bank of London •••• 6819",
        "New Bank •••• 5678",
    )
    assert list(news.values()) == [
        AccountNews("Bank of London •••• 6819"),
        AccountNews("New Bank •••• 5678"),
    ]


async def test_what_was_asked_for_goes_where_it_was_asked_for(till: Till) -> None:
    before = await till.account()
    asked = await till.ask(2000)
    await till.account("Mei Chen\nNew Bank\n12345678")
    assert (await till.stands(asked)).account_id == before.id
    assert asked.account_masked == "Bank of London •••• 6819"


async def test_one_account_of_two_people_is_seen_without_reading_it(till: Till) -> None:
    ben: Distributor = await till.shop.distributor("ben")
    mine, theirs = await till.account(), await till.account("Ben\nBank\ngb29nwbk60161331926819", ben)
    assert mine.fingerprint == theirs.fingerprint
    assert mine.fingerprint != (await till.account("Ben\nBank\n12345678", ben)).fingerprint


async def test_when_the_key_is_lost_a_new_account_is_the_way_out(till: Till, store: Store) -> None:
    account = await till.account()
    other = Seal(Fernet.generate_key().decode())
    with pytest.raises(SealBroken):
        details_of(account, other)
    # And a key that was replaced still opens what it closed
    both = Seal(f"{Fernet.generate_key().decode()}, {KEY}")
    assert details_of(account, both).holder == "Mei Chen"


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    seal = seal_of(None, folder)
    file = folder / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
    assert Seal(file.read_text()).open(seal.close("secret")) == "secret"


def test_a_key_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="PAYOUT_KEY"):
        seal_of("hunter2", tmp_path)
