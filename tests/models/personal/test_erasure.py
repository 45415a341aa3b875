"""A person's data goes and the books stay; what is left of them names nobody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pydantic_core import to_json
from sqlalchemy import select

from models.catalog.coupons import Coupon
from models.catalog.searches import keep_search
from models.funnel.events import Buyer
from models.funnel.links import LinkState, own_link, rename_link
from models.money.asking import ask
from models.money.cases.cases import Case, CaseKind, CaseRow, CaseState
from models.money.claim_decisions import grant, refuse
from models.money.claims import ClaimState, claim_picture, claims_at, file_claim
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.money.payout_accounts import keep_account
from models.money.payout_forms import AccountKind as PayoutKind
from models.money.payout_forms import read_account
from models.money.verify import verify
from models.money.withdrawal_decisions import refuse as refuse_withdrawal
from models.money.withdrawals import request_withdrawal
from models.people.distributors import Distributor, DistributorState, enrolment, join
from models.people.distributors import distributor as distributor_of
from models.people.merchants import lock_merchant
from models.people.persons import Person, ask_person, meet_person, person_in_chat
from models.people.preferences import Preference, prefer
from models.people.privacy import chat_hash, email_hash
from models.people.staff import Role, Staff
from models.personal.erasure import LastOwner, MoneyLeft, StillPaying, erase, seal_of, stakes_of
from models.personal.export import personal_data
from models.personal.wiping import STAYS, WIPING
from models.store.audit import COMMAND, Actor, audit_of, broken_links
from models.store.engine import Store
from models.store.sql import insert_all
from models.tables import schema
from tests.builders import Shop, line, open_shop
from tests.models.books import click, release
from tests.models.payouts import SEAL

CHAT = 987_654_321_012
NAME, USERNAME, EMAIL = "Meihua Unmistakable", "meihua_the_unmistakable", "meihua@mail.example"
# Long enough that no hash or code in the store can spell one by chance.
TRACES = ("meihua unmistakable", "meihua_the_unmistakable", "meihua@mail", str(CHAT), "zh-unmistakable")


@dataclass(frozen=True)
class Mei:
    """Somebody who has done everything that one can do, at two shops."""

    shop: Shop
    other: Shop
    person: Person
    here: Distributor

    async def leaves(self, *, gives_up: bool = False, actor: Actor = COMMAND) -> None:
        async with self.shop.store.write() as session:
            await erase(session, self.person.id, actor=actor, gives_up=gives_up, now=self.shop.now)


async def met(store: Store, now: datetime) -> Person:
    async with store.write() as session:
        return await meet_person(
            session,
            chat_id=CHAT,
            name=NAME,
            username=USERNAME,
            client_language="zh-unmistakable"[:16],
            now=now,
        )


async def enrolled(shop: Shop, person: Person) -> Distributor:
    key = shop.merchant.customer_key
    async with shop.store.write() as session:
        joined = await join(
            session,
            merchant_id=shop.merchant.id,
            person=person,
            sponsor_id=None,
            chat_hash=chat_hash(key, CHAT),
            now=shop.now,
        )
        joined.email_hash = email_hash(key, EMAIL)
    return joined


@pytest.fixture
async def mei(store: Store, now: datetime) -> Mei:
    shop, other = await open_shop(store, now), await open_shop(store, now)
    await shop.plan()
    await other.plan()
    person = await met(store, now)
    here, there = await enrolled(shop, person), await enrolled(other, person)
    member = await shop.distributor("member")
    link = await shop.link(here)
    async with store.write() as session:
        kept = await session.merge(member)
        kept.sponsor_id = here.id
        await rename_link(session, await own_link(session, here.id, link.id), f"for {NAME}")
        await keep_search(session, person.id, f"lamp {NAME}", now)
        await prefer(session, Preference(person_id=person.id, zone="Asia/Shanghai"))
        await ask_person(session, person.id, "ask:number", now)
        await ask(session, shop.merchant, here, NAME, now)
        session.add(Coupon(merchant_id=shop.merchant.id, code="SPRING", distributor_id=here.id))
    await click(shop, link, now - timedelta(days=1))
    await shop.tell(
        shop.paid("549000", line(price="20.00"), visitor="v1"),
        shop.paid("later", line(price="33.30"), coupon="SPRING", buyer=Buyer(email="b" * 32)),
        shop.received("549000"),
    )
    await other.tell(other.paid("x", line(), code=(await other.link(there)).code))
    for number, words in (("lost", f"I am {NAME}, {EMAIL}"), ("open", f"@{USERNAME}"), ("no", USERNAME)):
        async with store.write() as session:
            merchant = await lock_merchant(session, shop.merchant.id)
            claim = await file_claim(
                session,
                merchant,
                here,
                number=number,
                words=words,
                picture=b"face of " + NAME.encode(),
                now=now,
            )
            if number == "lost":
                await grant(session, merchant, claim.id, 5000, actor=COMMAND, now=now)
            if number == "no":
                await refuse(session, merchant, claim.id, actor=COMMAND, note=f"Sorry, {NAME}", now=now)
    async with store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await keep_account(
            session,
            merchant,
            here,
            read_account(PayoutKind.BANK, f"{NAME}\nBank of London\n12345678"),
            seal=SEAL,
            actor=COMMAND,
            now=now,
        )
        asked = await request_withdrawal(
            session, merchant, here, 2500, nonce="n", actor=Actor.person(person.id), now=now
        )
        await refuse_withdrawal(session, merchant, asked, actor=COMMAND, why="no", now=now)
        case = Case(
            merchant_id=merchant.id,
            distributor_id=here.id,
            kind=CaseKind.SIGNALS,
            state=CaseState.WATCH,
            opened_at=now,
            seen_at=now,
            note=f"{NAME} again",
            appeal=f"It was not me, {USERNAME}",
        )
        await insert_all(session, CaseRow, [case])
    return Mei(shop, other, person, here)


async def everything_stored(store: Store) -> str:
    async with store.read() as session:
        tables = schema().sorted_tables
        rows = [[str(row) for row in await session.execute(select(table))] for table in tables]
    return json.dumps(rows, ensure_ascii=False).lower()


async def books_in_order(shop: Shop) -> None:
    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) == []
        assert await broken_links(session, shop.merchant.id) == []


async def test_nothing_names_the_person_any_more_and_the_books_are_whole(mei: Mei, store: Store) -> None:
    before = await everything_stored(store)
    assert [trace for trace in TRACES if trace not in before] == []
    async with store.read() as session:
        money = {each.shop: each.money_minor for each in await stakes_of(session, mei.person.id)}
    assert money == {mei.shop.merchant.name: 5000 + 200 + 333, mei.other.merchant.name: 100}

    await mei.leaves(gives_up=True, actor=Actor.person(mei.person.id))

    after = await everything_stored(store)
    assert [trace for trace in TRACES if trace in after] == []
    for shop in (mei.shop, mei.other):
        await books_in_order(shop)
    async with store.read() as session:
        left = await distributor_of(session, mei.shop.merchant.id, mei.here.id)
        [entry, *_] = await audit_of(session, mei.shop.merchant.id, f"distributor {mei.here.id}")
        claims = {each.order_ref: each for each in await claims_at(session, mei.shop.merchant.id, None)}
        pictures = [await claim_picture(session, claim) for claim in claims.values()]
        links = await session.execute(select(schema().tables["link"].c.state).distinct())
    assert (left.state, left.person_id, left.chat_hash, left.email_hash) == (
        DistributorState.LEFT,
        None,
        None,
        None,
    )
    assert (entry.act, entry.after) == ("person.delete", {"state": "left", "given_up_minor": 5533})
    assert {ref: (each.state, each.text, each.note) for ref, each in claims.items()} == {
        "lost": (ClaimState.GRANTED, "", ""),
        "open": (ClaimState.WITHDRAWN, "", ""),
        "no": (ClaimState.REFUSED, "", ""),
    }
    assert pictures == [None] * 3
    assert list(links.scalars()) == [LinkState.PAUSED]


async def test_money_stays_where_it_was_and_moves_on_without_them(mei: Mei, store: Store) -> None:
    """Given somebody gone, when their order is released, refunded and ordered again, then the books stay whole."""
    await mei.leaves(gives_up=True)
    shop = mei.shop
    await release(shop, shop.now + timedelta(days=8))
    await shop.tell(
        shop.refunded("549000", full=True), shop.paid("again", line(), coupon="SPRING", visitor="v1")
    )
    await books_in_order(shop)
    async with store.read() as session:
        orders = schema().tables["shop_order"]
        rows = await session.execute(select(orders.c.distributor_id).where(orders.c.order_ref == "again"))
    # Neither the coupon nor the paused link earns for them any more, and nobody is told anything
    assert rows.scalar_one() is None
    async with store.read() as session:
        assert list(await session.execute(select(schema().tables["notice"]))) == []


async def test_money_is_given_up_only_expressly(mei: Mei, store: Store) -> None:
    before = await everything_stored(store)
    with pytest.raises(MoneyLeft) as refused:
        await mei.leaves()
    assert "55.33 GBP" in str(refused.value)
    assert await everything_stored(store) == before


async def test_what_can_not_be_withdrawn_yet_is_waited_for_or_given_up(
    store: Store, now: datetime, shop: Shop
) -> None:
    person = await met(store, now)
    here = await enrolled(shop, person)
    await shop.tell(shop.paid("1", line(), code=(await shop.link(here)).code))
    with pytest.raises(MoneyLeft, match=r"1\.00 GBP at .*\. It can't be withdrawn yet; wait until it can"):
        async with store.write() as session:
            await erase(session, person.id, actor=COMMAND, gives_up=False, now=now)


async def test_a_payout_on_its_way_is_waited_for(mei: Mei, store: Store, now: datetime) -> None:
    shop = mei.shop
    async with store.write() as session:
        journal = Journal(shop.merchant.id, "GBP", now)
        move = Move(
            Holding(AccountKind.AVAILABLE, mei.here.id), Holding(AccountKind.PAYING, mei.here.id), 100
        )
        journal.transfer(key="w", kind=TransferKind.WITHDRAWAL, at=now, moves=[move])
        await journal.post(session)
    with pytest.raises(StillPaying):
        await mei.leaves(gives_up=True)


async def test_the_last_owner_of_a_shop_stays(mei: Mei, store: Store, now: datetime) -> None:
    async def hire(person: Person, role: Role) -> None:
        async with store.write() as session:
            session.add(
                Staff(merchant_id=mei.shop.merchant.id, person_id=person.id, role=role, joined_at=now)
            )

    await hire(mei.person, Role.OWNER)
    await hire(await mei.shop.person(5), Role.FINANCE)
    with pytest.raises(LastOwner):
        await mei.leaves(gives_up=True)
    await hire(await mei.shop.person(6), Role.OWNER)
    await mei.leaves(gives_up=True)


async def test_whoever_comes_back_is_somebody_new(mei: Mei, store: Store, now: datetime) -> None:
    await mei.leaves(gives_up=True)
    person = await met(store, now)
    back = await enrolled(mei.shop, person)
    assert (person.id != mei.person.id, back.id != mei.here.id) == (True, True)
    async with store.read() as session:
        shell = await person_in_chat(session, -mei.person.id)
        assert await enrolment(session, mei.shop.merchant.id, mei.person.id) is None
        [stake] = await stakes_of(session, person.id)
    assert shell is not None
    assert (stake.money_minor, stake.links) == (0, 0)
    # And can go again, without a word about money
    async with store.write() as session:
        await erase(session, person.id, actor=COMMAND, gives_up=False, now=now)
    await books_in_order(mei.shop)


async def test_the_seal_changes_with_the_money_that_was_shown(mei: Mei, store: Store) -> None:
    async with store.read() as session:
        before = seal_of(await stakes_of(session, mei.person.id))
    await mei.shop.tell(mei.shop.refunded("549000", full=True))
    async with store.read() as session:
        assert seal_of(await stakes_of(session, mei.person.id)) != before


async def test_the_export_holds_everything_about_the_person_and_nobody_else(
    mei: Mei, store: Store, now: datetime
) -> None:
    data = await personal_data(store, mei.person, now)
    text = to_json(data).decode()

    here, there = data.enrolments
    assert (data.name, data.username, data.chat_id) == (NAME, USERNAME, CHAT)
    assert [order.order_id for order in here.orders] == ["549000", "later"]
    assert {row.amount_minor for row in here.commissions} == {200, 333}
    assert {claim.order_id: claim.text for claim in here.claims}["open"] == f"@{USERNAME}"
    assert (here.links[0].name, here.coupons, here.questions) == (f"for {NAME}", ("SPRING",), (NAME,))
    assert here.balances[AccountKind.HELD] == 533
    assert sum(each.amount_minor for each in here.movements) == 533 + 5000
    assert len(there.orders) == 1
    assert len(data.notices) > 0
    assert here.payout_accounts == ("Bank of London •••• 5678",)
    assert [(each.state, each.amount_minor) for each in here.withdrawals] == [("refused", 2500)]
    assert [each.appeal for each in here.cases] == [f"It was not me, {USERNAME}"]
    # Nothing of buyers, of members, or of the shop's secrets
    for secret in ("b" * 32, "member", mei.shop.merchant.customer_key, mei.shop.merchant.webhook_secret):
        assert secret not in text


def test_every_table_that_leads_to_a_person_has_its_word() -> None:
    """A table of a later day fails here until somebody has said what becomes of it."""
    leads = ("person", "distributor", "link", "claim", "withdrawal", "review_case")
    found = {
        table.name
        for table in schema().sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in leads
    }
    said = set(WIPING) | set(STAYS)
    assert found | {"person"} == said
    assert set(WIPING) & set(STAYS) == set()
