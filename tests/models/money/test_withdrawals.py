"""Withdrawals: reserved at once, decided by one or two people, paid at most once, and never more than there is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from models.errors import DomainError
from models.money.books import BooksDiffer
from models.money.commissions import CommissionRow
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.money.payout_batches import MadeBatch, NothingToPay, batch_numbered, make_batch
from models.money.payouts import pay_by_hand, unanswered
from models.money.verify import FindingKind
from models.money.verify.stuck import find_stuck
from models.money.withdrawal_decisions import SecondPersonNeeded, TooLateToUndo
from models.money.withdrawal_states import (
    MovedOn,
    Step,
    Withdrawal,
    WithdrawalState,
    as_reference,
    moves_of,
    withdrawal_by_reference,
)
from models.money.withdrawal_terms import HeldBack, Indebted, TooLittle, TooMuch, WithdrawalTerms
from models.money.withdrawals import (
    Agreed,
    AskedAlready,
    NoAccount,
    OwnWithdrawal,
    request_withdrawal,
    waiting,
)
from models.people.distributors import Distributor, DistributorState
from models.people.merchants import lock_merchant
from models.people.staff import Role, Staff
from models.store.audit import Actor, audit_of, broken_links
from models.store.engine import Store
from models.store.outbox import NoticeKind, NoticeRow
from models.store.sql import table_of
from tests.models.payouts import ANN, BEN, SEAL, Till, open_till


@pytest.fixture
async def till(store: Store, now: datetime) -> Till:
    return await open_till(store, now)


async def outcome(act: Awaitable[Withdrawal]) -> str:
    """The state that it came to, or the code of its refusal."""
    try:
        return (await act).state
    except DomainError as error:
        return error.code


async def test_a_withdrawal_from_its_request_to_the_bank(till: Till) -> None:
    # Given a hundred pounds, Mei asks for 50: they leave her balance at once
    asked = await till.ask(5000)
    assert (asked.state, asked.fee_minor, asked.arrives_minor) == (WithdrawalState.REQUESTED, 100, 4900)
    assert asked.due_at == till.now + timedelta(days=3)
    assert await till.balances() == {"available": 5000, "paying": 5000}
    # When it is approved, taken and paid
    approved = await till.approve(asked)
    assert approved.state is WithdrawalState.APPROVED
    assert await till.balances() == {"available": 5000, "paying": 5000}
    paid = await till.pay(await till.claim(approved), reference="BANK-77")
    # Then what arrives is paid, the fee is the shop's, and the books agree
    assert (paid.state, paid.provider, paid.provider_reference) == (WithdrawalState.PAID, "manual", "BANK-77")
    assert await till.balances() == {"available": 5000, "paid": 4900, "fees": 100}
    assert await till.findings() == []
    async with till.store.read() as session:
        steps = [move.step for move in await moves_of(session, asked.id)]
        acts = [entry.act for entry in await audit_of(session, asked.merchant_id)]
        assert await broken_links(session, asked.merchant_id) == []
    assert steps == [Step.REQUEST, Step.APPROVE, Step.CLAIM, Step.PAY]
    assert acts[:3] == ["withdrawal.pay", "withdrawal.claim.manual", "withdrawal.approve"]


async def test_what_is_refused_or_fails_is_available_again_once(till: Till) -> None:
    refused = await till.refuse(await till.ask(3000), why="wrong bank")
    assert (refused.state, refused.note) == (WithdrawalState.REFUSED, "wrong bank")
    failed = await till.fail(await till.claim(await till.approve(await till.ask(4000))))
    assert failed.state is WithdrawalState.FAILED
    assert await till.balances() == {"available": 10000}
    for again in (till.refuse(refused), till.fail(failed), till.pay(failed), till.approve(refused)):
        assert await outcome(again) == "withdrawal_moved_on"
    assert await till.balances() == {"available": 10000}
    assert await till.findings() == []


@pytest.mark.parametrize(
    ("minor", "refusal"),
    [
        (10001, TooMuch),
        (10**15, TooMuch),
        (1999, TooLittle),
        (0, TooLittle),
        (-5, TooLittle),
    ],
)
async def test_an_amount_out_of_bounds_is_refused_with_the_bound(
    till: Till, minor: int, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal) as caught:
        await till.ask(minor)
    assert "100.00 GBP" in str(caught.value) or "20.00 GBP" in str(caught.value)
    assert await till.balances() == {"available": 10000}


async def test_all_of_it_and_the_smallest_can_be_withdrawn(till: Till) -> None:
    await till.ask(2000)
    await till.ask(8000)
    assert await till.balances() == {"paying": 10000}
    with pytest.raises(TooMuch):
        await till.ask(2000)


async def test_without_an_account_nothing_goes_anywhere(till: Till) -> None:
    ben = await till.shop.distributor("ben")
    await till.earn(50, (await till.shop.link(ben)).code)
    with pytest.raises(NoAccount):
        await till.ask(3000, whose=ben)


async def set_distributor(till: Till, **values: object) -> None:
    async with till.store.write() as session:
        await session.execute(update(Distributor).where(col(Distributor.id) == till.mei.id).values(**values))


@pytest.mark.parametrize("held_back", [{"on_hold": True}, {"state": DistributorState.SUSPENDED}])
async def test_under_review_nothing_is_asked_approved_or_paid(
    till: Till, held_back: dict[str, object]
) -> None:
    asked, approved = await till.ask(2000), await till.approve(await till.ask(2500))
    await set_distributor(till, **held_back)
    for act in (till.ask(3000), till.approve(asked), till.claim(approved)):
        with pytest.raises(HeldBack):
            await act
    async with till.store.write() as session:
        with pytest.raises(NothingToPay):
            await make_batch(session, till.shop.merchant, seal=SEAL, actor=ANN, now=till.now)
    # And once the case is closed, all of it goes on
    await set_distributor(till, on_hold=False, state=DistributorState.ACTIVE)
    assert (await till.approve(asked)).is_approved
    assert (await till.claim(approved)).state is WithdrawalState.PAYING


async def test_withdraw_all_then_refund_the_debt_stays_and_the_next_earnings_pay_it_off(
    store: Store, now: datetime
) -> None:
    """Defect 2 of business.md 12: the clawback is not clamped at the balance."""
    till = await open_till(store, now, pounds=0)
    order = await till.earn(100)
    waits = await till.ask(2000)
    await till.paid_out(8000)
    # When the buyer sends all of it back, the balance goes below zero
    await till.shop.tell(till.shop.refunded(order, full=True))
    assert await till.balances() == {"available": -10000, "paying": 2000, "paid": 7870, "fees": 130}
    # Then nothing is asked for, nor is what waits approved, while the debt lasts
    for act in (till.ask(2000), till.approve(waits)):
        with pytest.raises(Indebted, match=r"-100\.00"):
            await act
    await till.refuse(waits)
    await till.earn(70)
    assert (await till.balances())["available"] == -1000
    with pytest.raises(Indebted, match=r"-10\.00"):
        await till.ask(2000)
    # And the next earnings pay it off first
    await till.earn(40)
    assert (await till.balances())["available"] == 3000
    assert (await till.paid_out(3000)).state is WithdrawalState.PAID
    assert await till.findings() == []


async def test_the_buyers_refund_is_never_held_up_by_a_withdrawal_under_way(till: Till) -> None:
    claimed = await till.claim(await till.approve(await till.ask(5000)))
    await till.shop.tell(till.shop.refunded("o1", full=True))
    assert (await till.pay(claimed)).state is WithdrawalState.PAID
    assert await till.balances() == {"available": -5000, "paid": 4900, "fees": 100}
    assert await till.findings() == []


async def test_points_of_another_kind_are_never_seen(till: Till) -> None:
    """Defect 15: whatever else an account holds, only `available` can be withdrawn."""
    shop = till.shop.merchant
    others = [kind for kind in AccountKind if kind is not AccountKind.AVAILABLE]
    async with till.store.write() as session:
        await lock_merchant(session, shop.id)
        journal = Journal(shop.id, shop.currency, till.now)
        journal.transfer(
            key="others",
            kind=TransferKind.ADJUSTMENT,
            at=till.now,
            moves=[Move(Holding(AccountKind.CASH), Holding(kind, till.mei.id), 50_000) for kind in others],
        )
        await journal.post(session)
    with pytest.raises(TooMuch, match=r"the 100\.00 GBP that can be withdrawn"):
        await till.ask(10001)


# Who decides


async def test_nobody_decides_on_a_payout_to_themselves(till: Till) -> None:
    me = Actor.person(till.mei.person_id or 0)
    asked = await till.ask(2000)
    assert await outcome(till.approve(asked, me)) == "withdrawal_own"
    assert await outcome(till.refuse(asked, me)) == "withdrawal_own"
    approved = await till.approve(asked)
    assert await outcome(till.claim(approved, me)) == "withdrawal_own"
    paying = await till.claim(approved)
    with pytest.raises(OwnWithdrawal):
        await till.pay(paying, me)
    assert await till.balances() == {"available": 8000, "paying": 2000}


async def test_above_the_threshold_two_people_must_agree(till: Till) -> None:
    assert not (await till.ask(2000)).needs_second
    large = await till.ask(6001)
    first = await till.approve(large)
    assert (first.state, first.is_approved) == (WithdrawalState.REQUESTED, False)
    with pytest.raises(SecondPersonNeeded):
        await till.approve(first)
    assert await outcome(till.claim(first)) == "withdrawal_moved_on"
    second = await till.approve(first, BEN)
    assert (second.state, second.approved_by, second.seconded_by) == (
        WithdrawalState.APPROVED,
        ANN.name,
        BEN.name,
    )
    # Exactly the threshold needs one
    assert not (await till.terms()).needs_second(6000)


async def test_two_people_at_once_approve_once_and_two_approvals_pay_once(till: Till) -> None:
    asked = await till.ask(5000)
    ended = await asyncio.gather(*(outcome(till.approve(asked, by)) for by in (ANN, BEN) * 5))
    assert sorted(ended) == ["approved"] + ["withdrawal_moved_on"] * 9
    approved = await till.stands(asked)
    claimed = await asyncio.gather(*(outcome(till.claim(approved, by)) for by in (ANN, BEN) * 5))
    assert sorted(claimed) == ["paying"] + ["withdrawal_moved_on"] * 9
    paying = await till.stands(asked)
    paid = await asyncio.gather(*(outcome(till.pay(paying, by)) for by in (ANN, BEN) * 5))
    assert sorted(paid) == ["paid"] + ["withdrawal_moved_on"] * 9
    assert await till.balances() == {"available": 5000, "paid": 4900, "fees": 100}


async def test_one_person_at_once_from_two_phones_is_still_one_person(till: Till) -> None:
    large = await till.ask(7000)
    ended = await asyncio.gather(*(outcome(till.approve(large)) for _ in range(6)))
    assert sorted(ended) == ["requested"] + ["withdrawal_second_person"] * 5
    assert not (await till.stands(large)).is_approved


async def test_two_requests_at_once_cant_overdraw(till: Till) -> None:
    ended = await asyncio.gather(*(outcome(till.ask(4000, nonce=f"AT-ONCE-{n}")) for n in range(8)))
    assert sorted(ended) == ["requested"] * 2 + ["withdrawal_too_much"] * 6
    assert await till.balances() == {"available": 2000, "paying": 8000}
    assert await till.findings() == []


async def test_one_nonce_is_one_request(till: Till) -> None:
    ended = await asyncio.gather(*(outcome(till.ask(2000, nonce="SAME")) for _ in range(20)))
    assert sorted(ended) == ["requested"] + ["withdrawal_asked_already"] * 19
    with pytest.raises(AskedAlready) as caught:
        await till.ask(9000, nonce="SAME")
    assert caught.value.withdrawal.amount_minor == 2000
    assert await till.balances() == {"available": 8000, "paying": 2000}


async def test_what_was_agreed_to_happens_or_nothing(till: Till) -> None:
    account = await till.account()
    shown = Agreed(account.id, 70)
    await till.account("Mei Chen\nOther Bank\n12345678")
    async with till.store.write() as session:
        with pytest.raises(DomainError, match="changed since"):
            await request_withdrawal(
                session,
                till.shop.merchant,
                till.mei,
                2000,
                nonce="N",
                actor=ANN,
                now=till.now,
                agreed=shown,
            )


# Taking an approval back


async def test_an_approval_can_be_taken_back_for_five_minutes_while_nothing_is_paid(till: Till) -> None:
    approved = await till.approve(await till.ask(2000))
    till.later(minutes=5)
    undone = await till.undo(approved)
    assert (undone.state, undone.approved_by) == (WithdrawalState.REQUESTED, None)
    assert await outcome(till.undo(undone)) == "withdrawal_moved_on"
    approved = await till.approve(undone)
    till.later(minutes=5, seconds=1)
    with pytest.raises(TooLateToUndo):
        await till.undo(approved)
    paying = await till.claim(approved)
    assert await outcome(till.undo(paying)) == "withdrawal_moved_on"


async def test_the_second_agreement_gives_the_undo_its_time_anew(till: Till) -> None:
    first = await till.approve(await till.ask(7000))
    till.later(hours=3)
    second = await till.approve(first, BEN)
    till.later(minutes=4)
    undone = await till.undo(second, BEN)
    assert (undone.approved_by, undone.seconded_by) == (None, None)


# Who is told


async def told(till: Till) -> list[tuple[NoticeKind, int]]:
    table = table_of(NoticeRow)
    async with till.store.read() as session:
        rows = await session.execute(select(table.c.kind, table.c.person_id).order_by(table.c.id))
        return [(row.kind, row.person_id) for row in rows if row.kind.startswith("withdrawal")]


async def test_finance_people_are_told_of_a_request_but_not_who_asked(till: Till) -> None:
    ann, _viewer = await till.hire(11, "Ann"), await till.hire(12, "Vic", role=Role.VIEWER)
    ben = await till.hire(13, "Ben", role=Role.OWNER)
    async with till.store.write() as session:
        session.add(
            Staff(
                merchant_id=till.shop.merchant.id,
                person_id=till.mei.person_id or 0,
                role=Role.FINANCE,
                joined_at=till.now,
            )
        )
    large = await till.ask(7000)
    people = {
        Actor.person(person) for kind, person in await told(till) if kind is NoticeKind.WITHDRAWAL_ASKED
    }
    assert people == {ann, ben}
    # The second person is told when the first has agreed
    before = len(await told(till))
    await till.approve(large, ann)
    assert [Actor.person(person) for _, person in (await told(till))[before:]] == [ben]


async def test_the_distributor_is_told_of_each_end_and_of_an_approval_once_it_stands(till: Till) -> None:
    table = table_of(NoticeRow)
    await till.paid_out(2000)
    await till.refuse(await till.ask(2000))
    async with till.store.read() as session:
        rows = (
            await session.execute(
                select(table.c.facts, table.c.not_before).where(
                    table.c.kind == NoticeKind.WITHDRAWAL_MOVED, table.c.person_id == till.mei.person_id
                )
            )
        ).all()
    assert [(row.facts["state"], row.not_before - till.now) for row in rows] == [
        ("approved", timedelta(minutes=5)),
        ("paid", timedelta(0)),
        ("refused", timedelta(0)),
    ]


@pytest.mark.parametrize(
    "act", ["UPDATE withdrawal_move SET actor = 'nobody'", "DELETE FROM withdrawal_move"]
)
async def test_the_life_of_a_withdrawal_cant_be_rewritten(till: Till, act: str) -> None:
    one = await till.approve(await till.ask(2000))
    with pytest.raises(DBAPIError, match="append-only"):
        async with till.store.write() as session:
            await session.execute(text(act))
    async with till.store.read() as session:
        assert [move.actor for move in await moves_of(session, one.id)] == ["person 1", ANN.name]


# Paying


async def test_a_batch_takes_what_is_approved_once_and_can_be_read_again(till: Till) -> None:
    ben = await till.shop.distributor("ben")
    await till.earn(50, (await till.shop.link(ben)).code)
    await till.account("=HYPERLINK(1) Ben\nBank\n87654321", ben)
    first, second = (
        await till.approve(await till.ask(2000)),
        await till.approve(await till.ask(3000, whose=ben)),
    )
    await till.ask(2100)  # waits

    async def batch() -> MadeBatch | None:
        async with till.store.write() as session:
            try:
                return await make_batch(session, till.shop.merchant, seal=SEAL, actor=ANN, now=till.now)
            except NothingToPay:
                return None

    made = [found for found in await asyncio.gather(*(batch() for _ in range(4))) if found is not None]
    assert len(made) == 1
    async with till.store.read() as session:
        again = await batch_numbered(session, till.shop.merchant.id, 1, SEAL)
    assert made[0].orders == again.orders
    assert [(order.reference, order.amount_minor, order.account.number) for order in again.orders] == [
        (first.reference, 1930, "GB29NWBK60161331926819"),
        (second.reference, 2920, "87654321"),
    ]
    assert (again.batch.withdrawals, again.batch.total_minor) == (2, 4850)
    assert (await till.stands(first)).state is WithdrawalState.PAYING
    # The next batch has the next number
    await till.approve(await till.ask(2200))
    following = await batch()
    assert following is not None
    assert following.batch.number == 2


async def test_who_paid_by_hand_needs_no_claim_first(till: Till) -> None:
    approved = await till.approve(await till.ask(2000))
    async with till.store.write() as session:
        paid = await pay_by_hand(
            session, till.shop.merchant, approved, actor=ANN, now=till.now, reference="X1"
        )
    assert (paid.state, paid.provider) == (WithdrawalState.PAID, "manual")
    asked = await till.ask(2000)
    async with till.store.write() as session:
        with pytest.raises(MovedOn, match="is requested: it must be approved first"):
            await pay_by_hand(session, till.shop.merchant, asked, actor=ANN, now=till.now)


async def test_nobody_is_paid_by_hand_whose_accounts_contradict_themselves(till: Till) -> None:
    lee = await till.shop.distributor("lee")
    await till.earn(100, (await till.shop.link(lee)).code)
    await till.account(whose=lee)
    mine, other = [await till.approve(await till.ask(2000, whose=who)) for who in (till.mei, lee)]
    commissions = table_of(CommissionRow)
    theirs = commissions.c.distributor_id == till.mei.id
    async with till.store.write() as session:
        await session.execute(
            update(commissions).where(theirs).values(amount_minor=commissions.c.amount_minor - 1)
        )

    # Mei's commissions make a penny less than her account holds; Lee's have nothing to do with it
    with pytest.raises(BooksDiffer, match="so nothing is paid out: The distributor"):
        await till.claim(mine)
    assert (await till.stands(mine)).state is WithdrawalState.APPROVED
    assert (await till.pay(await till.claim(other))).state is WithdrawalState.PAID


async def test_what_is_unknown_stays_reserved_until_a_person_says(till: Till) -> None:
    lost = await till.lose(await till.claim(await till.approve(await till.ask(2000))))
    also = await till.lose(await till.claim(await till.approve(await till.ask(3000))))
    assert await till.balances() == {"available": 5000, "paying": 5000}
    async with till.store.read() as session:
        assert await waiting(session, till.shop.merchant.id) == 2
        assert await unanswered(session, till.now + timedelta(days=365)) == []
    await till.pay(lost)
    await till.fail(also)
    assert await till.balances() == {"available": 8000, "paid": 1930, "fees": 70}


async def test_withdrawals_that_dont_move_are_found(till: Till) -> None:
    undecided, lost = (
        await till.ask(2000),
        await till.lose(await till.claim(await till.approve(await till.ask(2100)))),
    )
    paying = await till.claim(await till.approve(await till.ask(2200)))

    async def stuck(after: timedelta) -> set[tuple[FindingKind, str]]:
        async with till.store.read() as session:
            found = await find_stuck(session, till.shop.merchant, till.now + after)
        return {(finding.kind, finding.subject) for finding in found if "withdrawal" in finding.subject}

    assert await stuck(timedelta(days=1)) == set()
    late = (FindingKind.STUCK_PAYOUT, f"withdrawal {lost.reference}")
    assert await stuck(timedelta(days=2)) == {late}
    waits = (FindingKind.STUCK_WITHDRAWAL, f"withdrawal {undecided.reference}")
    assert await stuck(timedelta(days=8)) == {late, waits}
    assert await stuck(timedelta(days=11)) == {
        late,
        waits,
        (FindingKind.STUCK_WITHDRAWAL, f"withdrawal {paying.reference}"),
    }


async def test_a_reference_is_found_however_it_is_read_out(till: Till) -> None:
    asked = await till.ask(2000)
    spoken = asked.reference.lower().replace("-", " ")
    async with till.store.read() as session:
        found = await withdrawal_by_reference(session, asked.merchant_id, f" {spoken} ")
    assert found.id == asked.id
    assert as_reference("nonsense!") == "nonsense!"


@pytest.mark.parametrize(
    ("minimum", "fee", "basis_points", "smallest"),
    [
        (0, 0, 0, 1),
        (2000, 50, 100, 2000),
        (0, 333, 0, 334),
        (0, 333, 3750, 533),
        (0, 0, 9999, 1),
        (100, 99, 1, 100),
    ],
)
def test_the_smallest_amount_is_one_that_arrives(
    minimum: int, fee: int, basis_points: int, smallest: int
) -> None:
    """Plans from before lint refused it may still have a fee that eats up their minimum."""
    terms = WithdrawalTerms("GBP", minimum, fee, basis_points, 3, None, 1)
    assert terms.smallest_minor == smallest
    assert smallest > terms.fee_of(smallest)
    assert smallest == max(minimum, 1) or smallest - 1 <= terms.fee_of(smallest - 1)
