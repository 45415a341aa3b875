"""What each role may do is one table: the code's, the documentation's and the chat's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cards.audit_words import ACTS
from bot.cards.staff import DOES, roles_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.people.permissions import MAY, Act
from models.people.staff import Role

PAGE = Path(__file__).parents[3] / "docs" / "roles.md"


def table() -> str:
    """The table as the page has it."""
    head = "| may | " + " | ".join(Role) + " |\n|---|" + ":-:|" * len(Role) + "\n"
    rows = (
        f"| {DOES[act].message} (`{act}`) | "
        + " | ".join("✓" if role in MAY[act] else "–" for role in Role)
        + " |\n"
        for act in Act
    )
    return head + "".join(rows)


def test_the_page_has_the_table() -> None:
    assert table() in PAGE.read_text(), f"docs/roles.md must have this table:\n{table()}"


@pytest.mark.parametrize("language", list(Language))
def test_the_chat_tells_of_each_role_what_it_may(language: Language) -> None:
    voice = Voice(language)
    told = plain(roles_card(voice).text).split("\n\n")[1:]

    assert len(told) == len(Role)
    for role, lines in zip(Role, told, strict=True):
        assert lines.splitlines()[1:] == [f"• {voice.phrase(DOES[act])}" for act in Act if role in MAY[act]]


def test_every_act_has_its_words() -> None:
    assert set(DOES) == set(Act) == set(MAY)
    assert len({phrase.message for phrase in (*DOES.values(), *ACTS.values())}) == len(DOES) + len(ACTS)
