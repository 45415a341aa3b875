"""Poster templates: those that come with the program, by family and profile, and a merchant's own, by file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.media.errors import TemplateFault, TemplateInvalidError, TemplateUnknownError
from bot.media.positions import NoJsonError, Positions, positions, shown
from bot.media.positions import Path as Place
from bot.media.profiles import Profile
from bot.media.rules import broken_rules
from bot.media.views import Template

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
_SENTENCES = {
    "extra_forbidden": "this key is not known here",
    "missing": "this key is missing",
    "string_pattern_mismatch": "a colour is written #RRGGBB, a plate's also #RRGGBBAA",
    "union_tag_not_found": "a view has a type: rect, image, text or qrcode",
    "union_tag_invalid": "there is no such type of view; types are rect, image, text and qrcode",
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
        raise TemplateInvalidError(
            name, [TemplateFault(1, "", f"it is longer than {MOST_CHARACTERS} characters")]
        )
    try:
        found = positions(source)
    except NoJsonError as error:
        raise TemplateInvalidError(name, [TemplateFault(error.line, "", str(error))]) from error
    if found.doubled:
        doubled = (
            TemplateFault(line, shown(place), "this key stands twice; keep one")
            for place, line in found.doubled
        )
        raise TemplateInvalidError(name, doubled)
    try:
        template = Template.model_validate_json(source, strict=True)
    except ValidationError as error:
        faults = (_fault(found, details) for details in error.errors(include_url=False))
        raise TemplateInvalidError(name, faults) from error
    broken = [
        TemplateFault(found.line(place), shown(place), sentence) for place, sentence in broken_rules(template)
    ]
    if broken:
        raise TemplateInvalidError(name, broken)
    return template


def _fault(found: Positions, details: ErrorDetails) -> TemplateFault:
    place = _place(details["loc"])
    message = details["msg"].removeprefix("Input ").removeprefix("Value error, ")
    sentence = _SENTENCES.get(details["type"], f"this {message}" if message.startswith("should") else message)
    return TemplateFault(found.line(place), shown(place), sentence)


def _place(loc: tuple[int | str, ...]) -> Place:
    """Pydantic puts a view's type into its path, where the file has none."""
    inside_view = len(loc) > 2 and loc[0] == "views" and isinstance(loc[1], int)
    return (*loc[:2], *loc[3:]) if inside_view else loc
