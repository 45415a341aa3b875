"""A suspect in chat: staff find the case and decide it, the suspect reads of it and speaks; old taps do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from jobs.letters import Letter, write_letters
from models.catalog.products import products_by_sku
from models.funnel.events import Buyer
from models.money.cases.cases import Case, CaseKind, CaseState, case_by_id, cases
from models.money.commissions import CommissionState
from models.people.distributors import Distributor, enrolment
from models.people.permissions import Act
from models.people.persons import person_in_chat
from models.people.staff import Role
from models.store.audit import audit_of
from models.store.outbox import Notice, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.journeys.test_staff_desk import GONE, hired, not_for, tapped
from tests.journeys.world import World, bare, joined, labels, open_by, say, settled
from tests.models.books import Money, earned, money
from tests.models.money.cases.people import look, ring, the_case

HELD = "⏸ On hold"


@dataclass(frozen=True)
class Suspicion:
    """Mei promotes, Olga owns the shop, and six orders look bad."""

    world: World
    shop: Shop
    mei: Phone
    olga: Phone
    seller: Distributor
    case: Case

    async def stands(self) -> CaseState:
        async with self.shop.store.read() as session:
            return (await case_by_id(session, self.shop.merchant.id, self.case.id)).state

    async def opened(self, phone: Phone) -> Message:
        """The case as staff see it."""
        await say(self.world, phone, "/manage")
        await tapped(self.world, phone, "case:inbox")
        return await tapped(self.world, phone, f"case:show:{self.case.id}")


async def seller_of(shop: Shop, phone: Phone) -> Distributor:
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return found


@pytest.fixture
async def suspicion(world: World, shop: Shop) -> Suspicion:
    mei, olga = await joined(world, shop), await hired(world, shop)
    seller = await seller_of(shop, mei)
    await ring(shop, seller)
    await look(shop, world.now)
    return Suspicion(world, shop, mei, olga, seller, await the_case(shop))


async def toast(world: World, phone: Phone, data: str) -> str:
    """What a tap is answered with."""
    answer = await phone.tap_data(phone.last.id, data)
    await settled(world, phone)
    return answer.text


async def letters(at: Suspicion) -> dict[int, list[str]]:
    """What people are told by now, by chat."""
    table = table_of(NoticeRow)
    async with at.shop.store.read() as session:
        rows = await session.execute(
            select(table).where(table.c.key.startswith("case_"), table.c.not_before <= at.world.now)
        )
        notices = [values_of(row, Notice) for row in rows]
        written = await write_letters(session, notices, at.world.now)
    told: dict[int, list[str]] = {}
    for letter in written.values():
        assert isinstance(letter, Letter)
        told.setdefault(letter.chat_id, []).append(bare(str(letter.card.text.striptags())))
    return told


async def test_staff_decide_with_one_tap_and_undo_it(suspicion: Suspicion) -> None:
    at = suspicion
    await say(at.world, at.olga, "/manage")
    inbox = await tapped(at.world, at.olga, "case:inbox")
    assert "1 waits for a decision" in bare(inbox.body.text)
    card = await at.opened(at.olga)
    assert HELD in bare(card.body.text)
    assert "6 of 6 orders were placed within 40 seconds of the click" in bare(card.body.text)
    assert labels(card)[:3] == ["✅ Clear", "⛔ Suspend", "✖️ Don't pay"]

    refused = await tapped(at.world, at.olga, f"case:do:{at.case.id}:0:refuse")
    assert "✖️ Not paid" in bare(refused.body.text)
    assert await money(at.shop, at.seller) == Money(held=0, available=0)

    back = await tapped(at.world, at.olga, f"case:undo:{at.case.id}:1")
    assert HELD in bare(back.body.text)
    assert await money(at.shop, at.seller) == Money(held=600, available=0)

    cleared = await tapped(at.world, at.olga, f"case:do:{at.case.id}:2:clear")
    assert "✅ Cleared" in bare(cleared.body.text)
    assert [one.state for one in await earned(at.shop, f"{at.seller.external_id}-1")] == [
        CommissionState.AWAITING
    ]
    async with at.shop.store.read() as session:
        acts = [entry.act for entry in await audit_of(session, at.shop.merchant.id, at.case.subject)]
    assert acts == ["case.clear", "case.undo", "case.refuse", "case.hold"]


async def test_old_foreign_doubled_and_made_up_taps_do_nothing(suspicion: Suspicion, world: World) -> None:
    at = suspicion
    other = await open_shop(at.shop.store, world.now)
    stranger = await hired(world, other, phone=world.phone("Sam"))
    viewer = await hired(world, at.shop, Role.VIEWER, phone=world.phone("Vera"))
    decide = f"case:do:{at.case.id}:0:suspend"

    for phone, said in ((stranger, GONE), (at.mei, GONE), (viewer, not_for(Act.DECIDE_CASE))):
        for data in (decide, f"case:show:{at.case.id}", f"case:undo:{at.case.id}:0"):
            assert (await toast(world, phone, data)) == said, data
    for data in (
        "case:do::",
        f"case:do:{at.case.id}",
        f"case:do:{at.case.id}:0:pardon",
        "case:show:",
        "case:of:9",
    ):
        assert (await toast(world, at.olga, data)) == GONE, data
    assert await at.stands() is CaseState.HOLD

    await at.opened(at.olga)
    await tapped(world, at.olga, f"case:do:{at.case.id}:0:clear")
    for stale in (decide, f"case:do:{at.case.id}:0:clear", f"case:do:{at.case.id}:0:refuse"):
        assert (await toast(world, at.olga, stale)).startswith("This case went on since")
        assert "✅ Cleared" in bare((await settled(world, at.olga)).body.text)
    world.later(minutes=10)
    late = await toast(world, at.olga, f"case:undo:{at.case.id}:1")
    assert late.startswith("That can't be undone any more")
    assert await at.stands() is CaseState.CLEARED


async def test_the_suspect_reads_of_it_and_speaks_once(suspicion: Suspicion, world: World) -> None:
    at = suspicion
    told = await letters(at)
    assert told[at.mei.id][0].startswith("🔎 Your earnings at")
    assert "£6.00 is kept for you" in told[at.mei.id][0]
    assert "1 case waits for your decision" in told[at.olga.id][0]

    card = await tapped(world, at.mei, f"case:mine:{at.case.id}")
    assert "£6.00 is kept for you" in bare(card.body.text)
    assert "address" not in card.body.text
    assert (await tapped(world, at.mei, "case:mine")).body == card.body
    await tapped(world, at.mei, f"case:appeal:{at.case.id}")
    await say(world, at.mei, "x" * 1001)
    assert "too long" in at.mei.last.body.text
    said = await say(world, at.mei, "We are an office.")
    assert "You said: We are an office." in bare(said.body.text)
    again = await toast(world, at.mei, f"case:appeal:{at.case.id}")
    assert again.startswith("You have said your word")

    assert any("We are an office." in text for text in (await letters(at))[at.olga.id])
    assert "They say: We are an office." in bare((await at.opened(at.olga)).body.text)

    # Decided: the suspect is told once it can't be undone
    await tapped(world, at.olga, f"case:do:{at.case.id}:0:clear")
    assert not any("is over" in text for text in (await letters(at)).get(at.mei.id, ()))
    world.later(minutes=10)
    assert any("£6.00 goes on its way" in text for text in (await letters(at))[at.mei.id])
    over = await tapped(world, at.mei, f"case:mine:{at.case.id}")
    assert "The review is over" in over.body.text
    assert "💬 Say something for yourself" not in labels(over)
    assert await toast(world, at.mei, "case:mine") == GONE


async def test_who_is_suspended_reads_so_at_home_and_is_not_told_to_share(
    suspicion: Suspicion, world: World
) -> None:
    at = suspicion
    await at.opened(at.olga)
    await tapped(world, at.olga, f"case:do:{at.case.id}:0:suspend")
    # While it can be undone, nobody is told
    assert "suspended" not in (await say(world, at.mei, "/start")).body.text

    world.later(minutes=10)
    home = await say(world, at.mei, "/start")
    assert "You are suspended at this shop" in home.body.text
    assert "Share one more product" not in home.body.text
    assert labels(home)[0] == "🔎 The review"
    await open_by(world, at.mei, "🔎 The review")
    assert "The shop has suspended you" in at.mei.last.body.text
    assert "💬 Say something for yourself" in labels(at.mei.last)

    await at.opened(at.olga)
    await tapped(world, at.olga, f"case:do:{at.case.id}:1:clear")
    assert "suspended" not in (await say(world, at.mei, "/start")).body.text


@pytest.mark.parametrize(
    ("language", "said", "earns"),
    [("en", "You are suspended at this shop", "ou earn ≈"), ("zh-hans", "分销员资格已停用", "可赚")],
)
async def test_nobody_who_is_suspended_is_told_what_a_product_earns(
    world: World, shop: Shop, language: str, said: str, earns: str
) -> None:
    """Given a decision that can still be undone, then goods look as before; ten minutes later they say what is so."""
    world.sandbox.inline_mode()
    mei = await joined(world, shop, language_code=language)
    to_lee, olga = mei.chat_with(world.phone("Lee")), await hired(world, shop)
    await ring(shop, await seller_of(shop, mei))
    await look(shop, world.now)
    await say(world, olga, "/manage")
    await tapped(world, olga, f"case:do:{(await the_case(shop)).id}:0:suspend")
    async with shop.store.read() as session:
        mug = (await products_by_sku(session, shop.merchant.id, ["MUG"]))["MUG"]

    async def seen(words: str) -> list[str]:
        shown = [await tapped(world, mei, "goods:all"), await tapped(world, mei, f"goods:show:{mug.id}")]
        [result] = (await to_lee.types(words)).results
        return [*(bare(message.body.text) for message in shown), result.description or ""]

    for text in await seen("mug"):
        assert earns in text
        assert said not in text
    world.later(minutes=10)
    *cards, result = await seen("MUG")
    assert all(said in text for text in cards)
    assert "£2.55" in result
    assert not any(earns in text for text in (*cards, result))


async def test_an_own_purchase_waits_in_the_same_inbox_in_chinese(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    olga = await hired(world, shop, Role.FINANCE, language_code="zh-hans")
    seller = await seller_of(shop, mei)
    link = await shop.link(seller)
    buyer = Buyer(chat=seller.chat_hash)
    await shop.tell(shop.paid("549000", line(), code=link.code, buyer=buyer, at=world.now))
    await look(shop, world.now)
    case = await the_case(shop)

    await say(world, olga, "/manage")
    inbox = await tapped(world, olga, "case:inbox")
    assert "自购，订单 549000" in bare(inbox.body.text)
    card = await tapped(world, olga, f"case:show:{case.id}")
    assert labels(card)[:2] == ["✅ 支付", "✖️ 不支付"]
    await tapped(world, olga, f"case:do:{case.id}:0:clear")
    assert await money(shop, seller) == Money(held=100, available=0)
    assert [one.state for one in await earned(shop, "549000")] == [CommissionState.AWAITING]
    empty = await tapped(world, olga, "case:inbox")
    assert "目前没有待处理的案件" in empty.body.text


async def test_the_reviews_of_one_person_come_to_what_earnings_says(world: World, shop: Shop) -> None:
    """Given Mei is held and bought something herself, on which her sponsor earns, then only hers is told to her."""
    await shop.plan(BASE_PLAN.replace("rates:", 'team: {depth: 1, percents: ["3"]}\nrates:'))
    mei, ann = await joined(world, shop), await shop.distributor("ann")
    seller, table = await seller_of(shop, mei), table_of(Distributor)
    async with shop.store.write() as session:
        await session.execute(update(table).where(table.c.id == seller.id).values(sponsor_id=ann.id))
    await ring(shop, seller)
    own = shop.paid(
        "own", line(), code=(await shop.link(seller)).code, buyer=Buyer(chat=seller.chat_hash), at=world.now
    )
    await shop.tell(own)
    await look(shop, world.now)
    async with shop.store.read() as session:
        found = {case.kind: case for case in await cases(session, shop.merchant.id)}

    earnings = bare((await say(world, mei, "/earn")).body.text)
    held = bare((await open_by(world, mei, "🔎 Under review")).body.text)
    bought = bare((await tapped(world, mei, f"case:mine:{found[CaseKind.OWN_PURCHASE].id}")).body.text)

    assert "Under review by the shop: £7.00" in earnings
    assert "£6.00 is kept for you" in held
    assert "until then £1.00 is kept for you" in bought
    for text in (held, bought):
        assert "All reviews together keep £7.00 back" in text


async def test_many_cases_stand_on_several_pages(world: World, shop: Shop) -> None:
    olga = await hired(world, shop)
    for number in range(8):
        seller = await shop.distributor(f"d{number}")
        link = await shop.link(seller)
        for order in range(6):
            buyer = Buyer(customer=f"{number}-{order}", ip=f"address {number}")
            at = world.now - timedelta(hours=3 * order * order + 1)
            await shop.tell(shop.paid(f"{number}-{order}", line(), code=link.code, buyer=buyer, at=at))
    await look(shop, world.now)
    await say(world, olga, "/manage")
    first = await tapped(world, olga, "case:inbox")
    assert ("0 wait for a decision" in bare(first.body.text), "Next ▶" in labels(first)) == (True, True)
    second = await tapped(world, olga, "case:inbox:6")
    assert labels(second)[:2] == ["1. d6", "2. d7"]
    assert "⏮ First page" in labels(second)
    beyond = await tapped(world, olga, "case:inbox:99999999999999999999")
    assert "Nothing to decide" in beyond.body.text
