"""What holds for every screen, in both languages, with the longest and worst of facts."""

from __future__ import annotations

import pytest

from bot.cards.card import Card, OpenUrl, Tap
from bot.gateway.fit import CAPTION_UNITS, TEXT_UNITS, plain, units
from bot.sandbox.chat.html import parse_html
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from handlers.chat.router import is_known
from models.funnel.shared_cards import CardState
from tests.bot.cards.desk_gallery import desk_gallery
from tests.bot.cards.gallery import gallery
from tests.bot.cards.growing import growing


def everything(voice: Voice) -> dict[str, Card]:
    """Every card there is."""
    return gallery(voice) | desk_gallery(voice) | growing(voice)


CARDS = [
    (language, name, card) for language in Language for name, card in everything(Voice(language)).items()
]
every_card = pytest.mark.parametrize(
    ("name", "card"), [pytest.param(name, card, id=f"{language}-{name}") for language, name, card in CARDS]
)
ROOTS = {
    *(
        "home",
        "shops",
        "no shops",
        "invitation",
        "poster",
        "poster file",
        "file",
        "my data's file",
        "deleted",
        "rehearsing",
        "rehearsed lint",
        "rehearsed people",
    ),
    *(f"buyer's, {state}" for state in (*CardState, "the shop")),
}
"""Screens without a way back: where one begins or ends, what lies in other chats, and pictures, which navigation
would take away."""


@every_card
def test_its_html_is_what_the_chat_server_reads(name: str, card: Card) -> None:
    text, _ = parse_html(str(card.text))
    assert "\u202e" not in text, name
    assert units(text) <= (TEXT_UNITS if card.picture is None else CAPTION_UNITS)
    assert units(plain(card.text)) == units(text)


@every_card
def test_its_buttons_are_few_short_and_lead_somewhere(name: str, card: Card) -> None:
    buttons = [button for row in card.rows for button in row]
    assert len(buttons) <= 24 or len(card.rows) > 10
    assert all(row for row in card.rows)
    for button in buttons:
        assert 0 < len(button.label) <= 60
        assert not isinstance(button, OpenUrl) or name.startswith("buyer's")
        if isinstance(button, Tap):
            assert is_known(button.data), button.data


@pytest.mark.parametrize(
    "card",
    [pytest.param(card, id=f"{language}-{name}") for language, name, card in CARDS if name not in ROOTS],
)
def test_there_is_a_way_on_from_each(card: Card) -> None:
    taps = [button.data for row in card.rows for button in row if isinstance(button, Tap)]
    assert any(
        data.split(":")[0]
        in {"home", "goods", "entries", "earn", "order", "settings", "manage", "withdraw", "payout", "level"}
        for data in taps
    )


def test_both_languages_have_the_same_screens_with_the_same_buttons() -> None:
    english, chinese = (everything(Voice(language)) for language in Language)
    for name, card in english.items():
        shape = [[type(button) for button in row] for row in card.rows]
        assert [[type(button) for button in row] for row in chinese[name].rows] == shape
        assert chinese[name].text != card.text
