"""A distributor asks about an order and claims it; the shop decides with one tap; both see how it stands."""

from __future__ import annotations

import pytest

from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.phone import Phone
from models.money.claims import Claim, ClaimState, claim_picture, claims_at
from models.money.ledger import AccountKind, balances_of
from models.money.verify import verify
from models.people.distributors import distributor
from models.people.staff import Role
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.journeys.pictures import encoded
from tests.journeys.test_old_buttons import joined as enrolled
from tests.journeys.test_staff_desk import SVG, hired, png_of, tapped
from tests.journeys.world import World, bare, joined, labels, open_by, say, settled
from tests.models.payouts import Till


async def stored(shop: Shop) -> list[Claim]:
    async with shop.store.read() as session:
        return list(await claims_at(session, shop.merchant.id, None))


async def available(shop: Shop, claim: Claim) -> int:
    async with shop.store.read() as session:
        found = await balances_of(session, shop.merchant.id, "GBP", claim.distributor_id)
        assert await verify(session, shop.merchant) == []
    return found[AccountKind.AVAILABLE]


async def asks(world: World, phone: Phone, number: str) -> str:
    await say(world, phone, "/earn")
    await open_by(world, phone, "🔎 Ask about an order")
    return bare((await say(world, phone, number)).body.text)


async def claimed(world: World, phone: Phone, number: str = "549000", words: str = "My customer!") -> None:
    await asks(world, phone, number)
    await open_by(world, phone, "📣 File a claim")
    await say(world, phone, words)


async def test_a_number_behind_a_hash_is_a_question_and_words_are_no_number(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await shop.tell(shop.paid("549000", line("1", "MUG", price="20.00")))

    # Unasked, a number alone may be anything; behind `#` it is a question
    assert "no order of yours has it" in (await say(world, mei, "549000")).body.text
    for number in ("#549000", "\uff03549000"):
        card = await say(world, mei, number)
        assert "it is nobody's: no coupon, code or click counted" in card.body.text
    assert "📣 File a claim" in labels(card)
    assert "order number" not in (await say(world, mei, "Where is my order?")).body.text

    # Asked for a number, words are asked again, and then a number still counts
    said = await asks(world, mei, "Where is my order?")
    assert "I see no figure in that" in said
    assert "it is nobody's" in bare((await say(world, mei, "549000")).body.text)
    # Where a shop has numbers without figures, they are found
    await shop.tell(shop.paid("SPRING", line("1", "MUG", price="20.00")))
    assert "it is nobody's" in await asks(world, mei, "spring")


async def test_from_the_question_to_goodwill_and_back(world: World, shop: Shop) -> None:
    """Given an order of nobody's, when Mei claims it with a picture and Olga grants it, then the books hold it."""
    mei, olga = await joined(world, shop), await hired(world, shop)
    await shop.tell(shop.paid("#549000", line("1", "MUG", price="20.00")))

    # It is found by another spelling, and told whose it is and why
    said = await asks(world, mei, "549000")
    assert "it is nobody's: no coupon, code or click counted" in said
    assert "You wrote 549000." in said
    await open_by(world, mei, "📣 File a claim")
    mei.send_photo(encoded(400, 300, "JPEG"), "Ann bought it by my link")
    card = await settled(world, mei)
    assert "⏳ Waits for the shop" in card.body.text
    [claim] = await stored(shop)
    async with shop.store.read() as session:
        content = await claim_picture(session, claim)
    assert content is not None
    assert (claim.text, content[:2]) == ("Ann bought it by my link", b"\xff\xd8")

    # The shop sees it, with the evidence and what the plan would have paid
    desk = await open_by(world, olga, "🏪 Manage the shop")
    assert "📥 Inbox (1)" in labels(desk)
    await tapped(world, olga, "claim:inbox")
    shown = await open_by(world, olga, f"claim:open:{claim.id}")
    assert "Ann bought it by my link" in bare(shown.body.text)
    assert "goods for £20.00" in shown.body.text
    assert isinstance((await open_by(world, olga, "🖼 The picture")).media, Photo)
    shown = await tapped(world, olga, f"claim:open:{claim.id}")
    _, grant = olga.button("✅ Grant £2.00")
    granted = await open_by(world, olga, "✅ Grant £2.00")
    assert "Paid as goodwill: £2.00" in granted.body.text
    assert await available(shop, claim) == 200

    # An old or doubled tap grants nothing more, and taking it back takes the money back
    await tapped(world, olga, grant.data or "")
    assert await available(shop, claim) == 200
    assert "⏳ Waits for the shop" in (await open_by(world, olga, "↩️ Take it back")).body.text
    await tapped(world, olga, grant.data or "")
    assert await available(shop, claim) == 0

    # Another amount, and five minutes later it stands
    await open_by(world, olga, "✍️ Another amount")
    assert "That is no amount above zero" in (await say(world, olga, "much")).body.text
    assert "That is another currency" in (await say(world, olga, "50元")).body.text
    too_much = bare((await say(world, olga, "2000")).body.text)
    assert "The goods of this order came to £20.00; goodwill can't be more." in too_much
    granted = await say(world, olga, "1,50")
    assert "Paid as goodwill: £1.50" in granted.body.text
    _, back = olga.button("↩️ Take it back")
    world.later(minutes=5)
    await tapped(world, olga, back.data or "")
    assert await available(shop, claim) == 150
    mine = bare((await tapped(world, mei, f"claim:show:{claim.id}")).body.text)
    assert "✅ Granted" in mine
    assert "Goodwill: £1.50" in mine


async def test_what_was_withdrawn_meanwhile_is_not_offered_to_be_taken_back(world: World, shop: Shop) -> None:
    """Given a grant that Mei asks to be paid out at once, then the old button says why, and the new card has none."""
    mei, olga = await joined(world, shop), await hired(world, shop)
    await claimed(world, mei)
    [claim] = await stored(shop)
    await tapped(world, olga, f"claim:amount:{claim.id}:0")
    await say(world, olga, "30")
    _, back = olga.button("↩️ Take it back")
    async with shop.store.read() as session:
        mine = await distributor(session, shop.merchant.id, claim.distributor_id)
    till = Till(shop, mine, "", world.now)
    await till.account()
    await till.ask(3000)

    assert (await olga.tap_data(olga.last.id, back.data or "")).text == "This can't be taken back any more."
    shown = await settled(world, olga)
    assert "the amount was withdrawn already" in bare(shown.body.text)
    assert "↩️ Take it back" not in labels(shown)
    assert [each.state for each in await stored(shop)] == [ClaimState.GRANTED]


async def test_a_refusal_says_its_reason(world: World, shop: Shop) -> None:
    mei, olga = await joined(world, shop), await hired(world, shop)
    await claimed(world, mei)
    [claim] = await stored(shop)
    await tapped(world, olga, f"claim:open:{claim.id}")
    assert not any("Grant" in label for label in labels(olga.last))
    await open_by(world, olga, "✖️ Refuse with a reason")
    assert "A reason has 1 to 500 characters." in (await say(world, olga, "W" * 501)).body.text
    await say(world, olga, "No such order <b>here</b>.")
    shown = bare((await tapped(world, mei, f"claim:show:{claim.id}")).body.text)
    assert "✖️ Refused" in shown
    assert "The shop says: No such order <b>here</b>." in shown


@pytest.mark.parametrize(
    ("content", "name"),
    [(png_of(30_000, 30_000), "huge.png"), (SVG, "proof.png"), (b"%PDF-1.7", "proof.pdf")],
    ids=["30,000 by 30,000", "an SVG called PNG", "a PDF"],
)
async def test_a_bad_picture_loses_no_words(world: World, shop: Shop, content: bytes, name: str) -> None:
    mei = await joined(world, shop)
    await asks(world, mei, "549000")
    await open_by(world, mei, "📣 File a claim")
    # Without words the claim is asked for again
    mei.send_document(content, name)
    assert "✋ That is no picture that I can take" in (await settled(world, mei)).body.text
    assert await stored(shop) == []
    # With words it is filed, and another picture is asked for
    mei.send_document(content, name, "My customer")
    card = await settled(world, mei)
    assert "✋ That is no picture that I can take" in card.body.text
    assert "Your claim is filed." in card.body.text
    mei.send_photo(encoded(300, 300))
    assert "🖼 With a picture" in (await settled(world, mei)).body.text
    [claim] = await stored(shop)
    assert (claim.text, claim.has_picture) == ("My customer", True)


async def test_words_that_are_too_many_are_asked_for_again(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await claimed(world, mei, words="W" * 2001)
    assert "2,001 characters; a claim takes 2,000. Nothing is lost" in mei.last.body.text
    await say(world, mei, "W" * 2000)
    [claim] = await stored(shop)
    assert len(claim.text) == 2000
    # The same order leads to the claim that stands; it can be withdrawn
    await claimed(world, mei, "# 549000", words="again")
    assert len(await stored(shop)) == 1
    await tapped(world, mei, f"claim:show:{claim.id}")
    assert (await mei.tap("↩️ Withdraw it")).text == "Withdrawn."
    await settled(world, mei)
    assert [each.state for each in await stored(shop)] == [ClaimState.WITHDRAWN]


async def test_a_claim_is_nobody_elses_business(world: World, shop: Shop) -> None:
    """Neither another distributor's, nor a viewer's, nor another shop's, nor the claimant's own."""
    mei = await joined(world, shop)
    await claimed(world, mei)
    [claim] = await stored(shop)
    lee, vic = await joined(world, shop, "Lee"), await hired(world, shop, Role.VIEWER)
    other = await open_shop(shop.store, world.now)
    pat = await hired(world, other)
    for phone in (lee, vic, pat):
        for data in (
            "claim:show",
            "claim:drop",
            "claim:open",
            f"claim:grant:{claim.id}:0:100",
            "claim:proof",
        ):
            whole = data if data.count(":") > 1 else f"{data}:{claim.id}"
            await phone.tap_data(phone.last.id, whole)
            assert "My customer!" not in (await settled(world, phone)).body.text
    await hired(world, shop, phone=mei)
    answer = await mei.tap_data(mei.last.id, f"claim:grant:{claim.id}:0:100")
    assert "This claim is your own" in answer.text
    assert [each.state for each in await stored(shop)] == [ClaimState.OPEN]


async def test_a_large_amount_waits_for_a_second_person(world: World, shop: Shop) -> None:
    await shop.plan(
        BASE_PLAN.replace("name: Base", "name: Two") + '\nwithdrawal: {second_person_above: "50.00"}\n'
    )
    mei, olga, pat = (
        await joined(world, shop),
        await hired(world, shop),
        await hired(world, shop, Role.FINANCE),
    )
    await claimed(world, mei)
    [claim] = await stored(shop)
    await tapped(world, olga, f"claim:amount:{claim.id}:0")
    shown = await say(world, olga, "60")
    assert "needs a second person to agree" in shown.body.text
    answer = await olga.tap("🤝 Agree to £60.00")
    assert "a second person has to agree" in answer.text
    await settled(world, olga)
    assert await available(shop, claim) == 0
    await tapped(world, pat, f"claim:open:{claim.id}")
    await open_by(world, pat, "🤝 Agree to £60.00")
    assert await available(shop, claim) == 6000


async def test_an_order_of_ones_own_can_be_claimed_from_its_time_line(world: World, shop: Shop) -> None:
    (mei, me), olga = await enrolled(world, shop, "Mei"), await hired(world, shop)
    await shop.tell(shop.paid("549000", line("1", "MUG"), code=(await shop.link(me)).code))
    assert "It is yours because" in await asks(world, mei, "549000")
    asked = bare((await open_by(world, mei, "📣 File a claim")).body.text)
    assert "This order is yours." in asked
    assert "why this order should be yours" not in asked
    again = await say(world, mei, "W" * 2001)
    assert "This order is yours." in again.body.text
    await say(world, mei, "It should be more")
    [claim] = await stored(shop)
    assert (claim.order_ref, claim.text, claim.order_id is not None) == ("549000", "It should be more", True)
    await say(world, olga, "/manage")
    await tapped(world, olga, "claim:inbox")
    shown = bare((await open_by(world, olga, f"claim:open:{claim.id}")).body.text)
    assert "It is their own order; they question what it earned." in shown


async def test_an_order_that_became_ones_own_since_says_so_instead_of_asking_why(
    world: World, shop: Shop
) -> None:
    """Given Mei asked before the shop told the order, when she claims it after that, then she sees what it earned."""
    mei, me = await enrolled(world, shop, "Mei")
    assert "never told me an order with this number" in await asks(world, mei, "549000")
    await shop.tell(shop.paid("549000", line("1", "MUG"), code=(await shop.link(me)).code))
    shown = bare((await open_by(world, mei, "📣 File a claim")).body.text)
    assert "It is yours because the order carried your code" in shown
    assert "Left for you: £1.00" in shown
    await say(world, mei, "words")
    assert await stored(shop) == []


async def test_questions_have_an_end(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    for number in range(20):
        await asks(world, mei, f"{number}")
    assert "I answer at most 20 questions" in await asks(world, mei, "1 more")
    world.later(hours=1)
    assert "never told me an order with this number" in await asks(world, mei, "1 more")
