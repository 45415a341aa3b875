"""A distributor found and given level, profile and sponsor by hand, each confirmed, once, and with an entry."""

from __future__ import annotations

import pytest

from models.money.standing import Standing, distributors_named, standing_of
from models.people.distributors import Distributor, distributor_by_external_id
from models.people.staff import Role
from models.personal.erasure import erase
from models.store.audit import COMMAND, audit_of
from tests.builders import BASE_PLAN, Shop, line
from tests.journeys.test_old_buttons import joined as enrolled
from tests.journeys.test_staff_desk import hired, tapped
from tests.journeys.world import World, bare, labels, open_by, say

RANKS = (
    BASE_PLAN.replace("name: Base", "name: Ranks") + "profiles: [{key: kol, title: {zh: 达人, en: KOL}}]\n"
)


@pytest.fixture
async def people(shop: Shop) -> dict[str, Distributor]:
    await shop.plan(RANKS)
    return {name: await shop.distributor(name) for name in ("mei", "lee", "meifang", "ann_100%")}


async def stands(shop: Shop, name: str, world: World) -> Standing:
    async with shop.store.read() as session:
        who = await distributor_by_external_id(session, shop.merchant.id, name)
        return await standing_of(session, shop.merchant, who, world.now)


async def acts(shop: Shop) -> list[tuple[str, str, object]]:
    async with shop.store.read() as session:
        entries = await audit_of(session, shop.merchant.id)
    return [
        (entry.act, entry.subject, entry.after)
        for entry in reversed(entries)
        if entry.subject.startswith("distributor")
    ]


async def test_a_distributor_is_found_by_a_part_of_name_or_id(
    shop: Shop, people: dict[str, Distributor]
) -> None:
    async def found(words: str) -> list[str]:
        async with shop.store.read() as session:
            return [one.external_id for one in await distributors_named(session, shop.merchant.id, words)]

    assert await found("MEI") == ["mei", "meifang"]
    assert await found("0%") == ["ann_100%"]
    assert await found("_") == ["ann_100%"]
    assert await found("  ") == await found("nobody") == []


async def test_level_profile_and_sponsor_are_given_in_chat(
    world: World, shop: Shop, people: dict[str, Distributor]
) -> None:
    # Given Olga looks for Mei among several
    olga = await hired(world, shop)
    await tapped(world, olga, "manage:open")
    await open_by(world, olga, "👤 Distributors")
    for wrong in ("mai", "_may"):
        card = await say(world, olga, wrong)
        assert f"Nobody here is called {wrong}. Send me another name" in bare(card.body.text)
    card = await say(world, olga, "mei")
    assert labels(card)[:2] == ["mei", "meifang"]
    card = await open_by(world, olga, "mei")
    assert "Level: never given, so the plan's first" in card.body.text
    assert "In hold £0.00 · awaiting receipt £0.00 · under review £0.00" in bare(card.body.text)

    # When she pins a level, it says before what is after
    await open_by(world, olga, "🏅 Level")
    card = await open_by(world, olga, "📌 \u2068Leader")
    assert "the level Leader 📌 pinned instead of —?" in bare(card.body.text)
    confirm = card.id
    assert (await olga.tap("✅ Give the level")).text == "Done."
    level = (await stands(shop, "mei", world)).level
    assert level is not None
    assert (level.level, level.pinned, level.written_at) == ("leader", True, world.now)
    # A second tap on the same card changes nothing more
    [give] = [f"distributor:give:{people['mei'].id}:2:1:1"]
    assert (await olga.tap_data(confirm, give)).text == "That is so already."

    # When she agrees on a profile
    await open_by(world, olga, "🎭 Profile")
    await open_by(world, olga, "KOL")
    assert (await olga.tap("✅ Agree")).text == "Done."
    assert (await stands(shop, "mei", world)).profile == "kol"

    # When she names a sponsor: nobody of that name, one of two, Mei herself by her id, then Lee by a part of his name
    await open_by(world, olga, "🧭 Sponsor")
    assert "Several distributors match." in (await say(world, olga, "m")).body.text
    assert "No distributor has that name or external id." in (await say(world, olga, "nobody")).body.text
    assert "Nobody is their own sponsor." in (await say(world, olga, "mei")).body.text
    card = await say(world, olga, " LE")
    assert "Put mei (mei) under lee (lee) instead of nobody?" in bare(card.body.text)
    assert (await olga.tap("✅ Change the sponsor")).text == "Done."
    sponsor = (await stands(shop, "mei", world)).sponsor
    assert sponsor is not None
    assert sponsor.external_id == "lee"
    # And Lee can't come under Mei, by no button either
    answer = await olga.tap_data(olga.last.id, f"distributor:attach:{people['lee'].id}:{people['mei'].id}")
    assert answer.alert
    assert "round in a circle" in answer.text

    assert await acts(shop) == [
        ("set_level", "distributor mei", {"level": "leader", "pinned": True, "since": world.now.isoformat()}),
        ("set_profile", "distributor mei", "kol"),
        ("set_sponsor", "distributor mei", "lee"),
    ]


async def test_a_button_of_an_older_plan_asks_again(
    world: World, shop: Shop, people: dict[str, Distributor]
) -> None:
    olga = await hired(world, shop, Role.OPERATOR)
    await tapped(world, olga, f"distributor:levels:{people['mei'].id}")
    await shop.plan(RANKS.replace("name: Ranks", "name: Newer"))

    answer = await olga.tap_data(olga.last.id, f"distributor:give:{people['mei'].id}:2:1:0")

    assert answer.text == "Another plan is in force since. Choose again."
    assert (await stands(shop, "mei", world)).level is None
    assert await acts(shop) == []
    # And an operator, who sets levels, sees neither balances nor the button for sponsors
    card = await tapped(world, olga, f"distributor:show:{people['mei'].id}")
    assert "hold" not in card.body.text
    assert "🧭 Sponsor" not in labels(card)


async def test_for_somebody_who_left_nothing_is_owed_and_nothing_set(world: World, shop: Shop) -> None:
    # Given Olga has Mei's card and its buttons before her, and Mei, who earned £1.00, has her data deleted
    await shop.plan(RANKS)
    olga = await hired(world, shop)
    _, mei = await enrolled(world, shop, "Mei")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code))
    card = await tapped(world, olga, f"distributor:show:{mei.id}")
    assert "🏅 Level" in labels(card)
    async with shop.store.write() as session:
        assert mei.person_id is not None
        await erase(session, mei.person_id, actor=COMMAND, gives_up=True, now=world.now)

    # When she looks again
    card = await tapped(world, olga, f"distributor:show:{mei.id}")
    # Then what Mei gave up stands apart, and no button sets anything
    assert "🚪 Given up: £1.00 · paid £0.00" in bare(card.body.text)
    assert "vailable" not in card.body.text
    assert labels(card) == ["🔍 Find another", "◀ Back", "🏠 Home"]
    # And her old buttons set nothing either
    ann = await shop.distributor("ann")
    for data in (
        f"distributor:levels:{mei.id}",
        f"distributor:level:{mei.id}:2:1:1",
        f"distributor:give:{mei.id}:2:1:1",
        f"distributor:profiles:{mei.id}",
        f"distributor:profile:{mei.id}:2:0",
        f"distributor:agree:{mei.id}:2:0",
        f"distributor:above:{mei.id}",
        f"distributor:sponsor:{mei.id}:{ann.id}",
        f"distributor:attach:{mei.id}:{ann.id}",
    ):
        answer = await olga.tap_data(olga.last.id, data)
        assert (answer.alert, answer.text) == (
            True,
            "They have left: their level, profile and sponsor stay as they are.",
        ), data
    assert [act for act, *_ in await acts(shop)] == ["person.delete"]


async def test_who_left_while_their_sponsor_was_asked_for_keeps_theirs(world: World, shop: Shop) -> None:
    olga = await hired(world, shop, language_code="zh-hans")
    _, mei = await enrolled(world, shop, "Mei")
    await shop.distributor("ann")
    await tapped(world, olga, f"distributor:above:{mei.id}")
    async with shop.store.write() as session:
        assert mei.person_id is not None
        await erase(session, mei.person_id, actor=COMMAND, gives_up=True, now=world.now)
    card = await say(world, olga, "ann")
    assert bare(card.body.text) == "🚪 对方已退出，等级、合作类型和上级不再变动。"
