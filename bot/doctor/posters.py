"""Fonts and posters: letters can be drawn, and a poster's code can be read back."""

from __future__ import annotations

import asyncio
import struct
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from PIL import ImageFont
from sqlalchemy import select
from sqlmodel import col

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.media.errors import MediaError
from bot.media.facts import PosterFacts, PosterPrice
from bot.media.fonts.coverage import characters
from bot.media.poster import decodes, render_poster
from bot.media.template import shipped_template
from bot.media.typefaces import SHIPPED, Typefaces, Weight
from models.catalog.products import ProductRow
from models.people.merchants import all_merchants
from models.store.engine import Store

FONTS = Subject(Group.POSTERS, "fonts")
MORE = Subject(Group.POSTERS, "FONT_PATH")
LETTERS = Subject(Group.POSTERS, "letters")
POSTER = Subject(Group.POSTERS, "poster")

TITLES = 2_000
SHOWN = 20
_SIZE = 40


async def look(patient: Patient) -> list[Check]:
    """Draw with every font, see which letters of the shops they lack, and read a poster back."""
    extra = patient.settings.font_path
    more = None if extra is None else await asyncio.to_thread(_more, extra)
    typefaces = Typefaces(extra if more is not None and more.fix is None else None)
    checks = [await asyncio.to_thread(_shipped), *([] if more is None else [more])]
    if patient.store is not None:
        checks.append(letters(await _words(patient.store), typefaces))
    poster = await asyncio.to_thread(_poster, f"{patient.settings.address}/r/K7Q2ABCD", typefaces)
    return [*checks, poster]


def _shipped() -> Check:
    if all(SHIPPED.glyph(letter, weight, _SIZE).mask for letter in "A推あ" for weight in Weight):
        return FONTS.passed("The fonts that travel along draw Latin, Chinese and Japanese letters.")
    return FONTS.failed("The fonts that travel along can't be used.", "Install this program anew.")


def _more(path: Path) -> Check:
    """What the operator's own font adds."""
    if not path.is_file():
        return MORE.failed(f"There is no file {path}.", "Mend FONT_PATH or unset it.")
    try:
        ImageFont.truetype(path, _SIZE, layout_engine=ImageFont.Layout.BASIC)
        covered = characters(path)
    except (OSError, struct.error, IndexError):
        return MORE.failed(f"{path} is no font that can be read.", "Set FONT_PATH to a .ttf or .otf file.")
    added = sum(not SHIPPED.can_draw(chr(code)) for code in covered)
    if not added:
        return MORE.warned(f"{path.name} adds no letter to the fonts that travel along.", "Unset FONT_PATH.")
    return MORE.passed(f"{path.name} adds {added:,} letters.")


async def _words(store: Store) -> list[str]:
    """Names and titles that posters show."""
    async with store.read() as session:
        names = [merchant.name for merchant in await all_merchants(session)]
        titles = await session.execute(select(col(ProductRow.title)).limit(TITLES))
        return [*names, *titles.scalars()]


def letters(words: Iterable[str], typefaces: Typefaces) -> Check:
    """Which letters of the shops no font has; what is never drawn, such as spaces and joiners, aside."""
    used = {letter for word in words for letter in word if unicodedata.category(letter)[0] not in "CZ"}
    used = {letter for letter in used if not unicodedata.name(letter, "").startswith("VARIATION SELECTOR")}
    missing = sorted(letter for letter in used if not typefaces.can_draw(letter))
    if not missing:
        return LETTERS.passed("Every letter in the shops' names and titles can be drawn.")
    shown = " ".join(missing[:SHOWN]) + (" …" if len(missing) > SHOWN else "")
    return LETTERS.warned(
        f"No font has {len(missing)} of the letters in names and titles, so posters leave them out: {shown}",
        "Set FONT_PATH to a font that has them.",
    )


def _poster(link: str, typefaces: Typefaces) -> Check:
    facts = PosterFacts(
        brand="Tuike 推客",
        title="A lantern 一盏灯笼",
        price=PosterPrice(before="¥", whole="12", after=".50"),
        link=link,
        short_code=link[-8:],
        hint="Scan to buy",
        ad_label="Ad",
    )
    try:
        if decodes(render_poster(shipped_template("classic-3x4"), facts, typefaces), link):
            return POSTER.passed("One was drawn, and its code read back.")
    except MediaError as error:
        return POSTER.failed(str(error), "Shorten PUBLIC_URL; the code holds the whole link.")
    return POSTER.failed("Its code can't be read back.", "Shorten PUBLIC_URL; the code holds the whole link.")
