"""How soon the program is ready, and how much it holds while nobody asks (operations.md H)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from tests.bench.rows import Row
from tests.postgres import free_port

READY_SECONDS = 2.0
IDLE_MIB = 150
ROUNDS = 3


def bench() -> list[Row]:
    """Start, and idle memory, of `python -m bot run --roles web,worker` on an SQLite store that exists."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [_run(Path(folder)) for _ in range(ROUNDS + 1)][1:]
    ready = min(run[0] for run in runs)
    idle = max(run[1] for run in runs)
    return [
        Row(
            "start to first answer", None, f"{ready:.2f} s", f"< {READY_SECONDS:.0f} s", ready < READY_SECONDS
        ),
        Row("idle memory", None, f"{idle:.0f} MiB", f"< {IDLE_MIB} MiB", idle < IDLE_MIB),
    ]


def _run(folder: Path) -> tuple[float, float]:
    """Seconds until /healthz answers, and MiB then."""
    port = free_port()
    environment = {
        **os.environ,
        "HTTP_PORT": str(port),
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "error",
        "BOT_TOKEN": "",
    }
    started = time.perf_counter()
    program = subprocess.Popen([sys.executable, "-m", "bot", "run", "--roles", "web,worker"], env=environment)
    try:
        while not _answers(port):
            if program.poll() is not None:
                raise RuntimeError("the program ended before it was ready")
        ready = time.perf_counter() - started
        return ready, psutil.Process(program.pid).memory_info().rss / 2**20
    finally:
        program.terminate()
        program.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
