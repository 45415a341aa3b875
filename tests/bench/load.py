"""A load from a process of its own: raw HTTP/1.1 over keep-alive connections, so that the client costs little.

Reads a JSON order from standard input: host, port, connections, seconds (or 0 for "all once"), and a file
of pickled raw requests; writes counts and latencies as JSON.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where; `seconds` 0 sends each request once."""

    port: int
    requests: str
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """Answers in all, by status, per second, and latencies in milliseconds."""

    answers: int
    statuses: dict[str, int]
    rate: float
    p50_ms: float
    p99_ms: float


def run_load(order: Order) -> Result:
    """Run an order in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        check=True,
    )
    return Result(**json.loads(done.stdout))


async def _connection(
    port: int, requests: Iterator[bytes], until: float, seen: list[float], by: Counter[str]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in requests:
            started = time.perf_counter()
            if until and started > until:
                return
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            at = head.lower().find(b"content-length:")
            length = int(head[at + 15 : head.index(b"\r", at)]) if at >= 0 else 0
            if length:
                await reader.readexactly(length)
            seen.append(time.perf_counter() - started)
            by[head[9:12].decode()] += 1
    finally:
        writer.close()


def _forever(requests: list[bytes]) -> Iterator[bytes]:
    while True:
        yield from requests


async def _main(order: Order, requests: list[bytes]) -> Result:
    source = _forever(requests) if order.seconds else iter(requests)
    seen: list[float] = []
    by: Counter[str] = Counter()
    started = time.perf_counter()
    until = started + order.seconds if order.seconds else 0.0
    await asyncio.gather(
        *(_connection(order.port, source, until, seen, by) for _ in range(order.connections))
    )
    took = time.perf_counter() - started
    seen.sort()
    return Result(
        len(seen), dict(by), len(seen) / took, seen[len(seen) // 2] * 1000, seen[int(len(seen) * 0.99)] * 1000
    )


if __name__ == "__main__":
    given = Order(**json.load(sys.stdin))
    prepared: list[bytes] = pickle.loads(Path(given.requests).read_bytes())
    print(json.dumps(asdict(asyncio.run(_main(given, prepared)))))
