"""Replay: a shop's history as signed events over HTTP, in order of time."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import SHIPPED_MAP, AsJson, InputFile, MapName, MerchantId, example
from bot.cli.printing import complain, note, print_facts, print_json

if TYPE_CHECKING:
    from bot.imports.history import Counts, History
    from bot.imports.replay import Rejection, ReplayReport, ReplayTarget, Status

EXAMPLE = example(
    "tuike replay orders.csv.xz --map online-retail --spread-links",
    "tuike replay orders.csv --merchant m_k7q2abcd --secret whsec_… --url https://go.shop.example --json",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says about where events go and which codes they carry."""

    url: str | None
    merchant_id: str | None
    secret: str | None
    api_key: str | None
    spread_links: bool

    @property
    def needs_store(self) -> bool:
        """Whether anything is missing that the store has."""
        return self.merchant_id is None or self.secret is None or (self.spread_links and self.api_key is None)


@dataclass(frozen=True, slots=True)
class Route:
    """Where events go, and the codes to spread them over (empty: the history's own)."""

    target: ReplayTarget
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the receiver answered, and how the file's lines were treated."""

    events: int
    sent: int
    answers: dict[Status, int]
    rejections: list[Rejection]
    retries: int
    seconds: float
    rate: float
    treatments: Counts
    bad: int


def replay(
    *,
    file: InputFile,
    order_map: MapName = SHIPPED_MAP,
    spread_links: Annotated[
        bool,
        typer.Option(
            "--spread-links", help="Give each customer one of the merchant's links, for rehearsals."
        ),
    ] = False,
    url: Annotated[str | None, typer.Option(help="The server; else the address in the settings.")] = None,
    batch: Annotated[int, typer.Option(min=1, max=500, help="Events of one request.")] = 200,
    merchant: MerchantId = None,
    secret: Annotated[
        str | None,
        typer.Option(help="The webhook secret (whsec_…); else the store's."),
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(help="With --spread-links: ask the server for the links, not the store."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a shop's past orders and cancellations as signed events, as the shop would have done."""
    from bot.cli.opening import finish

    wanted = Wanted(url, merchant, secret, api_key, spread_links)
    replayed = finish(_replay(file, order_map, wanted, batch))
    if as_json:
        print_json(replayed)
        return
    _print(replayed)


async def _replay(file: Path, order_map: str, wanted: Wanted, batch: int) -> Replayed:
    from bot.imports.history import CodeChoice, read_history
    from bot.imports.order_map import load_map

    shop_map = load_map(order_map)
    route = await _route(wanted)
    history = read_history(file, shop_map, CodeChoice(route.codes) if route.codes else None)
    for bad in history.bad_rows:
        complain(str(bad))
    report = await _send(history, route.target, batch)
    for rejected in report.rejections:
        note(f"rejected {rejected.event_id}: {rejected.detail}")
    return Replayed(
        events=len(history.events),
        sent=report.sent,
        answers=dict(report.answers),
        rejections=report.rejections,
        retries=report.retries,
        seconds=round(report.seconds, 3),
        rate=round(report.rate, 1),
        treatments=history.counts,
        bad=len(history.bad_rows),
    )


async def _route(wanted: Wanted) -> Route:
    from bot.cli.link_codes import codes_in_store, codes_over_http
    from bot.cli.merchant import events_path
    from bot.cli.opening import begin, opened
    from models.errors import Invalid
    from models.people.merchants import the_merchant

    settings = begin()
    url = wanted.url or settings.address
    merchant_id, secret = wanted.merchant_id, wanted.secret
    codes: tuple[str, ...] = ()
    if wanted.needs_store:
        async with opened(settings) as store:
            async with store.read() as session:
                merchant = await the_merchant(session, merchant_id)
            merchant_id, secret = merchant.public_id, secret or merchant.webhook_secret
            if wanted.spread_links and wanted.api_key is None:
                codes = await codes_in_store(store, merchant)
    if wanted.spread_links and wanted.api_key is not None:
        codes = await codes_over_http(url, wanted.api_key)
    if wanted.spread_links and not codes:
        raise Invalid("The merchant has no links to spread orders over: make some with POST /v1/links first.")
    assert merchant_id is not None  # named, or found in the store above
    assert secret is not None
    return Route(_target(url, events_path(merchant_id), secret), codes)


def _target(url: str, path: str, secret: str) -> ReplayTarget:
    from bot.imports.replay import ReplayTarget
    from bot.imports.signature import signing_key
    from models.errors import Invalid

    try:
        signing_key(secret)
    except ValueError as error:
        raise Invalid(f"{error}.") from error
    return ReplayTarget(url, path, secret)


async def _send(history: History, target: ReplayTarget, batch: int) -> ReplayReport:
    from bot.cli.advance import advancing
    from bot.imports import replay as replaying

    with advancing("Replay", len(history.events)) as advance:

        def on_progress(report: ReplayReport) -> None:
            advance(report.sent)

        try:
            return await replaying.replay(history.events, target, on_progress, batch)
        except replaying.ReplayStoppedError as stopped:
            complain(f"{stopped} {stopped.report.sent} events were answered; doing it again is safe.")
            raise typer.Exit(1) from stopped


def _print(replayed: Replayed) -> None:
    from dataclasses import asdict

    print_facts(
        f"Replayed {replayed.sent} of {replayed.events} events in {replayed.seconds:.1f} s, "
        f"{replayed.rate:,.0f} a second.",
        [
            *((status.value, str(number)) for status, number in sorted(replayed.answers.items())),
            ("requests repeated", str(replayed.retries)),
            *((name.replace("_", " "), str(number)) for name, number in asdict(replayed.treatments).items()),
        ],
    )
