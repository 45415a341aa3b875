"""kill -9 in the middle of things: what was answered is kept, and going on ends as if nothing had happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from bot.imports.replay import ReplayReport, Status, replay
from models.funnel.links import links_seen
from models.store.engine import Store
from tests.conftest import NOW
from tests.faults.web_process import WebProcess, web_process
from tests.postgres import free_port
from tests.reference.comparing import assert_every_penny
from tests.reference.real_shop import history_of, open_real_shop, target_of

pytestmark = pytest.mark.crash
MONTH = Path(__file__).parents[1] / "data" / "online-retail-2010-12.csv.xz"
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/126 Safari/537.36"}


async def test_a_replay_that_was_killed_ends_to_the_cent_as_one_that_was_not(
    database_url: str, store: Store, tmp_path: Path
) -> None:
    """Given a shop's month on its way in, when the server dies twice, then the books are those of a calm day."""
    real = await open_real_shop(store, MONTH, NOW)
    events = history_of(real, MONTH).events
    deaths = [len(events) // 3, 2 * len(events) // 3]
    killing: list[asyncio.Task[None]] = []

    async with web_process(database_url, tmp_path, free_port()) as process:

        def die_twice(report: ReplayReport) -> None:
            if deaths and report.sent >= deaths[0]:
                deaths.pop(0)
                killing.append(asyncio.create_task(_die_and_rise(process)))

        target = target_of(real, process.url)
        await replay(events, target, die_twice, batch=50)
        await asyncio.gather(*killing)
        again = await replay(events, target, lambda _: None)

    assert len(killing) == 2
    assert set(again.answers) == {Status.DUPLICATE}
    await assert_every_penny(real, MONTH)


async def _die_and_rise(process: WebProcess) -> None:
    await process.kill()
    await process.start()


async def test_no_answered_click_is_lost(database_url: str, store: Store, tmp_path: Path) -> None:
    """Given buyers clicking, when the server is killed, then every click that was answered is counted."""
    real = await open_real_shop(store, MONTH, NOW)
    code = real.codes[0]
    answers: Counter[int] = Counter()
    enough = asyncio.Event()

    async with web_process(database_url, tmp_path, free_port()) as process:

        async def click_until_it_dies() -> None:
            async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
                while True:
                    try:
                        async with session.get(
                            f"{process.url}/r/{code}", headers=PERSON, allow_redirects=False
                        ) as answer:
                            answers[answer.status] += 1
                        if answers[302] >= 500:
                            enough.set()
                    except aiohttp.ClientError:
                        return

        clicking = [asyncio.create_task(click_until_it_dies()) for _ in range(16)]
        await enough.wait()
        await process.kill()
        await asyncio.gather(*clicking)
        await process.start()  # what was spooled lands at the start
        counted = await _counted(store, real.shop.merchant.id, at_least=answers[302])
        assert await process.stop() == 0

    assert set(answers) == {302}
    assert answers[302] <= counted <= answers[302] + 16


async def _counted(store: Store, merchant_id: int, at_least: int) -> int:
    for _ in range(200):
        async with store.read() as session:
            counted = sum(link.clicks for link in await links_seen(session, merchant_id, limit=500))
        if counted >= at_least:
            break
    return counted
