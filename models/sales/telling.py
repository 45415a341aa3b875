"""Events told once: the inbox on one side, the story on the other (operations.md A5, A6, B2, B3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.funnel.events import (
    EventStatus,
    EventType,
    OrderBought,
    OrderRefunded,
    Receipt,
    ShopEvent,
    StepTaken,
    happenings,
)
from models.people.merchants import Merchant
from models.sales.buying import arrive, pay, place, take_step
from models.sales.scene import Scene, Told, Waits
from models.sales.undoing import cancel, refund
from models.store.inbox import (
    EventState,
    ReceivedEvent,
    keep_received,
    known_events,
    next_try,
    parked_for,
    update_received,
)


async def receive(
    session: AsyncSession, merchant: Merchant, events: Sequence[ShopEvent], now: datetime
) -> list[Receipt]:
    """Tell these events, in their order, and answer each. The caller holds the merchant's lock and commits.

    A known event is not told again; parked events whose order came are told right behind it.
    """
    inbox = await known_events(session, merchant.id, [event.id for event in events])
    fresh = [event for event in events if event.id not in inbox]
    waiting = await parked_for(
        session, merchant.id, sorted({event.order_ref for event in fresh if event.order_ref})
    )
    scene = await Scene.open(session, merchant, [*fresh, *map(told_again, waiting)], now)
    telling = _Telling(scene, inbox, waiting)
    receipts = [telling.tell(event) for event in events]
    await scene.save(session)
    await keep_received(session, telling.received)
    await update_received(session, telling.woken)
    return receipts


async def park(
    session: AsyncSession, merchant: Merchant, event: ShopEvent, cause: str, now: datetime
) -> Receipt:
    """Keep an event whose telling failed for a reason of ours; a job tries it again."""
    known = await known_events(session, merchant.id, [event.id])
    if event.id in known:
        return _known_before(known[event.id], event)
    row = _row(merchant.id, event, EventState.PARKED, f"a passing failure: {cause}", now)
    row.next_try_at = next_try(0, now)
    await keep_received(session, [row])
    return Receipt(id=event.id, status=EventStatus.PARKED, detail=row.detail)


async def retry(session: AsyncSession, merchant: Merchant, parked: ReceivedEvent, now: datetime) -> Receipt:
    """Tell a parked event again. The caller holds the merchant's lock and commits."""
    waiting = await parked_for(session, merchant.id, [parked.order_ref] if parked.order_ref else [])
    others = [item for item in waiting if item.id != parked.id]
    scene = await Scene.open(session, merchant, [*map(told_again, [parked, *others])], now)
    telling = _Telling(scene, {}, others)
    receipt = telling.wake(parked)
    if receipt.status is EventStatus.ACCEPTED and parked.order_ref is not None:
        telling.wake_all(parked.order_ref)
    await scene.save(session)
    await update_received(session, telling.woken)
    return receipt


def told_again(parked: ReceivedEvent) -> ShopEvent:
    """The event that a parked row keeps."""
    what = happenings.validate_json(parked.content or "")
    return ShopEvent(id=parked.event_id, digest=parked.digest, occurred_at=parked.occurred_at, what=what)


class _Telling:
    """Tells events one after the other and keeps what the inbox must remember of each."""

    def __init__(
        self, scene: Scene, inbox: dict[str, ReceivedEvent], waiting: Sequence[ReceivedEvent]
    ) -> None:
        self._scene = scene
        self._inbox = inbox
        self._waiting: dict[str, list[ReceivedEvent]] = defaultdict(list)
        for item in waiting:
            self._waiting[item.order_ref or ""].append(item)
        self.received: list[ReceivedEvent] = []
        self.woken: list[ReceivedEvent] = []

    def tell(self, event: ShopEvent) -> Receipt:
        """Tell one event, and whatever waited for it."""
        known = self._inbox.get(event.id)
        if known is not None:
            return _known_before(known, event)
        receipt = _happen(self._scene, event)
        if receipt.status is EventStatus.REJECTED:
            # Not remembered: a shop that mends its event may send it again under the same id.
            return receipt
        state = EventState.PARKED if receipt.status is EventStatus.PARKED else EventState.ACCEPTED
        row = _row(self._scene.merchant.id, event, state, receipt.detail, self._scene.now)
        self._inbox[event.id] = row
        self.received.append(row)
        if event.order_ref is not None:
            if state is EventState.PARKED:
                self._waiting[event.order_ref].append(row)
            else:
                self.wake_all(event.order_ref)
        return receipt

    def wake_all(self, order_ref: str) -> None:
        """Tell what waited for this order, in the order in which it happened, as long as that moves anything."""
        waiting = sorted(self._waiting.pop(order_ref, []), key=lambda item: (item.occurred_at, item.id))
        woken = True
        while woken and waiting:
            still = [item for item in waiting if self.wake(item).status is EventStatus.PARKED]
            woken = len(still) < len(waiting)
            waiting = still
        if waiting:
            self._waiting[order_ref] = waiting

    def wake(self, parked: ReceivedEvent) -> Receipt:
        """Tell a parked event again and remember what came of it."""
        receipt = _happen(self._scene, told_again(parked))
        parked.tries += 1
        parked.detail = receipt.detail
        parked.next_try_at = None
        if receipt.status is not EventStatus.PARKED:
            rejected = receipt.status is EventStatus.REJECTED
            parked.state = EventState.REJECTED if rejected else EventState.ACCEPTED
            parked.content = None
        if not any(row is parked for row in (*self.received, *self.woken)):
            self.woken.append(parked)
        return receipt


def _happen(scene: Scene, event: ShopEvent) -> Receipt:
    try:
        told = _told(scene, event)
    except Waits as waits:
        return Receipt(id=event.id, status=EventStatus.PARKED, detail=str(waits))
    except DomainError as error:
        return Receipt(id=event.id, status=EventStatus.REJECTED, detail=f"{error.code}: {error}")
    return Receipt(
        id=event.id,
        status=EventStatus.DUPLICATE if told.duplicate else EventStatus.ACCEPTED,
        detail=told.detail,
    )


def _told(scene: Scene, event: ShopEvent) -> Told:
    what = event.what
    if isinstance(what, StepTaken):
        return take_step(scene, event, what)
    if isinstance(what, OrderRefunded):
        return refund(scene, event, what)
    if isinstance(what, OrderBought):
        return place(scene, event, what) if what.type is EventType.ORDER_PLACED else pay(scene, event, what)
    return arrive(scene, event, what) if what.type is EventType.ORDER_RECEIVED else cancel(scene, event, what)


def _known_before(known: ReceivedEvent, event: ShopEvent) -> Receipt:
    if known.digest != event.digest:
        return Receipt(
            id=event.id,
            status=EventStatus.REJECTED,
            detail="id_conflict: an event with this id is known with other content; nothing was changed.",
        )
    if known.state is EventState.REJECTED:
        return Receipt(id=event.id, status=EventStatus.REJECTED, detail=known.detail)
    still = f"still parked: {known.detail}" if known.state is EventState.PARKED else None
    return Receipt(id=event.id, status=EventStatus.DUPLICATE, detail=still)


def _row(
    merchant_id: int, event: ShopEvent, state: EventState, detail: str | None, now: datetime
) -> ReceivedEvent:
    return ReceivedEvent(
        merchant_id=merchant_id,
        event_id=event.id,
        type=event.what.type,
        digest=event.digest,
        order_ref=event.order_ref,
        state=state,
        detail=detail,
        content=event.what.model_dump_json() if state is EventState.PARKED else None,
        occurred_at=event.occurred_at,
        received_at=now,
    )
