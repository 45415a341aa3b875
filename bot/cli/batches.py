"""Batches for the bank, written to files."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.printing import money, note, print_facts, print_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from models.money.payout_batches import MadeBatch
    from models.people.merchants import Merchant
    from models.people.permissions import Act
    from models.store.audit import Actor


@dataclass(frozen=True, slots=True)
class BatchShown:
    """A batch that was written to a file. `held_back` names approved withdrawals that had to stay behind."""

    batch: int
    file: str
    withdrawals: list[str]
    total_minor: int
    currency: str
    held_back: list[str]


async def actor_named(session: AsyncSession, merchant: Merchant, by: str, act: Act) -> Actor:
    """Whoever has the shell; with a name, in the name of one of the merchant's staff who may do this.

    Raises NobodyCalled and NotAllowed.
    """
    from models.people.permissions import check
    from models.people.roster import member_called
    from models.store.audit import COMMAND, Actor

    if not by.strip():
        return COMMAND
    one = await member_called(session, merchant.id, by)
    check(one.role, act)
    return Actor.shell_for(one.person_id)


def write_batch(
    file: Path, number: int | None, *, by: str, merchant: str | None, now: datetime | None, as_json: bool
) -> None:
    """Make a batch, or (by its number) take an old one, and write its file. Raises Invalid where one stands already.

    The file is opened first: what can't be written is not claimed.
    """
    from bot.cli.opening import finish
    from bot.payouts import batch_file
    from models.errors import Invalid

    try:
        out = file.open("xb")
    except FileExistsError as error:
        raise Invalid(f"{file} is there already; name another file for this batch.") from error
    with out:
        try:
            made = finish(_made(number, by, merchant, now))
        except BaseException:
            file.unlink()
            raise
        # From here on the withdrawals are claimed, and the number brings the file again whatever happens to it.
        note(f"Batch {made.batch.number} is made; --batch {made.batch.number} writes its file once more.")
        out.write(batch_file(made))
    _print(made, file, as_json=as_json)


def _print(made: MadeBatch, file: Path, *, as_json: bool) -> None:
    batch = made.batch
    held = [each.withdrawal.reference for each in made.held]
    if as_json:
        references = [order.reference for order in made.orders]
        print_json(BatchShown(batch.number, str(file), references, batch.total_minor, batch.currency, held))
        return
    print_facts(
        f"Batch {batch.number} is in {file}.",
        [
            ("withdrawals", str(batch.withdrawals)),
            ("in all", money(batch.total_minor, batch.currency)),
        ],
    )
    if held:
        note(f"Held back, under review or in debt: {', '.join(held)}.")


async def _made(number: int | None, by: str, merchant_id: str | None, now: datetime | None) -> MadeBatch:
    from bot.cli.opening import begin, opened
    from bot.clock import SetClock, SystemClock
    from bot.payouts import batch_again, pay_by_batch
    from models.people.merchants import the_merchant
    from models.people.permissions import Act

    settings = begin()
    clock = SetClock(now) if now is not None else SystemClock()
    async with opened(settings) as store:
        async with store.read() as session:
            merchant = await the_merchant(session, merchant_id)
            actor = await actor_named(session, merchant, by, Act.MARK_PAID)
        if number is not None:
            return await batch_again(store, merchant.id, number, seal=settings.seal, actor=actor, clock=clock)
        return await pay_by_batch(store, merchant.id, seal=settings.seal, actor=actor, clock=clock)
