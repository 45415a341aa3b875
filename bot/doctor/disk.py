"""The data folder: it can be written to, has room, and no clicks lie waiting in it."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.doctor.words import span
from bot.settings import Settings
from models.errors import Invalid
from models.store.engine import Store

FOLDER = Subject(Group.STORE, "data folder")
ROOM = Subject(Group.STORE, "disk space")
SPOOL = Subject(Group.STORE, "spooled clicks")

MEGABYTE = 1024 * 1024
LEAST_BYTES = 200 * MEGABYTE
ENOUGH_BYTES = 1024 * MEGABYTE
LONGEST_WAIT = timedelta(minutes=10)
"""Clicks in the spool land as soon as the store answers; longer than this nobody landed them."""


async def look(patient: Patient) -> list[Check]:
    """Write into the folder where clicks wait, and measure the disks."""
    folders = {patient.settings.data_dir, *_database_folder(patient.settings)}
    return [
        _writable(patient.settings.data_dir / "spool"),
        *(_room(folder) for folder in sorted(_one_a_disk(folders))),
        _spooled(patient),
    ]


def _database_folder(settings: Settings) -> set[Path]:
    try:
        path = Store(settings.store_url).path
    except Invalid:
        return set()  # the check of the database says so
    return set() if path is None else {path.parent}


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above that is there."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _one_a_disk(folders: set[Path]) -> list[Path]:
    return list({folder.stat().st_dev: folder for folder in map(_existing, folders)}.values())


def _writable(folder: Path) -> Check:
    """Whether clicks could be spooled: a file with a byte in it, which goes at once."""
    there = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        return FOLDER.failed(
            f"{there} can't be written to ({error.strerror}).",
            "Give this user the right to write there, or set DATA_DIR to another folder.",
        )
    return FOLDER.passed(f"{there} can be written to.")


def _room(folder: Path) -> Check:
    return room(folder, shutil.disk_usage(folder).free)


def room(folder: Path, free_bytes: int) -> Check:
    """Whether so many free bytes are enough."""
    sentence = f"{free_bytes // MEGABYTE:,} MB are free on the disk of {folder}."
    fix = "Make room, or move DATA_DIR to a larger disk."
    if free_bytes < LEAST_BYTES:
        return ROOM.failed(sentence, fix)
    if free_bytes < ENOUGH_BYTES:
        return ROOM.warned(sentence, fix)
    return ROOM.passed(sentence)


def _spooled(patient: Patient) -> Check:
    now = patient.clock.now().timestamp()
    files = (patient.settings.data_dir / "spool").glob("clicks-*.spool")
    seen = [file.stat() for file in files if file.is_file()]
    ages = [timedelta(seconds=now - each.st_mtime) for each in seen if each.st_size > 0]
    if ages and max(ages) > LONGEST_WAIT:
        return SPOOL.warned(
            f"Clicks wait to be landed (files: {len(ages)}), the oldest for {span(max(ages))}.",
            "Start `tuike run`, which lands them; if it runs, its log says why it can't.",
        )
    return SPOOL.passed("No clicks lie about.")
