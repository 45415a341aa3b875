"""The shop's people at work in chat: every field with good and bad words, pictures, templates, roles, two shops."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from bot.media import template as shipped
from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from models.catalog.captions import Tone, captions_of
from models.catalog.products import Product, ProductState, product
from models.catalog.templates import templates_of
from models.people.permissions import MAY, Act
from models.people.persons import person_in_chat
from models.people.staff import Role, invite_staff
from tests.builders import Shop, open_shop
from tests.journeys.pictures import encoded
from tests.journeys.world import World, bare, labels, open_by, say, settled

GONE = "That is not yours or no longer there."


def not_for(act: Act) -> str:
    """What somebody is told whose role may not do it: who may."""
    roles = ", ".join(role for role in Role if role in MAY[act])
    return f"That is not for your role to do. Who may: {roles}."


OWNERS = not_for(Act.EDIT_SHOP)


def template_text() -> str:
    """A right template, by another name than the one that ships."""
    folder = Path(shipped.__file__).parent / "templates"
    return (folder / "classic-3x4.json").read_text().replace('"classic-3x4"', '"mine"', 1)


async def hired(
    world: World,
    shop: Shop,
    role: Role = Role.OWNER,
    *,
    language_code: str = "en",
    phone: Phone | None = None,
) -> Phone:
    """Somebody who came in by a staff link."""
    phone = phone or world.phone("Olga", language_code=language_code)
    async with shop.store.write() as session:
        payload = await invite_staff(session, merchant_id=shop.merchant.id, role=role, now=world.now)
    await say(world, phone, f"/start {payload}")
    return phone


async def kept(shop: Shop, sku: str = "LAMP") -> Product:
    async with shop.store.read() as session:
        return await product(session, shop.merchant.id, sku)


async def asked(shop: Shop, phone: Phone) -> str | None:
    """The question that is open."""
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
    return person.asked if person is not None else None


async def tapped(world: World, phone: Phone, data: str) -> Message:
    await phone.tap_data(phone.last.id, data)
    return await settled(world, phone)


@dataclass(frozen=True)
class Desk:
    """One product on the desk of somebody who may edit it."""

    world: World
    shop: Shop
    phone: Phone
    product: Product

    async def answers(self, field: str, text: str) -> Message:
        """Tap a field and send its new value."""
        await tapped(self.world, self.phone, f"product:ask:{self.product.id}:{field}")
        return await say(self.world, self.phone, text)

    async def sends(self, content: bytes, *, name: str = "") -> Message:
        """Answer the picture's question: as a photo, or with a name as a file."""
        await tapped(self.world, self.phone, f"product:ask:{self.product.id}:picture")
        if name:
            self.phone.send_document(content, name)
        else:
            self.phone.send_photo(content)
        return await settled(self.world, self.phone)

    async def now(self) -> Product:
        return await kept(self.shop)


@pytest.fixture
async def desk(world: World, shop: Shop) -> Desk:
    return Desk(world, shop, await hired(world, shop), await kept(shop))


async def test_from_an_invitation_to_a_product_that_distributors_see(world: World, shop: Shop) -> None:
    # Given an owner who comes in by a staff link and adds a product
    olga = await hired(world, shop)
    desk = await open_by(world, olga, "🏪 Manage the shop")
    assert "2 products in the catalogue" in desk.body.text
    await open_by(world, olga, "➕ Add a product")
    card = await say(world, olga, "TEA-1")
    assert "🙈 Hidden: only you and your staff see it" in card.body.text

    # When she puts it on sale without a price, she is told what is missing
    refused = await olga.tap("✅ Put it on sale")
    assert (refused.text, refused.alert) == ("Give it a price above zero first.", True)

    # And with title, price, and picture it stands before distributors
    for label, words in (("✏️ Title", "🍵 Green tea"), ("💷 Price", "7,50"), ("🗂 Category", "tea")):
        await open_by(world, olga, label)
        card = await say(world, olga, words)
    await open_by(world, olga, "🖼 Picture")
    olga.send_photo(encoded(600, 600, "JPEG"))
    card = await settled(world, olga)
    assert "🖼 Picture: there is one" in card.body.text
    assert (await olga.tap("✅ Put it on sale")).text == "On sale."

    mei = world.phone("Mei")
    await say(world, mei, f"/start {shop.merchant.public_id}")
    await open_by(world, mei, "Join")
    await say(world, mei, "/goods tea")
    shown = await open_by(world, mei, "Green tea")
    assert "£7.50" in shown.body.text
    assert isinstance(shown.media, Photo)
    # And is gone from there when she hides it
    assert (await olga.tap("🙈 Hide it")).text == "Hidden."
    assert "Nothing is called" in (await say(world, mei, "/goods tea")).body.text


@pytest.mark.parametrize(
    ("field", "text", "stands"),
    [
        ("title", "  Brass\n  lamp ", {"title": "Brass lamp"}),
        ("title", "W" * 500, {"title": "W" * 500}),
        ("title", "🎉🎉🎉", {"title": "🎉🎉🎉"}),
        ("title", "<b>&{title}", {"title": "<b>&{title}"}),
        ("price", "12.50", {"price_minor": 1250}),
        ("price", "£1,299.00", {"price_minor": 129_900}),
        ("price", "12,5", {"price_minor": 1250}),
        ("price", "１２．５０", {"price_minor": 1250}),
        ("list", "30", {"list_price_minor": 3000}),
        ("list", "-", {"list_price_minor": None}),
        ("ends", "2026-12-01 18:00", {"sale_ends_at": datetime(2026, 12, 1, 18, tzinfo=UTC)}),
        ("ends", "2026-07-01", {"sale_ends_at": datetime(2026, 6, 30, 23, tzinfo=UTC)}),
        ("ends", "-", {"sale_ends_at": None}),
        ("stock", "0", {"stock": 0}),
        ("stock", "999999999", {"stock": 999_999_999}),
        ("stock", "-", {"stock": None}),
        ("category", "杯" * 100, {"category": "杯" * 100}),
        ("category", "-", {"category": None}),
        ("url", "https://shop.example/lamp?a=1", {"url": "https://shop.example/lamp?a=1"}),
        ("url", "-", {"url": None}),
        ("picture", "-", {"picture_id": None, "image": None}),
    ],
)
async def test_a_good_answer_is_kept(desk: Desk, field: str, text: str, stands: dict[str, object]) -> None:
    card = await desk.answers(field, text)
    product = await desk.now()
    assert {name: getattr(product, name) for name in stands} == stands
    assert "Number: " in card.body.text
    assert await asked(desk.shop, desk.phone) is None


BAD = [
    ("title", "\u200b\u200b", "1 to 500 characters"),
    ("title", "W" * 501, "1 to 500 characters"),
    ("price", "0", "That is no price"),
    ("price", "-5", "That is no price"),
    ("price", "1.299", "That is no price"),
    ("price", "12,99,00", "That is no price"),
    ("price", "12.505", "That is no price"),
    ("price", "€12", "This shop counts in GBP"),
    ("price", "1e5", "That is no price"),
    ("price", "NaN", "That is no price"),
    ("price", "9" * 40, "That is no price"),
    ("price", "٣", "That is no price"),
    ("list", "19.99", "above today's"),
    ("list", "free", "above today's"),
    ("ends", "tomorrow", "no time to come"),
    ("ends", "2026-03-04 09:30", "no time to come"),
    ("ends", "2026-02-30", "no time to come"),
    ("ends", "0001-01-01", "no time to come"),
    ("ends", "10000-01-01", "no time to come"),
    ("stock", "-1", "whole number"),
    ("stock", "1.5", "whole number"),
    ("stock", "1000000000", "whole number"),
    ("stock", "0" * 12 + "9" * 30, "whole number"),
    ("stock", "٣", "whole number"),
    ("category", "杯" * 101, "1 to 100 characters"),
    ("category", "\u2060", "1 to 100 characters"),
    ("url", "https://evil.example/", "your shop's own addresses: shop.example"),
    ("url", "javascript:alert(1)", "your shop's own addresses"),
    ("url", "https://shop.example@evil.example/", "your shop's own addresses"),
    ("url", "https://shop.example/" + "w" * 2000, "your shop's own addresses"),
    ("picture", "a lamp", "JPEG, PNG or WebP"),
]


@pytest.mark.parametrize(("field", "text", "why"), BAD)
async def test_a_bad_answer_is_explained_and_asked_for_again(
    desk: Desk, field: str, text: str, why: str
) -> None:
    before = await desk.now()
    card = await desk.answers(field, text)
    assert "✋" in card.body.text
    assert why in card.body.text
    assert await desk.now() == before
    # And the next text answers the same question
    question = await asked(desk.shop, desk.phone)
    assert question is not None
    assert field in question


async def test_bad_answers_are_explained_in_chinese_too(world: World, shop: Shop) -> None:
    olga = await hired(world, shop, language_code="zh-hans")
    desk = Desk(world, shop, olga, await kept(shop))
    for field, text, _ in BAD:
        card = await desk.answers(field, text)
        why = next(part for part in card.body.text.split("\n\n") if part.startswith("✋"))
        assert any("\u4e00" <= char <= "\u9fff" for char in why), (field, why)


async def test_the_first_day_there_is_lies_before_time_in_the_east(world: World, shop: Shop) -> None:
    """`0001-01-01` in Shanghai is no moment of UTC at all: it is refused like any other past."""
    east = await open_shop(shop.store, world.now, timezone="Asia/Shanghai")
    west = await open_shop(shop.store, world.now, timezone="America/New_York")
    for there, text in ((east, "0001-01-01"), (west, "9999-12-31 23:59")):
        await there.product("LAMP")
        olga = await hired(world, there)
        card = await Desk(world, there, olga, await kept(there)).answers("ends", text)
        assert "✋ That is no time to come." in card.body.text


def png_of(width: int, height: int) -> bytes:
    """A real PNG of one bit a pixel, cheap to make whatever its size."""

    def chunk(tag: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(b"\0" * ((width // 8 + 1) * height), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def gif_of(frames: int) -> bytes:
    out = io.BytesIO()
    first, *others = [Image.new("P", (2, 2), number % 2) for number in range(frames)]
    first.save(out, "GIF", save_all=True, append_images=others, duration=10)
    return out.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(png_of(30_000, 30_000), "huge.png", id="30,000 by 30,000"),
        pytest.param(SVG, "lamp.png", id="an SVG called PNG"),
        pytest.param(gif_of(10_000), "lamp.gif", id="a GIF of ten thousand frames"),
        pytest.param(gif_of(10_000), "", id="the GIF as a photo"),
        pytest.param(encoded(20, 3000), "line.png", id="a line"),
        pytest.param(encoded(300, 300)[:-200], "torn.png", id="torn"),
        pytest.param(b"\0" * (5 * 1024 * 1024 + 1), "heavy.jpg", id="too heavy"),
        pytest.param(b"%PDF-1.7", "lamp.pdf", id="a PDF"),
    ],
)
async def test_what_is_no_picture_for_us_is_explained_and_asked_for_again(
    desk: Desk, content: bytes, name: str
) -> None:
    card = await desk.sends(content, name=name)
    assert "✋ That is no picture that I can take" in card.body.text
    assert (await desk.now()).picture_id is None
    # And the question is still open: the same message sent again is answered again, a good one is taken
    desk.phone.send_document(content, name or "lamp.gif")
    assert (await settled(desk.world, desk.phone)).id != card.id
    desk.phone.send_photo(encoded(300, 300))
    assert "there is one" in (await settled(desk.world, desk.phone)).body.text
    assert (await desk.now()).picture_id is not None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_good_pictures_are_taken_as_photo_and_as_file(desk: Desk, kind: str) -> None:
    for name in ("", f"lamp.{kind.lower()}"):
        card = await desk.sends(encoded(400, 300, kind, "#883311" if name else "#118833"), name=name)
        assert "🖼 Picture: there is one" in card.body.text
    assert (await desk.now()).picture_id is not None
    card = await desk.answers("picture", "-")
    assert "🖼 Picture: —" in card.body.text


@pytest.mark.parametrize("sku", ["", "S" * 101, "two\nlines", "\u200b", "x\u202ey"])
async def test_a_number_that_is_none_is_asked_for_again(world: World, shop: Shop, sku: str) -> None:
    olga = await hired(world, shop)
    await tapped(world, olga, "manage:add")
    if sku:
        card = await say(world, olga, sku)
    else:
        olga.send_document(b"sticker", "sticker.webp")
        card = await settled(world, olga)
    assert "✋ A product's number has 1 to 100 characters" in card.body.text
    assert await asked(shop, olga) == "manage:sku"
    # And a number that is known already opens what it names
    assert "Product LAMP" in bare((await say(world, olga, "LAMP")).body.text)


async def test_captions_are_written_by_tone_and_language(desk: Desk) -> None:
    world, olga, lamp = desk.world, desk.phone, desk.product
    card = await tapped(world, olga, f"product:words:{lamp.id}")
    assert len([label for label in labels(card) if label.startswith("☐")]) == 6
    await tapped(world, olga, f"product:write:{lamp.id}:warm:zh")
    # Too long, and nothing at all, are refused; the question stays
    for words in ("杯" * 601, "🎉" * 301, "{title}" * 20, "\u200b"):
        refused = await say(world, olga, words)
        assert "✋ A caption has 1 to 600 characters, at most 1,000" in refused.body.text
    olga.send_photo(encoded(300, 300))
    assert "✋" in (await settled(world, olga)).body.text
    card = await say(world, olga, "好灯 {title} {link}")
    assert "✅ 💛 Warm, 中文" in labels(card)
    # A sticker in place of new words does not take the old ones away
    await tapped(world, olga, f"product:write:{lamp.id}:warm:zh")
    olga.send_document(b"sticker", "sticker.webp")
    await settled(world, olga)
    async with desk.shop.store.read() as session:
        found = await captions_of(session, desk.shop.merchant.id, lamp.id, "zh")
    assert found == {Tone.WARM: "好灯 {title} {link}"}
    # And a dash does
    card = await say(world, olga, "-")
    assert not any(label.startswith("✅") for label in labels(card))


@pytest.mark.parametrize("way", ["late", "command", "tap", "other question"])
async def test_a_question_ends(desk: Desk, way: str) -> None:
    """31 minutes later, after a command, a tap, or with another question: the text is no title any more."""
    world, olga = desk.world, desk.phone
    await tapped(world, olga, f"product:ask:{desk.product.id}:title")
    match way:
        case "late":
            world.later(minutes=31)
        case "command":
            await say(world, olga, "/help")
        case "tap":
            await open_by(world, olga, "◀ Back")
        case _:
            await tapped(world, olga, f"product:ask:{desk.product.id}:category")
    await say(world, olga, "Nonsense")
    assert (await desk.now()).title == "Product LAMP"


async def test_a_late_picture_says_where_it_would_go(desk: Desk) -> None:
    await tapped(desk.world, desk.phone, f"product:ask:{desk.product.id}:picture")
    desk.world.later(minutes=31)
    desk.phone.send_photo(encoded(300, 300))
    card = await settled(desk.world, desk.phone)
    assert "open the product, tap Picture" in card.body.text
    assert (await desk.now()).picture_id is None


MAY_EDIT = {Role.OWNER, Role.OPERATOR}


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_do_what_is_theirs(world: World, shop: Shop, role: Role) -> None:
    olga = await hired(world, shop, role)
    lamp = await kept(shop)
    for data in ("manage:open", "manage:goods", "manage:find", f"product:show:{lamp.id}"):
        assert (await olga.tap_data(olga.last.id, data)).text == "", data
    assert (await olga.tap_data(olga.last.id, f"product:words:{lamp.id}")).text == ""
    for data in (
        "manage:add",
        "manage:looks",
        f"product:ask:{lamp.id}:title",
        f"product:write:{lamp.id}:warm:en",
        f"product:sale:{lamp.id}:off",
    ):
        answer = await olga.tap_data(olga.last.id, data)
        assert (answer.text == not_for(Act.EDIT_GOODS)) is (role not in MAY_EDIT), data
    answer = await olga.tap_data(olga.last.id, "manage:switch:off")
    assert answer.text == ("Off." if role is Role.OWNER else OWNERS)
    await settled(world, olga)
    hidden = (await kept(shop)).state is ProductState.HIDDEN
    assert hidden is (role in MAY_EDIT)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
async def test_who_may_not_edit_sends_no_template(world: World, shop: Shop, role: Role) -> None:
    olga = await hired(world, shop, role)
    olga.send_document(template_text().encode(), "mine.json")
    assert not_for(Act.EDIT_LOOKS) in (await settled(world, olga)).body.text
    async with shop.store.read() as session:
        assert await templates_of(session, shop.merchant.id) == []


async def test_who_is_no_staff_is_no_staff(world: World, shop: Shop) -> None:
    mei = world.phone("Mei")
    await say(world, mei, f"/start {shop.merchant.public_id}")
    await open_by(world, mei, "Join")
    lamp = await kept(shop)
    for data in (
        "manage:open",
        "manage:goods",
        "manage:find",
        "manage:add",
        "manage:looks",
        "manage:shops",
        f"manage:enter:{shop.merchant.public_id}",
        "manage:switch:off",
        "manage:drop:1",
        f"product:show:{lamp.id}",
        f"product:ask:{lamp.id}:title",
        f"product:sale:{lamp.id}:off",
        f"product:words:{lamp.id}",
        f"product:write:{lamp.id}:warm:en",
    ):
        answer = await mei.tap_data(mei.last.id, data)
        assert (answer.text, answer.alert) == (GONE, True), data
    assert GONE in (await say(world, mei, "/manage")).body.text
    # What she sends is nobody's picture and nobody's template
    for content, name in ((encoded(9, 9), ""), (template_text().encode(), "mine.json")):
        if name:
            mei.send_document(content, name)
        else:
            mei.send_photo(content)
        assert "I didn't understand that" in (await settled(world, mei)).body.text
    assert await kept(shop) == lamp


async def test_templates_come_by_file_with_errors_by_line(world: World, shop: Shop) -> None:
    olga = await hired(world, shop)
    await tapped(world, olga, "manage:looks")
    good = template_text()
    # Given files that are none: each is answered with what is wrong with it, and the question stays open
    for content, name, why in (
        (b"not json", "mine.json", "line 1"),
        (good.replace('"name"', '"nonsense": 1,\n  "name"', 1).encode(), "mine.json", "nonsense"),
        (b"[" * 100_000, "mine.json", "nested"),
        (b"\xff\xfe\x00", "mine.txt", "line 1"),
        (b" " * (1024 * 1024 + 1), "mine.json", "larger than 1 MB"),
    ):
        olga.send_document(content, name)
        card = await settled(world, olga)
        assert "✋" in card.body.text
        assert why in card.body.text, (name, card.body.text)
        assert await asked(shop, olga) == "manage:template"
    assert "Send me a template file" in (await say(world, olga, "here it comes")).body.text

    # When the right one comes, it is kept and can be taken away
    olga.send_document(good.encode(), "mine.json")
    assert "is kept" in (await settled(world, olga)).body.text
    await open_by(world, olga, "🎨 Templates")
    async with shop.store.read() as session:
        [template] = await templates_of(session, shop.merchant.id)
    card = await open_by(world, olga, "🗑 Remove")
    assert not any("🗑" in label for label in labels(card))
    # And once more is no error
    await tapped(world, olga, f"manage:drop:{template.id}")
    # Unasked it is taken too, by its name
    await say(world, olga, "/help")
    olga.send_document(good.encode(), "again.json")
    assert "is kept" in (await settled(world, olga)).body.text


async def test_a_foreign_template_cant_be_taken_away(world: World, shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    theirs = await hired(world, other)
    theirs.send_document(template_text().encode(), "mine.json")
    await settled(world, theirs)
    async with shop.store.read() as session:
        [template] = await templates_of(session, other.merchant.id)
    olga = await hired(world, shop)
    await tapped(world, olga, f"manage:drop:{template.id}")
    async with shop.store.read() as session:
        assert len(await templates_of(session, other.merchant.id)) == 1


async def test_who_works_for_two_shops_has_a_desk_at_each(world: World, shop: Shop) -> None:
    # Given Olga, who owns one shop and looks at another's figures
    other = await open_shop(shop.store, shop.now)
    theirs = await other.product("ROBE")
    olga = await hired(world, shop)
    await hired(world, other, Role.VIEWER, phone=olga)

    # When she follows the second invitation, its own desk opens
    desk = await open_by(world, olga, "🏪 Manage the shop")
    assert other.merchant.name in desk.body.text
    assert "1 product in the catalogue" in desk.body.text
    # And she goes over to the first and back
    shops = await open_by(world, olga, "🔀 Other shop")
    assert [label[:1] for label in labels(shops)[:2]] == ["○", "●"]
    desk = await open_by(world, olga, shop.merchant.name)
    assert "2 products in the catalogue" in desk.body.text

    # When she taps an old button about the other's product, it is shown, and only what she may is done
    card = await tapped(world, olga, f"product:show:{theirs.id}")
    assert "Product ROBE" in bare(card.body.text)
    assert (await olga.tap("✏️ Title")).text == "That is not for your role to do. Who may: owner, operator."
    back = await open_by(world, olga, "◀ Back")
    assert "1 product" in back.body.text
    # And her own is hers still, whichever she looked at last
    lamp = await kept(shop)
    await tapped(world, olga, f"product:ask:{lamp.id}:title")
    await say(world, olga, "Lamp of mine")
    assert (await kept(shop)).title == "Lamp of mine"


async def test_goods_are_found_hidden_or_not(world: World, shop: Shop) -> None:
    olga = await hired(world, shop)
    lamp = await kept(shop)
    await tapped(world, olga, f"product:sale:{lamp.id}:off")
    card = await tapped(world, olga, "manage:goods")
    assert "🙈 hidden" in card.body.text
    await open_by(world, olga, "🔍 Find a product")
    assert "🙈 hidden" in (await say(world, olga, "ＬＡＭＰ")).body.text
    await tapped(world, olga, "manage:find")
    assert "Nothing is called" in (await say(world, olga, "%")).body.text
    # And the next words are looked for, too
    assert "🙈 hidden" in (await say(world, olga, "lamp")).body.text
    # Cursors that are old or made up show a page
    for cursor in ("1", "x", "-1", "9" * 40):
        assert "2 products" in (await tapped(world, olga, f"manage:goods:{cursor}")).body.text
