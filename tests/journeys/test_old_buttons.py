"""Every button there is, foreign, doubled or a month old: no error, no second effect, nobody else's things.

The table of taps is read from the router itself, so a new button is driven from the day it is made.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

import pytest
from sqlalchemy import func, literal, select, true, union_all
from sqlalchemy import update as change
from telegram import Update

from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.rendering import message_json
from bot.sandbox.chat.taps import Answer
from handlers.chat.router import handle
from handlers.chat.screens import TAPS, WHOLE_NOUNS
from models.funnel.orders import order_by_ref
from models.people.distributors import Distributor, enrolment
from models.people.merchants import Merchant
from models.people.persons import person_in_chat
from models.store.engine import Store
from models.store.sql import table_of
from models.tables import schema
from tests.builders import Shop, line, open_shop
from tests.journeys.world import World, go

BUTTONS = sorted([*TAPS, *WHOLE_NOUNS])
WRONG = "Something went wrong on our side."
AT_ONCE = 20


@dataclass(frozen=True)
class Belongings:
    """What buttons may name: a shop, its product, an order and who it is for."""

    shop: Shop
    product: int
    order: int
    order_ref: str

    def subjects(self) -> list[str]:
        """Everything that any button could carry about them, in every form there is."""
        merchant = self.shop.merchant
        one = [str(key) for key in (merchant.id, self.product, self.order)]
        two = [f"{first}:{key}" for first in ("0", "all", "held") for key in one]
        pages = [f"all:{self.shop.now.timestamp():.0f}000000-{self.order}"]
        return [*one, *two, *pages, merchant.public_id, f"m_{merchant.public_id}"]


def data_of(button: str, subject: str) -> str:
    """What a button carries, as far as the chat server would take it."""
    return f"{button}:{subject}"[:64] if subject else button


async def joined(world: World, shop: Shop, name: str) -> tuple[Phone, Distributor]:
    phone = world.phone(name)
    await phone.reply_to(f"/start {shop.merchant.public_id}")
    await go(phone, "Join", "Available now")
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return phone, found


async def ordered(shop: Shop, who: Distributor, sku: str, ref: str) -> int:
    await shop.tell(shop.paid(ref, line("1", sku), code=(await shop.link(who)).code))
    async with shop.store.read() as session:
        return (await order_by_ref(session, shop.merchant.id, ref)).id


async def belongings(shop: Shop, who: Distributor, ref: str) -> Belongings:
    """A product of the shop's and an order of the distributor's."""
    product = await shop.product("ROBE")
    return Belongings(shop, product.id, await ordered(shop, who, "ROBE", ref), ref)


async def closed_shop(shop: Shop) -> Belongings:
    """Another merchant's: a product, a distributor with an order, a door that is shut."""
    other = await open_shop(shop.store, shop.now)
    await other.plan()
    secret = await other.product("SECRET")
    order = await ordered(other, await other.distributor("stranger"), "SECRET", "777000")
    async with shop.store.write() as session:
        table = table_of(Merchant)
        await session.execute(change(table).where(table.c.id == other.merchant.id).values(open_to_join=False))
    return Belongings(other, secret.id, order, "777000")


async def rows(store: Store, column: str | None = None, key: int = 0) -> Counter[str]:
    """How many rows each table has: all of them, or those whose column names this key."""
    tables = [table for table in schema().tables.values() if column is None or column in table.c]
    counts = [
        select(literal(table.name).label("name"), func.count().label("rows"))
        .select_from(table)
        .where(true() if column is None else table.c[column] == key)
        for table in tables
    ]
    async with store.read() as session:
        return Counter({row.name: row.rows for row in await session.execute(union_all(*counts))})


async def tapped(world: World, phone: Phone, message_id: int, data: str) -> Answer:
    """A tap, and everything that comes of it."""
    answer = await phone.tap_data(message_id, data, timeout=30)
    async with asyncio.timeout(30):
        while world.sandbox.chat.updates.pending():  # noqa: ASYNC110 - confirmed over HTTP when handled
            await asyncio.sleep(0.001)
    return answer


async def at_once(world: World, phone: Phone, data: str, times: int) -> list[Answer]:
    """The same tap so many times side by side, as by a stuck client and several programs."""
    server, message = world.sandbox.chat, phone.last
    taps = [server.taps.open(phone.id, message.id, data, server.clock()) for _ in range(times)]
    asked = [
        {
            "id": tap.id,
            "from": phone.person.as_user(),
            "chat_instance": str(phone.id),
            "data": data,
            "message": message_json(server.world, message),
        }
        for tap in taps
    ]
    updates = [Update.de_json({"update_id": 1, "callback_query": each}, None) for each in asked]
    await asyncio.gather(*(handle(world.context, update) for update in updates))
    return [await tap.answered for tap in taps]


@pytest.mark.parametrize("button", BUTTONS)
async def test_a_button_about_other_peoples_things_shows_and_changes_nothing(
    world: World, shop: Shop, button: str
) -> None:
    """Given another merchant's ids and another person's order, when Mei taps, then they stay theirs."""
    foreign = await closed_shop(shop)
    mei, _ = await joined(world, shop, "Mei")
    _, lee = await joined(world, shop, "Lee")
    lees = await belongings(shop, lee, "888000")
    own_order = [f"{first}{lees.order}" for first in ("", "0:", "all:")]
    made_up = ["", "x", "-1", "٣", str(2**63), "9" * 40, "🦄", ":", "0:", ":0", "0:x"]

    before = await rows(shop.store, "merchant_id", foreign.shop.merchant.id)
    before += await rows(shop.store, "distributor_id", lee.id)
    for subject in [*foreign.subjects(), *own_order, *made_up]:
        answer = await tapped(world, mei, mei.last.id, data_of(button, subject))
        seen = answer.text + "".join(message.body.text for message in mei.messages if message.from_bot)

        assert WRONG not in answer.text
        assert not any(secret in seen for secret in ("SECRET", foreign.order_ref, lees.order_ref)), subject
    after = await rows(shop.store, "merchant_id", foreign.shop.merchant.id)
    assert after + await rows(shop.store, "distributor_id", lee.id) == before


@pytest.mark.parametrize("button", BUTTONS)
async def test_twenty_taps_at_once_do_what_one_does(world: World, shop: Shop, button: str) -> None:
    """Given two who stand alike, when Mei taps once and Lee twenty times at once, then as much has come of it."""
    people = [await joined(world, shop, name) for name in ("Mei", "Lee")]
    not_yet = await open_shop(shop.store, shop.now)
    theirs = [
        await belongings(shop, mine, ref) for (_, mine), ref in zip(people, ("888001", "888002"), strict=True)
    ]

    grown = []
    for (phone, _), things, times in zip(people, theirs, (1, AT_ONCE), strict=True):
        before = await rows(shop.store)
        for subject in ["", not_yet.merchant.public_id, *things.subjects()]:
            answers = await at_once(world, phone, data_of(button, subject), times)
            assert not any(WRONG in answer.text for answer in answers)
        grown.append(await rows(shop.store) - before)

    # A picture that shows nobody's own things, such as the plan's, is uploaded once for both of them.
    uploaded = [counts.pop("chat_file", 0) for counts in grown]
    assert uploaded[1] <= uploaded[0]
    assert grown[0] == grown[1]


@pytest.mark.parametrize("button", BUTTONS)
async def test_a_month_old_button_on_a_message_that_is_gone_is_answered(
    world: World, shop: Shop, button: str
) -> None:
    """Given a card that was deleted a month ago, when its button arrives, then a new card or an alert comes."""
    mei, mine = await joined(world, shop, "Mei")
    things = await belongings(shop, mine, "888003")
    old = mei.last
    world.sandbox.chat.remove(mei.person, old.id)
    world.later(days=31)

    for subject in ["", *things.subjects()]:
        kept = len(mei.messages)
        answer = await tapped(world, mei, old.id, data_of(button, subject))

        assert WRONG not in answer.text
        assert answer.alert or answer.text or len(mei.messages) == kept + 1, subject
