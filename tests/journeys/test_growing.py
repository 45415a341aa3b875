"""Levels and teams in chat: the bar at home, the gap, the pace; inviting, and a reminder once in seven days."""

from __future__ import annotations

import pytest

from bot.sandbox.chat.phone import Phone
from models.people.distributors import Distributor, enrolment
from models.people.persons import person_in_chat
from tests.builders import Shop, line
from tests.journeys.world import World, bare, joined, labels, open_by, settled
from tests.models.sales.plans import ISSUE_PLAN


async def enrolled(shop: Shop, phone: Phone) -> Distributor:
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return found


async def sold(shop: Shop, who: Distributor, *refs: str) -> None:
    code = (await shop.link(who)).code
    await shop.tell(*(shop.paid(ref, line(), code=code) for ref in refs))


@pytest.mark.parametrize(
    ("language_code", "says"),
    [
        (
            "en",
            ("🏅 Level", "▰▰▰▱▱▱▱▱ 3 orders to go to Leader", "3 orders to go", "About 2 days at your pace"),
        ),
        ("zh-hans", ("🏅 等级", "▰▰▰▱▱▱▱▱ 距「团长」还差 3 单", "还差 3 单", "约 2 天")),
    ],
)
async def test_the_level_shows_bar_gap_and_pace(
    world: World, shop: Shop, language_code: str, says: tuple[str, ...]
) -> None:
    await shop.plan(ISSUE_PLAN)
    mei = await joined(world, shop, language_code=language_code)
    await sold(shop, await enrolled(shop, mei), "1", "2")
    button, at_home, *on_screen = says

    await mei.tap_data((await settled(world, mei)).id, "home:open")
    home = await settled(world, mei)
    assert at_home in bare(home.body.text)
    level = await open_by(world, mei, button)
    for words in on_screen:
        assert words in bare(level.body.text)
    assert "plan:rules" in {b.data for row in (level.keyboard.rows if level.keyboard else ()) for b in row}


async def test_a_team_is_shown_in_sums_and_reminded_once_in_seven_days(world: World, shop: Shop) -> None:
    await shop.plan(ISSUE_PLAN)
    boss = await joined(world, shop, "Boss")
    await settled(world, boss)
    empty = await open_by(world, boss, "👥 Team")
    assert "Whoever joins by your invitation stands here" in empty.body.text
    ann = world.phone("Ann")
    await ann.reply_to(f"/start j_{(await enrolled(shop, boss)).invite_code}")
    _, button = ann.button("Join")
    await ann.tap(button.data or "")
    await sold(shop, await enrolled(shop, ann), "1", "2")

    await boss.tap_data(boss.last.id, "team:open")
    team = bare((await settled(world, boss)).body.text)
    assert "Direct: 1 member, 1 sold, 2 orders, £20.00" in team
    assert "My share: £0.60" in team
    assert "1. Ann\n2 orders · £20.00 · my share £0.60" in team
    assert "👋 Ann" in labels(boss.last)

    _, remind = boss.button("👋")
    answers = [(await boss.tap_data(boss.last.id, remind.data or "")).text for _ in range(3)]
    assert answers == [
        "They will get a kind word from you.",
        *["They were reminded in the last seven days, or can't be written to."] * 2,
    ]
    assert "👋 reminded; again from Mar 11, 2026" in bare((await settled(world, boss)).body.text)
    world.later(days=7)
    assert (await boss.tap_data(boss.last.id, remind.data or "")).text == answers[0]


async def test_nobody_elses_members_can_be_reminded(world: World, shop: Shop) -> None:
    boss, other = await joined(world, shop, "Boss"), await joined(world, shop, "Other")
    them = await enrolled(shop, other)
    for data in (f"team:remind:{them.id}", "team:remind:1", "team:remind:x", f"team:remind:{2**64}"):
        answer = await boss.tap_data(boss.last.id, data)
        assert (answer.text, answer.alert) == ("That is not yours or no longer there.", True)
    await boss.tap_data(boss.last.id, "team:after:99999999999999999999")
    assert "Team" in (await settled(world, boss)).body.text
    assert (await boss.tap_data(boss.last.id, "level:of:1")).alert
