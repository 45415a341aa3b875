"""Share in two taps: what is offered behind the bot's name, to whom, and what becomes of what was sent."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from telegram.request import RequestData

from bot.gateway.transport import AiohttpRequest
from bot.media.gallery import shot_of
from bot.sandbox.chat.conversation import Chat
from bot.sandbox.chat.faults import Fault, FaultKind
from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.inline.result import InlineAnswer, InlineResult
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from bot.sandbox.wire import Json
from bot.voice.languages import Language
from handlers.chat.inline import start_payload, words_of
from models.catalog.products import Product, ProductRow, ProductState, edit_product
from models.funnel.exposures import Exposure
from models.funnel.links import SHOP, Channel, Link, LinkState, set_link_state
from models.funnel.shared_cards import SharedCard
from models.people.distributors import Distributor, enrolment
from models.people.merchants import Merchant
from models.people.persons import person_in_chat
from models.store.chat_files import keep_chat_file
from models.store.engine import Store
from models.store.sql import table_of
from tests.bot.sandbox.test_conversation import picture
from tests.builders import Shop, open_shop
from tests.journeys.world import ADDRESS, World, bare, chat_world, go, joined, labels

FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture
def sharing(world: World) -> World:
    """BotFather's switches are on."""
    world.sandbox.inline_mode()
    return world


async def distributor(shop: Shop, phone: Phone) -> Distributor:
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return found


async def change(shop: Shop, product: Product, **changes: object) -> Product:
    changed = product.model_copy(update=changes)
    async with shop.store.write() as session:
        await edit_product(session, changed, shop.now)
    return changed


async def rows(shop: Shop, table: type[Exposure] | type[SharedCard]) -> list[dict[str, object]]:
    async with shop.store.read() as session:
        return [dict(row._mapping) for row in await session.execute(select(table_of(table)))]


def titles(answer: InlineAnswer) -> list[str]:
    return [bare(result.title) for result in answer.results]


def result(answer: InlineAnswer, title: str) -> InlineResult:
    return next(each for each in answer.results if title in each.title)


def address(result: InlineResult | Message) -> str:
    """Where the card's first button leads."""
    assert result.keyboard is not None
    return str(result.keyboard.rows[0][0].value)


async def sent(chat: Chat, title: str, query: str = "") -> Message:
    return await chat.chooses(result(await chat.types(query), title))


async def quiet(world: World) -> None:
    """Everything that was told so far has been handled: the reader takes updates in order."""
    await world.phone("Nobody").reply_to("/help")


# What is offered


async def test_an_empty_query_offers_my_recent_then_what_sells_then_the_shop(
    sharing: World, shop: Shop
) -> None:
    cup = await shop.product("CUP")
    async with shop.store.write() as session:
        table = table_of(ProductRow)
        await session.execute(update(table).where(table.c.id == cup.id).values(heat=9))
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    to_lee = mei.chat_with(lee)

    # Given nothing shared yet, what sells comes first and the shop last
    first = await to_lee.types()
    assert titles(first)[0] == "Product CUP"
    assert set(titles(first)[1:3]) == {"Product LAMP", "Product MUG"}
    assert titles(first)[-1] == shop.merchant.name

    # When she shares a product, it is the first the next time, and once only
    await to_lee.chooses(result(first, "MUG"))
    await quiet(sharing)
    sharing.sandbox.clock.forward(6)
    assert titles(await to_lee.types()) == ["Product MUG", "Product CUP", "Product LAMP", shop.merchant.name]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lamp", ["Product LAMP"]),
        ("  LaMp ", ["Product LAMP"]),
        ("lights", ["Product LAMP"]),
        ("product mug", ["Product MUG"]),
        ("#new", ["Product MUG", "Product LAMP"]),
        ("#NEW", ["Product MUG", "Product LAMP"]),
        ("#新", ["Product MUG", "Product LAMP"]),
        ("#新品", ["Product MUG", "Product LAMP"]),
        ("#hot", ["Product MUG", "Product LAMP"]),
        ("#热", ["Product MUG", "Product LAMP"]),
        ("#热卖", ["Product MUG", "Product LAMP"]),
    ],
)
async def test_words_and_shelves(sharing: World, shop: Shop, query: str, found: list[str]) -> None:
    mei = await joined(sharing, shop)
    assert titles(await mei.chat_with(sharing.phone("Lee")).types(query)) == found


async def test_chinese_words_find_chinese_goods(sharing: World, shop: Shop) -> None:
    await change(shop, await shop.product("CUP"), title="红色 马克杯")
    mei = await joined(sharing, shop, language_code="zh-hans")
    answer = await mei.chat_with(sharing.phone("Lee")).types("红色杯")
    assert titles(answer) == ["红色 马克杯"]
    card = await mei.chat_with(sharing.phone("Ann")).chooses(answer.results[0])
    assert "广告" in card.body.text
    assert labels(card)[0] == "🛒 立即购买"


@pytest.mark.parametrize("query", ["🦄" * 256, FAMILY * 36, "#", "##", "%", "\\", "'; drop table", "x" * 256])
async def test_what_nothing_is_called_leads_to_the_goods(sharing: World, shop: Shop, query: str) -> None:
    mei = await joined(sharing, shop)
    answer = await mei.chat_with(sharing.phone("Lee")).types(query)
    assert answer.results == ()
    assert answer.button is not None
    mei.start(answer.button.start_parameter or "")
    await mei.sees("2 products")


async def test_a_code_of_mine_finds_its_product_however_it_is_written(sharing: World, shop: Shop) -> None:
    mei = await joined(sharing, shop)
    mine = await shop.link(await distributor(shop, mei), sku="MUG", channel=Channel.COPIED)
    to_lee = mei.chat_with(sharing.phone("Lee"))
    assert titles(await to_lee.types(mine.code)) == ["Product MUG"]
    assert titles(await to_lee.types(f" {mine.code.lower()} ")) == ["Product MUG"]


async def test_a_code_of_mine_for_the_whole_shop_offers_the_shop(sharing: World, shop: Shop) -> None:
    mei = await joined(sharing, shop)
    mine = await shop.link(await distributor(shop, mei), sku=SHOP)
    answer = await mei.chat_with(sharing.phone("Lee")).types(mine.code)
    assert titles(answer) == [shop.merchant.name]


async def test_somebody_elses_code_finds_nothing_and_says_nothing(sharing: World, shop: Shop) -> None:
    mei, lee = await joined(sharing, shop), await joined(sharing, shop, "Lee")
    theirs = await shop.link(await distributor(shop, lee), sku="MUG")
    answer = await mei.chat_with(lee).types(theirs.code)
    nobodys = await mei.chat_with(lee).types("23456789")
    assert answer.results == nobodys.results == ()
    assert answer.button == nobodys.button


async def test_a_code_finds_its_product_at_whichever_of_my_shops(sharing: World, shop: Shop) -> None:
    # Given somebody who looked at a product of one shop, and went over to the other since
    other = await open_shop(shop.store, shop.now, currency="CNY", timezone="Asia/Shanghai")
    vase = await other.product("VASE")
    mei = await joined(sharing, shop)
    await mei.reply_to(f"/start {other.merchant.public_id}")
    await mei.tap(f"join:yes:{other.merchant.public_id}")
    card = await mei.sees("Available now: ¥0.00")
    await mei.tap_data(card.id, f"goods:show:{vase.id}")
    await mei.sees("Price")
    await mei.tap_data(card.id, f"shop:enter:{shop.merchant.id}")
    # When she taps "Send to chat" under the old card
    code = (await shop_link(other, mei, "VASE", Channel.COPIED)).code
    answer = await mei.chat_with(sharing.phone("Lee")).types(code)
    # Then it is that product in that shop's money
    assert titles(answer) == ["Product VASE"]
    assert "¥10.00" in answer.results[0].body.text


async def shop_link(shop: Shop, phone: Phone, sku: str, channel: Channel) -> Link:
    return await shop.link(await distributor(shop, phone), sku=sku, channel=channel)


async def test_pages_follow_each_other_and_nothing_comes_twice(sharing: World, shop: Shop) -> None:
    for number in range(45):
        await shop.product(f"P{number:02}")
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    to_lee = mei.chat_with(lee)
    # Given two that she shared, which stand far down among what sells
    for sku in ("LAMP", "MUG"):
        await sent(to_lee, sku, sku)
        await quiet(sharing)
        sharing.later(minutes=1)
    sharing.sandbox.clock.forward(6)

    pages = [await to_lee.types()]
    while pages[-1].next_offset:
        pages.append(await to_lee.types("", pages[-1].next_offset))

    seen = [title for page in pages for title in titles(page)]
    assert len(pages) == 3
    assert len(seen) == len(set(seen)) == 47 + 1
    assert all(len(page.results) <= 50 for page in pages)
    assert seen[:2] == ["Product MUG", "Product LAMP"]


@pytest.mark.parametrize("offset", ["1", "0", "x", "-1", "٣", "9" * 64, "1.5", f"{2**63}", " "])
async def test_an_offset_that_is_stale_or_made_up_begins_anew(
    sharing: World, shop: Shop, offset: str
) -> None:
    mei = await joined(sharing, shop)
    to_lee = mei.chat_with(sharing.phone("Lee"))
    assert titles(await to_lee.types("", offset)) == titles(await to_lee.types())


async def test_the_answer_to_an_offset_of_another_shop_is_this_shops(sharing: World, shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    vase = await other.product("VASE")
    mei = await joined(sharing, shop)
    answer = await mei.chat_with(sharing.phone("Lee")).types("", str(vase.id))
    assert "Product VASE" not in titles(answer)
    assert len(answer.results) == 3


async def test_hidden_goods_are_not_offered_and_a_paused_link_gives_way_to_a_new_one(
    sharing: World, shop: Shop
) -> None:
    await change(shop, await shop.product("SECRET"), state=ProductState.HIDDEN)
    mei = await joined(sharing, shop)
    to_lee = mei.chat_with(sharing.phone("Lee"))
    assert titles(await to_lee.types("secret")) == []
    before = address(result(await to_lee.types("lamp"), "LAMP"))
    link = await shop_link(shop, mei, "LAMP", Channel.INLINE)
    assert before == f"{ADDRESS}/r/{link.code}"
    async with shop.store.write() as session:
        await set_link_state(session, link, LinkState.PAUSED)
    sharing.sandbox.clock.forward(6)
    assert address(result(await to_lee.types("lamp"), "LAMP")) != before
    assert titles(await to_lee.types(link.code)) == ["Product LAMP"]


async def test_what_it_earns_is_for_the_sharers_eyes_alone(sharing: World, shop: Shop) -> None:
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    answer = await mei.chat_with(lee).types("lamp")
    # 15 % of £19.99, of which the shop pays whole pence
    assert bare(answer.results[0].description) == "£19.99 · you earn ≈\N{NO-BREAK SPACE}£2.99"
    await mei.chat_with(lee).chooses(answer.results[0])
    card = await lee.chat_with(mei).sees("Product LAMP")
    assert "£19.99" in card.body.text
    assert "Ad" in card.body.text.splitlines()[-1]
    assert "2.99" not in card.body.text
    assert "earn" not in card.body.text
    assert labels(card) == ["🛒 Buy now", "🙋 I want to promote too"]


async def test_a_result_says_when_it_can_not_be_had(sharing: World, shop: Shop) -> None:
    await change(shop, await shop.product("GONE"), stock=0)
    await change(shop, await shop.product("LATE"), sale_ends_at=shop.now - timedelta(minutes=1))
    mei = await joined(sharing, shop)
    to_lee = mei.chat_with(sharing.phone("Lee"))
    assert (await to_lee.types("gone")).results[0].description == "£10.00 · ⛔ sold out"
    assert (await to_lee.types("late")).results[0].description == "⌛ This offer is over"


# Whose answer it is


async def links_of_two(world: World, shop: Shop) -> tuple[set[str], set[str]]:
    """Where the cards of two people lead who ask the same in the same group one after the other."""
    mei, lee = await joined(world, shop), await joined(world, shop, "Lee")
    group = world.sandbox.group("Friends", mei, [lee], with_bot=False)
    answers = [await phone.in_group(group).types("product") for phone in (mei, lee, mei)]
    assert answers[2].results == answers[0].results
    mine, theirs = ({address(each) for each in answer.results} for answer in answers[:2])
    return mine, theirs


async def test_two_people_who_ask_the_same_never_get_each_others_links(sharing: World, shop: Shop) -> None:
    mine, theirs = await links_of_two(sharing, shop)
    assert len(mine) == len(theirs) == 2
    assert mine.isdisjoint(theirs)
    for entry in sharing.sandbox.journal.entries("answerInlineQuery"):
        assert entry.params["is_personal"] == "true"
        assert int(str(entry.params["cache_time"])) <= 5


class Impersonal(AiohttpRequest):
    """A wire on which it gets lost that an answer is for one person."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: object, **kwargs: object
    ) -> tuple[int, bytes]:
        if request_data is not None:
            request_data._parameters = [
                parameter for parameter in request_data._parameters if parameter.name != "is_personal"
            ]
        return await super().do_request(url, method, request_data, *args, **kwargs)


async def test_without_saying_that_it_is_personal_they_would(
    store: Store, now: datetime, tmp_path: Path, shop: Shop
) -> None:
    async with chat_world(store, now, tmp_path, Impersonal()) as world:
        world.sandbox.inline_mode()
        mine, theirs = await links_of_two(world, shop)
    assert mine == theirs


# Exposures


async def test_what_is_sent_is_an_exposure_of_the_sharers_link_with_its_channel(
    sharing: World, shop: Shop
) -> None:
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    card = await sent(mei.chat_with(lee), "LAMP")
    await sent(mei.chat_with(lee), shop.merchant.name)
    await quiet(sharing)

    lamp = await shop_link(shop, mei, "LAMP", Channel.INLINE)
    whole = await shop_link(shop, mei, SHOP, Channel.INLINE)
    exposures = await rows(shop, Exposure)
    assert {each["link_id"] for each in exposures} == {lamp.id, whole.id}
    assert [each["inline_message_id"] for each in await rows(shop, SharedCard)] == [card.inline_message_id]


async def test_however_often_it_is_told_it_counts_once(sharing: World, shop: Shop) -> None:
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    card = await sent(mei.chat_with(lee), "LAMP")
    told: dict[str, Json] = {
        "result_id": result(await mei.chat_with(lee).types(), "LAMP").id,
        "from": mei.person.as_user(),
        "query": "",
        "inline_message_id": card.inline_message_id,
    }
    for _ in range(3):
        sharing.sandbox.chat.updates.push("chosen_inline_result", told)
    await quiet(sharing)
    assert len(await rows(shop, Exposure)) == len(await rows(shop, SharedCard)) == 1


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        ":",
        ":::::",
        "23456789:en:open:100:t",
        "{code}",
        "{code}:en",
        "{code}:en:open:x:t",
        "{code}:en:nonsense:100:t",
        "{code}:en:open:" + "9" * 40 + ":t",
        "{code}:en:open:100:t:more",
        "{code}:en:open:-100:t",
        "{code}:e n:open:100:t",
        "🦄" * 16,
        "' OR 1=1",
    ],
)
async def test_keys_that_are_not_ours_are_left_alone(sharing: World, shop: Shop, key: str) -> None:
    mei = await joined(sharing, shop)
    link = await shop_link(shop, mei, "LAMP", Channel.INLINE)
    told: dict[str, Json] = {
        "result_id": key.format(code=link.code),
        "from": mei.person.as_user(),
        "query": "",
    }
    sharing.sandbox.chat.updates.push("chosen_inline_result", {**told, "inline_message_id": "A" * 30})
    await quiet(sharing)
    assert await rows(shop, Exposure) == await rows(shop, SharedCard) == []


async def test_a_card_is_remembered_as_what_it_shows_not_as_what_is_so_by_then(
    sharing: World, shop: Shop
) -> None:
    # Given somebody who looks at their results for a while
    mug = await shop.product("TRAY", price_minor=900)
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    answer = await mei.chat_with(lee).types("tray")
    await change(shop, mug, price_minor=700, stock=0)
    # When they choose one after the price has changed
    card = await mei.chat_with(lee).chooses(answer.results[0])
    await quiet(sharing)
    # Then it is known that the card shows the old one, so that it will be changed
    assert "£9.00" in card.body.text
    [kept] = await rows(shop, SharedCard)
    assert (kept["price_minor"], kept["state"], kept["language"]) == (900, "open", "en")


# Coming in


async def test_who_has_not_joined_joins_and_comes_back_to_the_query(sharing: World, shop: Shop) -> None:
    mei, lee = sharing.phone("Mei"), sharing.phone("Lee")
    answer = await mei.chat_with(lee).types("lämp 红")
    assert answer.results == ()
    assert answer.button is not None
    assert answer.button.text == "Join a shop to share its goods"

    mei.start(answer.button.start_parameter or "")
    await mei.sees("invites you to promote its goods")
    await go(mei, "Join", "Available now")
    assert labels(mei.last)[0] == "↩️ Back to your chat, to share"
    _, button = mei.button("Back to your chat")
    assert button.action == "switch_inline_query"
    assert button.value == "lämp 红"
    # Once only: home is home the next time
    assert "Back to your chat" not in " ".join(labels(await mei.reply_to("/start")))
    # And who has joined already is led straight back
    mei.start(answer.button.start_parameter or "")
    await mei.waits(lambda message: "Back to your chat" in " ".join(labels(message)))
    back = await mei.with_bot.switches("Back to your chat", mei.chat_with(lee))
    assert back.button is not None


@pytest.mark.parametrize("payload", ["", "q_", "q_====", "q_gICAgA", "q_AAAA"])
async def test_with_a_lost_start_payload_the_joining_still_works(
    sharing: World, shop: Shop, payload: str
) -> None:
    mei = sharing.phone("Mei")
    card = await mei.reply_to(f"/start {payload}".strip())
    if "Which shop" in card.body.text:
        await go(mei, shop.merchant.name, "invites you")
    await go(mei, "Join", "Available now")


@pytest.mark.parametrize("payload", ["q_é", "q_" + "A" * 4000, "q_🦄", "q_\u0661"])
async def test_a_payload_that_somebody_typed_breaks_nothing(sharing: World, shop: Shop, payload: str) -> None:
    mei = sharing.phone("Mei")
    await mei.reply_to(f"/start {payload}")
    await go(mei, "Join", "Available now")
    assert mei.button("Back to your chat")[1].value == ""


@given(st.text(max_size=256))
def test_words_come_back_whole_or_not_at_all(words: str) -> None:
    encodable = words.encode("utf-8", "ignore").decode()
    payload = start_payload(encodable)
    assert len(payload) <= 64
    assert payload.isascii()
    assert words_of(payload) in {encodable, ""}


async def test_of_several_shops_one_is_chosen_first(sharing: World, shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    mei = sharing.phone("Mei")
    mei.start(start_payload("lamp"))
    await mei.sees("Which shop will you promote?")
    await go(mei, other.merchant.name, "invites you")
    await go(mei, "Join", "Available now")
    assert mei.button("Back to your chat")[1].value == "lamp"


async def test_who_wants_to_promote_too_joins_with_the_sharer_as_sponsor(sharing: World, shop: Shop) -> None:
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    await sent(mei.chat_with(lee), "LAMP")
    card = await lee.chat_with(mei).sees("Product LAMP")
    assert card.keyboard is not None

    lee.open(str(card.keyboard.rows[1][0].value))
    await lee.sees("Mei")
    await go(lee, "Join", "Available now")
    assert (await distributor(shop, lee)).sponsor_id == (await distributor(shop, mei)).id


async def test_a_shop_that_recruits_nobody_has_no_such_button(sharing: World, shop: Shop) -> None:
    async with shop.store.write() as session:
        await session.execute(update(table_of(Merchant)).values(recruits_on_cards=False))
    mei = await joined(sharing, shop)
    answer = await mei.chat_with(sharing.phone("Lee")).types()
    for each in answer.results:
        assert each.keyboard is not None
        assert [len(row) for row in each.keyboard.rows] == [1]


# Pictures


async def stored(world: World, shop: Shop, product: Product, file_id: str) -> None:
    """The chat server knows the product's picture by this id."""
    shot = shot_of(shop.merchant, product)
    assert shot is not None
    async with shop.store.write() as session:
        await keep_chat_file(session, world.context.gateway.bot_id, shot.key, file_id, world.now)


async def test_a_picture_goes_by_the_chat_servers_id_and_never_as_an_upload(
    sharing: World, shop: Shop
) -> None:
    lamp = await change(shop, await shop.product("VASE"), image="https://shop.example/vase.jpg")
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    known = mei.send_photo(picture())
    assert isinstance(known.media, Photo)
    await stored(sharing, shop, lamp, known.media.file_id)

    card = await sent(mei.chat_with(lee), "VASE", "vase")

    assert isinstance(card.media, Photo)
    assert card.media.file_id == known.media.file_id
    assert "£10.00" in card.body.text
    assert [
        entry.files for entry in sharing.sandbox.journal.entries("answerInlineQuery") if entry.files
    ] == []
    await quiet(sharing)
    [kept] = await rows(shop, SharedCard)
    assert kept["has_picture"]


async def test_where_the_id_is_known_no_more_the_words_still_come(sharing: World, shop: Shop) -> None:
    vase = await change(shop, await shop.product("VASE"), image="https://shop.example/vase.jpg")
    await stored(sharing, shop, vase, "forgotten")
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    card = await sent(mei.chat_with(lee), "VASE")
    assert card.media is None
    await quiet(sharing)
    [kept] = await rows(shop, SharedCard)
    assert not kept["has_picture"]


# A server that fails


@pytest.mark.parametrize("kind", [FaultKind.TOO_MANY, FaultKind.FORBIDDEN, FaultKind.SERVER_ERROR])
async def test_an_answer_that_is_refused_harms_nobody(sharing: World, shop: Shop, kind: FaultKind) -> None:
    mei = await joined(sharing, shop)
    to_lee = mei.chat_with(sharing.phone("Lee"))
    sharing.sandbox.faults.plan(Fault(kind, "answerInlineQuery", times=1, retry_after=60))
    with pytest.raises(TimeoutError):
        await to_lee.types("lamp", timeout=0.5)
    # The next keystroke is answered
    assert titles(await to_lee.types("lamp ")) == ["Product LAMP"]
    assert sharing.requests("answerInlineQuery") == 2


async def test_an_answer_that_hangs_is_given_up_and_the_bot_goes_on(sharing: World, shop: Shop) -> None:
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    sharing.sandbox.faults.plan(Fault(FaultKind.HANG, "answerInlineQuery", times=1))
    typing = asyncio.create_task(mei.chat_with(lee).types("lamp"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(typing), 0.3)
    sharing.sandbox.faults.release()
    assert "How it works" in (await mei.reply_to("/help")).body.text
    typing.cancel()


async def test_a_query_that_is_too_old_to_be_answered_is_no_error(sharing: World, shop: Shop) -> None:
    mei = await joined(sharing, shop)
    to_lee = mei.chat_with(sharing.phone("Lee"))
    old: dict[str, Json] = {
        "id": "1",
        "from": mei.person.as_user(),
        "chat_type": "private",
        "query": "lamp",
        "offset": "",
    }
    sharing.sandbox.chat.updates.push("inline_query", old)
    assert titles(await to_lee.types("lamp")) == ["Product LAMP"]


async def test_a_longest_title_fits_the_caption_in_both_languages(sharing: World, shop: Shop) -> None:
    long = await change(
        shop, await shop.product("LONG"), title="W" * 500, image="https://shop.example/long.jpg"
    )
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    known = mei.send_photo(picture())
    assert isinstance(known.media, Photo)
    await stored(sharing, shop, long, known.media.file_id)
    for language in Language:
        await mei.tap_data(mei.last.id, f"settings:language:{language}")
        sharing.sandbox.clock.forward(6)
        card = await sent(mei.chat_with(lee), "WWW", "long")
        assert card.media is not None
        assert len(card.body.text) < 1024
