"""What audit entries name is looked up at their own merchant, in a few statements however many there are."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.funnel.orders import order_by_ref
from models.money.audited import Enrolled, Matter, Named, named_in
from models.money.cases.cases import Case, CaseKind, CaseRow, CaseState
from models.money.claims import file_claim
from models.people.distributors import Distributor
from models.people.merchants import lock_merchant, merchant
from models.people.sponsors import set_sponsor
from models.store.audit import Actor, AuditEntry, audit_of
from models.store.engine import Store
from models.store.sql import insert_all
from tests.builders import Shop, line, open_shop
from tests.jobs.test_letters import statements
from tests.models.payouts import PLAN, Till

ANN = Actor.person(1001)


@pytest.fixture
async def till(store: Store, now: datetime) -> Till:
    shop = await open_shop(store, now)
    await shop.plan(PLAN)
    mei = await shop.distributor("mei")
    return Till(shop, mei, (await shop.link(mei)).code, now)


def about(shop: Shop, subject: str, **changes: object) -> AuditEntry:
    given = {"number": 1, "actor": "command", "act": "settle", "at": shop.now, "previous": "", "digest": ""}
    return AuditEntry.model_validate(
        {**given, "merchant_id": shop.merchant.id, "subject": subject, **changes}
    )


async def named(shop: Shop, *entries: AuditEntry) -> Named:
    async with shop.store.read() as session:
        return await named_in(session, shop.merchant.id, entries)


async def matters(till: Till) -> dict[str, Matter]:
    """A withdrawal, a claim, a case and an own purchase of Mei's, by subject."""
    shop, mei = till.shop, Enrolled("mei", "mei")
    await till.earn(100)
    await till.account()
    withdrawal = await till.ask(2000)
    await shop.tell(shop.paid("own-1", line(), code=till.code))
    async with shop.store.write() as session:
        own = await order_by_ref(session, shop.merchant.id, "own-1")
        claim = await file_claim(
            session,
            await merchant(session, shop.merchant.id),
            till.mei,
            number="told-1",
            words="mine",
            picture=None,
            now=till.now,
        )
        cases = [
            Case(
                merchant_id=shop.merchant.id,
                distributor_id=till.mei.id,
                kind=CaseKind.OWN_PURCHASE if order_id else CaseKind.SIGNALS,
                order_id=order_id,
                state=CaseState.HOLD,
                opened_at=till.now,
                seen_at=till.now,
            )
            for order_id in (None, own.id)
        ]
        await insert_all(session, CaseRow, cases)
    return {
        f"withdrawal {withdrawal.reference}": Matter(mei),
        f"claim {claim.id}": Matter(mei, "told-1"),
        cases[0].subject: Matter(mei),
        cases[1].subject: Matter(mei, "own-1"),
    }


async def test_subjects_are_named_by_whose_they_are(till: Till) -> None:
    found = await matters(till)
    entries = [about(till.shop, subject) for subject in found]

    assert (await named(till.shop, *entries)).matters == found


async def test_nothing_of_another_merchant_is_named(till: Till, store: Store, now: datetime) -> None:
    found = await matters(till)
    other = await open_shop(store, now)
    subjects = [*found, "distributor mei", f"distributor {till.mei.id}", "plan 1"]

    nothing = await named(other, *(about(other, subject) for subject in subjects))

    assert (nothing.matters, nothing.distributors, nothing.plans, nothing.levels) == ({}, {}, {}, {})


async def test_people_distributors_and_plans_have_their_names(till: Till) -> None:
    shop = till.shop
    await shop.plan(
        PLAN.replace("name: Payouts", "name: Second")
        .replace("en: Promoter}", "en: Seller}")
        .replace("2010-12-01", "2010-12-02")
    )
    ann, lee = await shop.person(1001, "Ann"), await shop.distributor("lee 2")
    async with shop.store.write() as session:
        below = await session.get(Distributor, till.mei.id)
        assert below is not None
        await set_sponsor(
            session,
            await lock_merchant(session, shop.merchant.id),
            below,
            lee,
            actor=Actor.shell_for(ann.id),
            now=till.now,
        )
    async with shop.store.read() as session:
        [sponsor] = await audit_of(session, shop.merchant.id)

    found = await named(
        shop,
        sponsor,
        about(shop, f"distributor {lee.id}"),
        about(shop, "plan 2"),
        about(shop, "withdrawal 0000-0000", before={"approved_by": Actor.person(ann.id).name}),
    )

    assert found.people == {f"person {ann.id}": "Ann", f"command person {ann.id}": "Ann"}
    assert found.distributors["mei"] == Enrolled("mei", "mei")
    assert found.distributors["lee 2"] == found.distributors[str(lee.id)] == Enrolled("lee 2", "lee 2")
    assert found.plans == {1: "Payouts", 2: "Second"}
    assert found.levels["promoter"].en == "Seller"


async def test_a_page_takes_no_more_statements_than_one_of_each(till: Till) -> None:
    found = await matters(till)
    one = [about(till.shop, subject, actor=ANN.name) for subject in [*found, "distributor mei", "plan 1"]]
    odd = [about(till.shop, f"case {word}") for word in ("x", "9" * 30, "", "²", "99999999999999999999")]
    async with till.store.read() as session:
        with statements(session) as for_one:
            await named_in(session, till.shop.merchant.id, one)
        with statements(session) as for_many:
            await named_in(session, till.shop.merchant.id, one * 4 + odd)

    assert len(for_many) == len(for_one) <= 6
