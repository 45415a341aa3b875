"""The reference's ledger: what was earned, what was taken back, and what moved on each `available`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.reference.facts import Bill, Gain, Movement

HELD = ("awaiting", "held", "review")
OF_ORDERS = ("line", "team", "first_order")


@dataclass
class Ledger:
    """Every commission and every movement, in the order in which they were made."""

    gains: list[Gain] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    by_order: dict[str, list[Gain]] = field(default_factory=lambda: defaultdict(list))
    by_period: dict[tuple[str, str], list[Gain]] = field(default_factory=lambda: defaultdict(list))

    def keep(self, gains: Iterable[Gain]) -> None:
        for gain in gains:
            self.gains.append(gain)
            if gain.kind in OF_ORDERS and gain.order is not None:
                self.by_order[gain.order].append(gain)
            if gain.kind == "ladder" and gain.period is not None:
                self.by_period[gain.who, gain.period].append(gain)

    def move(self, gain: Gain, at: datetime, amount: int, kind: str, order: str | None = None) -> None:
        self.movements.append(Movement(gain.who, at, amount, kind, order or gain.order))

    def reverse(self, gain: Gain, at: datetime, target: int, order: str) -> None:
        """Bring what was taken back of a commission up to a target; from where the money is."""
        more = max(target - gain.taken, 0)
        gain.taken += more
        if gain.state == "available" and more:
            self.move(gain, at, -more, "reversed", order)

    def reverse_order(self, bill: Bill, at: datetime) -> None:
        """By line and in proportion; the first-order bonus when nothing of the order is left."""
        lines = {line.item.ref: line for line in bill.lines}
        ref = bill.purchase.ref
        for gain in self.by_order[ref]:
            if gain.kind == "first_order":
                gone, target = bill.gone, gain.amount if bill.gone else 0
            else:
                line = lines[gain.line or ""]
                gone = line.gone
                target = gain.amount * line.refunded // line.base if line.base else 0
                target = gain.amount if gone else target
            self.reverse(gain, at, target, ref)
            gain.state = "refunded" if gone and gain.state != "void" else gain.state

    def held(self) -> dict[str, int]:
        """What lies on each person's `held`."""
        totals: dict[str, int] = defaultdict(int)
        for gain in self.gains:
            totals[gain.who] += gain.net if gain.state in HELD else 0
        return totals

    def available(self) -> dict[str, int]:
        """What lies on each person's `available`, debts included, while nothing is withdrawn."""
        totals: dict[str, int] = defaultdict(int)
        for movement in self.movements:
            totals[movement.who] += movement.amount
        return totals

    def statement(self, who: str, begins: datetime, ends: datetime) -> tuple[int, int, int, int]:
        """Opening, what came, what was taken back, closing, of one person's `available`."""
        mine = [movement for movement in self.movements if movement.who == who]
        opening = sum(one.amount for one in mine if one.at < begins)
        within = [one.amount for one in mine if begins <= one.at < ends]
        came, back = sum(a for a in within if a > 0), -sum(a for a in within if a < 0)
        return opening, came, back, opening + came - back
