"""What the shop's people set by hand is told to whom it concerns, once an act, and nothing more than they may know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cards.notices import notice_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from jobs.letters import write_letters
from models.growth.appointment_notices import appointment_facts
from models.people.distributors import Distributor, DistributorState, HasLeft
from models.people.merchants import lock_merchant
from models.people.sponsors import set_sponsor
from models.plans.appointments import agree_profile, give_level
from models.store.audit import COMMAND
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import Shop
from tests.models.sales.plans import plan

PLAN = plan(
    """levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: leader, title: {zh: 团长, en: Leader}, privileges: [early_access]}
  - {key: partner, title: {zh: 合伙人, en: Partner}}""",
    "profiles: [{key: kol, title: {zh: 达人, en: KOL}}]",
    """rates:
  - {percent: "10"}
  - {level: leader, percent: "12"}
  - {profile: kol, percent: "20"}
  - {category: lights, profile: kol, percent: "25"}
  - {product: 85123A, level: leader, fixed: "0.30"}""",
    'team: {depth: 1, percents: ["3"]}',
)
DAY = timedelta(days=1)


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    await shop.plan(PLAN)
    return await shop.distributor("mei", person=await shop.person(1, "Mei"))


async def level(
    shop: Shop, who: Distributor, key: str, *, pinned: bool = False, ago: timedelta = timedelta()
) -> None:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        since = shop.now - ago
        await give_level(
            session, merchant, who, key, pinned=pinned, since=since, actor=COMMAND, now=shop.now, why="secret"
        )


async def profile(shop: Shop, who: Distributor, key: str | None) -> None:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await agree_profile(session, merchant, who, key, actor=COMMAND, now=shop.now, why="secret")


async def sponsor(shop: Shop, below: Distributor, above: Distributor | None) -> None:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        one = await session.get_one(Distributor, below.id)
        await set_sponsor(session, merchant, one, above, actor=COMMAND, now=shop.now, why="secret")


async def queued(shop: Shop) -> Sequence[Notice]:
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        return [values_of(row, Notice) for row in await session.execute(select(table).order_by(table.c.id))]


async def told(shop: Shop, language: Language = Language.EN) -> list[tuple[int, NoticeKind, list[str]]]:
    """To whom what is said, without the moment at the end."""
    notices = await queued(shop)
    async with shop.store.read() as session:
        facts = await appointment_facts(session, notices)
        # Nothing that is told is left lying, and nothing else is sent
        assert set(await write_letters(session, notices, shop.now)) == set(facts)
    found = []
    for notice in notices:
        if notice.id in facts:
            text = plain(notice_card(facts[notice.id], Voice(language)).text)
            lines = text.replace("\u2068", "").replace("\u2069", "").replace(shop.merchant.name, "SHOP")
            found.append((notice.person_id, notice.kind, lines.splitlines()[:-1]))
    return found


async def test_a_level_is_told_with_its_rates_and_what_it_gives_and_the_same_again_is_not(
    shop: Shop, mei: Distributor
) -> None:
    for _ in range(2):
        await level(shop, mei, "leader", pinned=True)

    [(person_id, kind, lines)] = await told(shop)
    assert (person_id, kind) == (mei.person_id, NoticeKind.LEVEL_SET)
    assert lines[:2] == ["🏅 SHOP gave you the level Leader", "💰 Your rates: 12%, £0.30 on 85123A"]
    assert lines[2].startswith("It counts for orders paid after ")
    assert lines[3:] == ["🎁 Yours: early access to flash sales", "It stays until the shop changes it."]
    [(_, _, chinese)] = await told(shop, Language.ZH)
    assert chinese[0] == "🏅 SHOP 把你的等级设为「团长」"

    await level(shop, mei, "leader")
    assert [lines for _, _, lines in await told(shop)][1:] == [
        ["🏅 Your level Leader at SHOP moves again", "It goes up and down by the plan's conditions."]
    ]


async def test_what_is_put_right_in_the_past_behind_a_later_word_is_not_told(
    shop: Shop, mei: Distributor
) -> None:
    await level(shop, mei, "leader", ago=DAY)
    await level(shop, mei, "partner", ago=2 * DAY)

    assert [lines[0] for _, _, lines in await told(shop)] == ["🏅 SHOP gave you the level Leader"]


async def test_a_profile_is_told_when_it_begins_and_when_it_ends(shop: Shop, mei: Distributor) -> None:
    for key in ("kol", "kol", None):
        await profile(shop, mei, key)

    began, ended = [lines for _, _, lines in await told(shop)]
    assert began[:2] == ["🎭 Your profile at SHOP is KOL now", "💰 Your rates: 20%, 25% on lights"]
    assert ended[:3] == ["🎭 You have no profile at SHOP any more", "Before: KOL", "💰 Your rates: 10%"]


async def test_member_and_new_sponsor_learn_each_others_names_and_nothing_else(
    shop: Shop, mei: Distributor
) -> None:
    bo = await shop.distributor("bo", person=await shop.person(2, "Bo"))
    eve = await shop.distributor("eve", person=await shop.person(3, "Eve"))
    await sponsor(shop, mei, eve)
    for _ in range(2):
        await sponsor(shop, mei, bo)

    # What was overtaken before anybody sent it is not told any more
    assert len(await queued(shop)) == 4
    to_mei, to_bo = await told(shop)
    assert to_mei[:2] == (mei.person_id, NoticeKind.SPONSOR_SET)
    assert to_mei[2][0] == "🧭 bo is your sponsor at SHOP now"
    assert to_bo == (
        bo.person_id,
        NoticeKind.MEMBER_SET,
        [
            "👥 mei is in your team at SHOP now",
            "You earn 3% of what they sell from now on, on top of theirs.",
        ],
    )
    kept = " ".join(str(notice.facts) for notice in await queued(shop))
    assert "secret" not in kept

    await sponsor(shop, mei, None)
    assert [lines[0] for _, _, lines in await told(shop)] == ["🧭 You have no sponsor at SHOP any more"]


async def test_nobody_is_told_who_has_no_chat_or_has_left(
    shop: Shop, mei: Distributor, now: datetime
) -> None:
    async with shop.store.write() as session:
        (await session.get_one(Distributor, mei.id)).state = DistributorState.LEFT
    async with shop.store.read() as session:
        gone = await session.get_one(Distributor, mei.id)
    with pytest.raises(HasLeft):
        await level(shop, gone, "leader")
    await level(shop, await shop.distributor("quiet"), "leader")

    assert await queued(shop) == []
