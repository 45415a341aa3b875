"""The studio: one drawing for many askers, kept in memory and on disk, its process mended and stopped."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.media.charts import Theme, Tick, TrendFacts, TrendPoint, trend_png
from bot.media.errors import LinkTooLongError
from bot.media.facts import SharerShown
from bot.media.forms import PosterForm
from bot.media.poster import decodes, render_poster
from bot.media.profiles import Profile
from bot.media.shelf import DiskShelf, MemoryShelf
from bot.media.studio import PosterStudio
from tests.bot.media.posters import HEART, LANTERN, template_of


@asynccontextmanager
async def opened(folder: Path | None = None) -> AsyncIterator[PosterStudio]:
    studio = PosterStudio(folder=folder)
    try:
        yield studio
    finally:
        await studio.close()


def suffixes(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


async def test_many_asking_at_once_get_one_drawing() -> None:
    async with opened() as studio:
        posters = await asyncio.gather(*(studio.poster(LANTERN) for _ in range(20)))

        assert studio.drawn == 1
        assert set(posters) == {render_poster(template_of("classic", Profile.PORTRAIT_3X4), LANTERN)}


async def test_a_second_asking_is_answered_from_memory_in_under_two_milliseconds() -> None:
    async with opened() as studio:
        first = await studio.poster(LANTERN)

        spent = []
        for _ in range(9):
            start = time.perf_counter()
            again = await studio.poster(LANTERN)
            spent.append(time.perf_counter() - start)

        assert again == first
        assert studio.drawn == 1
        assert min(spent) < 0.002


@pytest.mark.parametrize(
    "change",
    [
        {"picture": LANTERN.picture},
        {"avatar": LANTERN.picture},
        {"sharer_shown": SharerShown.AVATAR},
        {"title": "Another heart"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_all_that_shows_makes_another_poster(change: dict[str, Any]) -> None:
    async with opened() as studio:
        one = await studio.poster(HEART)
        other = await studio.poster(replace(HEART, **change))

        assert one != other
        assert studio.drawn == 2


async def test_a_picture_does_not_pass_for_an_avatar() -> None:
    async with opened() as studio:
        one = await studio.poster(replace(HEART, picture=LANTERN.picture))
        other = await studio.poster(replace(HEART, avatar=LANTERN.picture))

        assert one != other


async def test_each_template_and_form_is_a_poster_of_its_own(tmp_path: Path) -> None:
    night = template_of("night", Profile.A4)
    async with opened(tmp_path) as studio:
        usual = await studio.poster(HEART)
        preview = await studio.poster(HEART, template=night)
        printed = await studio.poster(HEART, template=night, form=PosterForm.PDF)

        assert studio.drawn == 3
    assert len({usual, preview, printed}) == 3
    assert printed.startswith(b"%PDF-")
    assert suffixes(tmp_path) == [".jpg", ".jpg", ".pdf"]


async def test_the_preview_of_a_sheet_is_small_enough_for_a_chat() -> None:
    async with opened() as studio:
        preview = await studio.poster(LANTERN, template=template_of("festive", Profile.A4))

    with Image.open(io.BytesIO(preview)) as picture:
        assert picture.size == (1240, 1754)
        # A photo in a chat: 10 MB at most, width and height together 10000 at most (Bot API).
        assert len(preview) < 1_000_000


async def test_a_chart_is_drawn_once_and_not_put_on_disk(tmp_path: Path) -> None:
    trend = TrendFacts(
        title="收益上升",
        subtitle="",
        points=(TrendPoint("1日", 1), TrendPoint("2日", 5, "5")),
        ticks=(Tick(0, "0"),),
    )
    async with opened(tmp_path / "posters") as studio:
        charts = await asyncio.gather(*(studio.chart(trend, Theme.LIGHT) for _ in range(5)))
        dark = await studio.chart(trend, Theme.DARK)

        assert studio.drawn == 2
    assert set(charts) == {trend_png(trend, Theme.LIGHT)}
    assert dark != charts[0]
    assert suffixes(tmp_path) == []


async def test_a_restarted_studio_finds_its_posters_in_the_folder(tmp_path: Path) -> None:
    async with opened(tmp_path / "posters") as studio:
        drawn = await studio.poster(HEART)

    async with opened(tmp_path / "posters") as restarted:
        assert await restarted.poster(HEART) == drawn
        assert restarted.drawn == 0


async def test_a_folder_that_cannot_be_used_costs_no_poster(tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder")

    async with opened(blocked) as studio:
        assert decodes(await studio.poster(HEART), HEART.link)


async def test_an_error_reaches_every_asker_and_is_not_kept() -> None:
    async with opened() as studio:
        long = replace(HEART, link="https://shop.example.com/" + "x" * 500)

        answers = await asyncio.gather(*(studio.poster(long) for _ in range(3)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [LinkTooLongError] * 3

        with pytest.raises(LinkTooLongError):
            await studio.poster(long)


async def test_an_asker_who_goes_away_does_not_take_the_poster_from_others() -> None:
    async with opened() as studio:
        leaving = asyncio.create_task(studio.poster(HEART))
        staying = asyncio.create_task(studio.poster(HEART))
        await asyncio.sleep(0)

        leaving.cancel()

        assert decodes(await staying, HEART.link)
        assert studio.drawn == 1


async def test_a_killed_drawing_process_is_replaced() -> None:
    async with opened() as studio:
        await studio.poster(HEART)
        assert studio._pool is not None
        for process in list(studio._pool._processes.values()):
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()

        assert decodes(await studio.poster(LANTERN), LANTERN.link)


async def test_a_studio_that_drew_nothing_starts_no_process() -> None:
    async with opened() as studio:
        assert studio._pool is None


def test_memory_keeps_the_latest_within_its_bytes() -> None:
    shelf = MemoryShelf(most_bytes=30)
    shelf.put("a", b"x" * 10)
    shelf.put("b", b"y" * 10)
    shelf.put("c", b"z" * 10)

    assert shelf.get("a") is not None
    shelf.put("d", b"w" * 10)

    assert shelf.get("b") is None
    assert [shelf.get(key) is not None for key in "acd"] == [True, True, True]


def test_memory_does_not_keep_what_is_larger_than_all_of_it_nor_lose_the_rest_for_it() -> None:
    shelf = MemoryShelf(most_bytes=30)
    shelf.put("a", b"x" * 10)
    shelf.put("b", b"y" * 10)

    shelf.put("a", b"z" * 31)

    assert shelf.get("a") is None
    assert shelf.get("b") == b"y" * 10
    assert shelf.held_bytes == 10


def test_the_folder_keeps_the_latest_within_its_number(tmp_path: Path) -> None:
    shelf = DiskShelf(tmp_path, most_posters=10)

    for number in range(11):
        shelf.put(f"k{number:02}.jpg", b"poster")
        os.utime(tmp_path / f"k{number:02}.jpg", (number, number))

    assert shelf.get("k00.jpg") is None
    assert shelf.get("k10.jpg") == b"poster"
    assert len(list(tmp_path.iterdir())) <= 10


def test_the_folder_keeps_the_latest_within_its_bytes(tmp_path: Path) -> None:
    shelf = DiskShelf(tmp_path, most_bytes=100)

    for number in range(11):
        shelf.put(f"k{number:02}.pdf", b"x" * 10)
        os.utime(tmp_path / f"k{number:02}.pdf", (number, number))

    assert shelf.get("k00.pdf") is None
    assert shelf.get("k10.pdf") == b"x" * 10
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100
