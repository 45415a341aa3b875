"""Decisions on cases: what they do to release, money, distributor and order, and that each can be undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.errors import DomainError, Invalid
from models.funnel.events import Buyer
from models.funnel.orders import OrderRow
from models.money.cases.cases import TEXT_CHARS, Case, CaseKind, CaseState, case_by_id, cases, waiting
from models.money.cases.deciding import UNDO, CaseMoved, Decision, NothingToUndo
from models.money.cases.seeing import CaseSeen, LastDecision, last_decision, seen_in_order
from models.money.commissions import CommissionRow
from models.money.verify import verify
from models.people.distributors import Distributor, DistributorState
from models.store.audit import audit_of, broken_links
from models.store.outbox import NoticeKind, NoticeRow
from models.store.sql import table_of
from tests.builders import Shop, line, open_shop
from tests.models.books import Money, assert_books_in_order, click, money, notices, release
from tests.models.money.cases.people import decided, look, ring, seen, the_case, undone

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    return await shop.distributor("mei", person=await shop.person(4711))


async def held(shop: Shop, mei: Distributor, now: datetime) -> Case:
    """Mei on hold: six orders of 10.00 at 10 %, one of them received."""
    refs = await ring(shop, mei)
    await shop.tell(shop.received(refs[0], at=now))
    assert await look(shop, now) == 1
    return await the_case(shop)


async def stand(shop: Shop) -> dict[str, Any]:
    """Everything that a decision moves."""
    commission, order = table_of(CommissionRow), table_of(OrderRow)
    async with shop.store.read() as session:
        kept = select(commission.c.id, commission.c.state, commission.c.reason, commission.c.release_at)
        commissions = (await session.execute(kept.order_by(commission.c.id))).all()
        orders = (await session.execute(select(order.c.order_ref, order.c.counts))).all()
    return {"commissions": commissions, "counts": sorted(map(tuple, orders))}


async def as_seen(shop: Shop, case: Case) -> CaseSeen:
    """The case with what it keeps back and what it would."""
    async with shop.store.read() as session:
        [found] = await seen_in_order(session, [case])
    return found


@pytest.mark.parametrize(
    ("decision", "kept"), [(Decision.CLEAR, 0), (Decision.SUSPEND, 600), (Decision.REFUSE, 0)]
)
async def test_what_was_decided_is_known_by_its_amount_until_it_is_undone(
    shop: Shop, mei: Distributor, now: datetime, decision: Decision, kept: int
) -> None:
    case = await held(shop, mei, now)
    assert last_decision(case) is None

    case = await decided(shop, case, decision, now + MINUTE)
    last = LastDecision(decision, 600, now + MINUTE, now + MINUTE + UNDO)
    assert last_decision(case) == last_decision((await as_seen(shop, case)).case) == last
    assert (await as_seen(shop, case)).under_review_minor == kept

    assert last_decision(await undone(shop, case, now + 2 * MINUTE)) is None


def states(stood: dict[str, Any]) -> list[tuple[str, str | None]]:
    return sorted({(str(row.state), row.reason and str(row.reason)) for row in stood["commissions"]})


async def test_a_hold_stops_release_and_tells_who_and_when(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    case = await held(shop, mei, now)

    assert (case.state, {signal.kind.value for signal in case.evidence}) == (
        CaseState.HOLD,
        {"one_address", "quick"},
    )
    assert states(await stand(shop)) == [("review", "case")]
    assert (await seen(shop, mei)).on_hold
    await release(shop, now + 300 * DAY)
    assert await money(shop, mei) == Money(held=600, available=0)
    assert case.expected_at == now + 3 * DAY
    assert NoticeKind.CASE_HELD in await notices(shop)
    async with shop.store.read() as session:
        assert await waiting(session, shop.merchant.id) == 1


async def test_the_buyer_order_goes_on_whatever_is_on_hold(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    await held(shop, mei, now)
    link = await shop.link(mei)
    receipts = await shop.tell(
        shop.paid("late", line(), code=link.code, at=now),
        shop.received("mei-1", at=now),
        shop.refunded("mei-2", full=True, at=now),
    )
    assert [str(receipt.status) for receipt in receipts] == ["accepted"] * 3
    # What is earned meanwhile is under review at once; what came back is gone.
    assert states(await stand(shop)) == [("refunded", "case"), ("review", "case")]
    assert await money(shop, mei) == Money(held=600, available=0)


@pytest.mark.parametrize("decision", [Decision.CLEAR, Decision.SUSPEND, Decision.REFUSE])
async def test_undone_within_ten_minutes_all_is_as_before(
    shop: Shop, mei: Distributor, now: datetime, decision: Decision
) -> None:
    # Given some commissions that are due for long, so that a release would take them at once
    case, later = await held(shop, mei, now), now + 20 * DAY
    before, purse = await stand(shop), await money(shop, mei)
    on_hold = await seen(shop, mei)

    # When the case is decided, runs go by, and the decision is undone in its last minute
    await decided(shop, case, decision, later)
    await release(shop, later + MINUTE)
    back = await undone(shop, case, later + UNDO - MINUTE)

    # Then nothing has happened, and nobody was told
    assert (back.state, back.expires_at) == (case.state, case.expires_at)
    assert await stand(shop) == before
    assert await money(shop, mei) == purse
    now_stands = await seen(shop, mei)
    assert (now_stands.on_hold, now_stands.state) == (on_hold.on_hold, on_hold.state)
    assert NoticeKind.CASE_DECIDED not in await notices(shop)
    await assert_books_in_order(shop.store)
    # And it may be decided anew, money and all
    await decided(shop, back, Decision.REFUSE, later + UNDO)
    assert await money(shop, mei) == Money(held=0, available=0)
    await assert_books_in_order(shop.store)


async def test_cleared_commissions_go_on_from_where_they_were(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    case = await held(shop, mei, now)
    dates = {row.id: row.release_at for row in (await stand(shop))["commissions"]}

    await decided(shop, case, Decision.CLEAR, now + MINUTE)

    stood = await stand(shop)
    assert states(stood) == [("awaiting", None), ("held", None)]
    assert {row.id: row.release_at for row in stood["commissions"]} == dates
    assert not (await seen(shop, mei)).on_hold
    await release(shop, now + 30 * DAY)
    assert await money(shop, mei) == Money(held=0, available=600)
    async with shop.store.read() as session:
        assert await waiting(session, shop.merchant.id) == 0
        assert await verify(session, shop.merchant) == []


async def test_what_is_due_settles_at_the_first_run_after_the_time_to_undo(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    case, later = await held(shop, mei, now), now + 30 * DAY - MINUTE
    await decided(shop, case, Decision.CLEAR, later)
    await release(shop, later + UNDO - MINUTE)
    assert await money(shop, mei) == Money(held=600, available=0)
    await release(shop, later + UNDO)
    assert await money(shop, mei) == Money(held=0, available=600)
    with pytest.raises(NothingToUndo):
        await undone(shop, case, later + UNDO)


async def test_refused_money_is_the_shops_again_and_its_orders_count_no_more(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    case = await held(shop, mei, now)
    await shop.tell(shop.refunded("mei-3", amount_minor=500, at=now))

    await decided(shop, case, Decision.REFUSE, now, note="The same flat, seen by us")

    stood = await stand(shop)
    assert states(stood) == [("void", "case")]
    assert {counts for _, counts in stood["counts"]} == {False}
    assert await money(shop, mei) == Money(held=0, available=0)
    await assert_books_in_order(shop.store)
    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) == []
        [entry, *_] = await audit_of(session, shop.merchant.id, case.subject)
        assert await broken_links(session, shop.merchant.id) == []
    assert (entry.act, entry.actor, entry.why) == ("case.refuse", "person 17", "The same flat, seen by us")
    assert entry.after == {"state": "refused", "under_review_minor": 550}


async def test_a_refusal_is_not_undone_once_an_order_of_it_came_back(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    case = await held(shop, mei, now)
    await decided(shop, case, Decision.REFUSE, now)
    await shop.tell(shop.refunded("mei-1", full=True, at=now))
    with pytest.raises(NothingToUndo, match="refunded since"):
        await undone(shop, case, now + MINUTE)
    await assert_books_in_order(shop.store)


async def test_a_suspension_keeps_the_review_until_somebody_lifts_it(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    case = await decided(shop, await held(shop, mei, now), Decision.SUSPEND, now)
    assert (await seen(shop, mei)).state is DistributorState.SUSPENDED
    await look(shop, now + 200 * DAY)
    assert (await the_case(shop)).state is CaseState.SUSPENDED

    # Not paying leaves the suspension, clearing lifts it
    case = await decided(shop, case, Decision.REFUSE, now + DAY)
    assert (case.state, await money(shop, mei)) == (CaseState.SUSPENDED, Money(0, 0))
    await decided(shop, case, Decision.CLEAR, now + 2 * DAY)
    again = await seen(shop, mei)
    assert (again.state, again.on_hold) == (DistributorState.ACTIVE, False)


async def test_only_the_first_of_two_deciders_decides(shop: Shop, mei: Distributor, now: datetime) -> None:
    case = await held(shop, mei, now)
    await decided(shop, case, Decision.CLEAR, now, turn=case.turn)
    for decision in Decision:
        with pytest.raises(CaseMoved):
            await decided(shop, case, decision, now, turn=case.turn)
    with pytest.raises(CaseMoved):
        await decided(shop, case, Decision.REFUSE, now)


async def test_a_watch_holds_nothing_until_a_person_says_so(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    link = await shop.link(mei)
    for number in range(6):
        at = now - timedelta(hours=3 * number + 1, minutes=number)
        buyer = Buyer(customer=f"c{number}", ip="the office")
        await shop.tell(shop.paid(f"o{number}", line(), code=link.code, buyer=buyer, at=at))
        await click(shop, link, at - timedelta(minutes=4), f"v{number}")
    assert await look(shop, now) == 0
    case = await the_case(shop)
    assert case.state is CaseState.WATCH
    assert states(await stand(shop)) == [("awaiting", None)]
    with pytest.raises(CaseMoved):
        await decided(shop, case, Decision.REFUSE, now)

    before = await stand(shop)
    would = (await as_seen(shop, case)).unreleased_minor
    case = await decided(shop, case, Decision.HOLD, now)
    assert states(await stand(shop)) == [("review", "case")]
    # What the card had said that a hold concerns is what it holds
    holds = await as_seen(shop, case)
    assert would == holds.under_review_minor == 600
    assert holds.unreleased_minor == 0
    await undone(shop, case, now + MINUTE)
    assert await stand(shop) == before
    assert not (await seen(shop, mei)).on_hold
    assert (await the_case(shop)).state is CaseState.WATCH


async def own_purchase(shop: Shop, mei: Distributor, now: datetime) -> Case:
    link = await shop.link(mei)
    async with shop.store.write() as session:
        found = await session.get_one(Distributor, mei.id)
        found.email_hash = "mine"
    await shop.tell(shop.paid("own", line(), code=link.code, buyer=Buyer(email="mine"), at=now))
    await look(shop, now)
    case = await the_case(shop)
    assert (case.kind, case.state) == (CaseKind.OWN_PURCHASE, CaseState.HOLD)
    return case


@pytest.mark.parametrize(
    ("decision", "state", "left"),
    [(Decision.CLEAR, ("awaiting", None), 100), (Decision.REFUSE, ("void", "self_purchase"), 0)],
)
async def test_an_own_purchase_is_paid_or_not_and_undone(
    shop: Shop, mei: Distributor, now: datetime, decision: Decision, state: tuple[str, str | None], left: int
) -> None:
    case = await own_purchase(shop, mei, now)
    before = await stand(shop)

    await decided(shop, case, decision, now)
    assert states(await stand(shop)) == [state]
    assert await money(shop, mei) == Money(held=left, available=0)
    await assert_books_in_order(shop.store)

    await undone(shop, case, now + MINUTE)
    assert await stand(shop) == before
    assert await money(shop, mei) == Money(held=100, available=0)
    await assert_books_in_order(shop.store)
    # The next look finds the same case, not a second one.
    await look(shop, now + DAY)
    assert (await the_case(shop)).id == case.id


async def test_an_own_purchase_that_is_paid_waits_for_the_case_of_its_distributor(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    await held(shop, mei, now)
    link = await shop.link(mei)
    async with shop.store.write() as session:
        (await session.get_one(Distributor, mei.id)).email_hash = "mine"
    await shop.tell(shop.paid("own", line(), code=link.code, buyer=Buyer(email="mine"), at=now))
    await look(shop, now)
    async with shop.store.read() as session:
        found = await cases(session, shop.merchant.id)
    own = next(case for case in found if case.kind is CaseKind.OWN_PURCHASE)
    before = await stand(shop)
    await decided(shop, own, Decision.CLEAR, now)
    assert states(await stand(shop)) == [("review", "case")]
    await undone(shop, own, now)
    assert await stand(shop) == before


async def test_nobody_decides_cases_of_another_shop(shop: Shop, mei: Distributor, now: datetime) -> None:
    case = await held(shop, mei, now)
    other = await open_shop(shop.store, now)
    with pytest.raises(DomainError, match="There is no case"):
        await decided(other, case, Decision.CLEAR, now)
    with pytest.raises(Invalid):
        await decided(shop, case, Decision.CLEAR, now, note="x" * (TEXT_CHARS + 1))
    async with shop.store.read() as session:
        assert (await case_by_id(session, shop.merchant.id, case.id)).state is CaseState.HOLD


async def test_people_are_told_once_the_time_to_undo_is_over(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    case = await held(shop, mei, now)
    await decided(shop, case, Decision.CLEAR, now)
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        [notice] = (await session.execute(select(table).where(table.c.kind == NoticeKind.CASE_DECIDED))).all()
    assert (notice.not_before, notice.facts["amount_minor"]) == (now + UNDO, 600)
