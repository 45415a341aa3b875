"""Withdrawals by the command line: list them, approve or refuse, pay by hand or by a batch, say what failed."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.batches import actor_named, write_batch
from bot.cli.options import AsJson, MerchantId, Now, Why, example
from bot.cli.printing import note, print_facts, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from handlers.web.withdrawals import WithdrawalShown
    from models.money.withdrawal_listing import WithdrawalListed
    from models.money.withdrawal_states import Withdrawal, WithdrawalState
    from models.people.merchants import Merchant
    from models.people.permissions import Act
    from models.store.audit import Actor

    Deed = Callable[[AsyncSession, Merchant, Withdrawal, Actor, datetime], Awaitable[Withdrawal]]

app = typer.Typer(no_args_is_help=True, help="List, approve, pay and refuse withdrawals.")
Reference = Annotated[str, typer.Argument(metavar="REF", help="The withdrawal's number, such as 7K3M-9QXA.")]
By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="NAME",
        help="In whose name of the staff (id, username or name); two different ones where two people must agree.",
    ),
]


@app.command(
    "list", epilog=example("tuike withdrawals list", "tuike withdrawals list --state approved --json")
)
def show_all(
    *,
    state: Annotated[str | None, typer.Option(help="Only those in this state; else all.")] = None,
    distributor: Annotated[str | None, typer.Option(metavar="ID", help="Only this distributor's.")] = None,
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List withdrawals, the oldest first."""
    from bot.cli.opening import finish
    from models.money.withdrawal_states import WithdrawalState

    del now  # nothing here depends on the clock; scripts may give it to every command
    if state is not None and state not in set(WithdrawalState):
        raise typer.BadParameter(f"There is no state {state!r}; write one of {', '.join(WithdrawalState)}.")
    shown = finish(_all(merchant, WithdrawalState(state) if state else None, distributor))
    if as_json:
        print_json(shown)
        return
    print_table(
        "Withdrawals",
        ("number", "distributor", "state", "amount", "fee", "arrives", "to", "requested at"),
        (_row(one) for one in shown),
    )


def _row(one: WithdrawalShown) -> tuple[str, ...]:
    from models.store.currency import amount_text

    amount, fee, arrives = (
        amount_text(minor, one.currency) for minor in (one.amount_minor, one.fee_minor, one.arrives_minor)
    )
    asked = f"{one.requested_at:%Y-%m-%d %H:%M}"
    return (
        one.reference,
        one.distributor,
        one.state,
        f"{amount} {one.currency}",
        fee,
        arrives,
        one.account,
        asked,
    )


async def _all(
    merchant_id: str | None, state: WithdrawalState | None, distributor: str | None
) -> list[WithdrawalShown]:
    from bot.cli.opening import begin, opened
    from handlers.web.withdrawals import shown_withdrawal
    from models.money.withdrawal_listing import withdrawal_page
    from models.people.distributors import distributor_by_external_id
    from models.people.merchants import the_merchant

    found: list[WithdrawalListed] = []
    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        whose = None
        if distributor is not None:
            whose = (await distributor_by_external_id(session, merchant.id, distributor)).id
        while True:
            page = await withdrawal_page(
                session,
                merchant.id,
                distributor_id=whose,
                states=[state] if state is not None else [],
                after=found[-1].withdrawal.id if found else 0,
                limit=500,
            )
            found += page
            if len(page) < 500:
                return [shown_withdrawal(listed) for listed in found]


@app.command(
    "approve",
    epilog=example("tuike withdrawals approve 7K3M-9QXA", "tuike withdrawals approve 7K3M-9QXA --by ann"),
)
def approve(
    reference: Reference,
    *,
    by: By = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Approve a withdrawal; above the plan's threshold a second person must, too (give names of the staff by --by)."""
    from models.money.withdrawal_decisions import approve as approved
    from models.people.permissions import Act

    _do(
        reference,
        lambda session, shop, one, actor, at: approved(session, shop, one, actor=actor, now=at),
        Act.APPROVE_WITHDRAWAL,
        by=by,
        merchant=merchant,
        now=now,
        as_json=as_json,
    )


@app.command("refuse", epilog=example("tuike withdrawals refuse 7K3M-9QXA --why 'account of another person'"))
def refuse(
    reference: Reference,
    *,
    why: Why = "",
    by: By = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Refuse a withdrawal that nobody began to pay; its money is available again."""
    from models.money.withdrawal_decisions import refuse as refused
    from models.people.permissions import Act

    _do(
        reference,
        lambda session, shop, one, actor, at: refused(session, shop, one, actor=actor, why=why, now=at),
        Act.APPROVE_WITHDRAWAL,
        by=by,
        merchant=merchant,
        now=now,
        as_json=as_json,
    )


@app.command("fail", epilog=example("tuike withdrawals fail 7K3M-9QXA --why 'the bank sent it back'"))
def fail(
    reference: Reference,
    *,
    why: Why = "",
    by: By = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say that a payment did not leave, or came back; its money is available again."""
    from models.money.payouts import mark_failed
    from models.people.permissions import Act

    _do(
        reference,
        lambda session, shop, one, actor, at: mark_failed(session, shop, one, actor=actor, why=why, now=at),
        Act.MARK_PAID,
        by=by,
        merchant=merchant,
        now=now,
        as_json=as_json,
    )


@app.command(
    "pay",
    epilog=example(
        "tuike withdrawals pay --csv payouts.csv",
        "tuike withdrawals pay --csv payouts.csv --batch 12",
        "tuike withdrawals pay 7K3M-9QXA --reference BANK-4711",
    ),
)
def pay(
    reference: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="The withdrawal that was paid; or give --csv.")
    ] = None,
    *,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Gather what is approved for bank accounts into this new file."),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(metavar="N", help="With --csv: write the file of this old batch once more.")
    ] = None,
    number: Annotated[
        str, typer.Option("--reference", metavar="X", help="The payment's number at the bank.")
    ] = "",
    by: By = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Make a batch for the bank (--csv), or say that a withdrawal has been paid."""
    from models.money.payouts import pay_by_hand
    from models.people.permissions import Act

    if (reference is None) == (csv is None):
        raise typer.BadParameter("Give either the number of a withdrawal, or --csv FILE.")
    if batch is not None and csv is None:
        raise typer.BadParameter("--batch goes with --csv FILE.")
    if csv is not None:
        write_batch(csv, batch, by=by, merchant=merchant, now=now, as_json=as_json)
        return
    assert reference is not None  # one of the two is there
    _do(
        reference,
        lambda session, shop, one, actor, at: pay_by_hand(
            session, shop, one, actor=actor, now=at, reference=number
        ),
        Act.MARK_PAID,
        by=by,
        merchant=merchant,
        now=now,
        as_json=as_json,
    )


def _do(
    reference: str,
    deed: Deed,
    duty: Act,
    *,
    by: str,
    merchant: str | None,
    now: datetime | None,
    as_json: bool,
) -> None:
    """Do something about one withdrawal and print how it stands afterwards."""
    from bot.cli.opening import finish
    from models.money.withdrawal_states import WithdrawalState
    from models.store.currency import amount_text

    shown = finish(_done(reference, deed, duty, by, merchant, now))
    if as_json:
        print_json(shown)
        return
    amount = f"{amount_text(shown.amount_minor, shown.currency)} {shown.currency}"
    arrives = f"{amount_text(shown.arrives_minor, shown.currency)} {shown.currency}"
    facts = [("distributor", shown.distributor), ("amount", amount)]
    if shown.state in {WithdrawalState.REFUSED, WithdrawalState.FAILED}:
        facts.append(("back", f"{amount} to their balance"))
    else:
        facts += [("arrives", arrives), ("to", shown.account)]
    print_facts(f"Withdrawal {shown.reference} is {shown.state}.", facts)
    if shown.state is WithdrawalState.REQUESTED and shown.approved_by is not None:
        note("A second person must approve it, too: give another name with --by.")


async def _done(
    reference: str, deed: Deed, duty: Act, by: str, merchant_id: str | None, now: datetime | None
) -> WithdrawalShown:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from handlers.web.withdrawals import shown_withdrawal
    from models.money.withdrawal_listing import withdrawal_listed
    from models.money.withdrawal_states import ClockBehind, withdrawal_by_reference
    from models.people.merchants import the_merchant

    async with opened(begin()) as store, store.write() as session:
        merchant = await the_merchant(session, merchant_id)
        one = await withdrawal_by_reference(session, merchant.id, reference)
        actor = await actor_named(session, merchant, by, duty)
        steps = (one.requested_at, one.approved_at, one.seconded_at, one.claimed_at, one.finished_at)
        last = max(step for step in steps if step is not None)
        if now is not None and now < last:
            raise ClockBehind(now, last)
        await deed(session, merchant, one, actor, now or SystemClock().now())
        return shown_withdrawal(await withdrawal_listed(session, merchant.id, one.id))
