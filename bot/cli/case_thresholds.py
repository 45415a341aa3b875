"""The numbers from which on signals speak, as the command line shows and sets them."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, example
from bot.cli.printing import print_facts, print_json

if TYPE_CHECKING:
    from models.money.cases.thresholds import Thresholds

EXAMPLE = example(
    "tuike cases thresholds",
    "tuike cases thresholds --set address_orders=10 --set quick_seconds=20",
    "tuike cases thresholds --set quick_seconds=default --json",
)
_DEFAULT = "default"


def thresholds(
    *,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=NUMBER", help="Set one; may be given several times."),
    ] = None,
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Show the merchant's thresholds, or set some; NAME=default puts one back. A change is written down."""
    from bot.cli.opening import finish

    terms = finish(_thresholds(merchant, _read(changes or ()), now))
    if as_json:
        print_json(terms)
        return
    print_facts("Thresholds", [(name, str(value)) for name, value in terms.model_dump().items()])


def _read(changes: Sequence[str]) -> dict[str, int | None]:
    read: dict[str, int | None] = {}
    for change in changes:
        name, _, value = change.partition("=")
        if value != _DEFAULT and not (value.isascii() and value.isdecimal()):
            raise typer.BadParameter(
                f"{change!r} sets nothing; write NAME=NUMBER, such as quick_seconds=20, or NAME=default."
            )
        read[name] = None if value == _DEFAULT else int(value)
    return read


async def _thresholds(
    merchant_id: str | None, changes: dict[str, int | None], now: datetime | None
) -> Thresholds:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.money.cases.thresholds import set_thresholds, thresholds_of
    from models.people.merchants import lock_merchant, the_merchant
    from models.store.audit import COMMAND

    at = now or SystemClock().now()
    async with opened(begin()) as store:
        if not changes:
            async with store.read() as session:
                return await thresholds_of(session, (await the_merchant(session, merchant_id)).id)
        async with store.write() as session:
            merchant = await lock_merchant(session, (await the_merchant(session, merchant_id)).id)
            return await set_thresholds(session, merchant.id, changes, actor=COMMAND, now=at)
