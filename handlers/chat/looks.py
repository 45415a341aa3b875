"""Which posters a shop's people can choose from: the families that ship, and the shop's own templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.cards.posters import PROFILES, Look
from bot.media.profiles import Profile
from bot.media.template import Template, families, parse_template, shipped_template
from models.catalog.templates import PosterTemplate


@dataclass(frozen=True, slots=True)
class Looks:
    """Templates by family and profile, the shop's own families first."""

    own: dict[tuple[str, str], PosterTemplate]

    @classmethod
    def of(cls, templates: Sequence[PosterTemplate]) -> Looks:
        """With the templates that a shop has kept."""
        return cls({(template.family, template.profile): template for template in templates})

    def find(self, family: str, profile: Profile | None) -> tuple[Look, Template]:
        """The wanted look, or the nearest that there is: another shape of the family, else the first family."""
        names = self._families()
        family = family if family in names else names[0]
        shapes = self._shapes(family)
        chosen = profile if profile in shapes else shapes[0]
        following = names[(names.index(family) + 1) % len(names)]
        next_shape = shapes[(shapes.index(chosen) + 1) % len(shapes)]
        return Look(family, chosen, following, next_shape), self._template(family, chosen)

    def sheet(self, family: str) -> Template:
        """A family's sheet for print; of a shop's own family without one, the usual sheet that ships."""
        own = (family, Profile.A4) in self.own
        return self._template(family if own or family in families() else families()[0], Profile.A4)

    def _families(self) -> list[str]:
        return [*dict.fromkeys(family for family, _ in self.own), *families()]

    def _shapes(self, family: str) -> list[Profile]:
        own = [profile for profile in PROFILES.values() if (family, profile) in self.own]
        return own or list(PROFILES.values())

    def _template(self, family: str, profile: Profile) -> Template:
        kept = self.own.get((family, profile))
        return shipped_template(family, profile) if kept is None else _parsed(kept.family, kept.source)


@lru_cache(maxsize=64)
def _parsed(family: str, source: str) -> Template:
    return parse_template(family, source)
