"""Paying out: the one place where claims, providers and their answers meet, each in a transaction of its own.

Between the claim and the record no transaction is open. A process that dies there leaves `paying` behind, which
becomes `unknown` in time and is never paid, nor given back, by itself (operations.md A8).
"""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.media.cells import cell
from models.money.books import check_books
from models.money.payout_batches import MadeBatch, batch_numbered, make_batch, order_of
from models.money.payouts import PayoutAnswer, PayoutOrder, PayoutProvider, claim, hear, mark_unknown
from models.money.withdrawal_states import MovedOn, Withdrawal
from models.people.merchants import Merchant, lock_merchant, merchant
from models.store.audit import Actor, write_down
from models.store.currency import amount_text
from models.store.deeds import Deed
from models.store.engine import Store
from models.store.sealing import Seal

BATCH_COLUMNS = ("batch", "reference", "holder", "bank", "account", "amount", "currency")


def batch_filename(made: MadeBatch) -> str:
    """A name that tells two batches apart."""
    return f"payouts-{made.batch.number:04}.csv"


def batch_file(made: MadeBatch) -> bytes:
    """The batch as a table for the bank: UTF-8 with a mark, no cell that a spreadsheet would reckon with (F6)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(BATCH_COLUMNS)
    for order in made.orders:
        writer.writerow([cell(value) for value in _row(made.batch.number, order)])
    return text.getvalue().encode("utf-8-sig")


def _row(number: int, order: PayoutOrder) -> tuple[object, ...]:
    account = order.account
    amount = amount_text(order.amount_minor, order.currency)
    return (number, order.reference, account.holder, account.bank, account.number, amount, order.currency)


async def pay_by_batch(
    store: Store, merchant_id: int, *, seal: Seal, actor: Actor, clock: Clock
) -> MadeBatch:
    """Verify the books, then claim what waits for one batch. Raises BooksDiffer and NothingToPay."""
    shop = await _verified(store, merchant_id)
    async with store.write() as session:
        return await make_batch(session, shop, seal=seal, actor=actor, now=clock.now())


async def batch_again(
    store: Store, merchant_id: int, number: int, *, seal: Seal, actor: Actor, clock: Clock
) -> MadeBatch:
    """A batch that was made before; that its accounts were read once more is written down. Raises NotFound."""
    async with store.write() as session:
        await lock_merchant(session, merchant_id)
        made = await batch_numbered(session, merchant_id, number, seal)
        await write_down(
            session,
            merchant_id=merchant_id,
            actor=actor,
            act=Deed.PAYOUT_BATCH_READ,
            subject=f"payout batch {number}",
            now=clock.now(),
        )
        return made


async def pay_through(
    store: Store, provider: PayoutProvider, approved: Withdrawal, *, seal: Seal, actor: Actor, clock: Clock
) -> Withdrawal:
    """Pay one approved withdrawal through a provider that answers; the withdrawal as it stands afterwards.

    Raises BooksDiffer, and what `claim` raises; then nobody was asked to pay.
    """
    shop = await _verified(store, approved.merchant_id)
    async with store.write() as session:
        order = await order_of(session, approved, seal)
        paying = await claim(
            session,
            shop,
            approved,
            provider=provider.name,
            actor=actor,
            now=clock.now(),
            patience=provider.patience,
        )
    answer = await _asked(provider, order)
    by = Actor(f"provider {provider.name}"[:60])
    async with store.write() as session:
        if isinstance(answer, str):
            return await _lost(session, shop, paying, why=answer, by=by, now=clock.now())
        return await hear(session, shop, paying, answer, actor=by, now=clock.now())


async def _verified(store: Store, merchant_id: int) -> Merchant:
    async with store.read() as session:
        shop = await merchant(session, merchant_id)
        await check_books(session, shop)
    return shop


async def _lost(
    session: AsyncSession, shop: Merchant, paying: Withdrawal, *, why: str, by: Actor, now: datetime
) -> Withdrawal:
    try:
        return await mark_unknown(session, shop, paying, actor=by, why=why, now=now)
    except MovedOn as error:  # somebody decided meanwhile
        return error.withdrawal


async def _asked(provider: PayoutProvider, order: PayoutOrder) -> PayoutAnswer | str:
    """What the provider says; a word for why there is no answer, whatever went wrong on the way."""
    try:
        async with asyncio.timeout(provider.patience.total_seconds()):
            return await provider.pay(order)
    except Exception as error:
        return type(error).__name__
