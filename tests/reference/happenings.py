"""What happens at the real shop, in the order in which it is told: orders, receipts, refunds, cancellations.

The export has orders and cancellations of lines only. Receipts, refunds of an amount, cancelled orders, and orders
that are told weeks late are made up here, by checksums of the orders' numbers, the same for everybody.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.reference.export import Paper, read_export, refunds_of
from tests.reference.facts import Human, Item, Purchase
from tests.reference.told_twice import Happening

LATE = timedelta(days=33)
LONG_AFTER = timedelta(days=45, hours=5)


def number(word: str, salt: str, size: int) -> int:
    return zlib.crc32(f"{salt}:{word}".encode()) % size


def happenings(
    path: Path, sellers: Sequence[str], people: Mapping[str, Human], *, by_customer: bool
) -> list[Happening]:
    """Everything in the order of telling."""
    export = read_export(path)
    refunds = refunds_of(export)
    touched = {refund.order for refund in refunds}
    told: list[Happening] = []
    for paper in export.orders():
        purchase = _purchase(paper, sellers, people, by_customer=by_customer)
        late = number(paper.number, "late", 60) == 0 and paper.number not in touched
        told.append(
            Happening(paper.time + (LATE if late else timedelta()), "pay", paper.number, paper.time, purchase)
        )
        told.extend(_afterwards(paper, told[-1].told, refunded=paper.number in touched))
    told.extend(
        Happening(
            refund.time,
            "refund",
            refund.order,
            refund.time,
            refund=refund.id,
            units=tuple((str(line), quantity) for line, quantity in sorted(refund.lines.items())),
        )
        for refund in refunds
        if refund.found
    )
    rank = {"pay": 0, "receive": 1, "refund": 2, "cancel": 3}
    return sorted(told, key=lambda one: (one.told, rank[one.kind], one.ref, one.refund))


def _purchase(
    paper: Paper, sellers: Sequence[str], people: Mapping[str, Human], *, by_customer: bool
) -> Purchase:
    word = paper.customer or paper.number if by_customer else paper.number
    seller = sellers[number(word, "seller", len(sellers))]
    sponsor = people[seller].sponsor
    chance = number(paper.number, "who", 30)
    mark = {1: people[seller].mark, 2: people[sponsor].mark if sponsor is not None else None}.get(chance)
    nobody = chance in {3, 4} or (chance in {5, 6, 7, 8} and not by_customer)
    items = tuple(Item(str(goods.number), goods.sku, goods.quantity, goods.price) for goods in paper.goods)
    return Purchase(
        paper.number, paper.time, items, None if nobody else seller, customer=paper.customer, mark=mark
    )


def _afterwards(paper: Paper, told: datetime, *, refunded: bool) -> list[Happening]:
    found = []
    days = number(paper.number, "receipt", 9)
    if days < 6:
        at = told + timedelta(days=days, minutes=17)
        found.append(Happening(at, "receive", paper.number, at))
    if not refunded and number(paper.number, "goodwill", 14) == 0:
        total = sum(int(goods.quantity * goods.price * 100 // 1) for goods in paper.goods)
        for place, after in enumerate((timedelta(days=4, hours=3), LONG_AFTER)):
            at = told + after
            amount = total * (7 + 5 * place) // 40
            if amount:
                found.append(
                    Happening(at, "refund", paper.number, at, refund=f"goodwill{place}", amount=amount)
                )
    elif not refunded and number(paper.number, "cancel", 50) == 0:
        at = told + (LONG_AFTER if number(paper.number, "when", 2) else timedelta(hours=7))
        found.append(Happening(at, "cancel", paper.number, at))
    return found
