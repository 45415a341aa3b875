"""The hourly look: what it opens, raises, leaves alone and ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jobs.cases import OVERLAP, REACHED
from models.errors import Invalid
from models.funnel.events import Buyer
from models.money.cases.appealing import NoAppeal, appeal
from models.money.cases.cases import CaseState, cases
from models.money.cases.deciding import Decision
from models.money.cases.facts import same_account
from models.money.cases.thresholds import set_thresholds, thresholds_of
from models.money.payout_accounts import keep_account
from models.money.payout_forms import AccountKind as HowPaid
from models.money.payout_forms import read_account
from models.people.distributors import Distributor
from models.people.merchants import lock_merchant
from models.people.staff import Role
from models.store.audit import COMMAND, audit_of
from models.store.deployment import keep, kept
from models.store.outbox import NoticeKind
from tests.builders import Shop, line, open_shop
from tests.models.books import Money, click, money, notices, release
from tests.models.money.cases.people import decided, look, ring, seen, the_case
from tests.models.payouts import IBAN, SEAL
from tests.models.people.test_permissions import hired

DAY = timedelta(days=1)


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    return await shop.distributor("mei", person=await shop.person(4711))


async def test_honest_people_have_no_case_and_another_shop_has_its_own(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    other = await open_shop(shop.store, now)
    await other.plan()
    zoe = await other.distributor("zoe")
    link = await shop.link(mei)
    for number in range(8):
        at = now - timedelta(hours=number * number + 1)
        await click(shop, link, at - timedelta(minutes=6), f"v{number}")
        buyer = Buyer(customer=f"c{number}", ip=f"home {number}")
        await shop.tell(shop.paid(f"o{number}", line(), code=link.code, buyer=buyer, at=at))
    await ring(other, zoe)

    assert await look(shop, now) == 1

    assert (await the_case(other)).distributor_id == zoe.id
    async with shop.store.read() as session:
        assert await cases(session, shop.merchant.id) == []


async def test_a_watch_becomes_a_hold_when_a_second_ground_is_found(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    link = await shop.link(mei)
    for number in range(6):
        buyer = Buyer(customer=f"c{number}", ip="one")
        at = now - timedelta(hours=30 + number, minutes=7 * (number % 3))
        await shop.tell(shop.paid(f"o{number}", line(), code=link.code, buyer=buyer, at=at))
    await look(shop, now)
    watch = await the_case(shop)
    assert (watch.state, watch.expires_at) == (CaseState.WATCH, now + 30 * DAY)

    await ring(shop, mei, orders=5, first=10)
    assert await look(shop, now + timedelta(hours=1)) == 1

    hold = await the_case(shop)
    assert (hold.id, hold.state, hold.turn) == (watch.id, CaseState.HOLD, watch.turn + 1)
    assert (await seen(shop, mei)).on_hold


async def test_three_who_are_paid_out_to_one_account_are_a_ground_of_their_own(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    # Given Mei's six orders from one address, which are only watched
    link = await shop.link(mei)
    for number in range(6):
        buyer = Buyer(customer=f"c{number}", ip="one")
        at = now - timedelta(hours=number * number + 1)
        await shop.tell(shop.paid(f"o{number}", line(), code=link.code, buyer=buyer, at=at))
    zoe, bo, last = [await shop.distributor(name) for name in ("zoe", "bo", "last")]

    # When one, two and three others are paid out to her account, of whom one takes another later
    held = []
    for seller in (mei, zoe, bo, last):
        await pay_to(shop, seller, IBAN)
        held.append((await seen_accounts(shop, mei))[mei.id])
    await pay_to(shop, last, "GB82 WEST 1234 5698 7654 32")

    # Then a couple is a couple, and three are evidence
    assert held == [1, 2, 3, 4]
    assert await seen_accounts(shop, mei) == {mei.id: 3}
    assert await look(shop, now) == 1
    assert [signal.kind.value for signal in (await the_case(shop)).evidence] == [
        "one_address",
        "shared_account",
    ]


async def pay_to(shop: Shop, seller: Distributor, iban: str) -> None:
    async with shop.store.write() as session:
        details = read_account(HowPaid.BANK, f"Mei Chen\nBank of London\n{iban}")
        await keep_account(session, shop.merchant, seller, details, seal=SEAL, actor=COMMAND, now=shop.now)


async def seen_accounts(shop: Shop, seller: Distributor) -> dict[int, int]:
    async with shop.store.read() as session:
        return dict(await same_account(session, shop.merchant.id, [seller.id]))


async def test_what_was_cleared_is_not_found_again_until_there_is_more(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    await ring(shop, mei)
    await look(shop, now)
    await decided(shop, await the_case(shop), Decision.CLEAR, now)

    # The same orders move once more, and are no evidence any more
    await shop.tell(shop.refunded("mei-1", full=True, at=now))
    assert await look(shop, now + DAY) == 0
    async with shop.store.read() as session:
        assert await cases(session, shop.merchant.id) == []

    # Others are
    shop.now = now + 2 * DAY
    await ring(shop, mei, first=20)
    assert await look(shop, now + 2 * DAY) == 1


async def test_who_sold_nothing_since_is_not_looked_at_again(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    await ring(shop, mei)
    await look(shop, now)
    case = await the_case(shop)
    # Far behind the overlap of two looks: nobody's money moved since
    async with shop.store.write() as session:
        reached = int(await kept(session, REACHED) or 0)
        await keep(session, REACHED, str(reached + OVERLAP))
    await look(shop, now + DAY)
    assert (await the_case(shop)).seen_at == case.seen_at
    await ring(shop, mei, orders=1, first=30)
    async with shop.store.write() as session:
        await keep(session, REACHED, str(reached))
    await look(shop, now + 2 * DAY)
    assert (await the_case(shop)).seen_at == now + 2 * DAY


async def test_a_hold_that_nobody_decides_lets_go_at_its_date(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    await ring(shop, mei)
    await look(shop, now)
    await look(shop, now + 30 * DAY - timedelta(minutes=1))
    assert (await the_case(shop)).state is CaseState.HOLD

    await look(shop, now + 30 * DAY)

    assert not (await seen(shop, mei)).on_hold
    await release(shop, now + 30 * DAY)
    assert await money(shop, mei) == Money(held=0, available=600)
    assert (await notices(shop)).count(NoticeKind.CASE_DECIDED) == 1
    # The very orders of that case open no new one
    assert await look(shop, now + 31 * DAY) == 0


async def test_an_own_purchase_of_which_nothing_is_left_is_over(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    link = await shop.link(mei)
    async with shop.store.write() as session:
        (await session.get_one(Distributor, mei.id)).email_hash = "mine"
    await shop.tell(shop.paid("own", line(), code=link.code, buyer=Buyer(email="mine"), at=now))
    await look(shop, now)
    assert (await the_case(shop)).state is CaseState.HOLD
    await shop.tell(shop.refunded("own", full=True, at=now))
    await look(shop, now + DAY)
    async with shop.store.read() as session:
        assert await cases(session, shop.merchant.id) == []


async def test_staff_who_may_decide_are_told_once_a_run(shop: Shop, mei: Distributor, now: datetime) -> None:
    zoe = await shop.distributor("zoe")
    for number, role in enumerate(Role):
        person = await shop.person(number + 1, role)
        await hired(shop, person.id, role)
    await ring(shop, mei)
    await ring(shop, zoe)
    assert await look(shop, now) == 2
    # Owner, operator and finance; the viewer decides nothing
    assert (await notices(shop)).count(NoticeKind.CASE_WAITING) == 3


async def test_an_appeal_is_heard_once(shop: Shop, mei: Distributor, now: datetime) -> None:
    owner = await shop.person(1, "Olga")
    await hired(shop, owner.id, Role.OWNER)
    await ring(shop, mei)
    await look(shop, now)
    case = await the_case(shop)
    async with shop.store.write() as session:
        for empty in ("  ", "x" * 1001):
            with pytest.raises(Invalid):
                await appeal(session, shop.merchant.id, mei.id, case.id, empty, now)
        said = await appeal(session, shop.merchant.id, mei.id, case.id, " My whole floor buys. ", now)
        with pytest.raises(NoAppeal):
            await appeal(session, shop.merchant.id, mei.id, case.id, "And one more thing", now)
    assert (said.appeal, said.appealed_at) == ("My whole floor buys.", now)
    assert (await notices(shop)).count(NoticeKind.CASE_APPEAL) == 1


async def test_thresholds_are_the_merchants_own(shop: Shop, mei: Distributor, now: datetime) -> None:
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        changes = {"address_orders": 9, "quick_seconds": 5}
        terms = await set_thresholds(session, shop.merchant.id, changes, actor=COMMAND, now=now)
        assert (terms.address_orders, terms.quick_seconds, terms.window_days) == (9, 5, 30)
    await ring(shop, mei)
    assert await look(shop, now) == 0
    async with shop.store.read() as session:
        assert await cases(session, shop.merchant.id) == []

    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        back = dict.fromkeys(changes)
        await set_thresholds(session, shop.merchant.id, back, actor=COMMAND, now=now)
        for wrong in ({"speed": 3}, {"quick_seconds": 0}):
            with pytest.raises(Invalid):
                await set_thresholds(session, shop.merchant.id, wrong, actor=COMMAND, now=now)
        assert await thresholds_of(session, shop.merchant.id) == terms.model_validate({})
        entries = await audit_of(session, shop.merchant.id, "cases")
    assert [entry.before for entry in entries] == [changes, {}]
    assert await look(shop, now) == 1
