"""Starts several child processes as one, and waits for their end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]


async def run_together(commands: Sequence[Sequence[str]]) -> list[str]:
    """Run jobs of `tests.faults.writers` that begin at the same moment; what each said after `ready`."""
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.writers",
            *command,
            cwd=PROJECT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for command in commands
    ]
    for child in children:
        assert child.stdout is not None
        assert await child.stdout.readline() == b"ready\n"
    ended = await asyncio.gather(*(child.communicate(b"go\n") for child in children))
    for child, (_, complaints) in zip(children, ended, strict=True):
        assert child.returncode == 0, complaints.decode()
    return [said.decode().strip() for said, _ in ended]
