"""Upkeep of the store: its schema, and whether its books are right."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from bot.cli.options import AsJson, MerchantId, Now, example
from bot.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from models.store.migrate import Migrated

MIGRATE_EXAMPLE = example("tuike migrate", "DATABASE_URL=postgresql://localhost/tuike tuike migrate --json")
VERIFY_EXAMPLE = example("tuike verify", "tuike verify --json")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is wrong in one merchant's books: the row as the store knows it, and as staff do."""

    merchant_id: str
    kind: str
    subject: str
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many merchants' books were looked through, and everything that is wrong in them."""

    merchants: int
    findings: list[Found]


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the store to the newest schema; a copy of an older SQLite file is kept beside it."""
    from bot.cli.opening import finish, told

    migrated = finish(_migrate())
    if as_json:
        print_json(migrated)
        return
    typer.echo(told(migrated))


async def _migrate() -> Migrated:
    from bot.cli.opening import begin
    from models.store import migrate as store_migrate

    return await store_migrate.migrate(begin().store_url)


def verify(*, merchant: MerchantId = None, now: Now = None, as_json: AsJson = False) -> None:
    """Recompute every balance and look for what contradicts itself or stands still; ends with 1 when anything is found.

    Without --merchant the books of all merchants are verified.
    """
    from bot.cli.opening import finish

    verified = finish(_verify(merchant, now))
    if as_json:
        print_json(verified)
    elif verified.findings:
        print_table(
            "Findings",
            ("merchant", "kind", "subject", "what is wrong"),
            ((found.merchant_id, found.kind, found.name, found.sentence) for found in verified.findings),
        )
    else:
        typer.echo(f"The books are right (merchants: {verified.merchants}).")
    if verified.findings:
        raise typer.Exit(1)


async def _verify(merchant_id: str | None, now: datetime | None) -> Verified:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.money.verify import verify as verify_books
    from models.money.verify.stuck import find_stuck
    from models.people.merchants import all_merchants, merchant_by_public_id

    found: list[Found] = []
    async with opened(begin()) as store, store.read() as session:
        merchants = (
            [await merchant_by_public_id(session, merchant_id)]
            if merchant_id
            else await all_merchants(session)
        )
        for merchant in merchants:
            findings = await verify_books(session, merchant)
            findings += await find_stuck(session, merchant, now or SystemClock().now())
            found.extend(
                Found(merchant.public_id, str(finding.kind), finding.subject, finding.name, finding.sentence)
                for finding in findings
            )
    return Verified(len(merchants), found)
