"""Clock and zones: signatures hold for five minutes, and a merchant's days follow the merchant's zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from bot.doctor.check import Check, Group, Subject, folded
from bot.doctor.patient import Patient
from bot.doctor.words import host, span
from models.people.merchants import Merchant, all_merchants

CLOCK = Subject(Group.WORK, "clock")
ZONE = Subject(Group.SHOPS, "zone of")
ZONE_DATA = Subject(Group.WORK, "time zone data")

SLACK = timedelta(seconds=60)
LIMIT = timedelta(seconds=300)
"""Signatures are good for so long (handlers/web/signature.py); beyond it every event is refused."""
OLD_YEARS = 2
_RELEASE = re.compile(r"version (\d{4}[a-z]+)")


async def look(patient: Patient) -> list[Check]:
    """Compare with other clocks, and look every zone up."""
    return [await _clock(patient), zone_data(_release(), patient.clock.now()), *await _zones(patient)]


def _peers(patient: Patient) -> Iterator[tuple[str, str]]:
    """Whose clocks can be asked: a name and an address that tells the time, and no token in it."""
    if patient.bot is not None:
        yield "the chat server", f"{patient.settings.telegram_api_url.rstrip('/')}/"
    if patient.settings.public_url is not None:
        yield host(patient.settings.address), f"{patient.settings.address}/healthz"


async def _clock(patient: Patient) -> Check:
    found = [
        (offset, name) for name, url in _peers(patient) if (offset := await _offset(patient, url)) is not None
    ]
    if not found:
        return CLOCK.warned(
            "There was no other clock to compare this machine's with.", "See that time sync (NTP) is on."
        )
    return clock(*max(found, key=lambda each: abs(each[0])))


async def _offset(patient: Patient, url: str) -> timedelta | None:
    """How far the other clock is ahead of ours; None when it can't be asked or does not say."""
    before = patient.clock.now()
    try:
        told = (await patient.get(url)).headers.get("Date", "")
        there = parsedate_to_datetime(told)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    if there.tzinfo is None:
        return None
    return there - (before + (patient.clock.now() - before) / 2)


def clock(offset: timedelta, name: str) -> Check:
    """What it means that another clock is so far ahead (or, less than nothing, behind)."""
    if abs(offset) <= SLACK:
        return CLOCK.passed(f"This machine's clock agrees with that of {name}.")
    sentence = (
        f"This machine's clock is {span(offset)} {'behind' if offset > timedelta() else 'ahead of'} {name}."
    )
    fix = "Turn on time sync (NTP): `timedatectl set-ntp true`."
    return CLOCK.failed(sentence, fix) if abs(offset) > LIMIT else CLOCK.warned(sentence, fix)


def _release() -> str | None:
    """The release of the time zone data that Python reads: the machine's, else the package that travels along."""
    for folder in map(Path, TZPATH):
        if not folder.is_dir():
            continue
        for name in ("tzdata.zi", "+VERSION"):
            try:
                with (folder / name).open(encoding="ascii", errors="replace") as file:
                    line = file.readline()
            except OSError:
                continue
            found = _RELEASE.search(line)
            return found.group(1) if found else line.strip() or None
        return None
    try:
        return version("tzdata")
    except PackageNotFoundError:
        return None


def zone_data(release: str | None, now: datetime) -> Check:
    """Whether the rules of the world's clocks are of these days; a release begins with its year."""
    fix = "Upgrade the machine's tzdata package."
    year = (release or "")[:4]
    if release is None or not year.isdigit():
        return ZONE_DATA.warned("Its release can't be told.", fix)
    if now.year - int(year) >= OLD_YEARS:
        return ZONE_DATA.warned(f"It is of release {release}: changes of summer time since are unknown.", fix)
    return ZONE_DATA.passed(f"It is of release {release}.")


async def _zones(patient: Patient) -> list[Check]:
    if patient.store is None:
        return []
    async with patient.store.read() as session:
        zones = [_zone(merchant, patient.clock.now()) for merchant in await all_merchants(session)]
    return folded(ZONE, zones)


def _zone(merchant: Merchant, now: datetime) -> Check:
    subject = ZONE.of(merchant.name)
    try:
        here = now.astimezone(ZoneInfo(merchant.timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return subject.failed(
            f"{merchant.timezone} is not known on this machine.", "Install or upgrade its tzdata package."
        )
    return subject.passed(f"{merchant.timezone}, where it is {here:%H:%M}.")
