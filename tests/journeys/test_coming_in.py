"""Every way in, and what stands at the doors that don't open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.voice.languages import Language
from handlers.chat.registering import register
from models.people.distributors import Distributor, enrolment, places
from models.people.merchants import Merchant
from models.people.persons import person_in_chat
from models.people.staff import Role, invite_staff, roles_of
from models.store.sql import table_of
from tests.builders import Shop, open_shop
from tests.journeys.world import World, bare, go, labels, open_by, settled

NASTY = "<b>&\"' \u202eevil\u202c 👩‍👩‍👧‍👦 مرحبا " + "W" * 200


async def enrolled(shop: Shop, chat_id: int) -> Distributor | None:
    async with shop.store.read() as session:
        person = await person_in_chat(session, chat_id)
        assert person is not None
        return await enrolment(session, shop.merchant.id, person.id)


async def test_start_alone_lists_the_open_shops(world: World, shop: Shop) -> None:
    closed = await open_shop(shop.store, shop.now)
    async with shop.store.write() as session:
        table = table_of(Merchant)
        await session.execute(
            update(table).where(table.c.id == closed.merchant.id).values(open_to_join=False)
        )
    mei = world.phone()
    card = await mei.reply_to("/start")
    assert labels(card) == [f"🏬 {shop.merchant.name}", "❓ Help"]

    invitation = await go(mei, shop.merchant.name, "invites you to promote its goods")
    await settled(world, mei)
    assert [message.id for message in mei.messages if message.from_bot] == [invitation.id]
    await go(mei, "Join", "Available now")
    mine = await enrolled(shop, mei.id)
    assert mine is not None
    assert mine.sponsor_id is None
    assert mine.chat_hash is not None


async def test_without_any_open_shop_it_says_how_to_come_in(world: World) -> None:
    card = await world.phone().reply_to("/start")
    assert "ask a friend who promotes one for their invite link" in card.body.text
    assert labels(card) == ["🔄 Look again", "❓ Help"]


async def test_an_invitation_remembers_who_invited_and_joins_once(world: World, shop: Shop) -> None:
    anna = await shop.distributor("anna")
    mei = world.phone()
    card = await mei.reply_to(f"/start j_{anna.invite_code.lower()}")

    for _ in range(3):
        assert (await mei.tap_data(card.id, f"join:yes:j_{anna.invite_code}")).text
    mine = await enrolled(shop, mei.id)

    assert mine is not None
    assert mine.sponsor_id == anna.id
    # And the same link leads home from now on
    assert "Available now" in (await mei.reply_to(f"/start j_{anna.invite_code}")).body.text


async def test_the_invitation_can_be_read_in_the_other_language(world: World, shop: Shop) -> None:
    anna = await shop.distributor("anna")
    mei = world.phone(language_code="en")
    await mei.reply_to(f"/start j_{anna.invite_code}")
    card = await go(mei, "中文", "邀请你推广")
    assert "买家收货 7 天后可提现" in card.body.text
    assert labels(card) == ["✅ 加入", "🌐 English"]
    await go(mei, "加入", "当前可提现")


async def test_a_client_in_chinese_is_spoken_to_in_chinese(world: World) -> None:
    assert "欢迎" in (await world.phone(language_code="zh-hans").reply_to("/start")).body.text


@pytest.mark.parametrize("prefix", ["", "m_"])
async def test_a_shops_own_link(world: World, shop: Shop, prefix: str) -> None:
    card = await world.phone().reply_to(f"/start {prefix}{shop.merchant.public_id}")
    assert "invites you to promote its goods" in card.body.text


async def test_a_closed_shop_takes_the_invited_alone(world: World, shop: Shop) -> None:
    async with shop.store.write() as session:
        table = table_of(Merchant)
        await session.execute(update(table).values(open_to_join=False))
    anna = await shop.distributor("anna")
    mei = world.phone()
    card = await mei.reply_to(f"/start {shop.merchant.public_id}")
    assert "by invitation only" in card.body.text
    # When an old button of the shop's own invitation is tapped, it opens nothing either
    await mei.tap_data(card.id, f"join:yes:{shop.merchant.public_id}")
    assert await enrolled(shop, mei.id) is None
    await mei.reply_to(f"/start j_{anna.invite_code}")
    await go(mei, "Join", "Available now")


@pytest.mark.parametrize(
    "payload", ["j_", "j_NOBODYXX", "m_", "m_nowhere", "x", "j_" + "A" * 62, "joined", "-_-", "s"]
)
async def test_a_useless_link_says_so_and_leads_on(world: World, shop: Shop, payload: str) -> None:
    mei = world.phone()
    card = await mei.reply_to(f"/start {payload}")
    assert "This invite link doesn't work" in card.body.text
    await go(mei, "Home", "Welcome")


async def test_a_staff_link_works_once_and_for_a_week(world: World, shop: Shop) -> None:
    async with shop.store.write() as session:
        first, second = [
            await invite_staff(session, merchant_id=shop.merchant.id, role=Role.OWNER, now=shop.now)
            for _ in range(2)
        ]
    mei, lee = world.phone("Mei"), world.phone("Lee")
    card = await mei.reply_to(f"/start {first}")
    assert bare(card.body.text).startswith(f"🔑 You are now an owner at {shop.merchant.name}.")
    assert "was used already or has expired" in (await lee.reply_to(f"/start {first}")).body.text
    world.later(days=8)
    assert "was used already or has expired" in (await lee.reply_to(f"/start {second}")).body.text

    async with shop.store.read() as session:
        person = await person_in_chat(session, mei.id)
        assert person is not None
        assert [staff.role for staff in await roles_of(session, person.id)] == [Role.OWNER]
    # And the owner can look at the invitation that distributors see
    await go(mei, "See the invitation", "invites you to promote its goods")


async def test_a_staff_link_that_was_for_somebody_else_makes_nobody_of_the_staff_anything_new(
    world: World, shop: Shop
) -> None:
    async with shop.store.write() as session:
        own, used, unused = [
            await invite_staff(session, merchant_id=shop.merchant.id, role=role, now=shop.now)
            for role in (Role.VIEWER, Role.FINANCE, Role.OPERATOR)
        ]
    mei, lee = world.phone("Mei"), world.phone("Lee", language_code="zh-hans")
    await mei.reply_to(f"/start {own}")
    assert "你现在是" in (await lee.reply_to(f"/start {used}")).body.text

    shown = bare((await mei.reply_to(f"/start {used}")).body.text)
    assert shown.startswith("🔑 This staff link was used already or has expired.")
    assert f"you are a viewer at {shop.merchant.name}." in shown
    shown = bare((await mei.reply_to(f"/start {unused}")).body.text)
    assert "It stays open." in shown
    assert f"you are a viewer at {shop.merchant.name}." in shown
    assert "你在" in (await lee.reply_to(f"/start {own}")).body.text
    # Her own she may open again
    assert "You are now a viewer at" in bare((await mei.reply_to(f"/start {own}")).body.text)


async def test_who_belongs_to_several_shops_goes_from_one_to_the_other(world: World, shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now, currency="CNY", timezone="Asia/Shanghai")
    mei = world.phone()
    for each in (shop, other):
        await mei.reply_to(f"/start {each.merchant.public_id}")
        await open_by(world, mei, "Join")
    home = await mei.reply_to("/start")
    assert "Available now: ¥0.00" in home.body.text

    shops = await go(mei, "Other shop", "Your shops")
    assert labels(shops)[:2] == [f"○ {shop.merchant.name}", f"● {other.merchant.name}"]
    await go(mei, f"{shop.merchant.name}", "Available now: £0.00")

    # When a product of one shop is opened from an old card, its shop becomes the current one
    lamp = await other.product("LANTERN", price_minor=5990)
    await mei.tap_data(home.id, f"goods:show:{lamp.id}")
    await mei.sees("Price: ¥59.90")
    assert "¥0.00" in (await mei.reply_to("/start")).body.text


async def test_names_that_try_to_break_the_cards_break_nothing(world: World, shop: Shop) -> None:
    anna, mei = world.phone(NASTY), world.phone(NASTY)
    await anna.reply_to(f"/start {shop.merchant.public_id}")
    await go(anna, "Join", "Available now")
    share = await go(anna, "Share", "For friends who want to promote it too")
    invite = next(word for word in share.body.text.split() if word.startswith("https://t.me/"))

    mei.open(invite)
    card = await mei.sees("invites you to promote")

    text = bare(card.body.text)
    assert text.startswith("👋 <b>&\"' evil 👩‍👩‍👧‍👦 مرحبا W")
    assert "\u202e" not in card.body.text
    # And they never overflow: the name is cut with an ellipsis, the shop's name stands whole behind it
    assert f"… invites you to promote {shop.merchant.name}." in text


async def test_commands_and_descriptions_are_there_in_both_languages(world: World) -> None:
    await register(world.context)
    chat = world.sandbox.chat
    english = dict(chat.commands_for(world.phone(language_code="de").person))
    chinese = dict(chat.commands_for(world.phone(language_code="zh-hans").person))
    assert list(english) == list(chinese) == ["start", "goods", "earn", "settings", "help"]
    assert (english["earn"], chinese["earn"]) == ("What I have earned", "我的收益")
    assert "专属" in world.sandbox.bot.descriptions["zh"]
    assert Language.ZH.code in world.sandbox.bot.short_descriptions


async def test_whoever_blocks_the_bot_is_unreachable_until_they_write_again(world: World, shop: Shop) -> None:
    mei = world.phone()
    await mei.reply_to("/start")
    mei.block()
    # The reader takes updates in order, so another person's answer means that the block was read.
    await world.phone("Lee").reply_to("/start")
    async with shop.store.read() as session:
        person = await person_in_chat(session, mei.id)
        assert person is not None
        assert person.unreachable_since == world.now
        assert await places(session, person.id) == []
    world.later(hours=1)
    await mei.reply_to("/start")
    async with shop.store.read() as session:
        person = await person_in_chat(session, mei.id)
    assert person is not None
    assert person.unreachable_since is None
    assert world.now - shop.now == timedelta(hours=1)
