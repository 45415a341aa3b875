"""The data folder under the doctor's eyes: writable, roomy, and without forgotten clicks."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.doctor.disk import MEGABYTE, room
from tests.bot.doctor.ward import Ward, failed, passed, warned


async def test_a_folder_that_is_well_and_stays_as_it_was(ward: Ward) -> None:
    before = sorted(path.name for path in ward.folder.iterdir() if not path.name.startswith("tuike.db"))

    seen = await ward.examine()

    assert all(passed(seen[name]) for name in ("data folder", "disk space", "spooled clicks"))
    after = sorted(path.name for path in ward.folder.iterdir() if not path.name.startswith("tuike.db"))
    assert after == before


async def test_a_folder_that_will_be_made_is_judged_by_the_one_above(ward: Ward) -> None:
    seen = await ward.examine(data_dir=ward.folder / "not" / "yet")

    assert passed(seen["data folder"])
    assert not (ward.folder / "not").exists()


async def test_a_folder_that_takes_nothing(ward: Ward) -> None:
    seen = await ward.examine(data_dir=Path("/proc/tuike"))

    assert failed(seen["data folder"], "/proc can't be written to")


def test_a_disk_that_fills() -> None:
    folder = Path("data")

    assert passed(room(folder, 2_000 * MEGABYTE))
    assert warned(room(folder, 999 * MEGABYTE), "999 MB are free")
    assert failed(room(folder, 20 * MEGABYTE), "20 MB are free")


async def test_clicks_that_nobody_lands_are_told_of_and_fresh_ones_are_not(ward: Ward) -> None:
    spool = ward.folder / "spool"
    spool.mkdir()
    (spool / "clicks-AAAA.spool").write_bytes(b"[1]\n")

    fresh = await ward.examine()
    old = (SystemClock().now() - timedelta(hours=3)).timestamp()
    os.utime(spool / "clicks-AAAA.spool", (old, old))
    forgotten = await ward.examine()

    assert passed(fresh["spooled clicks"])
    assert warned(forgotten["spooled clicks"], "the oldest for 3 hours")
