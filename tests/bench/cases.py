"""How right a Hold is: the real detection over a real store, on markets whose people are known (business.md 8).

Thresholds were chosen by looking at markets of the seeds TUNED (and others below 300). Those of HELD_OUT were never
looked at before the numbers were fixed; what they show is what to expect.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.money.cases.cases import CaseState
from models.store.engine import Store
from models.store.migrate import migrate
from tests.bench.market import Verdict, play, score
from tests.bench.rows import Row
from tests.bench.temperaments import CHEATERS, Kind

TUNED = (1, 2, 3)
HELD_OUT = (301, 302, 303)
SIZE = 200
"""Distributors of a market; twelve of a hundred cheat."""
LEAST = 0.9


def bench() -> list[Row]:
    """Precision and recall together and by kind."""
    return asyncio.run(_bench())


async def _bench() -> list[Row]:
    tuned, held_out = [await _markets(seeds) for seeds in (TUNED, HELD_OUT)]
    return [
        _together(f"Hold, seeds tuned on {TUNED}", tuned),
        _together(f"Hold, seeds held out {HELD_OUT}", held_out),
        *(_kind(kind, [*tuned, *held_out]) for kind in Kind),
    ]


async def _markets(seeds: Sequence[int]) -> list[Verdict]:
    verdicts: list[Verdict] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'market.db'}"
            await migrate(url)
            store = Store(url)
            try:
                verdicts += await play(store, seed, SIZE)
            finally:
                await store.close()
    return verdicts


def _together(name: str, verdicts: Sequence[Verdict]) -> Row:
    found = score(verdicts)
    cheaters = found.right + found.missed
    return Row(
        f"cases: {name}",
        None,
        f"precision {found.precision:.3f}, recall {found.recall:.3f} "
        f"({found.right} of {cheaters} cheaters, {found.wrong} others)",
        f"both ≥ {LEAST}",
        found.precision >= LEAST and found.recall >= LEAST,
    )


def _kind(kind: Kind, verdicts: Sequence[Verdict]) -> Row:
    """Cheaters should be held; of offices nobody."""
    count: Counter[str] = Counter()
    for verdict in verdicts:
        if verdict.seller.kind is kind:
            held, watched = verdict.is_held, verdict.state is CaseState.WATCH
            count["held" if held else "watched" if watched else "nothing"] += 1
    told = f"{count['held']} held, {count['watched']} watched, {count['nothing']} without a case"
    if kind in CHEATERS:
        return Row(f"cases: {kind} (cheats)", None, told, "")
    if kind is Kind.OFFICE:
        return Row(f"cases: {kind}", None, told, "none held", count["held"] == 0)
    return Row(f"cases: {kind}", None, told, "")
