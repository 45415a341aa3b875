"""kill -9 in the middle of everything: no update is lost, and only what was under way may come twice (B4)."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.server import Sandbox
from models.store.engine import Store
from tests.handlers.chat_intake.conftest import waiting

KILLS = 8
TEXTS = 200
PEOPLE = 5


async def start(database_url: str, sandbox: Sandbox, diary: Path) -> asyncio.subprocess.Process:
    program = "tests.handlers.chat_intake.program"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", program, database_url, sandbox.api_url, sandbox.token, str(diary)
    )


def lines(diary: Path, word: str) -> list[str]:
    """The program's lines that begin so."""
    return [line for line in diary.read_text().splitlines() if line.startswith(word)]


async def told(diary: Path, word: str, number: int) -> None:
    """Wait until the program has told of so many texts."""
    async with asyncio.timeout(60):
        while len(lines(diary, word)) < number:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.002)


@pytest.mark.crash
@pytest.mark.timeout(600)
async def test_every_update_is_answered_however_often_the_process_is_killed(
    database_url: str, store: Store, tmp_path: Path
) -> None:
    chance, diary = random.Random(20260304), tmp_path / "diary"
    diary.touch()
    stops = sorted(chance.sample(range(1, TEXTS), KILLS))
    async with Sandbox(limits=NO_LIMITS) as sandbox:
        people = [sandbox.phone(f"P{number}") for number in range(PEOPLE)]
        written = 0
        for stop in [*stops, TEXTS]:
            program = await start(database_url, sandbox, diary)
            try:
                for number in range(written, stop):
                    people[number % PEOPLE].write(f"t{number}")
                written = stop
                begun = len(lines(diary, "begin"))
                await told(diary, "begin", begun + max(1, (stop - begun) // 2))
                await asyncio.sleep(chance.random() / 50)
                if stop == TEXTS:
                    await settled(diary, store)
            finally:
                program.kill()
                await program.wait()
        answers = Counter(
            message.body.text for phone in people for message in phone.messages if message.from_bot
        )

    assert set(answers) == {f"heard t{number}." for number in range(TEXTS)}
    assert sum(answers.values()) - TEXTS <= KILLS * PEOPLE
    assert await waiting(store) == []


async def settled(diary: Path, store: Store) -> None:
    """Wait until every text was answered and marked."""
    async with asyncio.timeout(60):
        while len(set(lines(diary, "end"))) < TEXTS or await waiting(store):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
