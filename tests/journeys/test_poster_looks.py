"""Posters in every look by buttons: shapes, templates, names, files, a shop's own; drawn once and uploaded once."""

from __future__ import annotations

import asyncio
import io

import pytest
import zxingcpp
from PIL import Image, ImageChops

from bot.media.drawn import draw_product
from bot.media.template import families
from bot.sandbox.chat.faults import Fault, FaultKind
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from bot.voice.languages import Language
from models.catalog.products import Product, edit_product
from models.catalog.templates import keep_template
from models.people.persons import person_in_chat
from models.people.preferences import preference_of
from tests.bot.media.test_forms import embedded
from tests.bot.media.test_template import PLAIN
from tests.builders import Shop
from tests.journeys.world import ADDRESS, World, decoded, joined, labels

PATIENCE = 60.0
SHAPES = {"3:4": (1080, 1440), "9:16": (1080, 1920), "1:1": (1080, 1080), "A4": (1240, 1754)}


@pytest.fixture
async def mei(world: World, shop: Shop) -> Phone:
    """Mei, who joined; the plan's picture that came with the invitation is not counted among posters."""
    phone = await joined(world, shop)
    world.context.studio.drawn = 0
    return phone


@pytest.fixture
async def mug(shop: Shop) -> Product:
    return await shop.product("MUG")


async def poster(mei: Phone, product: Product) -> Message:
    """The poster, asked for from a card."""
    before = {message.id for message in mei.messages}
    await mei.tap_data(mei.last.id, f"goods:poster:{product.id}", timeout=PATIENCE)
    return await mei.waits(
        lambda message: message.id not in before and message.media is not None, timeout=PATIENCE
    )


async def look(mei: Phone, shown: Message, label: str) -> Message:
    """Another look of it, by its button, in the same place."""
    assert isinstance(shown.media, Photo)
    before = shown.media.file_id
    _, button = mei.button(label)
    await mei.tap_data(shown.id, button.data or "", timeout=PATIENCE)

    def changed(message: Message) -> bool:
        return message.id == shown.id and isinstance(message.media, Photo) and message.media.file_id != before

    return await mei.waits(changed, timeout=PATIENCE)


async def file(mei: Phone, label: str) -> Document:
    before = {message.id for message in mei.messages}
    await mei.tap(label, timeout=PATIENCE)
    sent = await mei.waits(
        lambda message: message.id not in before and message.media is not None, timeout=PATIENCE
    )
    assert isinstance(sent.media, Document)
    return sent.media


def size(message: Message) -> tuple[int, int]:
    assert isinstance(message.media, Photo)
    with Image.open(io.BytesIO(message.media.content)) as opened:
        return opened.size


def read(picture: bytes) -> str:
    with Image.open(io.BytesIO(picture)) as opened:
        [code] = zxingcpp.read_barcodes(opened)
    return str(code.text)


def uploads(world: World) -> int:
    """How often a picture or file travelled to the chat server, the invitation's picture aside."""
    return sum(bool(entry.files) for entry in world.sandbox.journal.entries()) - 1


async def test_every_template_in_every_shape_by_buttons_and_each_is_read_back(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    shown = await poster(mei, mug)
    first, seen = shown.id, []
    for _ in families():
        for shape, measures in SHAPES.items():
            assert size(shown) == measures, shape
            assert decoded(shown).startswith(f"{ADDRESS}/r/")
            seen.append(decoded(shown))
            shown = await look(mei, shown, "📐 As ")
        shown = await look(mei, shown, "🎨 Other template")
    # One link on all of them, one message, each uploaded once
    assert len(set(seen)) == 1
    assert shown.id == first
    assert world.context.studio.drawn == len(seen) == len(families()) * len(SHAPES)
    # The last tap came back to the first look, which the chat server knew
    assert uploads(world) == len(seen)


async def test_how_much_of_me_is_on_it(world: World, shop: Shop, mei: Phone, mug: Product) -> None:
    mei.show_portrait(draw_product("A face", "lights", 2))
    named = await poster(mei, mug)
    assert "👤 On it: name and picture" in labels(named)
    avatar = await look(mei, named, "👤 On it")
    assert "👤 On it: picture only" in labels(avatar)
    nobody = await look(mei, avatar, "👤 On it")
    assert "👤 On it: nothing of me" in labels(nobody)
    pictures = [
        message.media.content for message in (named, avatar, nobody) if isinstance(message.media, Photo)
    ]
    assert len(set(pictures)) == 3
    assert [read(picture) for picture in pictures] == [decoded(named)] * 3
    # Nothing was asked about their face where nothing of them is to show
    assert world.requests("getUserProfilePhotos") == 2
    # And their choice holds for the next poster
    again = await poster(mei, await shop.product("CUP"))
    assert "👤 On it: nothing of me" in labels(again)


async def test_somebody_without_a_picture_has_a_poster_too(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    bare = await poster(mei, mug)
    mei.show_portrait(draw_product("A face", "lights", 2))
    lee = await joined(world, shop, "Mei")
    lee.show_portrait(draw_product("A face", "lights", 2))
    with_face = await poster(lee, mug)
    assert decoded(bare).startswith(f"{ADDRESS}/r/")
    assert isinstance(bare.media, Photo)
    assert isinstance(with_face.media, Photo)
    with (
        Image.open(io.BytesIO(bare.media.content)) as one,
        Image.open(io.BytesIO(with_face.media.content)) as other,
    ):
        assert ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is not None


async def test_the_original_file_and_the_sheet_for_print(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    shown = await poster(mei, mug)
    original = await file(mei, "🗂 Original file")
    assert original.filename.endswith(".png")
    with Image.open(io.BytesIO(original.content)) as opened:
        assert (opened.format, opened.size) == ("PNG", (1080, 1440))
    assert read(original.content) == decoded(shown)

    sheet = await file(mei, "🖨 Print PDF (A4)")
    assert sheet.filename.endswith(".pdf")
    with Image.open(io.BytesIO(embedded(sheet.content))) as opened:
        assert opened.size == (2480, 3508)
    assert read(embedded(sheet.content)) == decoded(shown)
    # The poster above them stays what it was
    assert size(mei.button("🗂 Original file")[0]) == (1080, 1440)


async def test_what_was_uploaded_once_is_sent_by_its_id(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    await poster(mei, mug)
    await file(mei, "🗂 Original file")
    assert (uploads(world), world.context.studio.drawn) == (2, 2)
    world.later(minutes=1)
    again = await poster(mei, mug)
    await file(mei, "🗂 Original file")
    square = await look(mei, again, "📐 As ")
    await look(mei, square, "📐 As ")
    world.later(minutes=1)
    await poster(mei, mug)
    assert uploads(world) == 4
    # Somebody else's has their own link, and is another poster
    lee = await joined(world, shop, "Lee")
    assert decoded(await poster(lee, mug)) != decoded(again)
    assert uploads(world) == 5


async def test_an_id_that_the_chat_server_knows_no_more_is_uploaded_anew(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    await poster(mei, mug)
    world.later(minutes=1)
    files = world.sandbox.chat.files
    for kept in list(files._by_id):
        del files._by_id[kept]
    shown = await poster(mei, mug)
    assert decoded(shown).startswith(f"{ADDRESS}/r/")
    assert uploads(world) == 2


async def test_a_shops_own_template_comes_first(world: World, shop: Shop, mei: Phone, mug: Product) -> None:
    async with shop.store.write() as session:
        await keep_template(
            session,
            merchant_id=shop.merchant.id,
            family="mine",
            profile="3:4",
            source=PLAIN,
            now=world.now,
        )
    own = await poster(mei, mug)
    assert ":mine:" in (mei.button("🗂 Original file")[1].data or "")
    assert decoded(own).startswith(f"{ADDRESS}/r/")
    # It has one shape, and the shipped ones come behind it
    shipped = await look(mei, own, "🎨 Other template")
    assert f":{families()[0]}:" in (mei.button("🗂 Original file")[1].data or "")
    assert size(shipped) == (1080, 1440)
    # And the sheet for print is a sheet, though the shop made none
    await mei.tap_data(own.id, f"poster:make:{mug.id}:mine:3x4:jpg", timeout=PATIENCE)
    sheet = await file(mei, "🖨 Print PDF (A4)")
    with Image.open(io.BytesIO(embedded(sheet.content))) as opened:
        assert opened.size == (2480, 3508)


async def test_the_look_that_was_chosen_last_is_the_next_ones(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    shown = await look(mei, await poster(mei, mug), "📐 As ")
    await look(mei, shown, "🎨 Other template")
    async with shop.store.read() as session:
        person = await person_in_chat(session, mei.id)
        assert person is not None
        chosen = await preference_of(session, person.id)
    assert (chosen.poster_family, chosen.poster_profile) == (families()[1], "9x16")
    assert size(await poster(mei, await shop.product("CUP"))) == (1080, 1920)


async def test_forty_taps_in_a_second_give_one_poster_and_each_an_answer(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    card = mei.last.id
    taps = [mei.tap_data(card, f"goods:poster:{mug.id}", timeout=PATIENCE) for _ in range(40)]
    answers = await asyncio.gather(*taps)
    assert [answer.text for answer in answers].count("⏳ Making your poster…") == 1
    assert [answer.text for answer in answers].count("That is on its way already.") == 39
    await mei.reply_to("/help")
    assert sum(message.media is not None for message in mei.messages) == 1
    assert (uploads(world), world.context.studio.drawn) == (1, 1)


@pytest.mark.parametrize(
    "data",
    [
        "poster:make:{key}",
        "poster:make:{key}:",
        "poster:make:{key}:nonsense:0x0:gif",
        "poster:make:{key}:classic",
        "poster:make:{key}:classic:3x4:jpg:more",
        "poster:name:{key}:classic:3x4:nonsense",
    ],
)
async def test_an_old_or_made_up_button_gives_the_nearest_look(
    world: World, shop: Shop, mei: Phone, mug: Product, data: str
) -> None:
    await mei.tap_data(mei.last.id, data.format(key=mug.id)[:64], timeout=PATIENCE)
    shown = await mei.waits(lambda message: message.media is not None, timeout=PATIENCE)
    assert size(shown) == (1080, 1440)


@pytest.mark.parametrize(
    "kind", [FaultKind.FORBIDDEN, FaultKind.SERVER_ERROR, FaultKind.TOO_MANY, FaultKind.HANG]
)
@pytest.mark.parametrize("method", ["getUserProfilePhotos", "getFile"])
async def test_a_face_that_can_not_be_had_costs_nothing_but_itself(
    world: World,
    shop: Shop,
    mei: Phone,
    mug: Product,
    method: str,
    kind: FaultKind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.gateway.gateway.FACE_SECONDS", 0.3)
    mei.show_portrait(draw_product("A face", "lights", 2))
    # Told to come back in a second, longer than a face is waited for; whatever is sent next does wait.
    world.sandbox.faults.plan(Fault(kind, method, times=1, retry_after=1))
    without = await poster(mei, mug)
    assert decoded(without).startswith(f"{ADDRESS}/r/")
    # When it can be had again, the next poster has it: the one without is not kept for ever
    world.later(minutes=1)
    with_face = await poster(mei, mug)
    assert isinstance(without.media, Photo)
    assert isinstance(with_face.media, Photo)
    assert without.media.content != with_face.media.content


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.FORBIDDEN, FaultKind.DROPPED])
async def test_a_poster_that_did_not_get_through_can_be_asked_for_again_at_once(
    world: World, shop: Shop, mei: Phone, mug: Product, kind: FaultKind
) -> None:
    plan = world.sandbox.faults.plan(Fault(kind, "sendPhoto"))
    card = mei.last.id
    await mei.tap_data(card, f"goods:poster:{mug.id}", timeout=PATIENCE)
    await mei.reply_to("/help")
    world.sandbox.faults.cancel(plan)
    answer = await mei.tap_data(card, f"goods:poster:{mug.id}", timeout=PATIENCE)
    assert answer.text == "⏳ Making your poster…"
    assert world.context.studio.drawn == 1


async def test_a_caption_of_the_longest_title_fits_in_both_languages(
    world: World, shop: Shop, mei: Phone, mug: Product
) -> None:
    async with shop.store.write() as session:
        await edit_product(session, mug.model_copy(update={"title": "灯 W" * 160}), world.now)
    captions = []
    for language in Language:
        await mei.tap_data(mei.last.id, f"settings:language:{language}")
        captions.append((await poster(mei, mug)).body.text)
    assert all(0 < len(caption) < 1024 for caption in captions)
    assert len(set(captions)) == 2
