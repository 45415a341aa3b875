"""Who most of these stories are about: Ann, Bob, and the chat that Ann founded."""

from __future__ import annotations

import pytest

from bot.sandbox.chat.gathering import Gathering
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox


@pytest.fixture
def ann(sandbox: Sandbox) -> Phone:
    return sandbox.phone("Ann")


@pytest.fixture
def bob(sandbox: Sandbox) -> Phone:
    return sandbox.phone("Bob")


@pytest.fixture
def group(sandbox: Sandbox, ann: Phone, bob: Phone) -> Gathering:
    """A supergroup of two people, with the bot as a plain member."""
    return sandbox.group("Shoppers", ann, [bob], kind="supergroup")


@pytest.fixture
def forum(sandbox: Sandbox, ann: Phone, bob: Phone) -> Gathering:
    """A supergroup with topics, led by Ann and the bot."""
    gathering = sandbox.group("Forum", ann, [bob], kind="supergroup", is_forum=True)
    gathering.promote_bot()
    return gathering


@pytest.fixture
def channel(sandbox: Sandbox, ann: Phone, bob: Phone) -> Gathering:
    """A channel that Bob reads, led by Ann and the bot."""
    return sandbox.group("News", ann, [bob], kind="channel")
