"""Closing periods by hand, or in rehearsal with another clock."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from bot.cli.options import AsJson, MerchantId, Now, example
from bot.cli.printing import money, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from jobs.closing import Closed

EXAMPLE = example("tuike close-period", "tuike close-period --now 2026-12-01T01:00:00Z --json")


@dataclass(frozen=True, slots=True)
class ClosedShown:
    """One closed period: bonuses (amounts in minor units), and how many levels were lost or are at risk."""

    period: str
    begins_at: datetime
    ends_at: datetime
    plan_version: int | None
    bonuses: int
    amount_minor: int
    currency: str
    warned: int
    demoted: int


@dataclass(frozen=True, slots=True)
class ClosedList:
    """Every period that was closed now, the earliest first."""

    closed: list[ClosedShown]


def close_period(*, merchant: MerchantId = None, now: Now = None, as_json: AsJson = False) -> None:
    """Close every period that is over: ladders and team targets are posted, levels move down.

    A period closes one hour after its end, once; what is closed already is left alone. The program does this by
    itself; by hand it waits for nothing that is still being told.
    """
    from bot.cli.opening import finish

    done = finish(_close(merchant, now))
    if as_json:
        print_json(done)
    elif not done.closed:
        typer.echo("There is nothing to close.")
    else:
        print_table(
            "Closed",
            ("period", "bonuses", "amount", "warned", "demoted"),
            (
                (
                    shown.period,
                    str(shown.bonuses),
                    money(shown.amount_minor, shown.currency),
                    str(shown.warned),
                    str(shown.demoted),
                )
                for shown in done.closed
            ),
        )


async def _close(merchant_id: str | None, now: datetime | None) -> ClosedList:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from jobs.closing import close_due
    from models.people.merchants import the_merchant

    async with opened(begin()) as store:
        async with store.read() as session:
            merchant = await the_merchant(session, merchant_id)
        closed = await close_due(
            store, merchant.id, now or SystemClock().now(), patient=False, witness=_write_down
        )
    return ClosedList(
        [
            ClosedShown(
                period=one.closing.period,
                begins_at=one.closing.begins_at,
                ends_at=one.closing.ends_at,
                plan_version=one.closing.plan_version,
                bonuses=one.bonuses,
                amount_minor=one.amount_minor,
                currency=merchant.currency,
                warned=one.warned,
                demoted=one.demoted,
            )
            for one in closed
        ]
    )


async def _write_down(session: AsyncSession, closed: Closed) -> None:
    """The entry of one period, so that a run that stops half way has written what it closed."""
    from bot.clock import SystemClock
    from models.store.audit import COMMAND, write_down
    from models.store.deeds import Deed

    await write_down(
        session,
        merchant_id=closed.closing.merchant_id,
        actor=COMMAND,
        act=Deed.CLOSE_PERIOD,
        subject=f"period {closed.closing.period}",
        now=SystemClock().now(),
        after={
            "bonuses": closed.bonuses,
            "amount_minor": closed.amount_minor,
            "demoted": closed.demoted,
            "warned": closed.warned,
        },
    )
