"""Staff in chat: invited by a link, given another role, removed; and what becomes of old, doubled and late taps."""

from __future__ import annotations

from bot.sandbox.chat.phone import Phone
from handlers.chat.inbox import COUNTED, waiting_for
from jobs.letters import Letter, write_letters
from models.people.persons import person_in_chat
from models.people.roster import members
from models.people.staff import Role, open_invitations
from models.store.audit import audit_of, broken_links
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import Shop
from tests.journeys.test_staff_desk import hired, tapped
from tests.journeys.world import World, bare, copied, labels, open_by, say


async def roles(shop: Shop) -> dict[str, Role]:
    async with shop.store.read() as session:
        return {one.name: one.role for one in await members(session, shop.merchant.id)}


async def staff_id(shop: Shop, name: str) -> int:
    async with shop.store.read() as session:
        return next(one.staff_id for one in await members(session, shop.merchant.id) if one.name == name)


async def told(world: World, shop: Shop, phone: Phone) -> list[str]:
    """What notices about the staff say to somebody, the oldest first."""
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
        assert person is not None
        rows = await session.execute(
            table.select()
            .where(table.c.person_id == person.id, table.c.kind == NoticeKind.STAFF)
            .order_by(table.c.id)
        )
        notices = [values_of(row, Notice) for row in rows]
        letters = await write_letters(session, notices, world.now)
    written = [letters[notice.id] for notice in notices]
    assert all(isinstance(each, Letter) for each in written)
    return [bare(str(each.card.text.striptags())) for each in written if isinstance(each, Letter)]


async def test_from_an_invitation_in_chat_to_leaving(world: World, shop: Shop) -> None:
    # Given Olga, the owner, who invites somebody as a viewer
    olga = await hired(world, shop, phone=world.phone("Olga"))
    await open_by(world, olga, "🏪 Manage the shop")
    card = await open_by(world, olga, "👥 Staff")
    assert bare(card.body.text).splitlines()[1] == "• Olga: owner, since Mar 4, 2026"
    assert "Nobody else works here yet." in card.body.text
    await open_by(world, olga, "➕ Invite")
    card = await open_by(world, olga, "viewer")
    link = copied(card)
    assert link in card.body.text
    assert "until Mar 11, 2026" in card.body.text

    # When Finn opens the link, he sees the desk of a viewer, and Olga is told
    finn = world.phone("Finn")
    welcome = await say(world, finn, f"/start {link.rpartition('start=')[2]}")
    assert "You are now a viewer at" in bare(welcome.body.text)
    desk = await open_by(world, finn, "🏪 Manage the shop")
    assert "You are a viewer here." in desk.body.text
    assert "➕ Add a product" not in labels(desk)
    assert "📜 Done by hand" not in labels(desk)
    assert (await told(world, shop, olga))[-1].startswith(f"👥 Finn is a viewer at {shop.merchant.name} now.")

    # When Olga makes him finance, what that means is said first, and he is told
    await tapped(world, olga, "staff:list")
    await open_by(world, olga, "Finn")
    card = await open_by(world, olga, "○ finance")
    assert "Make Finn finance instead of viewer?" in bare(card.body.text)
    assert "• approve or refuse withdrawals" in card.body.text
    assert labels(card)[0] == "◀ Back"
    assert (await olga.tap("✅ Change the role")).text == "The role is changed."
    assert await roles(shop) == {"Olga": Role.OWNER, "Finn": Role.FINANCE}
    assert (await told(world, shop, finn))[-1].startswith(
        f"👥 You are in finance at {shop.merchant.name} now."
    )

    # When she removes him, after a confirmation, his desk is closed at once
    await open_by(world, olga, "Finn")
    card = await open_by(world, olga, "🚪 Remove from the staff")
    assert labels(card)[:2] == ["◀ Back", "🚪 Yes, remove"]
    assert (await olga.tap("🚪 Yes, remove")).text == "Removed."
    assert await roles(shop) == {"Olga": Role.OWNER}
    assert "not yours or no longer there" in (await say(world, finn, "/manage")).body.text
    assert (await told(world, shop, finn))[-1].startswith(
        f"👥 You don't work at {shop.merchant.name} any more."
    )

    # And all of it stands in the chain, in words
    await tapped(world, olga, "manage:open")
    card = await open_by(world, olga, "📜 Done by hand")
    lines = bare(card.body.text)
    assert "the chain is whole" in lines
    assert "Olga removed Finn from the staff\nfinance\n" in lines
    assert "Olga changed the role of Finn\nviewer → finance" in lines
    assert "Finn joined the staff by an invitation\nviewer" in lines
    async with shop.store.read() as session:
        assert await broken_links(session, shop.merchant.id) == []
        acts = [entry.act for entry in reversed(await audit_of(session, shop.merchant.id))]
    assert [act for act in acts if act != "plan_published"] == [
        *("invite_staff", "join_staff", "invite_staff", "join_staff", "change_role", "remove_staff")
    ]


async def test_old_doubled_and_late_taps_change_nothing_twice(world: World, shop: Shop) -> None:
    olga = await hired(world, shop, phone=world.phone("Olga"))
    otto = await hired(world, shop, Role.OPERATOR, phone=world.phone("Otto"))
    mine, his = await staff_id(shop, "Olga"), await staff_id(shop, "Otto")

    # A doubled tap makes one invitation; taken back twice, it is taken back once
    for _ in range(2):
        await tapped(world, olga, "staff:link:viewer")
    async with shop.store.read() as session:
        [invitation] = await open_invitations(session, shop.merchant.id, world.now)
    for words in ("Taken back: its link opens nothing any more.", "That one is not open any more."):
        answer = await olga.tap_data(olga.last.id, f"staff:revoke:{invitation.id}")
        assert answer.text == words
    late = world.phone("Late")
    assert (
        "was used already or has expired"
        in (await say(world, late, f"/start {invitation.payload}")).body.text
    )

    # Nobody changes themselves, the last owner stays, and the same role twice is one change
    for data in (f"staff:give:{mine}:viewer", f"staff:remove:{mine}"):
        answer = await olga.tap_data(olga.last.id, data)
        assert (answer.text, answer.alert) == ("Nobody changes their own role. Another owner can.", True)
    for words in ("The role is changed.", "That is so already."):
        assert (await olga.tap_data(olga.last.id, f"staff:give:{his}:owner")).text == words
    # Then Otto, an owner now, lowers Olga; her next tap is refused by the role of now
    assert (await otto.tap_data(otto.last.id, f"staff:give:{mine}:viewer")).text == "The role is changed."
    answer = await olga.tap_data(olga.last.id, f"staff:remove:{his}")
    assert (answer.text, answer.alert) == ("That is not for your role to do. Who may: owner.", True)
    assert await roles(shop) == {"Olga": Role.VIEWER, "Otto": Role.OWNER}


async def test_the_inbox_counts_what_a_role_decides(world: World, shop: Shop) -> None:
    viewer, owner = Role.VIEWER, Role.OWNER

    async def three(session: object, merchant_id: int) -> int:
        return 3 if merchant_id == shop.merchant.id else 0

    counted = dict.fromkeys(COUNTED, three)
    async with shop.store.read() as session:
        assert [count for _, count in await waiting_for(session, shop.merchant.id, owner, counted)] == [
            3,
            3,
            3,
        ]
        kinds = [kind for kind, _ in await waiting_for(session, shop.merchant.id, viewer, counted)]
        assert kinds == ["withdraw:inbox"], "a viewer sees money, and decides nothing"
    olga = await hired(world, shop)
    card = await tapped(world, olga, "inbox:open")
    assert "Nothing waits." in card.body.text
    assert labels(card)[:3] == ["💸 Withdrawals (0)", "🔎 Cases (0)", "🙋 Claims (0)"]
