"""A small market, told day by day: cheaters are held, honest people are not, offices least of all."""

from __future__ import annotations

from models.money.verify import verify
from models.people.merchants import all_merchants
from models.store.engine import Store
from tests.bench.market import play, score
from tests.bench.temperaments import CHEATERS, Kind


async def test_holds_are_right_and_whole_on_a_small_market(store: Store) -> None:
    verdicts = await play(store, seed=7, size=70)

    found = score(verdicts)
    cheaters = [verdict for verdict in verdicts if verdict.seller.cheats]
    assert {verdict.seller.kind for verdict in cheaters} == set(CHEATERS)
    assert (found.precision >= 0.9, found.recall >= 0.9) == (True, True), [
        (verdict.seller.kind, verdict.state, verdict.signals)
        for verdict in verdicts
        if verdict.seller.cheats is not verdict.is_held
    ]
    offices = [verdict for verdict in verdicts if verdict.seller.kind is Kind.OFFICE]
    assert len(offices) > 5
    assert not any(verdict.is_held for verdict in offices)
    # They do look bad: it is not for want of signals that nobody of them is held.
    assert sum(bool(verdict.signals) for verdict in offices) > len(offices) // 2
    async with store.read() as session:
        [merchant] = await all_merchants(session)
        assert await verify(session, merchant) == []
