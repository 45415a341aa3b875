"""Files that come in: products, distributors, coupons, orders."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import SHIPPED_MAP, AsJson, InputFile, MapName, MerchantId, example
from bot.cli.printing import complain, note, print_facts, print_json
from bot.imports.tables import BadRow

if TYPE_CHECKING:
    from bot.imports.history import Counts
    from bot.imports.into_store import Intake
    from bot.imports.order_intake import Told
    from models.funnel.events import EventStatus, Receipt
    from models.people.merchants import Merchant
    from models.store.engine import Store

app = typer.Typer(
    no_args_is_help=True,
    help="Bring a shop's files in. A broken row is named on standard error; the others go in.",
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file's rows."""

    added: int
    changed: int
    bad: int


@dataclass(frozen=True, slots=True)
class OrdersImported:
    """What became of a shop's orders: answers by status, how lines were treated, rows left out."""

    events: int
    answers: dict[EventStatus, int]
    rejections: list[Receipt]
    treatments: Counts
    bad: int


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where an import happens."""

    store: Store
    merchant: Merchant


@asynccontextmanager
async def _desk(merchant_id: str | None) -> AsyncIterator[_Desk]:
    from bot.cli.opening import begin, opened
    from models.people.merchants import the_merchant

    async with opened(begin()) as store:
        async with store.read() as session:
            merchant = await the_merchant(session, merchant_id)
        yield _Desk(store, merchant)


def name_bad_row(bad: BadRow) -> None:
    """Tell the row that was left out, and why."""
    complain(str(bad))


def _report(noun: str, intake: Intake, *, as_json: bool) -> None:
    if as_json:
        print_json(Imported(intake.added, intake.changed, intake.bad))
    else:
        print_facts(
            f"{noun} imported.",
            [("new", str(intake.added)), ("known", str(intake.changed)), ("left out", str(intake.bad))],
        )
    if intake.nothing_went_in:
        complain(f"No row could be used; none of the {noun.lower()} went in.")
        raise typer.Exit(1)


@app.command(
    "products",
    epilog=example(
        "tuike import products products.csv", "tuike import products orders.csv.xz --map online-retail"
    ),
)
def products(
    *,
    file: InputFile,
    order_map: Annotated[
        str | None,
        typer.Option("--map", metavar="NAME", help="The file has orders: make products of what was sold."),
    ] = None,
    merchant: MerchantId = None,
    as_json: AsJson = False,
) -> None:
    """Add products or bring known ones up to date, by SKU (case counts).

    Columns: sku, title, price; and if wanted category, url, image, stock, cost.
    """
    from bot.cli.opening import finish

    work = _products(file, merchant) if order_map is None else _sold_products(file, order_map, merchant)
    _report("Products", finish(work), as_json=as_json)


async def _products(file: Path, merchant_id: str | None) -> Intake:
    from bot.clock import SystemClock
    from bot.imports.into_store import Intake
    from bot.imports.product_intake import import_products
    from bot.imports.rows import read_products

    intake = Intake(name_bad_row)
    rows = read_products(file)
    async with _desk(merchant_id) as desk:
        await import_products(desk.store, desk.merchant, rows, SystemClock().now(), intake)
    return intake


async def _sold_products(file: Path, order_map: str, merchant_id: str | None) -> Intake:
    from bot.clock import SystemClock
    from bot.imports.into_store import Intake
    from bot.imports.order_map import load_map
    from bot.imports.product_intake import floored_minor, import_products
    from bot.imports.products import products_of

    intake = Intake(name_bad_row)
    rows = products_of(file, load_map(order_map))
    async with _desk(merchant_id) as desk:
        await import_products(
            desk.store, desk.merchant, rows, SystemClock().now(), intake, minor=floored_minor
        )
    return intake


@app.command("distributors", epilog=example("tuike import distributors distributors.csv --json"))
def distributors(*, file: InputFile, merchant: MerchantId = None, as_json: AsJson = False) -> None:
    """Enrol distributors or bring known ones up to date, by external_id.

    Columns: external_id, name, telegram_id, sponsor, level; and if wanted email, phone, profile. A sponsor is
    another's external_id and may stand later in the file. Level and profile are keys of the plan in force.
    An empty cell leaves what is known.
    """
    from bot.cli.opening import finish

    _report("Distributors", finish(_distributors(file, merchant)), as_json=as_json)


async def _distributors(file: Path, merchant_id: str | None) -> Intake:
    from bot.clock import SystemClock
    from bot.imports.distributor_intake import import_distributors
    from bot.imports.into_store import Intake

    intake = Intake(name_bad_row)
    async with _desk(merchant_id) as desk:
        await import_distributors(desk.store, desk.merchant, file, SystemClock().now(), intake)
    return intake


@app.command("coupons", epilog=example("tuike import coupons coupons.csv"))
def coupons(*, file: InputFile, merchant: MerchantId = None, as_json: AsJson = False) -> None:
    """Give coupon codes to distributors, by external_id.

    Columns: code, distributor.
    """
    from bot.cli.opening import finish

    _report("Coupons", finish(_coupons(file, merchant)), as_json=as_json)


async def _coupons(file: Path, merchant_id: str | None) -> Intake:
    from bot.clock import SystemClock
    from bot.imports.coupon_intake import import_coupons
    from bot.imports.into_store import Intake
    from bot.imports.rows import read_coupons

    intake = Intake(name_bad_row)
    rows = read_coupons(file)
    async with _desk(merchant_id) as desk:
        await import_coupons(desk.store, desk.merchant, rows, SystemClock().now(), intake)
    return intake


@app.command("orders", epilog=example("tuike import orders orders.csv.xz --map online-retail --json"))
def orders(
    *,
    file: InputFile,
    order_map: MapName = SHIPPED_MAP,
    merchant: MerchantId = None,
    as_json: AsJson = False,
) -> None:
    """Take a shop's past orders and cancellations into the store, as if it had sent them as events.

    Doing it again changes nothing. `tuike replay` does the same over HTTP.
    """
    from bot.cli.opening import finish

    imported = finish(_orders(file, order_map, merchant))
    if as_json:
        print_json(imported)
    else:
        print_orders("Orders imported.", imported)
    if imported.bad and not imported.events:
        complain("No row could be used; no order went in.")
        raise typer.Exit(1)


async def _orders(file: Path, order_map: str, merchant_id: str | None) -> OrdersImported:
    from bot.cli.advance import advancing
    from bot.clock import SystemClock
    from bot.imports.history import read_history
    from bot.imports.order_intake import import_orders
    from bot.imports.order_map import load_map
    from handlers.web.reading import read_event

    history = read_history(file, load_map(order_map))
    for bad in history.bad_rows:
        name_bad_row(bad)
    async with _desk(merchant_id) as desk:
        with advancing("Orders", len(history.events)) as advance:

            def on_batch(told: Told) -> None:
                advance(told.answers.total())

            told = await import_orders(
                desk.store, desk.merchant, history.events, read_event, SystemClock(), on_batch
            )
    for rejected in told.rejections:
        note(f"rejected {rejected.id}: {rejected.detail}")
    return OrdersImported(
        events=len(history.events),
        answers=dict(told.answers),
        rejections=told.rejections,
        treatments=history.counts,
        bad=len(history.bad_rows),
    )


def print_orders(title: str, imported: OrdersImported) -> None:
    """Answers and treatments as a list."""
    from dataclasses import asdict

    print_facts(
        title,
        [
            ("events", str(imported.events)),
            *((status.value, str(number)) for status, number in sorted(imported.answers.items())),
            *((name.replace("_", " "), str(number)) for name, number in asdict(imported.treatments).items()),
        ],
    )
