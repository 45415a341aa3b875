"""Withdrawals by the command line: listed, approved, paid by hand or by a batch, failed, and what is refused."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from models.money.withdrawal_decisions import SecondPersonNeeded
from models.money.withdrawal_states import Withdrawal
from models.people.staff import Role, Staff
from models.store.audit import Actor
from models.store.engine import Store
from tests.bot.cli.conftest import Ended, Tuike
from tests.conftest import NOW
from tests.models.payouts import KEY, Till, open_till

At = Callable[[Callable[[Till], Coroutine[object, object, Any]]], Any]


@pytest.fixture
def at(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[At]:
    """Does something at Mei's till, who has earned a hundred pounds; each in an event loop of its own."""
    monkeypatch.setenv("PAYOUT_KEY", KEY)
    url = f"sqlite:///{database}"
    till: Till | None = None

    async def run(story: Callable[[Till], Coroutine[object, object, Any]]) -> Any:
        nonlocal till
        store = Store(url)
        try:
            if till is None:
                till = await open_till(store, NOW)
            till.shop.store = store
            return await story(till)
        finally:
            await store.close()

    with ThreadPoolExecutor(1) as pool:
        yield lambda story: pool.submit(asyncio.run, run(story)).result()


@pytest.fixture
def asked(at: At) -> Withdrawal:
    """A withdrawal of fifty pounds."""
    found = at(lambda till: till.ask(5000))
    assert isinstance(found, Withdrawal)
    return found


def read(ended: Ended) -> Any:
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


WHEN = ("--now", "2026-04-05T12:00:00Z", "--json")


def test_from_the_list_to_paid(tuike: Tuike, at: At, asked: Withdrawal) -> None:
    [row] = read(tuike("withdrawals", "list", "--json"))
    assert {
        key: row[key] for key in ("distributor", "state", "amount_minor", "fee_minor", "arrives_minor")
    } == {
        "distributor": "mei",
        "state": "requested",
        "amount_minor": 5000,
        "fee_minor": 100,
        "arrives_minor": 4900,
    }
    assert (row["reference"], row["account"]) == (asked.reference, "Bank of London •••• 6819")
    early = tuike("withdrawals", "pay", asked.reference, "--json")
    assert (early.code, early.out) == (1, "")
    assert "is requested: it must be approved first" in early.err

    behind = tuike("withdrawals", "approve", asked.reference, "--now", "2026-03-03T12:00:00Z")
    assert (behind.code, behind.out) == (1, "")
    assert "lies before the withdrawal's last step" in behind.err
    approved = read(tuike("withdrawals", "approve", asked.reference.lower().replace("-", ""), *WHEN))
    assert (approved["state"], approved["approved_at"]) == ("approved", "2026-04-05T12:00:00Z")
    paid = read(tuike("withdrawals", "pay", asked.reference, "--reference", "BANK-1", *WHEN))
    assert (paid["state"], paid["provider_reference"], paid["provider"]) == ("paid", "BANK-1", "manual")
    again = tuike("withdrawals", "pay", asked.reference, "--reference", "BANK-1", *WHEN)
    assert (again.code, "is paid by now" in again.err) == (1, True)
    assert at(lambda till: till.balances()) == {"available": 5000, "paid": 4900, "fees": 100}
    assert read(tuike("verify", "--json"))["findings"] == []


def test_a_batch_is_a_file_for_the_bank_made_once(
    tuike: Tuike, at: At, asked: Withdrawal, tmp_path: Path
) -> None:
    tuike("withdrawals", "approve", asked.reference)
    made = read(tuike("withdrawals", "pay", "--csv", "one.csv", *WHEN))
    assert (made["batch"], made["withdrawals"], made["total_minor"]) == (1, [asked.reference], 4900)
    content = (tmp_path / "one.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    [line] = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert line == {
        "batch": "1",
        "reference": asked.reference,
        "holder": "Mei Chen",
        "bank": "Bank of London",
        "account": "GB29NWBK60161331926819",
        "amount": "49.00",
        "currency": "GBP",
    }
    [row] = read(tuike("withdrawals", "list", "--state", "paying", "--json"))
    assert (row["batch"], row["provider"]) == (1, "csv")
    # A second one finds nothing, and leaves no file behind; the first can be had once more
    empty = tuike("withdrawals", "pay", "--csv", "two.csv")
    assert (empty.code, "No approved withdrawal" in empty.err) == (1, True)
    assert not (tmp_path / "two.csv").exists()
    read(tuike("withdrawals", "pay", "--csv", "again.csv", "--batch", "1", "--json"))
    assert (tmp_path / "again.csv").read_bytes() == content
    taken = tuike("withdrawals", "pay", "--csv", "one.csv")
    assert (taken.code, "is there already" in taken.err) == (1, True)
    assert (tmp_path / "one.csv").read_bytes() == content


def test_cells_that_a_spreadsheet_would_reckon_with_are_neutralised(
    tuike: Tuike, at: At, tmp_path: Path
) -> None:
    at(lambda till: till.account("=cmd|' /C calc'!A0 Mei\n@Bank\n12345678"))
    asked = at(lambda till: till.ask(2000))
    tuike("withdrawals", "approve", asked.reference)
    tuike("withdrawals", "pay", "--csv", "one.csv")
    [line] = list(csv.DictReader((tmp_path / "one.csv").read_text("utf-8-sig").splitlines()))
    assert (line["holder"][0], line["bank"]) == ("'", "'@Bank")


def test_books_that_dont_add_up_pay_nobody(tuike: Tuike, at: At, asked: Withdrawal, database: Path) -> None:
    tuike("withdrawals", "approve", asked.reference)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE account SET balance_minor = balance_minor + 1 WHERE kind = 'available'")
    connection.close()
    for way in (("--csv", "one.csv"), (asked.reference, "--reference", "BANK-1")):
        refused = tuike("withdrawals", "pay", *way)
        assert (refused.code, "The books do not add up" in refused.err) == (1, True)
    assert at(lambda till: till.stands(asked)).state == "approved"


def test_above_the_threshold_two_of_the_staff_are_needed(tuike: Tuike, at: At) -> None:
    asked = at(lambda till: till.ask(7000))
    ann = at(lambda till: till.hire(11, "Ann Lee"))
    at(lambda till: till.hire(12, "Ben"))
    first = tuike("withdrawals", "approve", asked.reference, "--by", "ann  LEE")
    assert (first.code, "A second person" in first.err) == (0, True)
    again = tuike("withdrawals", "approve", asked.reference, "--by", "Ann Lee")
    assert (again.code, "a second person must agree" in again.err) == (1, True)
    # Ann's thumb in chat is no second person either, and the chain says who it was by which way
    with pytest.raises(SecondPersonNeeded):
        at(lambda till: approved_by(till, asked, ann))
    entries = read(tuike("audit", "list", "--json"))["entries"]
    assert entries[0]["actor"] == f"command person {ann.person_key}"
    [ben] = [one for one in read(tuike("staff", "list", "--json"))["staff"] if one["name"] == "Ben"]
    done = read(tuike("withdrawals", "approve", asked.reference, "--by", str(ben["id"]), "--json"))
    assert done["state"] == "approved"


async def approved_by(till: Till, asked: Withdrawal, who: Actor) -> Withdrawal:
    return await till.approve(await till.stands(asked), who)


@pytest.mark.parametrize("deed", [("approve",), ("refuse",), ("pay",), ("fail",), ("pay", "--csv", "x.csv")])
def test_a_name_that_may_not_or_is_nobodys_decides_nothing(
    tuike: Tuike, at: At, asked: Withdrawal, deed: tuple[str, ...]
) -> None:
    at(lambda till: till.hire(11, "Ann"))
    at(lambda till: till.hire(12, "Ann"))
    at(lambda till: till.hire(13, "Vic", Role.VIEWER))
    words = deed if "--csv" in deed else (*deed, asked.reference)
    for name, sentence in (
        ("Carl", "Nobody of the staff is called 'Carl'; give an id, a username"),
        ("ann", "2 of the staff are called 'ann'"),
        ("Vic", "not for the role viewer to do"),
    ):
        ended = tuike("withdrawals", *words, "--by", name)
        assert (ended.code, ended.out) == (1, ""), name
        assert sentence in ended.err
    assert at(lambda till: till.stands(asked)).state == "requested"


def test_nobody_is_paid_in_their_own_name(tuike: Tuike, at: At, asked: Withdrawal) -> None:
    at(works_here_too)
    ended = tuike("withdrawals", "approve", asked.reference, "--by", "Mei")
    assert (ended.code, "own withdrawal" in ended.err) == (1, True)


async def works_here_too(till: Till) -> None:
    assert till.mei.person_id is not None
    async with till.store.write() as session:
        session.add(
            Staff(
                merchant_id=till.shop.merchant.id,
                person_id=till.mei.person_id,
                role=Role.OWNER,
                joined_at=till.now,
            )
        )


def test_of_what_is_refused_or_fails_nothing_is_said_to_arrive(
    tuike: Tuike, at: At, asked: Withdrawal
) -> None:
    refused = tuike("withdrawals", "refuse", asked.reference)
    other = at(lambda till: till.ask(2000))
    approved = tuike("withdrawals", "approve", other.reference)
    tuike("withdrawals", "pay", "--csv", "one.csv")
    failed = tuike("withdrawals", "fail", other.reference)

    assert "arrives      19.30 GBP" in approved.out
    for ended, back in ((refused, "50.00"), (failed, "20.00")):
        assert "arrives" not in ended.out
        assert f"back         {back} GBP to their balance" in ended.out


def test_what_is_too_long_is_refused_and_never_cut(tuike: Tuike, at: At, asked: Withdrawal) -> None:
    long = tuike("withdrawals", "refuse", asked.reference, "--why", "W" * 301)
    tuike("withdrawals", "approve", asked.reference)
    number = tuike("withdrawals", "pay", asked.reference, "--reference", "7" * 101)
    tuike("withdrawals", "pay", "--csv", "one.csv")
    why = tuike("withdrawals", "fail", asked.reference, "--why", "W" * 301)

    assert [ended.code for ended in (long, number, why)] == [1, 1, 1]
    assert "At most 300 characters are kept with a withdrawal; these are 301." in long.err
    assert "At most 100 characters are kept with a withdrawal; these are 101." in number.err
    assert at(lambda till: till.balances()) == {"available": 5000, "paying": 5000}


def test_what_is_refused_or_fails_is_available_again(tuike: Tuike, at: At, asked: Withdrawal) -> None:
    refused = read(tuike("withdrawals", "refuse", asked.reference, "--why", "not you", "--json"))
    assert (refused["state"], refused["note"]) == ("refused", "not you")
    other = at(lambda till: till.ask(2000))
    tuike("withdrawals", "approve", other.reference)
    tuike("withdrawals", "pay", "--csv", "one.csv")
    failed = read(tuike("withdrawals", "fail", other.reference, "--why", "closed", "--json"))
    assert (failed["state"], failed["batch"]) == ("failed", 1)
    assert at(lambda till: till.balances()) == {"available": 10000}


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("approve", "AAAA-AAAA"), 1, "There is no withdrawal"),
        (("pay",), 2, "Give either"),
        (("pay", "AAAA-AAAA", "--csv", "x.csv"), 2, "Give either"),
        (("pay", "AAAA-AAAA", "--batch", "1"), 2, "--batch goes with"),
        (("pay", "--csv", "x.csv", "--batch", "9"), 1, "There is no payout batch"),
        (("list", "--state", "lost"), 2, "There is no state"),
        (("list", "--distributor", "nobody"), 1, "There is no distributor"),
        (("approve", "AAAA-AAAA", "--now", "2026-03-05"), 2, "names no zone"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    tuike: Tuike, at: At, words: tuple[str, ...], code: int, sentence: str
) -> None:
    at(lambda till: till.balances())
    ended = tuike("withdrawals", *words)
    assert (ended.code, ended.out) == (code, "")
    assert sentence in ended.err


def test_the_table_for_people_shows_no_whole_account(tuike: Tuike, at: At, asked: Withdrawal) -> None:
    shown = tuike("withdrawals", "list")
    assert asked.reference in shown.out
    assert "•••• 6819" in shown.out
    assert "NWBK" not in shown.out
    assert f"{asked.requested_at:%Y-%m-%d %H:%M}" in shown.out
