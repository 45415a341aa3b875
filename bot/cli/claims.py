"""Claims about orders: the list, and deciding one by hand."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, example
from bot.cli.printing import print_facts, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from models.money.claims import Claim
    from models.people.merchants import Merchant

app = typer.Typer(no_args_is_help=True, help="List the claims about orders, and decide them.")
ALL = "all"


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """A claim. Amounts are in minor units of `currency`; `offer_minor` is what the plan would have paid."""

    id: str
    state: str
    order_id: str
    is_known_order: bool
    distributor: str
    text: str
    has_picture: bool
    currency: str
    offer_minor: int | None
    proposed_minor: int | None
    proposed_by: str | None
    granted_minor: int | None
    decided_by: str | None
    note: str
    filed_at: datetime
    decided_at: datetime | None


@app.command("list", epilog=example("tuike claims list", "tuike claims list --state all --json"))
def listed(
    *,
    state: Annotated[
        str, typer.Option(help="open, granted, refused, withdrawn, or all; the open ones without it.")
    ] = "open",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List claims with what the plan would have paid the claimant."""
    from bot.cli.opening import finish
    from models.money.claims import ClaimState

    del now  # a list says what stands; the option is there for scripts that pass it everywhere
    if state not in {*ClaimState, ALL}:
        raise typer.BadParameter(f"There is no state {state!r}; write one of {', '.join(ClaimState)}, {ALL}.")
    found = finish(_list(merchant, None if state == ALL else state))
    if as_json:
        print_json(found)
        return
    print_table(
        "Claims",
        ("id", "state", "order", "distributor", "says", "offer", "amount"),
        (
            (
                claim.id,
                claim.state,
                claim.order_id if claim.is_known_order else f"{claim.order_id} (unknown)",
                claim.distributor,
                claim.text,
                _money(claim.offer_minor, claim.currency),
                _money(claim.granted_minor or claim.proposed_minor, claim.currency),
            )
            for claim in found
        ),
    )


def _money(minor: int | None, currency: str) -> str:
    from models.store.currency import amount_text

    return amount_text(minor, currency) if minor is not None else ""


async def _list(merchant_id: str | None, state: str | None) -> list[ClaimShown]:
    from bot.cli.opening import begin, opened
    from models.money.claims import ClaimState, claims_at
    from models.people.merchants import the_merchant

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        chosen = ClaimState(state) if state is not None else None
        claims = await claims_at(session, merchant.id, chosen, limit=1_000)
        return [await _shown(session, merchant, claim) for claim in claims]


async def _shown(session: AsyncSession, merchant: Merchant, claim: Claim) -> ClaimShown:
    from models.money.claim_worth import would_have_earned
    from models.people.distributors import distributor

    claimant = await distributor(session, merchant.id, claim.distributor_id)
    return ClaimShown(
        id=str(claim.id),
        state=claim.state.value,
        order_id=claim.order_ref,
        is_known_order=claim.order_id is not None,
        distributor=claimant.external_id,
        text=claim.text,
        has_picture=claim.has_picture,
        currency=merchant.currency,
        offer_minor=await would_have_earned(session, merchant, claim),
        proposed_minor=claim.proposed_minor,
        proposed_by=claim.proposed_by,
        granted_minor=claim.granted_minor,
        decided_by=claim.decided_by,
        note=claim.note,
        filed_at=claim.filed_at,
        decided_at=claim.decided_at,
    )


@app.command(
    "decide",
    epilog=example(
        "tuike claims decide 123 --grant 2.40", "tuike claims decide 123 --refuse --why 'No click.' --json"
    ),
)
def decide(
    *,
    claim: Annotated[int, typer.Argument(metavar="ID", help="The claim, by its id in the list.")],
    grant: Annotated[
        str | None, typer.Option("--grant", metavar="AMOUNT", help="Pay this goodwill amount.")
    ] = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take a decision of the last five minutes back.")
    ] = False,
    why: Annotated[
        str, typer.Option("--why", help="With --refuse: the reason that the claimant reads.")
    ] = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Grant, refuse or reopen one claim; the claimant is told when five minutes are over."""
    from bot.cli.opening import finish

    if sum((grant is not None, refuse, undo)) != 1:
        raise typer.BadParameter("Say one of --grant AMOUNT, --refuse and --undo.")
    shown = finish(_decide(merchant, claim, grant, refuses=refuse, why=why, now=now))
    if as_json:
        print_json(shown)
        return
    title = f"The claim about order {shown.order_id} is {shown.state}."
    if shown.proposed_minor is not None:
        title = f"The claim about order {shown.order_id} waits for a second person to agree."
    amount = shown.granted_minor if shown.granted_minor is not None else shown.proposed_minor
    print_facts(title, [("id", shown.id), ("amount", _money(amount, shown.currency)), ("note", shown.note)])


async def _decide(
    merchant_id: str | None,
    claim_id: int,
    amount: str | None,
    *,
    refuses: bool,
    why: str,
    now: datetime | None,
) -> ClaimShown:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.money import claim_decisions
    from models.people.merchants import lock_merchant, the_merchant
    from models.store.audit import COMMAND
    from models.store.currency import to_minor

    async with opened(begin()) as store, store.write() as session:
        merchant = await lock_merchant(session, (await the_merchant(session, merchant_id)).id)
        moment = now or SystemClock().now()
        if amount is not None:
            minor = to_minor(amount, merchant.currency)
            claim = await claim_decisions.grant(session, merchant, claim_id, minor, actor=COMMAND, now=moment)
        elif refuses:
            claim = await claim_decisions.refuse(
                session, merchant, claim_id, actor=COMMAND, now=moment, note=why
            )
        else:
            claim = await claim_decisions.undo(session, merchant, claim_id, actor=COMMAND, now=moment)
        return await _shown(session, merchant, claim)
