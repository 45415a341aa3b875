"""Staff: one-time links by which a merchant's people come in, and who works there in which role."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, Now, Why, example
from bot.cli.printing import print_facts, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.settings import Settings
    from models.people.merchants import Merchant
    from models.people.staff import Role

app = typer.Typer(no_args_is_help=True, help="Invite a merchant's staff, list them, change their roles.")
StaffId = Annotated[int, typer.Argument(metavar="ID", help="Their number in `tuike staff list`.")]
RoleOption = Annotated[str, typer.Option(help="What they may do: owner, operator, finance or viewer.")]
RoleArgument = Annotated[
    str, typer.Argument(metavar="ROLE", help="What they may do: owner, operator, finance or viewer.")
]


@dataclass(frozen=True, slots=True)
class Invited:
    """A one-time link for one role."""

    merchant_id: str
    role: str
    link: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff."""

    id: int
    name: str
    username: str | None
    role: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that can still be used."""

    role: str
    link: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """Who works for a merchant, and who may come in."""

    staff: list[Member]
    invitations: list[Invitation]


@dataclass(frozen=True, slots=True)
class Changed:
    """A member of the staff as they are now; without a role they were removed."""

    id: int
    before: str
    role: str | None


async def invitation_link(
    session: AsyncSession, settings: Settings, merchant: Merchant, role: Role, now: datetime
) -> str:
    """A one-time link. The caller holds the merchant's lock, or has just made the merchant."""
    from models.people.staff import invite_staff

    payload = await invite_staff(session, merchant_id=merchant.id, role=role, now=now)
    return await _link(session, settings, payload)


async def _link(session: AsyncSession, settings: Settings, payload: str) -> str:
    """The address that opens the bot; by way of our own while the bot's name is not known yet."""
    from models.store.deployment import kept

    username = await kept(session, "bot_username")
    return f"https://t.me/{username}?start={payload}" if username else f"{settings.address}/start/{payload}"


def _read_role(text: str) -> Role:
    from models.people.staff import Role

    if text not in set(Role):
        raise typer.BadParameter(f"There is no role {text!r}; write one of {', '.join(Role)}.")
    return Role(text)


@app.command("add", epilog=example("tuike staff add --role operator"))
def add(
    *,
    role: RoleOption,
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print a link that makes whoever opens it first, within seven days, one of the merchant's staff."""
    from bot.cli.opening import finish

    invited = finish(_invite(merchant, _read_role(role), now))
    if as_json:
        print_json(invited)
        return
    print_facts(
        "A link for one person, once, within seven days.",
        [("merchant", invited.merchant_id), ("role", invited.role), ("link", invited.link)],
    )


async def _invite(merchant_id: str | None, role: Role, now: datetime | None) -> Invited:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import lock_merchant, the_merchant

    settings = begin()
    async with opened(settings) as store, store.write() as session:
        merchant = await lock_merchant(session, (await the_merchant(session, merchant_id)).id)
        link = await invitation_link(session, settings, merchant, role, now or SystemClock().now())
        return Invited(merchant.public_id, role, link)


@app.command("list", epilog=example("tuike staff list --json"))
def show_all(*, merchant: MerchantId = None, now: Now = None, as_json: AsJson = False) -> None:
    """List who works for the merchant, and the invitations that are still open."""
    from bot.cli.opening import finish

    listed = finish(_list(merchant, now))
    if as_json:
        print_json(listed)
        return
    print_table(
        "Staff",
        ("id", "name", "username", "role", "since"),
        (
            (str(one.id), one.name, one.username or "", one.role, one.since.isoformat(timespec="seconds"))
            for one in listed.staff
        ),
    )
    if listed.invitations:
        print_table(
            "Open invitations",
            ("role", "until", "link"),
            ((one.role, one.until.isoformat(timespec="seconds"), one.link) for one in listed.invitations),
        )


async def _list(merchant_id: str | None, now: datetime | None) -> Listed:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import the_merchant
    from models.people.roster import members
    from models.people.staff import open_invitations

    settings = begin()
    async with opened(settings) as store, store.read() as session:
        merchant = await the_merchant(session, merchant_id)
        staff = [
            Member(one.staff_id, one.name, one.username, one.role, one.joined_at)
            for one in await members(session, merchant.id)
        ]
        waiting = await open_invitations(session, merchant.id, now or SystemClock().now())
        return Listed(
            staff,
            [
                Invitation(one.role, await _link(session, settings, one.payload), one.ends_at)
                for one in waiting
            ],
        )


@app.command("role", epilog=example("tuike staff role 7350000000000000001 finance"))
def change(
    staff_id: StaffId,
    role: RoleArgument,
    *,
    why: Why = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody of the staff another role. The last owner stays one."""
    from bot.cli.opening import finish

    _print(finish(_change(merchant, staff_id, _read_role(role), now, why)), as_json=as_json)


@app.command("remove", epilog=example("tuike staff remove 7350000000000000001 --why 'left us'"))
def remove(
    staff_id: StaffId,
    *,
    why: Why = "",
    merchant: MerchantId = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Take somebody away from the staff. The last owner stays."""
    from bot.cli.opening import finish

    _print(finish(_change(merchant, staff_id, None, now, why)), as_json=as_json)


async def _change(
    merchant_id: str | None, staff_id: int, role: Role | None, now: datetime | None, why: str
) -> Changed:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import lock_merchant, the_merchant
    from models.people.roster import change_role, member, remove_staff
    from models.store.audit import COMMAND

    at = now or SystemClock().now()
    async with opened(begin()) as store, store.write() as session:
        shop = await lock_merchant(session, (await the_merchant(session, merchant_id)).id)
        before = (await member(session, shop.id, staff_id)).role
        if role is None:
            await remove_staff(
                session, merchant_id=shop.id, staff_id=staff_id, actor=COMMAND, now=at, why=why
            )
        else:
            await change_role(
                session, merchant_id=shop.id, staff_id=staff_id, role=role, actor=COMMAND, now=at, why=why
            )
        return Changed(staff_id, before, role)


def _print(done: Changed, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    title = "They have another role now." if done.role else "They don't work here any more."
    print_facts(title, [("id", str(done.id)), ("role", done.role or "-"), ("before", done.before)])
