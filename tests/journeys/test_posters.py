"""A poster with the shop's own picture, fetched from the shop over a real socket."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from PIL import Image, ImageStat

from bot.media.drawn import draw_product
from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.phone import Phone
from models.catalog.products import Product, keep_products
from models.store.engine import Store
from tests.builders import Shop, open_shop
from tests.journeys.world import World, decoded, go, joined


@dataclass
class PictureHost:
    """A shop's web server that counts what is asked of it."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    is_down: bool = False

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.is_down:
            return web.Response(status=503)
        if request.path == "/lamp.jpg":
            return web.Response(body=draw_product("Brass lantern", "lights", 3), content_type="image/jpeg")
        if request.path == "/page.jpg":
            return web.Response(text="<html>not a picture</html>", content_type="text/html")
        return web.Response(status=404)


@pytest.fixture
async def host() -> AsyncIterator[PictureHost]:
    pictures = PictureHost()
    app = web.Application()
    app.router.add_get("/{name}", pictures.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    pictures.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield pictures
    await runner.cleanup()


def colours_of_the_picture(poster: bytes) -> float:
    """How far the colours spread where the product's picture stands."""
    with Image.open(io.BytesIO(poster)) as whole:
        part = whole.crop((200, 250, 880, 750)).convert("HSV")
        return ImageStat.Stat(part).stddev[0] + ImageStat.Stat(part).stddev[1]


async def with_picture(shop: Shop, sku: str, image: str) -> Product:
    made = await shop.product(sku)
    pictured = made.model_copy(update={"image": image})
    async with shop.store.write() as session:
        await keep_products(session, shop.merchant.id, [pictured])
    return pictured


async def test_the_shops_picture_is_on_the_poster(world: World, store: Store, host: PictureHost) -> None:
    # Given a product with a picture at the shop, and two whose pictures can't be had
    shop = await open_shop(store, world.now, shop_urls=[host.url])
    lamp = await with_picture(shop, "LAMP", f"{host.url}/lamp.jpg")
    page = await with_picture(shop, "PAGE", f"{host.url}/page.jpg")
    gone = await with_picture(shop, "GONE", f"{host.url}/gone.jpg")
    mei = world.phone()
    await mei.reply_to(f"/start {shop.merchant.public_id}")
    home = await go(mei, "Join", "Available now")

    # When each poster is asked for
    colourful = {}
    for product in (lamp, page, gone):
        await mei.tap_data(home.id, f"goods:poster:{product.id}")
        await mei.sees(product.title)
        poster = mei.last
        assert decoded(poster).startswith("https://go.shop.example/r/")
        assert isinstance(poster.media, Photo)
        colourful[product.sku] = colours_of_the_picture(poster.media.content)

    # Then all three come, and only the first shows a picture
    assert host.asked == ["/lamp.jpg", "/page.jpg", "/gone.jpg"]
    assert colourful["LAMP"] > 5 * max(colourful["PAGE"], colourful["GONE"])


async def test_a_poster_drawn_while_the_shops_server_was_down_is_drawn_again_once_it_is_up(
    world: World, store: Store, host: PictureHost
) -> None:
    shop = await open_shop(store, world.now, shop_urls=[host.url])
    lamp = await with_picture(shop, "LAMP", f"{host.url}/lamp.jpg")
    mei = await joined(world, shop)
    host.is_down = True
    without = await the_poster(mei, lamp)
    host.is_down = False
    world.later(minutes=15)

    pictured = await the_poster(mei, lamp)

    assert colours_of_the_picture(pictured) > 5 * colours_of_the_picture(without)
    assert world.context.studio.drawn == 2


async def the_poster(mei: Phone, product: Product) -> bytes:
    """A poster, asked for from whatever stands last in the chat."""
    before = mei.last.id
    await mei.tap_data(before, f"goods:poster:{product.id}", timeout=30)
    sent = await mei.waits(lambda message: message.id > before and message.media is not None, timeout=30)
    assert isinstance(sent.media, Photo)
    return sent.media.content
