"""One person's data: everything there is, and deleting it."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, Now, example
from bot.cli.printing import note, print_facts, print_json

if TYPE_CHECKING:
    from models.people.persons import Person
    from models.personal.data import PersonalData
    from models.personal.erasure import Stake
    from models.store.engine import Store

app = typer.Typer(no_args_is_help=True, help="Hand a person their data, or delete it.")
Who = Annotated[int, typer.Option("--telegram-id", metavar="ID", help="The person's chat account.")]


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted: what they had at each shop, in minor units."""

    shops: list[Stake]


@app.command("export", epilog=example("tuike person export --telegram-id 123456 --out mei.json"))
def export(
    *,
    telegram_id: Who,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to; else standard output.")
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write everything about a person at all their shops as JSON, without buyers and other people."""
    from pydantic_core import to_json

    from bot.cli.opening import finish

    del as_json  # it is JSON in any case
    data = finish(_export(telegram_id, now))
    if out is None:
        print_json(data)
        return
    out.write_bytes(to_json(data, indent=2) + b"\n")
    note(f"The data is in {out}.")


async def _export(telegram_id: int, now: datetime | None) -> PersonalData:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.personal.export import personal_data

    async with opened(begin()) as store:
        return await personal_data(store, await _find(store, telegram_id), now or SystemClock().now())


async def _find(store: Store, telegram_id: int) -> Person:
    from models.errors import NotFound
    from models.people.persons import person_in_chat

    async with store.read() as session:
        found = await person_in_chat(session, telegram_id) if telegram_id > 0 else None
    if found is None:
        raise NotFound("person", str(telegram_id))
    return found


@app.command(
    "delete",
    epilog=example(
        "tuike person delete --telegram-id 123456", "tuike person delete --telegram-id 123456 --give-up"
    ),
)
def delete(
    *,
    telegram_id: Who,
    give_up: Annotated[
        bool,
        typer.Option("--give-up", help="They give up what they have available and what is not released yet."),
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Delete everything that names a person; the books stay whole. Refused while there is money, without --give-up."""
    from bot.cli.opening import finish

    deleted = finish(_delete(telegram_id, gives_up=give_up, now=now))
    if as_json:
        print_json(deleted)
        return
    from models.store.currency import amount_text

    print_facts(
        "The person's data is deleted.",
        [
            (stake.shop, f"{words}: {amount_text(minor, stake.currency)} {stake.currency}")
            for stake in deleted.shops
            for words, minor in (
                ("given up", stake.money_minor),
                ("debt that stays in the books", stake.debt_minor),
            )
            if minor or words == "given up"
        ],
    )


async def _delete(telegram_id: int, *, gives_up: bool, now: datetime | None) -> Deleted:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.personal.erasure import erase
    from models.store.audit import COMMAND

    async with opened(begin()) as store:
        person = await _find(store, telegram_id)
        moment = now or SystemClock().now()
        async with store.write() as session:
            return Deleted(await erase(session, person.id, actor=COMMAND, gives_up=gives_up, now=moment))
