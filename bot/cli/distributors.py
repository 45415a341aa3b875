"""Distributors: what level, profile and sponsor they have, and setting these by hand."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, Why, aware_moment, example
from bot.cli.printing import money, print_facts, print_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from models.people.distributors import Distributor
    from models.people.merchants import Merchant

app = typer.Typer(no_args_is_help=True, help="Show a distributor, and set level, profile or sponsor by hand.")
NONE = "none"
Whose = Annotated[str, typer.Argument(metavar="EXTERNAL_ID", help="The distributor, as the shop names them.")]


@dataclass(frozen=True, slots=True)
class Shown:
    """A distributor, by the shop's own id, as they stand. Money is in minor units.

    `given_up_minor` is what somebody gave up who left: nobody is owed it, though it stays on `held` and `available`.
    """

    distributor: str
    name: str
    state: str
    on_hold: bool
    level: str | None
    pinned: bool
    level_since: datetime | None
    profile: str | None
    sponsor: str | None
    team: int
    joined_at: datetime
    currency: str
    held_minor: int
    available_minor: int
    paying_minor: int
    paid_minor: int
    given_up_minor: int


@dataclass(frozen=True, slots=True)
class LevelSet:
    """What became of a level; `level_now` differs from `level` where a later word stands."""

    distributor: str
    level: str
    pinned: bool
    level_since: datetime
    before: str | None
    was_pinned: bool
    level_now: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class ProfileSet:
    """A profile that was agreed on, and the one before; null is none."""

    distributor: str
    profile: str | None
    before: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class SponsorSet:
    """Who stands above a distributor now, and who did before; null is nobody."""

    distributor: str
    sponsor: str | None
    before: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """One merchant, held for this transaction, and one distributor of theirs."""

    session: AsyncSession
    merchant: Merchant
    who: Distributor
    now: datetime

    async def another(self, external_id: str) -> Distributor:
        """Another distributor of the merchant. Raises NotFound."""
        from models.people.distributors import distributor_by_external_id

        return await distributor_by_external_id(self.session, self.merchant.id, external_id)


@asynccontextmanager
async def _found(merchant_id: str | None, external_id: str, now: datetime | None) -> AsyncIterator[_Found]:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.distributors import distributor_by_external_id
    from models.people.merchants import lock_merchant, the_merchant

    async with opened(begin()) as store, store.write() as session:
        # The lock comes first, so that what is read below is what stands.
        merchant = await lock_merchant(session, (await the_merchant(session, merchant_id)).id)
        who = await distributor_by_external_id(session, merchant.id, external_id)
        yield _Found(session, merchant, who, now or SystemClock().now())


@app.command("show", epilog=example("tuike distributor show d1 --json"))
def show(
    external_id: Whose, *, merchant: MerchantId = None, now: Now = None, as_json: AsJson = False
) -> None:
    """Show a distributor's level, profile, sponsor, team and balances."""
    from bot.cli.opening import finish

    shown = finish(_show(merchant, external_id, now))
    if as_json:
        print_json(shown)
        return
    level = shown.level or "never given"
    print_facts(
        shown.name,
        [
            ("distributor", shown.distributor),
            ("state", f"{shown.state}, on hold" if shown.on_hold else shown.state),
            ("level", f"{level}, pinned" if shown.pinned else level),
            ("level since", shown.level_since.isoformat() if shown.level_since else "-"),
            ("profile", shown.profile or "-"),
            ("sponsor", shown.sponsor or "-"),
            ("direct members", str(shown.team)),
            ("joined", shown.joined_at.isoformat()),
            ("in hold, awaiting receipt or under review", money(shown.held_minor, shown.currency)),
            ("available", money(shown.available_minor, shown.currency)),
            ("paying", money(shown.paying_minor, shown.currency)),
            ("paid", money(shown.paid_minor, shown.currency)),
            *([("given up", money(shown.given_up_minor, shown.currency))] if shown.given_up_minor else []),
        ],
    )


async def _show(merchant_id: str | None, external_id: str, now: datetime | None) -> Shown:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.money.ledger import AccountKind
    from models.money.standing import standing_of
    from models.people.distributors import distributor_by_external_id
    from models.people.merchants import the_merchant

    async with opened(begin()) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        who = await distributor_by_external_id(session, merchant.id, external_id)
        standing = await standing_of(session, merchant, who, now or SystemClock().now())
    return Shown(
        distributor=who.external_id,
        name=who.name,
        state=who.state,
        on_hold=who.on_hold,
        level=standing.level.level if standing.level is not None else None,
        pinned=standing.level is not None and standing.level.pinned,
        level_since=standing.level.since if standing.level is not None else None,
        profile=standing.profile,
        sponsor=standing.sponsor.external_id if standing.sponsor is not None else None,
        team=standing.team,
        joined_at=who.joined_at,
        currency=merchant.currency,
        held_minor=standing.balances[AccountKind.HELD],
        available_minor=standing.balances[AccountKind.AVAILABLE],
        paying_minor=standing.balances[AccountKind.PAYING],
        paid_minor=standing.balances[AccountKind.PAID],
        given_up_minor=standing.given_up_minor,
    )


@app.command(
    "set-level",
    epilog=example("tuike distributor set-level d1 leader --pin --why 'founding member'"),
)
def set_level(
    external_id: Whose,
    level: Annotated[str, typer.Argument(metavar="LEVEL", help="A level of the plan in force.")],
    *,
    pin: Annotated[
        bool, typer.Option("--pin/--no-pin", help="A pinned level never moves by itself.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="ISO", parser=aware_moment, help="From when on; not later than now."),
    ] = None,
    why: Why = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Give a distributor a level. Orders paid after it began count by it, whenever they are told.

    It begins now, or at --since. An order that was paid before counts by the level of that time, also when it is
    told later. What was earned stays.
    """
    from bot.cli.opening import finish

    done = finish(_set_level(merchant, external_id, level, since, now, why, pin=pin))
    if as_json:
        print_json(done)
        return
    print_facts(
        f"{done.distributor} has level {done.level}." if done.changed else "That was so already.",
        [
            ("level", f"{done.level}, pinned" if done.pinned else done.level),
            ("since", done.level_since.isoformat()),
            ("before", done.before or "-"),
            ("level now", done.level_now or "-"),
        ],
    )


async def _set_level(
    merchant_id: str | None,
    external_id: str,
    level: str,
    since: datetime | None,
    now: datetime | None,
    why: str,
    *,
    pin: bool,
) -> LevelSet:
    from models.plans.appointments import give_level, level_standing
    from models.store.audit import COMMAND

    async with _found(merchant_id, external_id, now) as found:
        session, shop, who = found.session, found.merchant, found.who
        begins = since or found.now
        given = await give_level(
            session, shop, who, level, pinned=pin, since=begins, actor=COMMAND, now=found.now, why=why
        )
        stands = await level_standing(session, shop.id, who.id, found.now)
        return LevelSet(
            distributor=who.external_id,
            level=level,
            pinned=pin,
            level_since=begins,
            before=given.before.level,
            was_pinned=given.before.pinned,
            level_now=stands.level,
            changed=given.changed,
        )


@app.command(
    "set-sponsor",
    epilog=example("tuike distributor set-sponsor d1 d2", "tuike distributor set-sponsor d1 none"),
)
def set_sponsor(
    external_id: Whose,
    sponsor: Annotated[
        str, typer.Argument(metavar="SPONSOR", help="Another distributor's external id, or none.")
    ],
    *,
    why: Why = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Put a distributor under a sponsor. Orders whose payment is told from now on reward the new one.

    This holds also for an order that was paid before and is told only now. What was earned stays.
    """
    from bot.cli.opening import finish

    done = finish(_set_sponsor(merchant, external_id, sponsor, now, why))
    if as_json:
        print_json(done)
        return
    _print_set("sponsor", done, done.sponsor)


async def _set_sponsor(
    merchant_id: str | None, external_id: str, sponsor: str, now: datetime | None, why: str
) -> SponsorSet:
    from models.people.sponsors import set_sponsor as set_above
    from models.store.audit import COMMAND

    async with _found(merchant_id, external_id, now) as found:
        above = await found.another(sponsor) if sponsor != NONE else None
        done = await set_above(
            found.session, found.merchant, found.who, above, actor=COMMAND, now=found.now, why=why
        )
        return SponsorSet(found.who.external_id, done.after, done.before, done.changed)


@app.command(
    "set-profile",
    epilog=example("tuike distributor set-profile d1 kol", "tuike distributor set-profile d1 none"),
)
def set_profile(
    external_id: Whose,
    profile: Annotated[
        str, typer.Argument(metavar="PROFILE", help="A profile of the plan in force, or none.")
    ],
    *,
    why: Why = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Agree on a profile with a distributor. Orders paid from now on count by it; what was earned stays."""
    from bot.cli.opening import finish

    done = finish(_set_profile(merchant, external_id, profile, now, why))
    if as_json:
        print_json(done)
        return
    _print_set("profile", done, done.profile)


async def _set_profile(
    merchant_id: str | None, external_id: str, profile: str, now: datetime | None, why: str
) -> ProfileSet:
    from models.plans.appointments import agree_profile
    from models.store.audit import COMMAND

    async with _found(merchant_id, external_id, now) as found:
        agreed = await agree_profile(
            found.session,
            found.merchant,
            found.who,
            profile if profile != NONE else None,
            actor=COMMAND,
            now=found.now,
            why=why,
        )
        return ProfileSet(found.who.external_id, agreed.after, agreed.before, agreed.changed)


def _print_set(noun: str, done: ProfileSet | SponsorSet, word: str | None) -> None:
    title = f"The {noun} of {done.distributor} is set." if done.changed else "That was so already."
    print_facts(title, [(noun, word or NONE), ("before", done.before or NONE)])
