"""What the sandbox costs, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.sandbox.server import Sandbox

STRANGERS = ("telegram", "sqlmodel", "sqlalchemy", "models", "handlers", "jobs", "PIL", "aiogram")


def test_it_reaches_the_product_by_http_alone() -> None:
    listing = f"import sys, bot.sandbox.server; print([n for n in {STRANGERS!r} if n in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


async def test_a_port_in_use_is_refused(sandbox: Sandbox) -> None:
    second = Sandbox(port=int(sandbox.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    await second.stop()
