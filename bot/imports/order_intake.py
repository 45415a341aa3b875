"""A shop's past orders told to the store itself, by the same public JSON that a shop sends over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from bot.imports.events import ShopEventJson
from bot.imports.into_store import in_batches
from models.errors import DomainError
from models.funnel.events import EventStatus, Receipt, ShopEvent
from models.people.merchants import Merchant, lock_merchant
from models.sales import receive
from models.store.deployment import ip_salt
from models.store.engine import Store

EVENTS_AT_ONCE = 200
"""Events of one transaction, which holds the merchant's lock."""
ReadEvent = Callable[[object, Merchant, datetime, str], ShopEvent]
"""Public JSON to an event of ours, hashed and checked; raises DomainError."""


@dataclass(slots=True)
class Told:
    """Answers by status, and the reasons of the first events that were rejected."""

    answers: Counter[EventStatus] = field(default_factory=Counter)
    rejections: list[Receipt] = field(default_factory=list)

    def take(self, receipts: Sequence[Receipt]) -> None:
        """Count a batch's answers."""
        self.answers.update(receipt.status for receipt in receipts)
        rejected = [receipt for receipt in receipts if receipt.status is EventStatus.REJECTED]
        self.rejections.extend(rejected[: max(0, 10 - len(self.rejections))])


async def import_orders(
    store: Store,
    merchant: Merchant,
    events: Iterable[ShopEventJson],
    read: ReadEvent,
    clock: Clock,
    on_batch: Callable[[Told], None],
) -> Told:
    """Tell events in their order; telling them again answers `duplicate` and changes nothing."""
    told = Told()
    for batch in in_batches(events, EVENTS_AT_ONCE):
        now = clock.now()
        async with store.write() as session:
            locked = await lock_merchant(session, merchant.id)
            salt = await ip_salt(session, now)
            readable, unreadable = _read(batch, read, locked, now, salt)
            receipts = await receive(session, locked, readable, now)
        told.take([*receipts, *unreadable])
        on_batch(told)
    return told


def _read(
    batch: Sequence[ShopEventJson], read: ReadEvent, merchant: Merchant, now: datetime, salt: str
) -> tuple[list[ShopEvent], list[Receipt]]:
    events: list[ShopEvent] = []
    unreadable: list[Receipt] = []
    for raw in batch:
        try:
            events.append(read(raw, merchant, now, salt))
        except DomainError as error:
            rejected = Receipt(id=raw["id"], status=EventStatus.REJECTED, detail=f"{error.code}: {error}")
            unreadable.append(rejected)
    return events, unreadable
