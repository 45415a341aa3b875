"""What the demo's tests share: pictures drawn once, and a data folder that has them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.sandbox.market.pictures import shop_pictures
from bot.settings import Settings


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of drawn pictures."""
    folder = tmp_path_factory.mktemp("drawn")
    shop_pictures(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, drawn: Path) -> Path:
    """A new demo's data folder, its pictures drawn already."""
    place = tmp_path / "demo"
    shutil.copytree(drawn, place / "pictures")
    return place


@pytest.fixture
def settings(folder: Path) -> Settings:
    """A demo on any free port, with its own file store."""
    return Settings(_env_file=None, http_port=0, data_dir=folder)
