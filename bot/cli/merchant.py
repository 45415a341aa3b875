"""Merchants: add one, list them, make another API key."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.options import AsJson, MerchantId, example
from bot.cli.printing import print_facts, print_json, print_table

app = typer.Typer(no_args_is_help=True, help="Add and list merchants, and make their API keys.")


@dataclass(frozen=True, slots=True)
class Added:
    """What a new merchant's shop and owner need; the secrets are shown this once."""

    merchant_id: str
    events_path: str
    api_key: str
    webhook_secret: str
    owner_link: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A merchant in the list."""

    merchant_id: str
    name: str
    currency: str
    timezone: str
    shop_urls: tuple[str, ...]
    events_path: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Keyed:
    """What a shop's server needs to speak with us."""

    merchant_id: str
    events_path: str
    api_key: str
    webhook_secret: str


def events_path(merchant_id: str) -> str:
    """Where a merchant's shop sends its events."""
    return f"/v1/events/{merchant_id}"


@app.command(
    "add",
    epilog=example(
        "tuike merchant add --name 'Gift Shop' --currency GBP --timezone Europe/London "
        "--shop-url https://shop.example --json"
    ),
)
def add(
    *,
    name: Annotated[str, typer.Option(help="The shop's name, as people see it.")],
    currency: Annotated[str, typer.Option(help="The currency of its money: ISO 4217, such as GBP or CNY.")],
    timezone: Annotated[str, typer.Option(help="The zone of its days and months, such as Europe/London.")],
    shop_url: Annotated[
        list[str],
        typer.Option(
            "--shop-url",
            help="Links lead only to the hosts of these addresses (may repeat); the first is the shop itself.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Add a merchant and print its keys: this once, so keep them."""
    from bot.cli.opening import finish

    added = finish(_add(name, currency, timezone, shop_url))
    if as_json:
        print_json(added)
        return
    print_facts(
        f"{name} is added. Keep these; the API key is not shown again.",
        [
            ("merchant", added.merchant_id),
            ("events path", added.events_path),
            ("API key", added.api_key),
            ("webhook secret", added.webhook_secret),
            ("owner's link (once, 7 days)", added.owner_link),
        ],
    )


async def _add(name: str, currency: str, timezone: str, shop_urls: list[str]) -> Added:
    from bot.cli.opening import begin, opened
    from bot.cli.staff import invitation_link
    from bot.clock import SystemClock
    from models.people.merchants import add_merchant
    from models.people.staff import Role

    settings = begin()
    now = SystemClock().now()
    async with opened(settings) as store, store.write() as session:
        new = await add_merchant(
            session, name=name, currency=currency, timezone=timezone, shop_urls=shop_urls, now=now
        )
        link = await invitation_link(session, settings, new.merchant, Role.OWNER, now)
        return Added(
            merchant_id=new.merchant.public_id,
            events_path=events_path(new.merchant.public_id),
            api_key=new.api_key,
            webhook_secret=new.merchant.webhook_secret,
            owner_link=link,
        )


@app.command("list", epilog=example("tuike merchant list --json"))
def show_all(*, as_json: AsJson = False) -> None:
    """List every merchant."""
    from bot.cli.opening import finish

    merchants = finish(_all())
    if as_json:
        print_json(merchants)
        return
    print_table(
        "Merchants",
        ("merchant", "name", "currency", "time zone", "shop"),
        (
            (row.merchant_id, row.name, row.currency, row.timezone, "\n".join(row.shop_urls))
            for row in merchants
        ),
    )


async def _all() -> list[Listed]:
    from bot.cli.opening import begin, opened
    from models.people.merchants import all_merchants

    async with opened(begin()) as store, store.read() as session:
        return [
            Listed(
                merchant_id=row.public_id,
                name=row.name,
                currency=row.currency,
                timezone=row.timezone,
                shop_urls=tuple(row.shop_urls),
                events_path=events_path(row.public_id),
                created_at=row.created_at,
            )
            for row in await all_merchants(session)
        ]


@app.command("key", epilog=example("tuike merchant key --label 'new server' --json"))
def key(
    *,
    label: Annotated[str, typer.Option(help="What the key is for, in up to 60 letters.")] = "command line",
    merchant: MerchantId = None,
    as_json: AsJson = False,
) -> None:
    """Make one more API key and print it, with the webhook secret; older keys stay good."""
    from bot.cli.opening import finish

    made = finish(_key(merchant, label))
    if as_json:
        print_json(made)
        return
    print_facts(
        "A new API key. Keep it; it is not shown again.",
        [
            ("merchant", made.merchant_id),
            ("events path", made.events_path),
            ("API key", made.api_key),
            ("webhook secret", made.webhook_secret),
        ],
    )


async def _key(merchant_id: str | None, label: str) -> Keyed:
    from bot.cli.opening import begin, opened
    from bot.clock import SystemClock
    from models.people.merchants import add_api_key, the_merchant

    async with opened(begin()) as store, store.write() as session:
        merchant = await the_merchant(session, merchant_id)
        api_key = await add_api_key(session, merchant, label=label[:60], now=SystemClock().now())
        return Keyed(merchant.public_id, events_path(merchant.public_id), api_key, merchant.webhook_secret)
