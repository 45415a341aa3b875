"""What comes by itself: notices lead to their order and shop; a restart in between loses nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from bot.cards.notices import notice_card
from bot.gateway.speed import Lane
from bot.sandbox.chat.phone import Phone
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.notices import notice_facts
from models.people.distributors import Distributor, enrolment
from models.people.persons import person_in_chat
from models.store.engine import Store
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import Shop, line, open_shop
from tests.journeys.world import World, chat_world, copied, go


async def mine(shop: Shop, chat_id: int) -> Distributor:
    async with shop.store.read() as session:
        person = await person_in_chat(session, chat_id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return found


async def tell(world: World, shop: Shop, chat_id: int, kind: NoticeKind) -> None:
    """Send the queued notice of one kind, as the outbox does."""
    async with shop.store.read() as session:
        rows = await session.execute(select(table_of(NoticeRow)))
        [notice] = [values_of(row, Notice) for row in rows if row.kind is kind]
        facts = await notice_facts(session, notice)
    assert facts is not None
    await world.context.gateway.send(chat_id, notice_card(facts, Voice(Language.EN)), lane=Lane.NOTICE)


async def test_a_notice_leads_to_its_order_even_when_another_shop_is_looked_at(
    world: World, shop: Shop
) -> None:
    # Given somebody at two shops who looks at the second
    other = await open_shop(shop.store, shop.now, currency="CNY", timezone="Asia/Shanghai")
    mei = world.phone()
    for each in (shop, other):
        await mei.reply_to(f"/start {each.merchant.public_id}")
        await go(mei, "Join", "Available now")
    link = await shop.link(await mine(shop, mei.id))

    # When the first shop sells something
    await shop.tell(shop.paid("549000", line("1", "LAMP"), code=link.code))
    await tell(world, shop, mei.id, NoticeKind.ORDER_PAID)
    notice = await mei.sees("New order: £1.50")

    # Then the notice's buttons show that order and that shop
    story = await go(mei, "🧾 This order", "Left for you: £1.50")
    assert story.id == notice.id
    await mei.tap_data(notice.id, f"earn:of:{shop.merchant.id}")
    await mei.sees("🚚 Awaiting receipt: £1.50", message_id=notice.id)

    # And when it is refunded, the next one says what is left
    await shop.tell(shop.refunded("549000", full=True))
    await tell(world, shop, mei.id, NoticeKind.REFUND)
    assert "What is left of your commission: £0.00" in (await mei.sees("Refund: £1.50")).body.text


async def test_a_restart_loses_nothing(store: Store, now: datetime, tmp_path: Path) -> None:
    shop = await open_shop(store, now)
    await shop.plan()
    lamp = await shop.product("LAMP", category="lights", price_minor=1999)
    # Given somebody who joined, chose Chinese and copied a link
    async with chat_world(store, now, tmp_path) as before:
        mei = before.phone()
        await mei.reply_to(f"/start {shop.merchant.public_id}")
        await go(mei, "中文", "邀请你推广")
        await go(mei, "加入", "当前可提现")
        card = await go(mei, "🛍 商品", "1 件商品")
        link = copied(await go(mei, "Product LAMP", "价格："))

    # When the bot starts anew, with nothing but its store
    async with chat_world(store, now, tmp_path / "again") as after:
        again = Phone(after.sandbox.people, after.sandbox.people.add("Mei", person_id=mei.id))
        assert "当前可提现" in (await again.reply_to("/start")).body.text

        # Then a button of before works, in Chinese, and the link is the same
        await again.tap_data(card.id, f"goods:show:{lamp.id}")
        product = await again.sees("价格：")
    assert copied(product) == link
