"""The real shop in the product: catalogue, 200 distributors with links, and its months told as events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.clock import SystemClock
from bot.context import Context
from bot.imports.history import CodeChoice, History, read_history
from bot.imports.order_map import load_map
from bot.imports.products import products_of
from bot.imports.replay import ReplayTarget, replay
from bot.settings import Settings
from handlers.web.app import build_web
from models.catalog.products import Product, keep_products
from models.funnel.events import EventStatus
from models.funnel.links import SHOP, Channel, link_for
from models.funnel.orders import OrderLineRow, OrderRow, OrderState
from models.money.commissions import CommissionRow
from models.money.ledger import AccountKind, AccountRow
from models.people.distributors import Distributor
from models.people.levels import BEGINNING, set_level
from models.store.currency import to_minor
from models.store.engine import Store
from models.store.inbox import EventState, ReceivedEventRow
from models.store.sql import table_of
from tests.builders import Shop, open_shop

LEVELS = ("promoter", "leader", None, "partner")
"""Levels of the distributors in turn; who has none is a promoter."""


def find_upwards(name: str) -> Path | None:
    """A file or folder of this name, beside the project or above it."""
    return next((folder / name for folder in Path(__file__).parents if (folder / name).exists()), None)


@dataclass(frozen=True)
class RealShop:
    """A merchant whose links' codes are each some distributor's, of some level."""

    shop: Shop
    owners: dict[str, tuple[str, str]]
    statuses: Counter[EventStatus]

    @property
    def codes(self) -> Sequence[str]:
        return list(self.owners)


async def open_real_shop(store: Store, path: Path, now: datetime) -> RealShop:
    """Products and plan as a merchant imports them, 200 distributors, a link each."""
    shop = await open_shop(store, now)
    await shop.plan()
    rows = products_of(path, load_map("online-retail"))
    products = [
        Product(
            merchant_id=shop.merchant.id,
            sku=row.sku,
            title=row.title,
            price_minor=to_minor(f"{row.price:.2f}", "GBP"),
            category=row.category,
            updated_at=now,
        )
        for row in rows
    ]
    owners: dict[str, tuple[str, str]] = {}
    async with store.write() as session:
        await keep_products(session, shop.merchant.id, products)
        for number in range(200):
            distributor = Distributor(
                merchant_id=shop.merchant.id, external_id=f"d{number:03}", name=f"d{number}", joined_at=now
            )
            session.add(distributor)
            await session.flush()
            level = LEVELS[number % len(LEVELS)]
            if level is not None:
                await set_level(
                    session,
                    merchant_id=shop.merchant.id,
                    distributor_id=distributor.id,
                    level=level,
                    since=BEGINNING,
                )
            link = await link_for(
                session,
                merchant=shop.merchant,
                distributor=distributor,
                channel=Channel.COPIED,
                sku=SHOP,
                now=now,
            )
            owners[link.code] = (distributor.external_id, level or "promoter")
    return RealShop(shop, owners, Counter())


def history_of(real: RealShop, path: Path) -> History:
    """The export as events, each customer's orders with one distributor's code."""
    return read_history(path, load_map("online-retail"), CodeChoice(tuple(real.codes)))


def target_of(real: RealShop, url: str) -> ReplayTarget:
    """Where the shop sends its events."""
    merchant = real.shop.merchant
    return ReplayTarget(url, f"/v1/events/{merchant.public_id}", merchant.webhook_secret)


async def tell_history(real: RealShop, path: Path, folder: Path) -> None:
    """Replay the export's events over HTTP, signed, in order of time, as `tuike replay` does."""
    settings = Settings(_env_file=None, data_dir=folder)
    app = build_web(Context(real.shop.store, settings, SystemClock()))
    async with TestServer(app) as server:
        report = await replay(
            history_of(real, path).events, target_of(real, str(server.make_url("/"))), lambda _: None
        )
    real.statuses.update({EventStatus(status): count for status, count in report.answers.items()})


@dataclass(frozen=True)
class Stored:
    """What the product stored: per order whose it is, its state and shipping, and per line base, amount, reversed."""

    distributors: dict[str, str]
    states: dict[str, OrderState]
    shipping: dict[str, int]
    lines: dict[str, dict[str, tuple[int, int, int]]]
    held: dict[str, int]
    parked: set[str]


async def stored(real: RealShop) -> Stored:
    orders, lines, commissions = table_of(OrderRow), table_of(OrderLineRow), table_of(CommissionRow)
    people, accounts, inbox = table_of(Distributor), table_of(AccountRow), table_of(ReceivedEventRow)
    merchant_id = real.shop.merchant.id
    async with real.shop.store.read() as session:
        sales = await session.execute(
            select(orders.c.order_ref, orders.c.state, orders.c.shipping_minor, people.c.external_id)
            .join(people, people.c.id == orders.c.distributor_id)
            .where(orders.c.merchant_id == merchant_id)
        )
        found = Stored({}, {}, {}, {}, {}, set())
        for order_ref, state, shipping, external_id in sales:
            found.distributors[order_ref] = external_id
            found.states[order_ref] = state
            found.shipping[order_ref] = shipping
            found.lines[order_ref] = {}
        earned = await session.execute(
            select(
                orders.c.order_ref,
                lines.c.line_ref,
                commissions.c.base_minor,
                commissions.c.amount_minor,
                commissions.c.reversed_minor,
            )
            .join(lines, lines.c.id == commissions.c.line_id)
            .join(orders, orders.c.id == commissions.c.order_id)
            .where(commissions.c.merchant_id == merchant_id)
        )
        for order_ref, line_ref, base, amount, taken in earned:
            found.lines[order_ref][line_ref] = (base, amount, taken)
        balances = await session.execute(
            select(people.c.external_id, accounts.c.balance_minor)
            .join(people, people.c.id == accounts.c.holder_id)
            .where(accounts.c.merchant_id == merchant_id, accounts.c.kind == AccountKind.HELD)
        )
        found.held.update((external_id, balance) for external_id, balance in balances)
        waiting = await session.execute(
            select(inbox.c.event_id).where(
                inbox.c.merchant_id == merchant_id, inbox.c.state == EventState.PARKED
            )
        )
        found.parked.update(waiting.scalars())
    return found
