"""Posters, cold and warm, beside the bare decode, paste and encode of the same picture (operations H).

Cold is a poster never asked for, in a process that has drawn others. Times are CPU time, the median of interleaved
runs, since machines are shared; ratios compare runs of the same minute. `python -m tests.bench.poster` prints them.
Then: what becomes of replies while forty posters are drawn, and of the drawing process's memory.
"""

from __future__ import annotations

import asyncio
import io
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import psutil
from PIL import Image

from bot.media import qr
from bot.media.css import ImageCss
from bot.media.drawn import draw_product
from bot.media.facts import PosterFacts, PosterPrice
from bot.media.forms import PosterForm
from bot.media.layout import lay_out
from bot.media.poster import _ground, render_poster
from bot.media.profiles import Profile
from bot.media.studio import PosterStudio
from bot.media.template import Template, families, shipped_template
from bot.media.typefaces import SHIPPED
from bot.media.views import ImageView
from tests.bench.rows import Row

TEMPLATE = shipped_template("classic", Profile.PORTRAIT_3X4)
BOX = next(view.css for view in TEMPLATE.views if isinstance(view, ImageView))
RUNS = 25
GOAL = 1.30
WARM_MS = 2.0
_FIRST_HANZI = 0x4E00
OTHERS = (("night", Profile.PORTRAIT_3X4), ("festive", Profile.STORY_9X16), ("bold", Profile.A4))
CROWD = 40
REPLY_P95_MS = 300.0
_REPLY_EVERY = 0.02
MOST_DRAWING_MB = 400.0
_MB = 1024 * 1024


def bench() -> list[Row]:
    """All measures of posters."""
    photo, studio = _photo(), draw_product("Brass lantern", "lights", 3)
    cropped = Image.Resampling.BICUBIC, (BOX.width, BOX.height)
    whole = Image.Resampling.BICUBIC, (BOX.height, BOX.height)
    return [
        _beside("poster cold, photo", photo, cropped, _facts, goal="<= 1.30"),
        _beside("poster cold, studio picture", studio, whole, _facts, goal="<= 1.30"),
        _beside("poster cold, every letter of the title new", photo, cropped, _unseen, goal=""),
        *(_by_template(photo, family, profile) for family, profile in OTHERS),
        *_parts(photo, cropped),
        *asyncio.run(_studio(photo)),
        *asyncio.run(_crowd(photo)),
        *asyncio.run(_all_templates(photo)),
    ]


def _facts(picture: bytes, number: int) -> PosterFacts:
    return PosterFacts(
        brand="岛屿杂货铺",
        title=f"复古黄铜手提灯笼 {number} 露营氛围灯 户外防风夜灯，可充电暖光三档调节",
        price=PosterPrice(
            before="¥", whole=str(50 + number), after=".90", strike="¥89.00", saving="省 ¥29.10"
        ),
        link=f"https://shop.example.com/r/K7Q{number:05d}",
        short_code=f"K7Q{number:05d}",
        hint="长按识别二维码，立即购买",
        ad_label="广告",
        code_caption="短码",
        badge="限时特惠",
        selling_point="三档暖光，续航 36 小时",
        sharer="小雅",
        recommendation="小雅 推荐",
        deadline="活动截止 12月31日 23:59（北京时间）",
        picture=picture,
    )


def _unseen(picture: bytes, number: int) -> PosterFacts:
    rare = "".join(chr(_FIRST_HANZI + 400 + number * 40 + letter) for letter in range(80))
    title = "".join(letter for letter in rare if SHIPPED.can_draw(letter))[:30]
    return replace(_facts(picture, number), title=title)


Sizing = tuple[Image.Resampling, tuple[int, int]]


def _bare(picture: bytes, sizing: Sizing, template: Template = TEMPLATE) -> bytes:
    """What any program must do, by the library's plain calls: decode, size, paste on a page, encode.

    The page is there already, as the poster's is: its ground without pictures, words and code.
    """
    page = _pasted(picture, sizing, template)
    return _encode(page.reduce(2) if template.profile is Profile.A4 else page)


def _sized(picture: Image.Image, sizing: Sizing) -> Image.Image:
    how, (width, height) = sizing
    cut = (picture.height - picture.width * height // width) // 2
    return picture.resize((width, height), how, box=(0, cut, picture.width, picture.height - cut))


def _encode(page: Image.Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=85)
    return out.getvalue()


def _photo() -> bytes:
    """As much detail as a product photo of 1200 x 1200 pixels has (about 440 kB)."""
    channel = Image.effect_noise((150, 150), 90).resize((1200, 1200), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    turned = (channel, channel.rotate(90), channel.rotate(180))
    Image.merge("RGB", turned).save(out, "JPEG", quality=88)
    return out.getvalue()


def _cpu_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def _median_ms(work: Callable[[int], object]) -> float:
    work(-1)
    return statistics.median(_cpu_ms(lambda run=run: work(run)) for run in range(RUNS))  # type: ignore[misc]


def _beside(
    name: str,
    picture: bytes,
    sizing: Sizing,
    facts: Callable[[bytes, int], PosterFacts],
    *,
    goal: str,
    template: Template = TEMPLATE,
) -> Row:
    render_poster(template, _facts(picture, 9999))
    ours, bare = [], []
    for run in range(RUNS):
        asked = facts(picture, run + len(name) * 100)
        bare.append(_cpu_ms(lambda: _bare(picture, sizing, template)))
        ours.append(_cpu_ms(lambda asked=asked: render_poster(template, asked)))  # type: ignore[misc]
    median, reference = statistics.median(ours), statistics.median(bare)
    ratio = median / reference
    met = ratio <= GOAL if goal else None
    return Row(name, ratio, f"{median:.1f} ms (bare {reference:.1f})", goal, met)


def _parts(picture: bytes, sizing: Sizing) -> list[Row]:
    finished = Image.open(io.BytesIO(render_poster(TEMPLATE, _facts(picture, 1)))).convert("RGB")
    code = qr.encode("https://shop.example.com/r/K7Q2ABCD")
    parts: tuple[tuple[str, Callable[[int], object]], ...] = (
        ("decode, size, paste", lambda _: _pasted(picture, sizing)),
        ("lay out words", lambda run: lay_out(TEMPLATE, _facts(picture, 700 + run), SHIPPED)),
        ("encode the link", lambda run: qr.encode(f"https://shop.example.com/r/Z{run:07d}")),
        ("draw the code", lambda _: qr.draw(code, 10)),
        ("encode JPEG", lambda _: _encode(finished)),
    )
    return [Row(f"  of it: {name}", None, f"{_median_ms(work):.2f} ms", "") for name, work in parts]


def _pasted(picture: bytes, sizing: Sizing, template: Template = TEMPLATE) -> Image.Image:
    page = _page(template).copy()
    box = _box(template)
    with Image.open(io.BytesIO(picture)) as opened:
        page.paste(_sized(opened, sizing), (box.left, box.top))
    return page


@cache
def _page(template: Template) -> Image.Image:
    return _ground(template)


def _box(template: Template) -> ImageCss:
    return next(view.css for view in template.views if isinstance(view, ImageView))


def _by_template(picture: bytes, family: str, profile: Profile) -> Row:
    template = shipped_template(family, profile)
    box = _box(template)
    sizing = Image.Resampling.BICUBIC, (box.width, box.height)
    return _beside(
        f"poster cold, {family} {profile}", picture, sizing, _facts, goal="<= 1.30", template=template
    )


async def _studio(picture: bytes) -> list[Row]:
    studio = PosterStudio()
    try:
        start = time.perf_counter()
        facts = _facts(picture, 1)
        await studio.poster(facts)
        first = time.perf_counter() - start
        hits = []
        for _ in range(RUNS):
            start = time.perf_counter()
            await studio.poster(facts)
            hits.append(time.perf_counter() - start)
    finally:
        await studio.close()
    warm = statistics.median(hits) * 1000
    return [
        Row("poster warm hit", None, f"{warm:.2f} ms", "< 2 ms", warm < WARM_MS),
        Row("first poster, drawing process started for it", None, f"{first * 1000:.0f} ms", ""),
    ]


async def _crowd(picture: bytes) -> list[Row]:
    """Forty different posters asked for at once, while a stand-in for chat answers every 20 ms over a socket."""
    studio = PosterStudio()
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    try:
        await studio.poster(_facts(picture, 5000))
        start = time.perf_counter()
        drawn = asyncio.gather(*(studio.poster(_facts(picture, 6000 + number)) for number in range(CROWD)))
        waits = await _replies(server.sockets[0].getsockname()[1], drawn)
        took = time.perf_counter() - start
    finally:
        server.close()
        await server.wait_closed()
        await studio.close()
    p95 = statistics.quantiles(waits, n=20)[-1]
    goal = f"< {REPLY_P95_MS:.0f} ms"
    return [
        Row(f"replies while {CROWD} posters are drawn, p95", None, f"{p95:.1f} ms", goal, p95 < REPLY_P95_MS),
        Row("  of it: the slowest", None, f"{max(waits):.1f} ms of {len(waits)} replies", ""),
        Row(f"  of it: {CROWD} posters from asking to the last", None, f"{took * 1000:.0f} ms", ""),
    ]


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
    writer.close()


async def _replies(port: int, until: asyncio.Future[list[bytes]]) -> list[float]:
    """How long each reply took, in ms from when it was due: a loop that stalls makes the asker late, too."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits: list[float] = []
    due = time.perf_counter()
    while not until.done():
        writer.write(b"update\n")
        await reader.readline()
        waits.append((time.perf_counter() - due) * 1000)
        due += _REPLY_EVERY
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    writer.close()
    await until
    return waits


async def _all_templates(picture: bytes) -> list[Row]:
    """Every template in every form, one after the other in one process: what it holds then."""
    studio = PosterStudio()
    try:
        for number, family in enumerate(families()):
            for profile in Profile:
                for form in PosterForm:
                    asked = _facts(picture, 7000 + number)
                    await studio.poster(asked, template=shipped_template(family, profile), form=form)
        drawers = psutil.Process().children(recursive=True)
        held = max(process.memory_info().rss for process in drawers) / _MB
    finally:
        await studio.close()
    goal = f"< {MOST_DRAWING_MB:.0f} MB"
    return [
        Row(
            "drawing process after every template and form",
            None,
            f"{held:.0f} MB",
            goal,
            held < MOST_DRAWING_MB,
        )
    ]


def main() -> None:
    """Print the table."""
    for row in bench():
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        sys.stdout.write(f"{row.name:<48} {ratio:>6}  {row.absolute:<26} {row.goal}\n")


if __name__ == "__main__":
    main()
