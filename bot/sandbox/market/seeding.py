"""Opening the demo's market in a store: shop, plan, people and links, then weeks of history, once.

The history is told by `models.sales.receive` and released by `settle_due`, as at any shop. While it is
told no distributor is tied to a chat yet, so nobody is sent weeks of notices; tying them is the last act.
Each part is one transaction and clicks land once however often they are sent, so a start that was broken
off goes on where it stopped, at the time at which it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.imports.into_store import in_batches
from bot.imports.order_intake import ReadEvent
from bot.sandbox.market.cast import MEI, OWNER, PROMOTERS, Chatter
from bot.sandbox.market.history import tell_history
from bot.sandbox.market.opening import API_KEY, STARTED, Roster, move_shop, open_shop, roster
from bot.sandbox.market.orders import ZONE, moved_orders
from bot.sandbox.market.story import told_days
from bot.sandbox.market.traffic import clicks
from models.funnel.clicks import land_clicks
from models.funnel.heat import measure_heat
from models.funnel.links import SHOP, Channel
from models.people.merchants import Merchant, lock_merchant
from models.people.persons import Person, choose_merchant, meet_person
from models.people.privacy import chat_hash
from models.people.staff import Role, accept_invitation, invite_staff, staff_of
from models.store.deployment import keep, kept
from models.store.engine import Store

TOLD = "demo:told"
CLICKS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Market:
    """What the demo's shop and its visitors need; `codes` are Mei's live links to products."""

    merchant_id: str
    name: str
    currency: str
    api_key: str
    webhook_secret: str
    codes: tuple[str, ...]


async def open_market(store: Store, shop_url: str, read: ReadEvent, now: datetime) -> Market:
    """Seed an empty store, or bring a seeded one's shop to its address of today. Raises NotADemoStore.

    Days that passed since the first start are not filled.
    """
    async with store.write() as session:
        shop = await open_shop(session, shop_url, now)
        await move_shop(session, shop, shop_url, now)
    async with store.read() as session:
        started = datetime.fromisoformat(await kept(session, STARTED) or now.isoformat())
        told = await kept(session, TOLD)
        people = await roster(session, shop)
        api_key = await kept(session, API_KEY)
    if told is None:
        await _fill(store, shop, people, read, started)
    mine = (link for (who, sku, channel), link in people.links.items() if _is_shown(who, sku, channel))
    return Market(
        merchant_id=shop.public_id,
        name=shop.name,
        currency=shop.currency,
        api_key=api_key or "",
        webhook_secret=shop.webhook_secret,
        codes=tuple(link.code for link in sorted(mine, key=lambda link: link.sku)),
    )


def _is_shown(who: str, sku: str, channel: Channel) -> bool:
    mei = next(promoter for promoter in PROMOTERS if promoter.chatter is MEI)
    return who == mei.external_id and sku != SHOP and channel is Channel.COPIED


async def _fill(store: Store, shop: Merchant, people: Roster, read: ReadEvent, started: datetime) -> None:
    codes = {key: link.code for key, link in people.links.items()}
    days = told_days(moved_orders(started.astimezone(ZONE).date()), codes, started)
    link_ids = {key: link.id for key, link in people.links.items()}
    # Clicks first: an order that carries only its visitor finds its link through them.
    for group in in_batches(clicks(days, link_ids, started), CLICKS_AT_ONCE):
        await land_clicks(store, group)
    async with store.write() as session:
        locked = await lock_merchant(session, shop.id)
        await tell_history(session, locked, days, read)
        await measure_heat(session, locked.id, started)
        await _tie(session, locked, people, started)
        await keep(session, TOLD, started.isoformat())


async def _tie(session: AsyncSession, shop: Merchant, people: Roster, now: datetime) -> None:
    """Give the distributors who chat their accounts, and the shop its owner."""
    for promoter in PROMOTERS:
        if promoter.chatter is None:
            continue
        person = await _met(session, promoter.chatter, now)
        distributor = await session.merge(people.distributors[promoter.external_id])
        distributor.person_id = person.id
        distributor.chat_hash = chat_hash(shop.customer_key, promoter.chatter.chat_id)
        await choose_merchant(session, person.id, shop.id)
    owner = await _met(session, OWNER, now)
    if await staff_of(session, shop.id, owner.id) is None:
        payload = await invite_staff(session, merchant_id=shop.id, role=Role.OWNER, now=now)
        await accept_invitation(session, token=payload.removeprefix("s_"), person_id=owner.id, now=now)


async def _met(session: AsyncSession, chatter: Chatter, now: datetime) -> Person:
    return await meet_person(
        session,
        chat_id=chatter.chat_id,
        name=chatter.name,
        username=chatter.username,
        client_language=chatter.language,
        now=now,
    )
