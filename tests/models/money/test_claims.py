"""Claims: filed once, decided once, taken back for five minutes; what is granted stands in the books."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.errors import DomainError, Invalid, NotFound
from models.funnel.events import RefundedLine
from models.money.claim_decisions import (
    UNDO_FOR,
    AlreadyDecided,
    OwnClaim,
    SecondPersonNeeded,
    TooLateToUndo,
    grant,
    is_on_its_way,
    refuse,
    undo,
)
from models.money.claim_notices import ClaimDecided, ClaimFacts, ClaimFiled, claim_facts
from models.money.claim_worth import MoreThanOrder, would_have_earned
from models.money.claims import (
    MOST_AN_ORDER,
    MOST_OPEN,
    TEXT_CHARS,
    Claim,
    ClaimOpen,
    ClaimState,
    NothingSaid,
    TextTooLong,
    TooManyClaims,
    add_picture,
    claim_by_id,
    claim_picture,
    claims_at,
    file_claim,
    waiting,
    withdraw_claim,
)
from models.money.commissions import CommissionState
from models.money.entries import Entry, entries
from models.money.goodwill import Goodwill
from models.money.ledger import AccountKind, balances_of
from models.money.verify import verify
from models.people.distributors import Distributor
from models.people.levels import BEGINNING, set_level
from models.people.merchants import lock_merchant
from models.people.staff import Role, Staff
from models.store.audit import COMMAND, Actor, audit_of, broken_links
from models.store.engine import Store
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.models.payouts import open_till

OLGA, PAT = Actor.person(1), Actor.person(2)
PLAN = BASE_PLAN + '\nwithdrawal: {second_person_above: "50.00"}\n'


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    shop = await open_shop(store, now)
    await shop.plan(PLAN)
    return shop


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    return await shop.distributor("mei", person=await shop.person(7))


async def filed(
    shop: Shop,
    who: Distributor,
    number: str = "549000",
    words: str = "My customer!",
    picture: bytes | None = None,
) -> Claim:
    async with shop.store.write() as session:
        return await file_claim(
            session, shop.merchant, who, number=number, words=words, picture=picture, now=shop.now
        )


async def decided(
    shop: Shop, decide: Callable[..., Awaitable[Claim]], claim: Claim, *args: int, **kwargs: object
) -> Claim:
    """One decision in its own transaction."""
    kwargs = {"actor": OLGA, "now": shop.now, **kwargs}
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        return await decide(session, merchant, claim.id, *args, **kwargs)


async def available(shop: Shop, who: Distributor) -> int:
    async with shop.store.read() as session:
        return (await balances_of(session, shop.merchant.id, "GBP", who.id))[AccountKind.AVAILABLE]


async def told(shop: Shop) -> list[tuple[NoticeKind, datetime]]:
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        rows = await session.execute(select(table.c.kind, table.c.not_before).order_by(table.c.id))
        return [(row.kind, row.not_before) for row in rows]


async def books_in_order(shop: Shop) -> None:
    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) == []
        assert await broken_links(session, shop.merchant.id) == []


async def test_a_granted_claim_pays_goodwill_and_stands_in_the_books(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    """Given an order without a link, when the claim is granted, then the payee stays and the books agree."""
    await shop.tell(shop.paid("549000", line(price="20.00")))
    claim = await filed(shop, mei)
    granted = await decided(shop, grant, claim, 200)
    assert (granted.state, granted.granted_minor, granted.decided_by) == (ClaimState.GRANTED, 200, "person 1")
    assert await available(shop, mei) == 200
    await books_in_order(shop)
    async with shop.store.read() as session:
        [entry] = await audit_of(session, shop.merchant.id, f"claim {claim.id}")
        assert await waiting(session, shop.merchant.id) == 0
    assert (entry.act, entry.actor) == ("claim.grant", "person 1")
    # The claimant is told when nobody can take it back any more
    assert (NoticeKind.CLAIM_DECIDED, now + UNDO_FOR) in await told(shop)


async def test_a_decision_is_taken_back_for_five_minutes_and_can_be_made_anew(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    claim = await filed(shop, mei)
    await decided(shop, grant, claim, 200)
    back = await decided(shop, undo, claim, now=now + UNDO_FOR - timedelta(seconds=1))
    assert (back.state, back.round, back.granted_minor) == (ClaimState.OPEN, 1, None)
    assert (await available(shop, mei), await told(shop)) == (0, [])
    await books_in_order(shop)
    # A button from before grants nothing, one from now does
    with pytest.raises(AlreadyDecided):
        await decided(shop, grant, claim, 200, in_round=0)
    await decided(shop, grant, claim, 300, in_round=1)
    assert await available(shop, mei) == 300
    with pytest.raises(TooLateToUndo):
        await decided(shop, undo, claim, now=now + UNDO_FOR)
    with pytest.raises(TooLateToUndo):
        await decided(shop, undo, claim, in_round=0)
    await books_in_order(shop)


async def test_a_refusal_carries_its_reason_and_can_be_taken_back(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    claim = await filed(shop, mei)
    refused = await decided(shop, refuse, claim, note="  No click. ")
    assert (refused.state, refused.note) == (ClaimState.REFUSED, "No click.")
    with pytest.raises(AlreadyDecided):
        await decided(shop, grant, claim, 100)
    assert (await decided(shop, undo, claim)).note == ""
    with pytest.raises(Invalid):
        await decided(shop, refuse, claim, note="W" * 501)


async def test_two_decisions_at_once_count_once(shop: Shop, mei: Distributor) -> None:
    claim = await filed(shop, mei)
    results = await asyncio.gather(
        *(decided(shop, grant, claim, 200, actor=Actor.person(n), in_round=0) for n in range(10, 15)),
        *(decided(shop, refuse, claim, actor=Actor.person(n), in_round=0) for n in range(15, 20)),
        return_exceptions=True,
    )
    assert [type(one) for one in results].count(Claim) == 1
    assert all(isinstance(one, Claim | AlreadyDecided) for one in results)
    async with shop.store.read() as session:
        state = (await claim_by_id(session, shop.merchant.id, claim.id)).state
    assert await available(shop, mei) == (200 if state is ClaimState.GRANTED else 0)
    await books_in_order(shop)


async def test_a_large_amount_needs_a_second_person(shop: Shop, mei: Distributor) -> None:
    claim = await filed(shop, mei)
    proposed = await decided(shop, grant, claim, 5001)
    assert (proposed.state, proposed.proposed_minor, proposed.proposed_by) == (
        ClaimState.OPEN,
        5001,
        "person 1",
    )
    with pytest.raises(SecondPersonNeeded):
        await decided(shop, grant, claim, 5001)
    # Another amount of hers only takes the place of the first
    assert (await decided(shop, grant, claim, 6000)).proposed_minor == 6000
    assert await available(shop, mei) == 0
    assert (await decided(shop, grant, claim, 6000, actor=PAT)).state is ClaimState.GRANTED
    assert await available(shop, mei) == 6000
    await books_in_order(shop)


async def test_nobody_decides_a_claim_of_their_own(shop: Shop, mei: Distributor) -> None:
    assert mei.person_id is not None
    claim = await filed(shop, mei)
    for decide, args in ((grant, (100,)), (refuse, ()), (undo, ())):
        with pytest.raises(OwnClaim):
            await decided(shop, decide, claim, *args, actor=Actor.person(mei.person_id))


@pytest.mark.parametrize("amount", [0, -1, 10**13])
async def test_an_amount_that_is_none_is_refused(shop: Shop, mei: Distributor, amount: int) -> None:
    claim = await filed(shop, mei)
    with pytest.raises(Invalid):
        await decided(shop, grant, claim, amount)
    assert await available(shop, mei) == 0


@pytest.mark.parametrize(
    ("steps", "is_there"),
    [
        ((), True),
        (("ask",), False),
        (("ask", "refuse"), True),
        (("ask", "approve", "claim", "pay"), False),
        (("ask", "approve", "claim", "fail"), True),
    ],
    ids=["untouched", "asked for", "refused", "paid", "failed"],
)
async def test_goodwill_that_was_withdrawn_is_not_taken_back(
    store: Store, now: datetime, steps: tuple[str, ...], *, is_there: bool
) -> None:
    till = await open_till(store, now, pounds=0)
    shop = till.shop
    claim = await decided(shop, grant, await filed(shop, till.mei), 5000)
    one = None
    for step in steps:
        one = await till.ask(5000) if one is None else await getattr(till, step)(one)

    async with store.read() as session:
        assert await is_on_its_way(session, shop.merchant, claim) is not is_there
    if is_there:
        assert (await decided(shop, undo, claim)).state is ClaimState.OPEN
    else:
        with pytest.raises(TooLateToUndo, match="withdrawn already"):
            await decided(shop, undo, claim)
    await books_in_order(shop)


async def test_goodwill_is_never_more_than_the_order_whoever_agrees(shop: Shop, mei: Distributor) -> None:
    """Given an order of 60.00 and one that nobody knows, then only the first sets a limit."""
    await shop.tell(shop.paid("549000", line(price="60.00")))
    known, unknown = await filed(shop, mei), await filed(shop, mei, "1")

    with pytest.raises(MoreThanOrder, match=r"order 549000 came to 60\.00 GBP"):
        await decided(shop, grant, known, 6001)
    assert (await decided(shop, grant, known, 6000)).proposed_minor == 6000
    assert (await decided(shop, grant, known, 6000, actor=PAT)).granted_minor == 6000
    assert (await decided(shop, grant, unknown, 6001)).proposed_minor == 6001
    await books_in_order(shop)


async def test_goodwill_stands_among_the_entries_in_order_of_time_on_whatever_page(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    """Given two orders with goodwill between them and behind, then no page repeats or leaves any out."""
    code, hour = (await shop.link(mei)).code, timedelta(hours=1)
    lee = await shop.distributor("lee")
    await shop.tell(
        shop.paid("old", line(), code=code, at=now), shop.paid("new", line(), code=code, at=now + 2 * hour)
    )
    for who, number, at in ((mei, "c1", now + hour), (mei, "c2", now + 3 * hour), (lee, "c3", now + hour)):
        await decided(shop, grant, await filed(shop, who, number), 150, now=at)
    await decided(shop, undo, await taken_back(shop, mei, now + hour), now=now + hour)

    async def listed(limit: int, state: CommissionState | None = None) -> list[str]:
        seen, cursor = [], None
        while True:
            async with shop.store.read() as session:
                page = await entries(
                    session, shop.merchant.id, mei.id, after=cursor, limit=limit, state=state
                )
            assert len(page.items) <= limit
            seen += [each.order_ref if isinstance(each, Goodwill) else ref(each) for each in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return seen

    for limit in (1, 2, 3, 4, 9):
        assert await listed(limit) == ["c2", "new", "c1", "old"]
    assert await listed(9, CommissionState.AVAILABLE) == ["c2", "c1"]
    assert await listed(9, CommissionState.AWAITING) == ["new", "old"]


def ref(entry: Entry) -> str:
    assert entry.order is not None
    return entry.order.ref


async def taken_back(shop: Shop, who: Distributor, at: datetime) -> Claim:
    """A claim that was granted a moment ago."""
    return await decided(shop, grant, await filed(shop, who, "c4"), 150, now=at)


async def test_another_shops_claim_is_not_there(
    shop: Shop, mei: Distributor, store: Store, now: datetime
) -> None:
    claim = await filed(shop, mei)
    other = await open_shop(store, now)
    with pytest.raises(NotFound):
        await decided(other, grant, claim, 100)
    async with store.read() as session:
        assert list(await claims_at(session, other.merchant.id)) == []
        assert [each.id for each in await claims_at(session, shop.merchant.id)] == [claim.id]


@pytest.mark.parametrize(
    ("words", "refused"), [("", NothingSaid), (" \n ", NothingSaid), ("W" * (TEXT_CHARS + 1), TextTooLong)]
)
async def test_words_that_cannot_be_taken_are_refused(
    shop: Shop, mei: Distributor, words: str, refused: type[DomainError]
) -> None:
    with pytest.raises(refused):
        await filed(shop, mei, words=words)
    assert (await filed(shop, mei, words="W" * TEXT_CHARS)).state is ClaimState.OPEN


async def test_one_open_claim_an_order_however_it_is_spelled(shop: Shop, mei: Distributor) -> None:
    lee = await shop.distributor("lee")
    claim = await filed(shop, mei, "#0549")
    with pytest.raises(ClaimOpen) as refused:
        await filed(shop, mei, "549")
    assert refused.value.claim_id == claim.id
    await filed(shop, lee, "549")
    # Withdrawn, it can be filed again; but not for ever
    for _ in range(MOST_AN_ORDER - 1):
        async with shop.store.write() as session:
            assert await withdraw_claim(session, claim, shop.now)
            assert not await withdraw_claim(session, claim, shop.now)
        claim = await filed(shop, mei, "549")
    await decided(shop, refuse, claim)
    with pytest.raises(TooManyClaims):
        await filed(shop, mei, "549")


async def test_two_taps_at_once_file_one_claim(shop: Shop, mei: Distributor) -> None:
    results = await asyncio.gather(*(filed(shop, mei) for _ in range(8)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["Claim"] + ["ClaimOpen"] * 7


async def test_whoever_has_many_open_claims_waits(shop: Shop, mei: Distributor) -> None:
    for number in range(MOST_OPEN):
        await filed(shop, mei, f"{number}x")
    with pytest.raises(TooManyClaims):
        await filed(shop, mei, "one more")


async def test_a_picture_stands_beside_the_claim_until_it_is_decided(shop: Shop, mei: Distributor) -> None:
    claim = await filed(shop, mei, words="", picture=b"first")
    async with shop.store.write() as session:
        assert await add_picture(session, claim, b"second")
        assert await claim_picture(session, claim) == b"second"
    await decided(shop, refuse, claim)
    async with shop.store.write() as session:
        assert not await add_picture(session, claim, b"third")
        assert await claim_picture(session, claim) == b"second"


async def test_the_shops_people_who_may_decide_are_told(shop: Shop, mei: Distributor) -> None:
    assert mei.person_id is not None
    people = {chat: await shop.person(chat) for chat in (101, 102, 103)}
    roles = {101: Role.OWNER, 102: Role.FINANCE, 103: Role.VIEWER}
    async with shop.store.write() as session:
        for chat, person in people.items():
            session.add(
                Staff(merchant_id=shop.merchant.id, person_id=person.id, role=roles[chat], joined_at=shop.now)
            )
        session.add(
            Staff(
                merchant_id=shop.merchant.id, person_id=mei.person_id, role=Role.OPERATOR, joined_at=shop.now
            )
        )
    await filed(shop, mei)
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        readers = set((await session.execute(select(table.c.person_id))).scalars())
    # Not the viewer, and not the claimant, who works there, too
    assert readers == {people[101].id, people[102].id}


async def test_both_are_told_what_stands_when_it_is_sent(shop: Shop, mei: Distributor) -> None:
    """Given a claim that is granted, taken back and refused, then each notice tells what stands, or nothing."""
    assert mei.person_id is not None
    claim = await filed(shop, mei, picture=b"proof")

    async def says() -> list[ClaimFacts]:
        notices = [
            Notice(
                merchant_id=shop.merchant.id,
                person_id=mei.person_id or 0,
                key=kind,
                kind=kind,
                facts={"claim_id": claim.id},
                not_before=shop.now,
                created_at=shop.now,
            )
            for kind in (NoticeKind.CLAIM_FILED, NoticeKind.CLAIM_DECIDED)
        ]
        async with shop.store.read() as session:
            return list((await claim_facts(session, notices)).values())

    [new] = await says()
    assert isinstance(new, ClaimFiled)
    assert (new.order_ref, new.claimant, new.has_picture) == ("549000", "mei", True)
    await decided(shop, grant, claim, 200)
    [granted] = await says()
    assert isinstance(granted, ClaimDecided)
    assert (granted.granted_minor, granted.shop.currency) == (200, "GBP")
    await decided(shop, undo, claim)
    assert await says() == [new]
    await decided(shop, refuse, claim, note="No click.")
    [refused] = await says()
    assert isinstance(refused, ClaimDecided)
    assert (refused.granted_minor, refused.note) == (None, "No click.")


@pytest.mark.parametrize("is_own", [True, False])
async def test_the_shop_is_told_whether_the_order_is_the_claimants_already(shop: Shop, is_own: bool) -> None:
    ada, bo = await shop.distributor("ada"), await shop.distributor("bo")
    await shop.tell(shop.paid("549001", line("1", "MUG"), code=(await shop.link(ada if is_own else bo)).code))
    claim = await filed(shop, ada, "549001")
    notice = Notice(
        merchant_id=shop.merchant.id,
        person_id=1,
        key="told",
        kind=NoticeKind.CLAIM_FILED,
        facts={"claim_id": claim.id},
        not_before=shop.now,
        created_at=shop.now,
    )
    async with shop.store.read() as session:
        [told] = (await claim_facts(session, [notice])).values()
    assert isinstance(told, ClaimFiled)
    assert told.is_own is is_own


async def test_the_offer_is_what_the_plan_would_have_paid_less_refunds(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    """12 % of 20.00 as a leader, of which half was refunded; what the claimant has already is taken off."""
    await shop.tell(
        shop.paid("1", line(price="20.00", quantity=2)),
        shop.refunded("1", lines=[RefundedLine(line_ref="1", quantity=1)]),
        shop.paid("mine", line(price="20.00"), code=(await shop.link(mei)).code),
        shop.paid("placed", line(), placed=True),
    )
    async with shop.store.write() as session:
        await set_level(
            session,
            merchant_id=shop.merchant.id,
            distributor_id=mei.id,
            level="leader",
            since=BEGINNING,
        )
    offers = {}
    for number in ("1", "mine", "placed", "never"):
        claim = await filed(shop, mei, number)
        async with shop.store.read() as session:
            offers[number] = await would_have_earned(session, shop.merchant, claim)
    assert offers == {"1": 240, "mine": 40, "placed": None, "never": None}


async def test_the_command_line_decides_too(shop: Shop, mei: Distributor) -> None:
    claim = await filed(shop, mei)
    assert (await decided(shop, grant, claim, 100, actor=COMMAND)).decided_by == "command"
