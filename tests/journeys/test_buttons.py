"""Buttons that are old, foreign, made up or tapped twice: none errs, pays or sends twice."""

from __future__ import annotations

import pytest

from bot.sandbox.chat.phone import Phone
from models.catalog.products import keep_products
from models.funnel.orders import order_by_ref
from models.people.distributors import Distributor, enrolment
from models.people.persons import person_in_chat
from tests.builders import Shop, line, open_shop
from tests.journeys.world import World, bare, copied, decoded, go, labels

NOT_YOURS = "That is not yours or no longer there."


async def joined(world: World, shop: Shop, name: str = "Mei") -> tuple[Phone, Distributor]:
    phone = world.phone(name)
    await phone.reply_to(f"/start {shop.merchant.public_id}")
    await go(phone, "Join", "Available now")
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return phone, found


async def order_of(shop: Shop, who: Distributor, ref: str) -> int:
    await shop.tell(shop.paid(ref, line("1", "LAMP"), code=(await shop.link(who)).code))
    async with shop.store.read() as session:
        return (await order_by_ref(session, shop.merchant.id, ref)).id


@pytest.mark.parametrize(
    "data",
    [
        "nonsense",
        ":",
        "home",
        "home:gone",
        "withdraw:all",
        "x" * 64,
        "🦄:🦄:🦄",
    ],
)
async def test_a_button_that_no_screen_has_any_more_leads_home(world: World, shop: Shop, data: str) -> None:
    mei, _ = await joined(world, shop)
    card = await go(mei, "❓ Help", "How it works")
    answer = await mei.tap_data(card.id, data)
    assert answer.text == "That button has grown old. Here is home."
    await mei.sees("Available now", message_id=card.id)


@pytest.mark.parametrize(
    "data",
    [
        "goods:show",
        "goods:show:1",
        "goods:show:x",
        f"goods:poster:{2**63}",
        "goods:show:" + "9" * 40,
        "goods:show:-1",
        "goods:show:٣",
        "order:show:1",
        "why:0:1",
        "why:x:1",
        "why:0",
        "shop:enter:1",
        "earn:of:1",
        "settings:language:tlh",
    ],
)
async def test_a_made_up_subject_is_answered_and_changes_nothing(world: World, shop: Shop, data: str) -> None:
    mei, _ = await joined(world, shop)
    before = mei.last
    answer = await mei.tap_data(before.id, data)
    assert (answer.text, answer.alert) == (NOT_YOURS, True)
    assert mei.last == before


async def test_somebody_elses_things_look_like_things_that_are_not_there(world: World, shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    secret = await other.product("SECRET")
    _, lee = await joined(world, shop, "Lee")
    mei, _ = await joined(world, shop, "Mei")
    order = await order_of(shop, lee, "549000")
    card = mei.last
    for data in (f"order:show:{order}", f"why:0:{order}", f"goods:show:{secret.id}"):
        assert (await mei.tap_data(card.id, data)).text == NOT_YOURS
    assert (await mei.tap_data(card.id, f"shop:enter:{other.merchant.id}")).text == NOT_YOURS
    # And an order number that is not hers tells her nothing about whose it is
    assert "no order of yours has it" in (await mei.reply_to("549000")).body.text


async def test_buttons_of_somebody_who_never_joined_lead_to_the_open_shops(world: World, shop: Shop) -> None:
    mei = world.phone()
    card = await mei.reply_to("/help")
    for data in ("earn:open", "goods:open", "share:open", "entries:all:0", "goods:poster:1", "nonsense:x"):
        await mei.tap_data(card.id, data)
        await mei.sees("Which shop will you promote?", message_id=card.id)
        await mei.tap_data(card.id, "help:open")
        await mei.sees("How it works", message_id=card.id)
    assert "Which shop will you promote?" in (await mei.reply_to("hello")).body.text


@pytest.mark.parametrize("cursor", ["0", "", "x", "1-1", f"9999999999999999-{2**63}", "goods"])
@pytest.mark.parametrize("state", ["all", "held", "nonsense"])
async def test_entries_bear_any_filter_and_cursor(world: World, shop: Shop, state: str, cursor: str) -> None:
    mei, mine = await joined(world, shop)
    await order_of(shop, mine, "549000")
    await mei.tap_data(mei.last.id, f"entries:{state}:{cursor}"[:64])
    await mei.sees("🧾 Entries")


async def test_a_card_that_is_gone_is_replaced_by_a_new_one(world: World, shop: Shop) -> None:
    mei, _ = await joined(world, shop)
    old = mei.last
    world.sandbox.chat.remove(mei.person, old.id)
    assert (await mei.tap_data(old.id, "goods:open")).text == ""
    fresh = await mei.sees("2 products")
    assert fresh.id != old.id


async def test_a_month_old_button_still_works(world: World, shop: Shop) -> None:
    mei, mine = await joined(world, shop)
    home = mei.last
    order = await order_of(shop, mine, "549000")
    world.later(days=31)
    await mei.tap_data(home.id, f"order:show:{order}")
    await mei.sees("Left for you: £1.50", message_id=home.id)


async def test_the_same_tap_twice_shows_the_same_card_once(world: World, shop: Shop) -> None:
    mei, _ = await joined(world, shop)
    card = await go(mei, "🛍 Goods", "2 products")
    sent = world.requests("sendMessage")
    for _ in range(3):
        await mei.tap_data(card.id, "goods:open")
    await mei.tap("Back")
    await mei.sees("Available now")
    assert world.requests("sendMessage") == sent


async def test_forty_taps_make_one_poster_and_a_later_tap_sends_it_again_undrawn(
    world: World, shop: Shop
) -> None:
    mei, _ = await joined(world, shop)
    await go(mei, "🛍 Goods", "2 products")
    product = await go(mei, "Product MUG", "You earn")
    before, drawn = world.requests("sendPhoto"), world.context.studio.drawn
    for _ in range(40):
        await mei.tap("Poster", timeout=30)
    poster = await mei.waits(lambda message: message.media is not None)
    assert decoded(poster) != copied(product)
    await mei.reply_to("/start")
    assert world.requests("sendPhoto") == before + 1

    world.later(minutes=1)
    await mei.tap_data(product.id, mei.button("Poster")[1].data or "")
    await mei.waits(lambda message: message.media is not None and message.id != poster.id)
    assert world.requests("sendPhoto") == before + 2
    assert world.context.studio.drawn == drawn + 1


async def test_a_picture_from_a_host_that_is_not_the_shops_leaves_a_neutral_plate(
    world: World, shop: Shop
) -> None:
    lamp = await shop.product("LANTERN")
    elsewhere = lamp.model_copy(update={"image": "http://169.254.169.254/lamp.jpg"})
    async with shop.store.write() as session:
        await keep_products(session, shop.merchant.id, [elsewhere])
    mei, _ = await joined(world, shop)
    await mei.tap_data(mei.last.id, f"goods:poster:{lamp.id}")
    poster = await mei.waits(lambda message: message.media is not None)
    assert decoded(poster).startswith("https://go.shop.example/r/")


async def test_while_the_poster_is_made_the_chat_shows_it(world: World, shop: Shop) -> None:
    mei, _ = await joined(world, shop)
    await go(mei, "🛍 Goods", "2 products")
    await go(mei, "Product MUG", "You earn")
    await mei.tap("Poster")
    await mei.waits(lambda message: message.media is not None)
    methods = [entry.method for entry in world.sandbox.journal.entries()][-12:]
    assert methods.index("sendChatAction") < methods.index("sendPhoto")


async def test_a_text_that_is_an_order_number_of_mine_is_answered_with_its_story(
    world: World, shop: Shop
) -> None:
    mei, mine = await joined(world, shop)
    await order_of(shop, mine, "549000")
    assert "Left for you: £1.50" in (await mei.reply_to(" 549000 ")).body.text
    card = await mei.reply_to("hello")
    assert labels(card) == ["🔎 Ask about an order", "🏠 Home", "❓ Help"]
    assert "I didn't understand that" in (await mei.reply_to("/nonsense")).body.text


async def test_commands_are_read_with_the_bots_name_and_in_capitals(world: World, shop: Shop) -> None:
    mei, _ = await joined(world, shop)
    assert "2 products" in (await mei.reply_to(f"/Goods@{world.sandbox.bot.username}")).body.text
    assert "Earnings" in (await mei.reply_to("/earn now")).body.text
    assert "Settings" in bare((await mei.reply_to("/settings")).body.text)


async def test_goods_turn_pages_and_bear_a_product_that_went(world: World, shop: Shop) -> None:
    for number in range(10):
        await shop.product(f"P{number}")
    mei, _ = await joined(world, shop)
    await go(mei, "🛍 Goods", "12 products")
    second = await go(mei, "Next", "Product P9")
    assert "⏮ First page" in labels(second)
    await mei.tap_data(second.id, "goods:after:1")
    await mei.sees("Product LAMP", message_id=second.id)
