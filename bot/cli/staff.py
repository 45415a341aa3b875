"""Staff: one-time links by which a merchant's people come in."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, MerchantId, example
from bot.cli.printing import print_facts, print_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.settings import Settings
    from models.people.merchants import Merchant
    from models.people.staff import Role

app = typer.Typer(no_args_is_help=True, help="Invite a merchant's staff.")


@dataclass(frozen=True, slots=True)
class Invited:
    """A one-time link for one role."""

    merchant_id: str
    role: str
    link: str


async def invitation_link(
    session: AsyncSession, settings: Settings, merchant: Merchant, role: Role, now: datetime
) -> str:
    """A one-time link; by way of our own address while the bot's name is not known yet."""
    from models.people.staff import invite_staff
    from models.store.deployment import kept

    payload = await invite_staff(session, merchant_id=merchant.id, role=role, now=now)
    username = await kept(session, "bot_username")
    return f"https://t.me/{username}?start={payload}" if username else f"{settings.address}/start/{payload}"


@app.command("add", epilog=example("tuike staff add --role operator"))
def add(
    *,
    role: Annotated[str, typer.Option(help="What they may do: owner, operator, finance or viewer.")],
    merchant: MerchantId = None,
    as_json: AsJson = False,
) -> None:
    """Print a link that makes whoever opens it first, within seven days, one of the merchant's staff."""
    from bot.cli.opening import finish
    from models.people.staff import Role

    if role not in set(Role):
        raise typer.BadParameter(f"There is no role {role!r}; write one of {', '.join(Role)}.")
    invited = finish(_invite(merchant, Role(role)))
    if as_json:
        print_json(invited)
        return
    print_facts(
        "A link for one person, once, within seven days.",
        [("merchant", invited.merchant_id), ("role", invited.role), ("link", invited.link)],
    )


async def _invite(merchant_id: str | None, role: Role) -> Invited:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import the_merchant

    settings = begin()
    async with opened(settings) as store, store.write() as session:
        merchant = await the_merchant(session, merchant_id)
        link = await invitation_link(session, settings, merchant, role, SystemClock().now())
        return Invited(merchant.public_id, role, link)
