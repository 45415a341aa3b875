"""`.env.example` and the settings say the same, and each key is explained."""

from __future__ import annotations

import re

from bot.settings import Settings
from tests.bot.cli.conftest import PROJECT

EXAMPLE = (PROJECT / ".env.example").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_example_and_nothing_else() -> None:
    keys = re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE, re.MULTILINE)

    assert keys == [name.upper() for name in Settings.model_fields]


def test_every_key_is_explained_right_above_it() -> None:
    paragraphs = EXAMPLE.strip().split("\n\n")

    explained = [part for part in paragraphs if "=" in part.splitlines()[-1]]

    assert all(part.startswith("# ") and len(part.split("=")[0]) > 60 for part in explained)
    assert sum(len(re.findall(r"^[A-Z_]+=", part, re.MULTILINE)) for part in explained) == len(
        Settings.model_fields
    )


def test_the_example_as_it_stands_changes_no_default() -> None:
    assert Settings(_env_file=PROJECT / ".env.example") == Settings(_env_file=None)
