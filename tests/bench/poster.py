"""Posters, cold and warm, beside the bare decode, paste and encode of the same picture (operations H).

Cold is a poster never asked for, in a process that has drawn others. Times are CPU time, the median of interleaved
runs, since machines are shared; ratios compare runs of the same minute. `python -m tests.bench.poster` prints them.
"""

from __future__ import annotations

import asyncio
import io
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from bot.media import qr
from bot.media.drawn import draw_product
from bot.media.facts import PosterFacts, PosterPrice
from bot.media.layout import lay_out
from bot.media.poster import render_poster
from bot.media.profiles import Profile
from bot.media.studio import PosterStudio
from bot.media.template import shipped_template
from bot.media.typefaces import SHIPPED
from bot.media.views import ImageView
from tests.bench.rows import Row

TEMPLATE = shipped_template("classic", Profile.PORTRAIT_3X4)
BOX = next(view.css for view in TEMPLATE.views if isinstance(view, ImageView))
RUNS = 25
GOAL = 1.30
WARM_MS = 2.0
_FIRST_HANZI = 0x4E00


def bench() -> list[Row]:
    """All measures of posters."""
    photo, studio = _photo(), draw_product("Brass lantern", "lights", 3)
    cropped = Image.Resampling.BICUBIC, (BOX.width, BOX.height)
    whole = Image.Resampling.BICUBIC, (BOX.height, BOX.height)
    return [
        _beside("poster cold, photo", photo, cropped, _facts, goal="<= 1.30"),
        _beside("poster cold, studio picture", studio, whole, _facts, goal="<= 1.30"),
        _beside("poster cold, every letter of the title new", photo, cropped, _unseen, goal=""),
        *_parts(photo, cropped),
        *asyncio.run(_studio(photo)),
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


def _bare(picture: bytes, sizing: Sizing) -> bytes:
    """What any program must do, by the library's plain calls: decode, size, paste on a page, encode."""
    return _encode(_pasted(picture, sizing))


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
    name: str, picture: bytes, sizing: Sizing, facts: Callable[[bytes, int], PosterFacts], *, goal: str
) -> Row:
    render_poster(TEMPLATE, _facts(picture, 9999))
    ours, bare = [], []
    for run in range(RUNS):
        asked = facts(picture, run + len(name) * 100)
        bare.append(_cpu_ms(lambda: _bare(picture, sizing)))
        ours.append(_cpu_ms(lambda asked=asked: render_poster(TEMPLATE, asked)))  # type: ignore[misc]
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


def _pasted(picture: bytes, sizing: Sizing) -> Image.Image:
    page = Image.new("RGB", TEMPLATE.size, TEMPLATE.background)
    with Image.open(io.BytesIO(picture)) as opened:
        page.paste(_sized(opened, sizing), (BOX.left, BOX.top))
    return page


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


def main() -> None:
    """Print the table."""
    for row in bench():
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        sys.stdout.write(f"{row.name:<48} {ratio:>6}  {row.absolute:<26} {row.goal}\n")


if __name__ == "__main__":
    main()
