"""kill -9 after each of 200 updates, in both modes: all are handled, each effect is there once (operations B4).

The real program on a real socket, with the real router and a seeded shop. It is struck down at every point of
an update's way: before it is written down, while it is handled, when its answer is out, after it is marked.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.sandbox.chat.journal import Entry
from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.chat.phone import Phone
from bot.sandbox.server import Sandbox
from bot.settings import UpdateMode
from models.catalog.products import Product
from models.funnel.links import Link
from models.people.distributors import Distributor
from models.people.persons import Person
from models.store.engine import Store
from models.store.sql import table_of
from tests.builders import Shop, open_shop
from tests.conftest import NOW
from tests.handlers.chat_intake.conftest import waiting
from tests.handlers.chat_intake.mortal import Body, Mortal
from tests.postgres import free_port

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]
PEOPLE = 50
ANSWERS = ("invites you to promote", "Available now", "Your link, code", "For buyers")
"""What a person sees who comes in, joins, looks at a product and shares the shop: four updates, four effects."""


class Death(StrEnum):
    """Where an update was when the program died."""

    UNWRITTEN = "unwritten"
    UNDER_WAY = "under way"
    ANSWERED = "answered and not marked"
    DONE = "done"


@dataclass
class Told:
    """One update: who sent it, what answers it, and at how many deaths it was under way."""

    key: int
    phone: Phone
    answer: str
    deaths: int = 0


@dataclass
class Story:
    """A shop, its people, and a program that does not live long."""

    body: Body
    sandbox: Sandbox
    store: Store
    shop: Shop
    lamp: Product
    told: list[Told] = field(default_factory=list)
    deaths: Counter[Death] = field(default_factory=Counter)
    cards: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each chat was shown each answer."""
    dies_at: Callable[[Entry], bool] | None = None
    """The request at which the chat server strikes the program down, before it has answered it."""
    _life: Mortal | None = None

    def hear(self, entry: Entry) -> None:
        """What the chat server was asked for."""
        if entry.method in {"sendMessage", "editMessageText"}:
            said = str(entry.params.get("text"))
            self.cards.update((str(entry.params["chat_id"]), answer) for answer in ANSWERS if answer in said)
        if self.dies_at is not None and self._life is not None and self.dies_at(entry):
            self._life.strike()

    async def live(self) -> None:
        """A new life, listening."""
        self._life = Mortal(self.body, self.sandbox)
        await self._life.until_it_listens()

    async def tell(self, phone: Phone, step: int) -> Told:
        """Write or tap what comes next; the card to tap on is waited for."""
        if step == 0:
            phone.start(self.shop.merchant.public_id)
        else:
            data = (f"join:yes:{self.shop.merchant.public_id}", f"goods:show:{self.lamp.id}", "share:open")
            card = await phone.sees(ANSWERS[step - 1], timeout=30)
            phone.people.tap_data(phone.id, card.id, data[step - 1])
        self.told.append(Told(self.sandbox.chat.updates.pending()[-1].id, phone, ANSWERS[step]))
        return self.told[-1]

    async def die(self) -> None:
        """Bury the program and write down where each update was."""
        self.end()
        self.dies_at = None
        left = set(await waiting(self.store))
        for told in self.told:
            told.deaths += told.key in left
        last = self.told[-1]
        if last.key in left:
            self.deaths[Death.ANSWERED if self.answers(last) else Death.UNDER_WAY] += 1
        else:
            self.deaths[Death.DONE if self.answers(last) else Death.UNWRITTEN] += 1

    def end(self) -> None:
        """Nothing of the program is left."""
        if self._life is not None:
            self._life.bury()
            self._life = None

    def answers(self, told: Told) -> int:
        """How often the update was answered with its card."""
        return self.cards[str(told.phone.id), told.answer]

    async def answered(self, told: Told) -> None:
        """Wait for its card."""
        async with asyncio.timeout(30):
            while not self.answers(told):  # noqa: ASYNC110 - another process sends it
                await asyncio.sleep(0.001)

    async def settled(self) -> None:
        """Wait until everything is answered, marked and forgotten by the chat server."""
        async with asyncio.timeout(60):
            while self.sandbox.chat.updates.pending() or await waiting(self.store):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)


def _shows(told: Told, entry: Entry) -> bool:
    return entry.params.get("chat_id") == str(told.phone.id) and told.answer in str(entry.params.get("text"))


@pytest.fixture(params=list(UpdateMode))
def mode(request: pytest.FixtureRequest) -> UpdateMode:
    chosen: UpdateMode = request.param
    return chosen


@pytest.fixture
async def story(database_url: str, store: Store, tmp_path: Path, mode: UpdateMode) -> AsyncIterator[Story]:
    shop = await open_shop(store, NOW)
    await shop.plan()
    lamp = await shop.product("LAMP", category="lights", price_minor=1999)
    async with Sandbox(limits=NO_LIMITS) as sandbox:
        body = Body(database_url, tmp_path, sandbox.api_url, sandbox.token, mode, free_port())
        story = Story(body, sandbox, store, shop, lamp)
        sandbox.journal.watch(story.hear)
        try:
            yield story
        finally:
            story.end()


async def until_its_hour(story: Story, told: Told, chance: random.Random) -> None:
    """Wait for the moment to die: one of the points of an update's way in turn."""
    match len(story.told) % 4:
        case 0:  # before or while it is written down
            await asyncio.sleep(chance.random() * 0.01)
        case 1:  # anywhere
            await asyncio.sleep(chance.random() * 0.06)
        case 2:  # its card has just reached the chat server, which has not said so yet
            story.dies_at = partial(_shows, told)
            await story.answered(told)
        case _:  # its card is out; is it marked?
            await story.answered(told)
            await asyncio.sleep(chance.random() * 0.008)


async def test_every_update_is_handled_and_its_effect_is_there_once_however_often_the_program_dies(
    story: Story,
) -> None:
    """Given people who come in, join, look and share, when the program dies 200 times, then nobody notices."""
    chance = random.Random(20260304)
    people = [story.sandbox.phone(f"P{number}") for number in range(PEOPLE)]

    for step in range(len(ANSWERS)):
        for phone in people:
            await story.live()
            told = await story.tell(phone, step)
            await until_its_hour(story, told, chance)
            await story.die()
    await story.live()
    await story.settled()

    assert len(story.told) == sum(story.deaths.values()) == 200
    assert set(story.deaths) == set(Death), story.deaths
    assert [told for told in story.told if not 1 <= story.answers(told) <= 1 + told.deaths] == []
    assert await rows_of(story.store, Person) == PEOPLE
    assert await rows_of(story.store, Distributor) == PEOPLE
    assert await rows_of(story.store, Link) == 2 * PEOPLE
    assert {answer for answer in toasts(story.sandbox) if "wrong" in answer} == set()


async def test_the_story_notices_a_program_that_forgets_what_it_left_behind(story: Story) -> None:
    """The guard: with the protection off, an update that was under way at a death is never answered."""
    mei, lee = story.sandbox.phone("Mei"), story.sandbox.phone("Lee")
    await story.live()
    await story.answered(await story.tell(mei, 0))
    story.dies_at = lambda entry: entry.method == "answerCallbackQuery"
    joining = await story.tell(mei, 1)
    await until_told(story.sandbox, "answerCallbackQuery")
    await story.die()

    story.body = replace(story.body, remembers=False)
    await story.live()
    await story.answered(await story.tell(lee, 0))

    assert story.deaths == {Death.UNDER_WAY: 1}
    assert story.answers(joining) == 0
    assert joining.key in await waiting(story.store)


async def until_told(sandbox: Sandbox, method: str) -> None:
    async with asyncio.timeout(30):
        while not sandbox.journal.entries(method):  # noqa: ASYNC110 - another process calls it
            await asyncio.sleep(0.001)


def toasts(sandbox: Sandbox) -> list[str]:
    """What taps were answered with."""
    return [str(entry.params.get("text", "")) for entry in sandbox.journal.entries("answerCallbackQuery")]


async def rows_of(store: Store, model: type[Person] | type[Distributor] | type[Link]) -> int:
    async with store.read() as session:
        return int((await session.execute(select(func.count()).select_from(table_of(model)))).scalar_one())
