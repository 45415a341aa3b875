"""My data in chat: a file of everything, and a way out that says what it costs."""

from __future__ import annotations

import json

from sqlalchemy import func, select

from bot.sandbox.chat.files import Document
from bot.sandbox.chat.phone import Phone
from models.money.verify import verify
from models.people.persons import Person, person_in_chat
from models.store.sql import table_of
from tests.builders import Shop, line
from tests.journeys.test_old_buttons import joined as enrolled
from tests.journeys.test_staff_desk import hired
from tests.journeys.world import World, bare, joined, labels, open_by, say, settled


async def to_my_data(world: World, phone: Phone) -> None:
    await say(world, phone, "/settings")
    await open_by(world, phone, "🗄 My data")


async def is_known(shop: Shop, phone: Phone) -> bool:
    async with shop.store.read() as session:
        return await person_in_chat(session, phone.id) is not None


async def test_the_file_holds_what_is_known(world: World, shop: Shop) -> None:
    mei, me = await enrolled(world, shop, "Mei")
    await shop.tell(shop.paid("549000", line("1", "MUG"), code=(await shop.link(me)).code))
    await to_my_data(world, mei)
    await mei.tap("⬇️ Export")
    message = await settled(world, mei)
    assert isinstance(message.media, Document)
    data = json.loads(message.media.content)
    assert (data["name"], data["chat_id"]) == ("Mei", mei.id)
    assert [order["order_id"] for order in data["enrolments"][0]["orders"]] == ["549000"]


async def test_money_is_named_before_it_is_given_up(world: World, shop: Shop) -> None:
    mei, me = await enrolled(world, shop, "Mei")
    code = (await shop.link(me)).code
    await shop.tell(shop.paid("1", line("1", "MUG"), code=code))
    await to_my_data(world, mei)
    card = await open_by(world, mei, "🗑 Delete")
    assert "· In hold: £0.00\n· Awaiting receipt: £1.00\n" in bare(card.body.text)
    assert labels(card)[:2] == ["◀ Keep my data", "🗑 Give the money up and delete"]
    # More came in meanwhile: the old button shows the new numbers
    await shop.tell(shop.paid("2", line("1", "MUG"), code=code))
    answer = await mei.tap("🗑 Give the money up and delete")
    assert "The numbers have changed" in answer.text
    card = await settled(world, mei)
    assert "£2.00" in card.body.text
    assert await is_known(shop, mei)
    _, button = mei.button("🗑 Give the money up and delete")
    card = await open_by(world, mei, "🗑 Give the money up and delete")
    assert "Everything about you is deleted" in card.body.text
    assert not await is_known(shop, mei)
    # A doubled tap leaves nobody behind either
    await mei.tap_data(card.id, button.data or "")
    await settled(world, mei)
    assert not await is_known(shop, mei)
    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) == []
        named = select(func.count()).select_from(Person).where(table_of(Person).c.name == "Mei")
        assert (await session.execute(named)).scalar_one() == 0
    # And whoever comes back begins anew
    world.later(minutes=1)
    await mei.reply_to(f"/start {shop.merchant.public_id}")
    _, button = mei.button(f"join:yes:{shop.merchant.public_id}")
    await mei.tap(button.data or "")
    assert "£0.00" in (await say(world, mei, "/earn")).body.text


async def test_the_only_owner_stays(world: World, shop: Shop) -> None:
    olga = await hired(world, shop)
    await to_my_data(world, olga)
    card = await open_by(world, olga, "🗑 Delete")
    assert "You are the only owner of" in card.body.text
    await hired(world, shop)
    await to_my_data(world, olga)
    await open_by(world, olga, "🗑 Delete")
    assert "is deleted" in (await open_by(world, olga, "🗑 Delete everything")).body.text


async def test_in_chinese_too(world: World, shop: Shop) -> None:
    mei = await joined(world, shop, language_code="zh-hans")
    await say(world, mei, "/settings")
    await open_by(world, mei, "🗄 我的数据")
    card = await open_by(world, mei, "🗑 删除")
    assert labels(card)[0] == "◀ 保留我的数据"
