"""What somebody sees while typing `@bot …` in any chat: results that become buyers' cards when they are chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.cards.card import Card

WITH_PICTURE, IN_WORDS = ":p", ":t"
"""How keys of results end, so that whoever changes the sent message later knows what it is made of."""
RESULT_KEY_BYTES = 64
"""Bot API limit of a result's id."""


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One result: what its chooser reads in the list, and the card that is sent. `key` comes back when it is chosen."""

    key: str
    title: str
    description: str
    card: Card

    def __post_init__(self) -> None:
        if not 1 <= len(self.key.encode()) <= RESULT_KEY_BYTES:
            raise ValueError(f"a result's key takes 1 to {RESULT_KEY_BYTES} bytes: {self.key!r}")

    def in_words(self) -> InlineResult:
        """The same result as words alone; its key says so too."""
        if self.card.picture is None:
            return self
        key = self.key.removesuffix(WITH_PICTURE) + IN_WORDS
        return replace(self, key=key, card=replace(self.card, picture=None))


@dataclass(frozen=True, slots=True)
class StartButton:
    """The button above the results: leads to the private chat with a start payload."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """The answer to one query of one person; never anybody else's (business.md 12, row 19)."""

    results: tuple[InlineResult, ...] = ()
    next_offset: str = ""
    button: StartButton | None = None

    @property
    def has_pictures(self) -> bool:
        """Whether any result is a picture."""
        return any(result.card.picture is not None for result in self.results)

    def without_pictures(self) -> InlineAnswer:
        """The same in words alone."""
        return replace(self, results=tuple(result.in_words() for result in self.results))
