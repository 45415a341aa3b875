"""Withdrawals in chat, from the balance to the bank: people, the shop's finance people, and impatient thumbs."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from bot.sandbox.chat.files import Document
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from jobs.letters import Letter, write_letters
from models.money.ledger import AccountKind, AccountRow
from models.money.withdrawal_listing import withdrawals_of
from models.money.withdrawal_states import Withdrawal, WithdrawalState
from models.people.distributors import enrolment
from models.people.permissions import Act
from models.people.persons import person_in_chat
from models.people.staff import Role
from models.store.audit import audit_of, broken_links
from models.store.outbox import Notice, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import Shop
from tests.builders import line as bought
from tests.journeys.test_staff_desk import GONE, hired, not_for, tapped
from tests.journeys.world import World, bare, joined, labels, open_by, say, settled
from tests.models.payouts import BANK, IBAN, PLAN, Till


@dataclass
class Scene:
    """Mei, who has earned a hundred pounds in chat, and the shop."""

    world: World
    shop: Shop
    mei: Phone
    till: Till

    async def mine(self) -> list[Withdrawal]:
        """Mei's withdrawals, newest first."""
        async with self.shop.store.read() as session:
            return await withdrawals_of(session, self.shop.merchant.id, self.till.mei.id)

    async def the_only(self) -> Withdrawal:
        [one] = await self.mine()
        return one

    async def letters(self, phone: Phone) -> list[str]:
        """What was told to somebody about withdrawals, as they would read it now."""
        table = table_of(NoticeRow)
        async with self.shop.store.read() as session:
            person = await person_in_chat(session, phone.id)
            assert person is not None
            rows = await session.execute(
                select(table).where(table.c.person_id == person.id).order_by(table.c.id)
            )
            notices = [values_of(row, Notice) for row in rows]
            written = await write_letters(session, notices, self.world.now)
        found = [written[notice.id] for notice in notices if notice.id in written]
        return [bare(str(each.card.text)) for each in found if isinstance(each, Letter) and each.into is None]

    async def bend(self, minor: int) -> None:
        """Change what Mei's account says, past the books."""
        accounts = table_of(AccountRow)
        mine = (accounts.c.holder_id == self.till.mei.id, accounts.c.kind == AccountKind.AVAILABLE)
        async with self.shop.store.write() as session:
            await session.execute(
                update(accounts).where(*mine).values(balance_minor=accounts.c.balance_minor + minor)
            )


@pytest.fixture
async def scene(world: World, shop: Shop) -> Scene:
    await shop.plan(PLAN.replace("2010-12-01", "2010-12-02"))
    mei = await joined(world, shop)
    async with shop.store.read() as session:
        person = await person_in_chat(session, mei.id)
        assert person is not None
        distributor = await enrolment(session, shop.merchant.id, person.id)
    assert distributor is not None
    till = Till(shop, distributor, (await shop.link(distributor)).code, world.now)
    await till.earn(100)
    return Scene(world, shop, mei, till)


async def with_account(scene: Scene) -> None:
    await tapped(scene.world, scene.mei, "account:ask:bank")
    await say(scene.world, scene.mei, BANK)


def answer_data(message: Message, verb: str) -> str:
    """The data of the button that begins so."""
    rows = message.keyboard.rows if message.keyboard else ()
    return next(str(b.data) for row in rows for b in row if str(b.data).startswith(verb))


async def test_from_the_balance_to_the_bank(scene: Scene) -> None:
    world, mei = scene.world, scene.mei
    olga = await hired(world, scene.shop, Role.FINANCE)

    # Given Mei with a hundred pounds, whose money has no place to go yet
    card = await tapped(world, mei, "earn:open")
    card = await open_by(world, mei, "💸 Withdraw")
    assert "Available now: £100.00" in card.body.text
    assert "Say first where your money should go" in card.body.text
    await open_by(world, mei, "🏦 Set a payout account")
    await open_by(world, mei, "🏦 Bank account")
    wrong = await say(world, mei, BANK.replace("9268", "9286"))
    assert "✋ This IBAN does not add up" in wrong.body.text
    kept = await say(world, mei, BANK)
    assert "Kept: Bank of London •••• 6819" in bare(kept.body.text)

    # When she asks for fifty, she sees the numbers before she says yes
    await open_by(world, mei, "💸 Withdraw")
    await open_by(world, mei, "✏️ Other amount")
    again = await say(world, mei, "150")
    assert "more than can be withdrawn: £100.00" in again.body.text
    again = await say(world, mei, "lots")
    assert "I can't read that amount" in again.body.text
    again = await say(world, mei, "$50")
    assert "That is another currency. This shop counts in GBP" in again.body.text
    confirm = await say(world, mei, "￡５０，００")
    for line in (
        "Withdraw £50.00",
        "Fee: £1.00",
        "Arrives: £49.00, by Mar 7, 2026",
        "Bank of London •••• 6819",
    ):
        assert line in bare(confirm.body.text)
    assert labels(confirm) == ["✖️ No, not now", "✅ Yes, withdraw"]
    status = await open_by(world, mei, "✅ Yes, withdraw")
    assert "🕓 Requested" in status.body.text
    one = await scene.the_only()
    assert one.reference in status.body.text

    # Then finance is told, looks, and approves with one tap
    [asked] = await scene.letters(olga)
    assert "Mei asks for £50.00" in asked
    await say(world, olga, "/manage")
    await open_by(world, olga, "📥 Inbox (1)")
    inbox = await open_by(world, olga, "withdraw:inbox")
    assert "1 is open" in inbox.body.text
    assert "1. Mei · £50.00" in labels(inbox)
    desk = await open_by(world, olga, f"payout:show:{one.id}")
    assert "Still available to them: £50.00" in desk.body.text
    assert "0 payouts before this one" in desk.body.text
    assert (await olga.tap("👍 Approve")).text == "Approved. You can take it back for five minutes."

    # And makes a batch for the bank, once
    await tapped(world, olga, "withdraw:inbox")
    sure = await open_by(world, olga, "📄 Batch for the bank (1)")
    assert "1 withdrawal, £49.00 in all" in sure.body.text
    await tapped(world, olga, "payout:make")
    file = olga.last
    assert isinstance(file.media, Document)
    [row] = csv.DictReader(file.media.content.decode("utf-8-sig").splitlines())
    assert (row["account"], row["amount"]) == (IBAN.replace(" ", ""), "49.00")
    assert (await scene.the_only()).state is WithdrawalState.PAYING

    # When the bank says that it is paid, Mei is told, and her card shows its whole life
    await tapped(world, olga, f"payout:show:{one.id}")
    await open_by(world, olga, "✅ It is paid")
    done = await say(world, olga, "BANK-4711")
    assert "✅ Paid out" in done.body.text
    world.later(hours=1)
    told = (await scene.letters(mei))[-1]
    assert "£49.00 has been paid out" in told
    assert "BANK-4711" in told
    status = await tapped(world, mei, f"withdraw:show:{one.id}")
    for word in ("Requested", "Approved", "Payment begun", "Paid out"):
        assert word in status.body.text
    assert await scene.till.balances() == {"available": 5000, "paid": 4900, "fees": 100}
    assert await scene.till.findings() == []
    async with scene.shop.store.read() as session:
        assert await broken_links(session, scene.shop.merchant.id) == []


async def test_the_status_card_follows_the_withdrawal_as_long_as_it_stands_in_its_message(
    scene: Scene,
) -> None:
    world, mei = scene.world, scene.mei
    await with_account(scene)
    await tapped(world, mei, "withdraw:open")
    await open_by(world, mei, "✏️ Other amount")
    await say(world, mei, "50")
    status = await open_by(world, mei, "✅ Yes, withdraw")
    one = await scene.the_only()
    await world.drain()

    def shown() -> str:
        return next(message.body.text for message in mei.messages if message.id == status.id)

    # Approved: the same message says so, and another one tells of it
    await scene.till.approve(one)
    world.later(hours=1)
    await world.drain()
    assert "👍 Approved" in shown()
    assert "Requested" in shown()
    assert mei.last.id != status.id
    assert "is approved" in mei.last.body.text

    # She goes on in that message: what stands there now is left alone
    await mei.tap_data(status.id, "withdraw:list")
    await mei.waits(lambda message: "My withdrawals" in message.body.text)
    listed = shown()
    await scene.till.pay(await scene.till.claim(await scene.the_only()))
    world.later(hours=1)
    await world.drain()
    assert "has been paid out" in mei.last.body.text
    assert shown() == listed


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_the_status_card_shows_each_step_at_once_however_it_came_about(
    scene: Scene, language: str
) -> None:
    """Paying begins, and its answer is lost, before the approval is told: no message, but the card knows."""
    world, mei = scene.world, scene.mei
    await with_account(scene)
    await tapped(world, mei, f"settings:language:{language}")
    await tapped(world, mei, "withdraw:see:3jk")
    status = await tapped(world, mei, answer_data(mei.last, "withdraw:yes"))
    one = await scene.the_only()
    world.later(minutes=2)
    await world.drain()
    paying, checked, back = (
        ("Being paid", "Being checked", "Approval taken back")
        if language == "en"
        else ("打款中", "待核实", "批准已撤回")
    )

    def shown() -> str:
        return next(message.body.text for message in mei.messages if message.id == status.id)

    count = len(mei.messages)
    await scene.till.undo(await scene.till.approve(one))
    world.later(minutes=2)
    await world.drain()
    assert back in shown()
    claimed = await scene.till.claim(await scene.till.approve(await scene.the_only()))
    world.later(minutes=2)
    await world.drain()
    assert paying in shown()
    await scene.till.lose(claimed)
    world.later(hours=1)
    await world.drain()
    assert checked in shown()
    assert len(mei.messages) == count


async def test_a_batch_moves_the_status_cards_too(scene: Scene) -> None:
    world, mei = scene.world, scene.mei
    await with_account(scene)
    olga = await hired(world, scene.shop, Role.FINANCE)
    card = await tapped(world, mei, "withdraw:see:3jk")
    status = await tapped(world, mei, answer_data(card, "withdraw:yes"))
    await scene.till.approve(await scene.the_only())
    await tapped(world, olga, "payout:make")
    world.later(minutes=2)
    await world.drain()
    [now] = [message for message in mei.messages if message.id == status.id]
    assert "💸 Being paid" in now.body.text


async def test_a_message_that_another_took_the_place_of_keeps_no_old_state(scene: Scene) -> None:
    world, mei = scene.world, scene.mei
    await with_account(scene)
    card = await tapped(world, mei, "withdraw:see:3jk")
    first = await tapped(world, mei, answer_data(card, "withdraw:yes"))
    one = await scene.the_only()

    # Given that she opens the same withdrawal from another message
    await say(world, mei, "/earn")
    await tapped(world, mei, "withdraw:list")
    second = await tapped(world, mei, f"withdraw:show:{one.id}")
    assert second.id != first.id

    def shown(message: Message) -> str:
        return next(bare(each.body.text) for each in mei.messages if each.id == message.id)

    # Then the first says which one it was and no longer how it stands, and the second follows it
    world.later(minutes=2)
    await world.drain()
    assert "no longer follows it" in shown(first)
    assert one.reference in shown(first)
    assert "Requested" not in shown(first)
    await scene.till.claim(await scene.till.approve(one))
    world.later(minutes=2)
    await world.drain()
    assert "Being paid" in shown(second)

    # And a tap in the first makes it the one that follows
    await mei.tap_data(first.id, f"withdraw:show:{one.id}")
    world.later(minutes=2)
    await world.drain()
    assert "Being paid" in shown(first)
    assert "no longer follows it" in shown(second)


async def test_twenty_taps_at_once_are_one_withdrawal(scene: Scene) -> None:
    """operations.md B5: the confirm button carries a nonce."""
    await with_account(scene)
    card = await tapped(scene.world, scene.mei, "withdraw:open")
    card = await open_by(scene.world, scene.mei, "£50.00")
    yes = answer_data(card, "withdraw:yes")
    await asyncio.gather(*(scene.mei.tap_data(card.id, yes) for _ in range(20)))
    one = await scene.the_only()
    assert await scene.till.balances() == {"available": 5000, "paying": 5000}
    # And an old tap, days later, says what became of it
    await scene.till.refuse(one)
    scene.world.later(days=3)
    late = await scene.mei.tap_data(card.id, yes)
    assert "stands at “Refused”" in late.text
    assert (await scene.the_only()).id == one.id
    assert "🚫 Refused" in scene.mei.last.body.text


async def test_what_changed_between_look_and_yes_is_shown_again(scene: Scene) -> None:
    await with_account(scene)
    await tapped(scene.world, scene.mei, "withdraw:open")
    card = await open_by(scene.world, scene.mei, "All: £100.00")
    yes = answer_data(card, "withdraw:yes")
    await tapped(scene.world, scene.mei, "account:ask:bank")
    await say(scene.world, scene.mei, "Mei Chen\nNew Bank\n12345678")
    again = await tapped(scene.world, scene.mei, yes)
    assert "have changed since" in again.body.text
    assert "New Bank •••• 5678" in bare(again.body.text)
    assert await scene.mine() == []
    # And when less is left meanwhile, the reason is an alert
    await scene.shop.tell(scene.shop.refunded("o1", amount_minor=50_000))
    alert = await scene.mei.tap_data(again.id, answer_data(again, "withdraw:yes"))
    assert (alert.text, alert.alert) == ("That is more than can be withdrawn: £50.00.", True)


async def test_strange_buttons_do_nothing(scene: Scene) -> None:
    await with_account(scene)
    stranger = await joined(scene.world, scene.shop, "Bo")
    card = await tapped(scene.world, scene.mei, "withdraw:see:1jk")
    yes = answer_data(card, "withdraw:yes")
    assert (await stranger.tap_data(stranger.last.id, yes)).text == GONE
    for data in (
        "withdraw:yes:",
        "withdraw:yes:1:2:3:4",
        "withdraw:yes:zz:1jk:0:K7Q2ABCD",
        "withdraw:yes:-1:1jk:0:K7Q2ABCD",
        yes[:-1] + "_",
        "withdraw:see:²",
        "withdraw:see:" + "z" * 40,
        "withdraw:show:1",
        "withdraw:list:x",
        "account:ask:crypto",
        "payout:show:1",
    ):
        assert (await scene.mei.tap_data(scene.mei.last.id, data)).text == GONE, data
    assert await scene.mine() == []


async def test_approvals_two_people_undo_and_roles(scene: Scene) -> None:
    world = scene.world
    await with_account(scene)
    olga, ben, vic = (
        await hired(world, scene.shop, Role.OWNER, phone=world.phone("Olga")),
        await hired(world, scene.shop, Role.FINANCE, phone=world.phone("Ben")),
        await hired(world, scene.shop, Role.VIEWER, phone=world.phone("Vic")),
    )
    one = await scene.till.ask(7000)
    show = f"payout:show:{one.id}"

    # A viewer sees, and decides nothing
    seen = await tapped(world, vic, show)
    assert not any(label in {"👍 Approve", "🚫 Refuse"} for label in labels(seen))
    assert (await vic.tap_data(vic.last.id, f"payout:approve:{one.id}")).text == not_for(
        Act.APPROVE_WITHDRAWAL
    )

    # Olga agrees; that is not enough, and hers twice is still one person's
    await tapped(world, olga, show)
    await open_by(world, olga, "👍 Approve")
    assert "👥 waits for a second person" in olga.last.body.text
    twice = await olga.tap_data(olga.last.id, f"payout:approve:{one.id}")
    assert (twice.text, twice.alert) == ("You agreed already. Somebody else must agree, too.", True)
    assert any("a second person must agree" in letter for letter in await scene.letters(ben))

    # Ben agrees, too, and takes it back within five minutes
    await tapped(world, ben, show)
    await open_by(world, ben, "👍 Approve")
    assert "👍 Approved" in ben.last.body.text
    world.later(minutes=4)
    await open_by(world, ben, "↩️ Take the approval back")
    assert "🕓 Requested" in ben.last.body.text
    # So Mei is never told that it was approved
    world.later(hours=1)
    assert not any("is approved" in letter for letter in await scene.letters(scene.mei))

    # After five minutes it is too late
    await scene.till.approve(await scene.till.stands(one))
    await tapped(world, ben, show)
    await open_by(world, ben, "👍 Approve")
    world.later(minutes=6)
    late = await ben.tap_data(ben.last.id, f"payout:undo:{one.id}")
    assert late.alert
    # And refusing says why
    await tapped(world, ben, f"payout:refuse:{one.id}")
    assert labels(ben.last) == ["◀ No, leave it", "🚫 Yes, refuse"]
    long = (await say(world, ben, "W" * 301)).body.text
    assert "✋ Your text has 301 characters; at most 300 are kept. Nothing was changed" in bare(long)
    assert await scene.till.balances() == {"available": 3000, "paying": 7000}
    refused = await say(world, ben, "The name is another one")
    assert "🚫 Refused" in refused.body.text
    assert "Reason: The name is another one" in bare((await scene.letters(scene.mei))[-1])
    assert await scene.till.balances() == {"available": 10000}


async def test_a_card_that_somebody_else_was_quicker_on_says_where_it_stands_and_who_decided(
    scene: Scene,
) -> None:
    world = scene.world
    await with_account(scene)
    olga, ben = [
        await hired(world, scene.shop, Role.FINANCE, phone=world.phone(name)) for name in ("Olga", "Ben")
    ]
    one = await scene.till.ask(2000)
    for phone in (olga, ben):
        await tapped(world, phone, "withdraw:inbox")
        await open_by(world, phone, "Mei")
    await open_by(world, olga, "👍 Approve")

    # Ben's card, drawn before, is changed where it lies
    card = ben.last
    late = await ben.tap("👍 Approve")
    assert late.alert
    assert "stands at “Approved”" in late.text
    assert (await settled(world, ben)).id == card.id
    assert "👍 Approved" in ben.last.body.text
    assert "Approved, Olga" in bare(ben.last.body.text)
    assert "👍 Approve" not in labels(ben.last)
    # And what the distributor sees names nobody of the shop
    await tapped(world, scene.mei, f"withdraw:show:{one.id}")
    assert "Olga" not in scene.mei.last.body.text


async def test_who_is_both_decides_on_everybodys_but_their_own(scene: Scene) -> None:
    await with_account(scene)
    await hired(scene.world, scene.shop, Role.OWNER, phone=scene.mei)
    one = await scene.till.ask(2000)
    card = await tapped(scene.world, scene.mei, f"payout:show:{one.id}")
    assert "This is your own withdrawal" in card.body.text
    assert not any("Approve" in label for label in labels(card))
    for verb in ("approve", "refused", "claim", "paid", "failed"):
        answer = await scene.mei.tap_data(scene.mei.last.id, f"payout:{verb}:{one.id}")
        assert "own withdrawal" in answer.text, verb
    assert (await scene.the_only()).state is WithdrawalState.REQUESTED


async def test_paying_by_hand_shows_the_account_in_an_alert_alone_and_writes_it_down(scene: Scene) -> None:
    await with_account(scene)
    ben = await hired(scene.world, scene.shop, Role.FINANCE)
    one = await scene.till.approve(await scene.till.ask(2000))
    await tapped(scene.world, ben, f"payout:show:{one.id}")
    # While her account says something else than what was booked, nobody pays
    await scene.bend(1)
    books = await ben.tap_data(ben.last.id, f"payout:claim:{one.id}")
    assert (books.text, books.alert) == (
        "The books do not add up, so nothing is paid out. Run `tuike verify`.",
        True,
    )
    assert (await scene.the_only()).state is WithdrawalState.APPROVED
    await scene.bend(-1)
    alert = await ben.tap("💸 I pay it by hand")
    assert (alert.text, alert.alert) == ("Mei Chen\nBank of London\nGB29NWBK60161331926819", True)
    assert (await scene.the_only()).state is WithdrawalState.PAYING
    assert "GB29" not in ben.last.body.text
    async with scene.shop.store.read() as session:
        acts = [entry.act for entry in await audit_of(session, scene.shop.merchant.id)]
    assert acts[:2] == ["payout_account.read", "withdrawal.claim.manual"]
    # When the payment fails, the money is hers again
    await tapped(scene.world, ben, f"payout:fail:{one.id}")
    assert "Look at the bank's side first" in ben.last.body.text
    assert (await ben.tap("✖️ Yes, it failed")).text == "Failed; the money is available again."
    late = await ben.tap_data(ben.last.id, f"payout:paid:{one.id}")
    assert "stands at “Failed”" in late.text
    assert await scene.till.balances() == {"available": 10000}
    # And nobody reads an account without paying
    await scene.till.approve(await scene.till.ask(2000))
    assert (await ben.tap_data(ben.last.id, f"payout:account:{one.id}")).text == ""


async def test_in_debt_and_under_review_the_screen_says_so(scene: Scene) -> None:
    await with_account(scene)
    await scene.till.paid_out(10_000)
    await scene.shop.tell(scene.shop.refunded("o1", full=True))
    card = await tapped(scene.world, scene.mei, "withdraw:open")
    assert "The balance is -£100.00: new commissions fill the gap first" in card.body.text
    assert not any(label.startswith("All") for label in labels(card))


async def test_a_debt_is_named_to_whoever_deletes_and_stays_behind(scene: Scene) -> None:
    # Given Mei whose money went out, whose order came back, and who has another one on its way
    world, shop, mei = scene.world, scene.shop, scene.mei
    olga = await hired(world, shop)
    await with_account(scene)
    await scene.till.paid_out(10_000)
    await shop.tell(shop.refunded("o1", full=True))
    # Then she isn't told to withdraw what she can't
    card = await tapped(world, mei, "data:delete")
    assert "· Available: -£100.00" in bare(card.body.text)
    assert "the debt stays in the shop's books under nobody's name" in card.body.text
    assert "ithdraw it first" not in card.body.text
    assert labels(card)[:2] == ["◀ Keep my data", "🗑 Delete everything"]
    await shop.tell(shop.paid("more", bought(price="30.00"), code=scene.till.code))
    card = await tapped(world, mei, "data:delete")
    assert "There is money of yours that can't be withdrawn yet" in card.body.text
    # And once she is gone, the shop's people see both, and whoever comes back begins at zero
    await open_by(world, mei, "🗑 Give the money up and delete")
    card = await tapped(world, olga, f"distributor:show:{scene.till.mei.id}")
    assert "🚪 Given up: £3.00 · paid £98.50\nDebt that stays in the books: £100.00" in bare(card.body.text)
    world.later(minutes=1)
    await mei.reply_to(f"/start {shop.merchant.public_id}")
    _, button = mei.button(f"join:yes:{shop.merchant.public_id}")
    await mei.tap(button.data or "")
    assert "Available now: £0.00" in bare((await say(world, mei, "/earn")).body.text)
    assert await scene.till.findings() == []


async def test_my_withdrawals_are_paged_and_old_pages_are_no_error(scene: Scene) -> None:
    await with_account(scene)
    empty = await tapped(scene.world, scene.mei, "withdraw:list")
    assert "Your withdrawals will stand here" in empty.body.text
    for _ in range(8):
        await scene.till.refuse(await scene.till.ask(2000))
    first = await open_by(scene.world, scene.mei, "◀ Back")
    first = await open_by(scene.world, scene.mei, "📜 My withdrawals")
    assert first.body.text.count("🚫 Refused") == 6
    second = await open_by(scene.world, scene.mei, "Older ▶")
    assert second.body.text.count("🚫 Refused") == 2
    assert (
        "Your withdrawals will stand here"
        in (await tapped(scene.world, scene.mei, "withdraw:list:1")).body.text
    )


async def test_back_from_the_account_leads_where_one_came_from(scene: Scene) -> None:
    world, mei = scene.world, scene.mei
    await tapped(world, mei, "withdraw:open")
    await open_by(world, mei, "🏦 Set a payout account")
    await open_by(world, mei, "🏦 Bank account")
    await say(world, mei, "no account")
    await open_by(world, mei, "◀ Back")
    assert "Say first where your money should go" in (await open_by(world, mei, "◀ Back")).body.text
    # Also once it is kept
    await open_by(world, mei, "🏦 Set a payout account")
    await open_by(world, mei, "🏦 Bank account")
    await say(world, mei, BANK)
    assert "Available now: £100.00" in (await open_by(world, mei, "◀ Back")).body.text

    await tapped(world, mei, "settings:open")
    await open_by(world, mei, "🏦 Payout account")
    assert "⚙️ Settings" in bare((await open_by(world, mei, "◀ Back")).body.text)


async def test_all_of_it_in_chinese(world: World, shop: Shop) -> None:
    await shop.plan(PLAN.replace("2010-12-01", "2010-12-02"))
    mei = await joined(world, shop, "梅", language_code="zh-hans")
    await tapped(world, mei, "account:ask:other")
    assert "用自己的话" in mei.last.body.text
    kept = await say(world, mei, "支付宝 mei@example.com")
    assert "已保存：m•••@\u2060example.com" in bare(kept.body.text)
    card = await tapped(world, mei, "withdraw:open")
    assert "可提现余额再增加 £20.00 即可提现。" in card.body.text
