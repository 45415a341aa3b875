"""Poster templates: those that come with the program, by family and profile, and a merchant's own, by file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from bot.media.errors import TemplateInvalidError, TemplateUnknownError
from bot.media.positions import NoJsonError, positions
from bot.media.profiles import Profile
from bot.media.rules import broken_rules
from bot.media.template_faults import faults_of
from bot.media.views import Template
from models.errors import Sentence
from models.files.findings import DOUBLED, Finding, found, shown

__all__ = ["DEFAULT_FAMILY", "Profile", "Template", "families", "parse_template", "shipped_template"]

DEFAULT_FAMILY = "classic"
MOST_CHARACTERS = 200_000

_TEMPLATES = Path(__file__).parent / "templates"
_FAMILIES = ("classic", "bold", "paper", "night", "festive")
_FILES = {
    Profile.PORTRAIT_3X4: "3x4",
    Profile.STORY_9X16: "9x16",
    Profile.SQUARE: "1x1",
    Profile.WIDE: "wide",
    Profile.A4: "a4",
}


def families() -> tuple[str, ...]:
    """The shipped families, the usual one first; each has a template for every profile."""
    return _FAMILIES


@lru_cache(maxsize=32)
def shipped_template(family: str, profile: Profile | None = None) -> Template:
    """The template of a family for a profile; without one, the template by its whole name, such as `classic-3x4`.

    Raises:
        TemplateUnknownError: there is none.
    """
    name = family if profile is None else f"{family}-{_FILES[profile]}"
    known = [f"{one}-{ending}" for one in _FAMILIES for ending in _FILES.values()]
    if name not in known:
        raise TemplateUnknownError(name, known)
    # A test reads every shipped file by `parse_template`; here it is trusted, which is faster.
    return Template.model_validate_json((_TEMPLATES / f"{name}.json").read_text(encoding="utf-8"))


def parse_template(name: str, source: str) -> Template:
    """Read a template from JSON. `name` is what messages call it.

    Raises:
        TemplateInvalidError: with each fault's line, path and sentence.
    """
    if len(source) > MOST_CHARACTERS:
        too_long = Sentence(
            "this is longer than {most} characters; take out what the poster can do without",
            most=MOST_CHARACTERS,
        )
        raise TemplateInvalidError(name, [Finding(1, "", too_long)])
    try:
        read = positions(source)
    except NoJsonError as error:
        raise TemplateInvalidError(name, [Finding(error.line, "", error.sentence)]) from error
    if read.doubled:
        raise TemplateInvalidError(name, (Finding(line, shown(path), DOUBLED) for path, line in read.doubled))
    try:
        template = Template.model_validate_json(source, strict=True)
    except ValidationError as error:
        faults = [found(read.lines, *fault) for fault in faults_of(error, read.content)]
        raise TemplateInvalidError(name, faults) from error
    broken = [found(read.lines, *fault) for fault in broken_rules(template)]
    if broken:
        raise TemplateInvalidError(name, broken)
    return template
