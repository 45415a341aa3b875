"""What the shop decides about a claim: refuse it, or pay a goodwill amount; both can be taken back for five minutes.

A decision moves by one conditional update, so that of two only the first counts; above the plan's
`withdrawal.second_person_above` another person must agree (operations A10). The callers hold the merchant's lock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Conflict, DomainError, Invalid
from models.money.claim_worth import check_amount
from models.money.claims import NOTE_CHARS, Claim, ClaimState, claim_by_id
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind, balances_of
from models.money.withdrawal_listing import paid_since
from models.people.distributors import DistributorState, distributor
from models.people.merchants import Merchant
from models.plans.versions import PlanBook
from models.store.audit import Actor, write_down
from models.store.currency import amount_text, to_minor
from models.store.deeds import Deed
from models.store.outbox import Notice, NoticeKind, NoticeRow, NoticeState, queue_notices
from models.store.sql import table_of

UNDO_FOR = timedelta(minutes=5)
MOST_GRANTED_MINOR = 10**12


class AlreadyDecided(Conflict):
    """Somebody else was faster, or the button is old."""

    code = "claim_decided"

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"The claim about order {claim.order_ref} is {claim.state} already.")


class OwnClaim(DomainError):
    """Nobody decides about a claim of their own."""

    code = "own_claim"

    def __init__(self) -> None:
        super().__init__("This claim is your own; somebody else of the shop has to decide it.")


class SecondPersonNeeded(DomainError):
    """Whoever proposed an amount can't agree to it, too."""

    code = "second_person_needed"

    def __init__(self) -> None:
        super().__init__("An amount of this size needs a second person; you have proposed it already.")


class TooLateToUndo(Conflict):
    """The decision stands."""

    code = "too_late_to_undo"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


async def refuse(
    session: AsyncSession,
    merchant: Merchant,
    claim_id: int,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    in_round: int | None = None,
) -> Claim:
    """Refuse a claim, with a reason for the claimant or without.

    Raises NotFound, AlreadyDecided, OwnClaim, Invalid.
    """
    if len(note) > NOTE_CHARS:
        raise Invalid(f"A reason has at most {NOTE_CHARS} characters.")
    before = await _decidable(session, merchant, claim_id, actor, in_round)
    claim = await _move(session, before, ClaimState.REFUSED, actor, now, note=note.strip())
    await _write(session, claim, Deed.CLAIM_REFUSE, actor, now, before)
    await _tell_claimant(session, claim, now)
    return claim


async def grant(
    session: AsyncSession,
    merchant: Merchant,
    claim_id: int,
    amount_minor: int,
    *,
    actor: Actor,
    now: datetime,
    in_round: int | None = None,
) -> Claim:
    """Pay a goodwill amount for a claim, or propose one that a second person must agree to (it stays open then).

    Raises NotFound, AlreadyDecided, OwnClaim, SecondPersonNeeded, MoreThanOrder, Invalid.
    """
    if not 0 < amount_minor <= MOST_GRANTED_MINOR:
        raise Invalid("Granting a claim takes an amount above zero.")
    before = await _decidable(session, merchant, claim_id, actor, in_round)
    await check_amount(session, before, amount_minor)
    payee = await distributor(session, merchant.id, before.distributor_id)
    if payee.state is DistributorState.LEFT:
        raise Invalid("The claimant has left the shop; there is nobody to pay.")
    if await _needs_second(session, merchant, amount_minor, now):
        same = before.proposed_minor == amount_minor
        if same and before.proposed_by in actor.words:
            raise SecondPersonNeeded
        if not same:
            return await _propose(session, before, amount_minor, actor, now)
    claim = await _move(session, before, ClaimState.GRANTED, actor, now, granted_minor=amount_minor)
    await _pay(session, merchant, claim, _key(claim), now)
    await _write(session, claim, Deed.CLAIM_GRANT, actor, now, before)
    await _tell_claimant(session, claim, now)
    return claim


async def undo(
    session: AsyncSession,
    merchant: Merchant,
    claim_id: int,
    *,
    actor: Actor,
    now: datetime,
    in_round: int | None = None,
) -> Claim:
    """Take a decision back: the claim is open again, and what was granted goes back.

    Raises NotFound, OwnClaim, TooLateToUndo.
    """
    before = await claim_by_id(session, merchant.id, claim_id)
    await _check_not_own(session, before, actor)
    if in_round is not None and before.round != in_round:
        raise TooLateToUndo("This decision was taken back before.")
    decided = before.state in {ClaimState.GRANTED, ClaimState.REFUSED}
    if (
        not decided
        or before.decided_at is None
        or not before.decided_at <= now < before.decided_at + UNDO_FOR
    ):
        raise TooLateToUndo("A decision can be taken back for five minutes; this one stands.")
    if before.state is ClaimState.GRANTED:
        if await is_on_its_way(session, merchant, before):
            raise TooLateToUndo("The amount was withdrawn already.")
        await _pay(session, merchant, before, f"{_key(before)}:undo", now, back=True)
    await _take_notice_back(session, before)
    await session.execute(
        update(Claim)
        .where(col(Claim.id) == before.id)
        .values(
            state=ClaimState.OPEN,
            round=before.round + 1,
            granted_minor=None,
            decided_by=None,
            decided_at=None,
            note="",
        )
        .execution_options(synchronize_session=False)
    )
    was = before.model_copy()
    claim = await claim_by_id(session, merchant.id, claim_id)
    await _write(session, claim, Deed.CLAIM_UNDO, actor, now, was)
    return claim


async def _decidable(
    session: AsyncSession, merchant: Merchant, claim_id: int, actor: Actor, in_round: int | None
) -> Claim:
    claim = await claim_by_id(session, merchant.id, claim_id)
    await _check_not_own(session, claim, actor)
    if claim.state is not ClaimState.OPEN or (in_round is not None and claim.round != in_round):
        raise AlreadyDecided(claim)
    return claim.model_copy()


async def _check_not_own(session: AsyncSession, claim: Claim, actor: Actor) -> None:
    claimant = await distributor(session, claim.merchant_id, claim.distributor_id)
    if claimant.person_id is not None and actor.person_key == claimant.person_id:
        raise OwnClaim


async def _needs_second(session: AsyncSession, merchant: Merchant, amount_minor: int, now: datetime) -> bool:
    plan = (await PlanBook.open(session, merchant.id)).in_force(now)
    above = plan.document.withdrawal.second_person_above if plan is not None else None
    return above is not None and amount_minor > to_minor(above, merchant.currency)


async def _move(
    session: AsyncSession,
    before: Claim,
    state: ClaimState,
    actor: Actor,
    now: datetime,
    *,
    note: str = "",
    granted_minor: int | None = None,
) -> Claim:
    moved = await session.execute(
        update(Claim)
        .where(
            col(Claim.id) == before.id,
            col(Claim.state) == ClaimState.OPEN,
            col(Claim.round) == before.round,
        )
        .values(
            state=state,
            granted_minor=granted_minor,
            proposed_minor=None,
            proposed_by=None,
            decided_by=actor.name,
            decided_at=now,
            note=note,
        )
        .returning(col(Claim.id))
        .execution_options(synchronize_session=False)
    )
    won = moved.first() is not None
    claim = await claim_by_id(session, before.merchant_id, before.id)
    if not won:
        raise AlreadyDecided(claim)
    return claim


async def _propose(
    session: AsyncSession, before: Claim, amount_minor: int, actor: Actor, now: datetime
) -> Claim:
    await session.execute(
        update(Claim)
        .where(col(Claim.id) == before.id, col(Claim.state) == ClaimState.OPEN)
        .values(proposed_minor=amount_minor, proposed_by=actor.name)
        .execution_options(synchronize_session=False)
    )
    claim = await claim_by_id(session, before.merchant_id, before.id)
    await _write(session, claim, Deed.CLAIM_PROPOSE, actor, now, before)
    return claim


def _key(claim: Claim) -> str:
    """The transfer's key: one a claim, and a new one after each decision that was taken back."""
    return f"claim:{claim.id}" if claim.round == 0 else f"claim:{claim.id}:{claim.round}"


async def _pay(
    session: AsyncSession, merchant: Merchant, claim: Claim, key: str, now: datetime, *, back: bool = False
) -> None:
    """Move what was granted to the claimant, or back."""
    assert claim.granted_minor is not None  # a granted claim has its amount, by the table's own check
    expense, theirs = (
        Holding(AccountKind.BONUS_EXPENSE),
        Holding(AccountKind.AVAILABLE, claim.distributor_id),
    )
    source, target = (theirs, expense) if back else (expense, theirs)
    journal = Journal(merchant.id, merchant.currency, now)
    journal.transfer(
        key=key,
        kind=TransferKind.ADJUSTMENT,
        at=now,
        order_id=claim.order_id,
        moves=[Move(source, target, claim.granted_minor)],
    )
    await journal.post(session)


async def is_on_its_way(session: AsyncSession, merchant: Merchant, claim: Claim) -> bool:
    """Whether what was granted was withdrawn, or is being withdrawn, so that it can't be taken back any more."""
    if claim.granted_minor is None or claim.decided_at is None:
        return False
    found = await balances_of(session, merchant.id, merchant.currency, claim.distributor_id)
    if found[AccountKind.AVAILABLE] >= claim.granted_minor:
        return False
    return found[AccountKind.PAYING] > 0 or await paid_since(
        session, merchant.id, claim.distributor_id, claim.decided_at
    )


async def _write(
    session: AsyncSession, claim: Claim, act: Deed, actor: Actor, now: datetime, before: Claim
) -> None:
    """Into the audit chain. Words of people stay in the claim, where they can be wiped."""
    await write_down(
        session,
        merchant_id=claim.merchant_id,
        actor=actor,
        act=act,
        subject=f"claim {claim.id}",
        now=now,
        before={"state": before.state.value, "granted_minor": before.granted_minor},
        after={
            "state": claim.state.value,
            "granted_minor": claim.granted_minor,
            "proposed_minor": claim.proposed_minor,
            "distributor_id": claim.distributor_id,
        },
        why=f"claim about order {claim.order_ref}",
    )


def _notice_key(claim: Claim) -> str:
    return f"{NoticeKind.CLAIM_DECIDED}:{claim.id}:{claim.round}"


async def _tell_claimant(session: AsyncSession, claim: Claim, now: datetime) -> None:
    """When nobody can take the decision back any more, so that nobody is told what is then not so."""
    claimant = await distributor(session, claim.merchant_id, claim.distributor_id)
    if claimant.person_id is None:
        return
    notice = Notice(
        merchant_id=claim.merchant_id,
        person_id=claimant.person_id,
        key=_notice_key(claim),
        kind=NoticeKind.CLAIM_DECIDED,
        facts={"claim_id": claim.id},
        not_before=now + UNDO_FOR,
        created_at=now,
    )
    await queue_notices(session, [notice])


async def _take_notice_back(session: AsyncSession, claim: Claim) -> None:
    table = table_of(NoticeRow)
    await session.execute(
        delete(table).where(
            table.c.merchant_id == claim.merchant_id,
            table.c.key == _notice_key(claim),
            table.c.state == NoticeState.QUEUED,
        )
    )


def amount_words(claim: Claim, currency: str) -> str:
    """What was granted or proposed, for commands."""
    amount = claim.granted_minor if claim.granted_minor is not None else claim.proposed_minor
    return amount_text(amount, currency) if amount is not None else ""
