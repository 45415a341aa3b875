"""Cases from the command line: list, show, decide, look now, and the numbers from which on signals speak."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import case_thresholds
from bot.cli.options import AsJson, MerchantId, Now, Why, example
from bot.cli.printing import money, print_facts, print_json, print_table

if TYPE_CHECKING:
    from models.money.cases.seeing import CaseSeen

app = typer.Typer(no_args_is_help=True, help="See and decide what may be cheating.")

app.command("thresholds", epilog=case_thresholds.EXAMPLE)(case_thresholds.thresholds)
_UNDO = "undo"
CaseId = Annotated[int, typer.Argument(metavar="CASE", help="The case's number, as `cases list` prints it.")]


@dataclass(frozen=True, slots=True)
class SignalShown:
    """One piece of evidence: its numbers, and some of the orders that show it."""

    kind: str
    ground: str
    numbers: dict[str, int]
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseShown:
    """One case; amounts in minor units. `decisions` are those that can be made, and the last can be undone, now."""

    id: str
    kind: str
    state: str
    distributor: str
    name: str
    order_id: str | None
    signals: list[SignalShown]
    under_review_minor: int
    currency: str
    opened_at: datetime
    expected_at: datetime | None
    expires_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    note: str
    appeal: str | None
    decisions: list[str]
    can_undo: bool


@dataclass(frozen=True, slots=True)
class CaseList:
    """Cases, those that wait for a decision first, and how many of them do."""

    waiting: int
    cases: list[CaseShown]


@dataclass(frozen=True, slots=True)
class Found:
    """What a look came to: how many cases are new and wait for a decision."""

    waiting: int


def _shown(seen: CaseSeen, currency: str, now: datetime | None) -> CaseShown:
    from bot.clock import SystemClock
    from models.money.cases.deciding import can_undo, decisions_of

    case = seen.case
    return CaseShown(
        id=str(case.id),
        kind=case.kind.value,
        state=case.state.value,
        distributor=seen.external_id,
        name=seen.distributor,
        order_id=seen.order_ref,
        signals=[
            SignalShown(signal.kind.value, signal.ground.value, signal.numbers, signal.orders)
            for signal in case.evidence
        ],
        under_review_minor=seen.under_review_minor,
        currency=currency,
        opened_at=case.opened_at,
        expected_at=case.expected_at,
        expires_at=case.expires_at,
        decided_at=case.decided_at,
        decided_by=case.resolver,
        note=case.note,
        appeal=case.appeal,
        decisions=[decision.value for decision in decisions_of(case)],
        can_undo=can_undo(case, now or SystemClock().now()),
    )


@app.command("list", epilog=example("tuike cases list", "tuike cases list --all --json"))
def show_list(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List cases, those that wait for a decision first."""
    from bot.cli.opening import finish

    found = finish(_list(merchant, now, everything=everything))
    if as_json:
        print_json(found)
        return
    print_table(
        f"Cases; {found.waiting} wait for a decision",
        ("case", "state", "distributor", "evidence", "kept back"),
        (
            (
                one.id,
                one.state,
                one.distributor,
                ", ".join(signal.kind for signal in one.signals) or f"own purchase {one.order_id}",
                money(one.under_review_minor, one.currency),
            )
            for one in found.cases
        ),
    )


async def _list(merchant_id: str | None, now: datetime | None, *, everything: bool) -> CaseList:
    from bot.cli.opening import begin, opened
    from models.money.cases.cases import OPEN, CaseState, cases, waiting
    from models.money.cases.seeing import seen_in_order
    from models.people.merchants import the_merchant

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        states = tuple(CaseState) if everything else OPEN
        found = await cases(session, merchant.id, states=states, limit=10_000)
        seen = await seen_in_order(session, found)
        waits = await waiting(session, merchant.id)
    return CaseList(waits, [_shown(one, merchant.currency, now) for one in seen])


@app.command("find", epilog=example("tuike cases find", "tuike cases find --now 2026-12-01T00:00:00Z --json"))
def find(*, now: Now = None, as_json: AsJson = False) -> None:
    """Look at everybody who sold something since the last look, at all merchants, as the program does each hour."""
    from bot.cli.opening import finish

    found = finish(_find(now))
    if as_json:
        print_json(found)
        return
    typer.echo(f"New cases that wait for a decision: {found.waiting}.")


async def _find(now: datetime | None) -> Found:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from jobs.cases import look_everywhere

    async with opened(begin()) as store:
        return Found(await look_everywhere(store, now or SystemClock().now()))


@app.command("show", epilog=example("tuike cases show 384061026757738496 --json"))
def show(*, case: CaseId, merchant: MerchantId = None, now: Now = None, as_json: AsJson = False) -> None:
    """Show one case with its evidence."""
    from bot.cli.opening import finish

    _tell(finish(_show(merchant, case, now)), as_json=as_json)


async def _show(merchant_id: str | None, case_id: int, now: datetime | None) -> CaseShown:
    from bot.cli.opening import begin, opened
    from models.money.cases.cases import case_by_id
    from models.money.cases.seeing import seen_in_order
    from models.people.merchants import the_merchant

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        case = await case_by_id(session, merchant.id, case_id)
        [seen] = await seen_in_order(session, [case])
        return _shown(seen, merchant.currency, now)


def _tell(one: CaseShown, *, as_json: bool) -> None:
    if as_json:
        print_json(one)
        return
    numbers = (
        (
            signal.kind,
            ", ".join(f"{name} {value}" for name, value in signal.numbers.items())
            + (f"; orders {', '.join(signal.orders)}" if signal.orders else ""),
        )
        for signal in one.signals
    )
    print_facts(
        f"Case {one.id}, {one.state}",
        [
            ("distributor", f"{one.distributor} ({one.name})"),
            *([("own purchase", one.order_id)] if one.order_id else []),
            *numbers,
            ("kept back", money(one.under_review_minor, one.currency)),
            ("opened", one.opened_at.isoformat()),
            ("ends by itself", one.expires_at.isoformat() if one.expires_at else "never"),
            ("appeal", one.appeal or "none"),
            ("decided by", one.decided_by or "nobody yet"),
            ("note", one.note or "none"),
            ("can be decided", ", ".join((*one.decisions, *([_UNDO] if one.can_undo else []))) or "no more"),
        ],
    )


@app.command(
    "decide",
    epilog=example(
        "tuike cases decide 384061026757738496 clear --why 'A real office'",
        "tuike cases decide 384061026757738496 undo",
    ),
)
def decide(
    *,
    case: CaseId,
    decision: Annotated[str, typer.Argument(help="clear, hold, suspend, refuse (don't pay), or undo.")],
    why: Why = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Decide a case, or undo its last decision within ten minutes; either is written down."""
    from bot.cli.opening import finish
    from models.money.cases.deciding import Decision

    if decision not in {*Decision, _UNDO}:
        known = ", ".join((*Decision, _UNDO))
        raise typer.BadParameter(f"There is no decision {decision!r}; write one of {known}.")
    _tell(finish(_decide(merchant, case, decision, why, now)), as_json=as_json)


async def _decide(
    merchant_id: str | None, case_id: int, word: str, why: str, now: datetime | None
) -> CaseShown:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.money.cases.deciding import Decision, decide, undo
    from models.money.cases.seeing import seen_in_order
    from models.people.merchants import lock_merchant, the_merchant
    from models.store.audit import COMMAND

    at = now or SystemClock().now()
    async with opened(begin()) as store, store.write() as session:
        merchant = await lock_merchant(session, (await the_merchant(session, merchant_id)).id)
        if word == _UNDO:
            case = await undo(session, merchant, case_id, actor=COMMAND, now=at)
        else:
            case = await decide(session, merchant, case_id, Decision(word), actor=COMMAND, now=at, note=why)
        [seen] = await seen_in_order(session, [case])
        return _shown(seen, merchant.currency, at)
