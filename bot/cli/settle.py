"""Settlement by hand: what is due becomes available, or a rehearsal that says what would and why not the rest."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, example
from bot.cli.printing import print_table

if TYPE_CHECKING:
    from models.money.settlement import Settled
    from models.money.settlement_places import Place
    from models.money.waiting import Sum
    from models.people.merchants import Merchant
    from models.store.engine import Store

EXAMPLE = example("tuike settle --dry-run", "tuike settle --json", "tuike settle --now 2026-12-01T00:00:00Z")
_SHOWN = 50
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing; say what would settle now, and why not the rest.")
]


@dataclass(frozen=True, slots=True)
class Row:
    """One commission that was due: `amount_minor` is what refunds have left of it, and settles as a whole or stays.

    `reason` is None when it settled (or would), else why it did not.
    """

    order_id: str | None
    distributor: str
    kind: str
    period: str | None
    amount_minor: int
    release_at: datetime
    reason: str | None


@dataclass(slots=True)
class Outcome:
    """What a merchant's run came to, in minor units; `failed` are rows that an error stopped.

    `commissions` and `amount_minor` are everything that became available, the invite cashback that came along too.
    """

    commissions: int = 0
    amount_minor: int = 0
    cashbacks: int = 0
    cashback_minor: int = 0
    skipped: int = 0
    failed: int = 0
    not_due: Sum | None = None
    shown: list[Row] = field(default_factory=list)

    def count(self, row: Row) -> None:
        """Take a row that did not settle into account; the first ones are kept to be shown."""
        self.skipped += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(row)


def settle(
    *, dry_run: DryRun = False, merchant: MerchantId = None, now: Now = None, as_json: AsJson = False
) -> None:
    """Release every commission whose hold is over, row by row with the reason of what stays.

    The program does so by itself each minute. Without --merchant all merchants are settled. Ends with 1 when an
    error stopped a row; the others are settled all the same.
    """
    from bot.cli.opening import finish

    if finish(_settle(merchant, now, dry_run=dry_run, as_json=as_json)):
        raise typer.Exit(1)


async def _settle(merchant_id: str | None, now: datetime | None, *, dry_run: bool, as_json: bool) -> int:
    """How many rows failed."""
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import all_merchants, merchant_by_public_id

    at = now or SystemClock().now()
    failed = 0
    async with opened(begin()) as store:
        async with store.read() as session:
            merchants = (
                [await merchant_by_public_id(session, merchant_id)]
                if merchant_id
                else await all_merchants(session)
            )
        paper = _JsonPaper(at, dry_run=dry_run) if as_json else _TextPaper(dry_run=dry_run)
        for merchant in merchants:
            outcome = Outcome()
            paper.open(merchant)
            async for row in _rows(store, merchant, at, outcome, keep=not dry_run):
                paper.row(row)
            paper.close(merchant, outcome)
            failed += outcome.failed
        paper.end()
    return failed


async def _rows(
    store: Store, merchant: Merchant, at: datetime, outcome: Outcome, *, keep: bool
) -> AsyncIterator[Row]:
    """Settle chunk by chunk (and take it back unless it is to be kept); every row as it went, then what waits."""
    from models.money.waiting import not_yet_due, waiting_rows

    after = None
    while True:
        done, rows = await _chunk(store, merchant, at, after, keep=keep)
        outcome.commissions += done.commissions
        outcome.amount_minor += done.amount_minor
        outcome.cashbacks += len(done.cashbacks)
        outcome.cashback_minor += done.cashback_minor
        outcome.failed += len(done.skipped)
        for row in rows:
            if row.reason is not None:
                outcome.count(row)
            yield row
        if done.reached is None:
            break
        after = done.reached
    async for waits in waiting_rows(store, merchant, at):
        row = Row(
            waits.order_id,
            waits.distributor,
            waits.kind,
            waits.period,
            waits.amount_minor,
            waits.release_at,
            waits.reason,
        )
        outcome.count(row)
        yield row
    async with store.read() as session:
        outcome.not_due = await not_yet_due(session, merchant, at)
    if keep and outcome.commissions:
        await _write_down(store, merchant, at, outcome)


async def _chunk(
    store: Store, merchant: Merchant, at: datetime, after: Place | None, *, keep: bool
) -> tuple[Settled, list[Row]]:
    from models.money.settlement import chunk_rows, settle_due
    from models.people.merchants import lock_merchant

    async with store.write() as session:
        locked = await lock_merchant(session, merchant.id)
        trial = await session.begin_nested()
        done = await settle_due(session, locked, at, after=after)
        reasons = {skipped.commission_id: skipped.reason for skipped in done.skipped}
        rows = [
            Row(
                each.order_id,
                each.distributor,
                each.kind,
                each.period,
                each.amount_minor,
                each.release_at,
                reasons.get(each.commission_id),
            )
            for each in await chunk_rows(session, done)
        ]
        if keep:
            await trial.commit()
        else:
            await trial.rollback()
    return done, rows


async def _write_down(store: Store, merchant: Merchant, at: datetime, outcome: Outcome) -> None:
    from bot.clock import SystemClock
    from models.people.merchants import lock_merchant
    from models.store.audit import COMMAND, write_down
    from models.store.deeds import Deed

    async with store.write() as session:
        await lock_merchant(session, merchant.id)
        await write_down(
            session,
            merchant_id=merchant.id,
            actor=COMMAND,
            act=Deed.SETTLE,
            subject=f"settlement {at.isoformat()}",
            now=SystemClock().now(),
            after={"commissions": outcome.commissions, "amount_minor": outcome.amount_minor},
        )


class _JsonPaper:
    """One JSON value, written as it comes, so that a million rows need no memory."""

    def __init__(self, now: datetime, *, dry_run: bool) -> None:
        self._rows = self._merchants = 0
        head = _json({"now": now, "dry_run": dry_run})
        typer.echo(head[:-1] + ',"merchants":[', nl=False)

    def open(self, merchant: Merchant) -> None:
        head = _json({"merchant_id": merchant.public_id, "currency": merchant.currency})
        typer.echo(("," if self._merchants else "") + head[:-1] + ',"rows":[', nl=False)
        self._merchants, self._rows = self._merchants + 1, 0

    def row(self, row: Row) -> None:
        typer.echo((",\n" if self._rows else "\n") + _json(row), nl=False)
        self._rows += 1

    def close(self, merchant: Merchant, outcome: Outcome) -> None:
        del merchant
        sums = {
            "commissions": outcome.commissions,
            "amount_minor": outcome.amount_minor,
            "cashbacks": outcome.cashbacks,
            "cashback_minor": outcome.cashback_minor,
            "skipped": outcome.skipped,
            "failed": outcome.failed,
            "not_due": outcome.not_due,
        }
        typer.echo("]," + _json(sums)[1:], nl=False)

    def end(self) -> None:
        typer.echo("]}")


class _TextPaper:
    """A sentence a merchant, and a table of what did not settle."""

    def __init__(self, *, dry_run: bool) -> None:
        self._verb = "would settle" if dry_run else "settled"

    def open(self, merchant: Merchant) -> None:
        """Nothing is said before the sums are known."""

    def row(self, row: Row) -> None:
        """Rows that settled are many; --json lists them."""

    def close(self, merchant: Merchant, outcome: Outcome) -> None:
        from models.store.currency import amount_text

        amount = amount_text(outcome.amount_minor, merchant.currency)
        typer.echo(
            f"{merchant.public_id}: {outcome.commissions} commissions {self._verb}, {amount} {merchant.currency}."
        )
        if outcome.cashbacks:
            brought = amount_text(outcome.cashback_minor, merchant.currency)
            typer.echo(f"  {outcome.cashbacks} of them, {brought} {merchant.currency}, are invite cashback.")
        later = outcome.not_due
        if later is not None and later.commissions:
            waits = amount_text(later.amount_minor, merchant.currency)
            first = f"{later.next_at:%Y-%m-%d %H:%M} UTC" if later.next_at else "-"
            typer.echo(
                f"  {later.commissions} more, {waits} {merchant.currency}, are not due yet; the first on {first}."
            )
        if outcome.shown:
            print_table(
                f"Not settled: {outcome.skipped}",
                ("order", "distributor", "kind", "amount", "due", "reason"),
                (_cells(row, merchant.currency) for row in outcome.shown),
            )
        if outcome.skipped > len(outcome.shown):
            typer.echo(f"… and {outcome.skipped - len(outcome.shown)} more; --json lists every row.")

    def end(self) -> None:
        """All is said."""


def _cells(row: Row, currency: str) -> tuple[str, ...]:
    from models.store.currency import amount_text

    return (
        row.order_id or row.period or "-",
        row.distributor,
        row.kind,
        amount_text(row.amount_minor, currency),
        f"{row.release_at:%Y-%m-%d %H:%M}",
        row.reason or "",
    )


def _json(value: object) -> str:
    from pydantic_core import to_json

    return to_json(value).decode()
