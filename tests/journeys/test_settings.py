"""Settings: what is pushed and when, by whose clock, in which language, and how I show on my posters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.chat.phone import Phone
from bot.voice.languages import Language
from models.people.persons import Person, person_in_chat
from models.people.preferences import NameShown, Preference, prefer, preference_of
from models.store.outbox import Notice, NoticeKind, Topic, queue_notices
from tests.builders import Shop, open_shop
from tests.journeys.world import World, bare, go, joined, labels

NIGHT = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
MORNING = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


async def person(shop: Shop, phone: Phone) -> Person:
    async with shop.store.read() as session:
        found = await person_in_chat(session, phone.id)
    assert found is not None
    return found


async def choices(shop: Shop, phone: Phone) -> Preference:
    async with shop.store.read() as session:
        return await preference_of(session, (await person(shop, phone)).id)


async def queue(
    shop: Shop, phone: Phone, at: datetime, topic: Topic, kind: NoticeKind = NoticeKind.RELEASED
) -> None:
    """Something to tell this person."""
    notice = Notice(
        merchant_id=shop.merchant.id,
        person_id=(await person(shop, phone)).id,
        key=f"{topic}:{at.isoformat()}",
        topic=topic,
        kind=kind,
        facts={"amount_minor": 100, "orders": 1},
        not_before=at,
        created_at=at,
    )
    async with shop.store.write() as session:
        await queue_notices(session, [notice])


async def send(world: World) -> int:
    """Send what is due; how many messages that was."""
    before = world.requests("sendMessage")
    await world.drain()
    return world.requests("sendMessage") - before


async def settings(mei: Phone) -> None:
    await mei.reply_to("/settings")


# Topics


async def test_topics_are_switches_that_show_how_they_stand(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await settings(mei)
    card = await go(mei, "🔔 Topics", "What may reach you by itself")
    assert labels(card)[:4] == [
        "✅ ⚡ Flash sales",
        "✅ 💰 Settlements",
        "✅ 🎯 Tasks",
        "✅ 📰 News of the shop",
    ]
    _, switch = mei.button("Tasks")
    # However often it is tapped
    for _ in range(2):
        assert (await mei.tap_data(card.id, switch.data or "")).text == "🎯 Tasks: off"
    await mei.waits(lambda message: "🔕 🎯 Tasks" in labels(message))
    assert (await choices(shop, mei)).muted == ["tasks"]
    back = await go(mei, "Back", "Topics that reach you: 3 of 4")
    assert back.id == card.id
    await go(mei, "🔔 Topics", "What may reach you")
    assert (await mei.tap("Tasks")).text == "🎯 Tasks: on"
    assert (await choices(shop, mei)).muted == []


@pytest.mark.parametrize("topic", ["money", "nonsense", "", "💰"])
async def test_what_is_no_topic_can_not_be_muted(world: World, shop: Shop, topic: str) -> None:
    mei = await joined(world, shop)
    for verb in ("settings:mute", "topic:mute"):
        answer = await mei.tap_data(mei.last.id, f"{verb}:{topic}")
        assert (answer.text, answer.alert) == ("That is not yours or no longer there.", True)
    assert (await choices(shop, mei)).muted == []


async def test_one_tap_under_a_settlement_notice_ends_them_however_often_and_late(
    world: World, shop: Shop
) -> None:
    mei = await joined(world, shop)
    await queue(shop, mei, world.now, Topic.SETTLEMENT)
    assert await send(world) == 1
    notice = mei.last
    words = notice.body.text
    # When it is tapped months later, and tapped again
    world.later(days=100)
    for _ in range(3):
        answer = await mei.tap_data(notice.id, "topic:mute:settlement")
        assert (answer.text, answer.alert) == ("💰 Settlements: off. Settings turn it on again.", True)
    # Then the notice stays as it was, and no other comes
    assert mei.last.body.text == words
    assert (await choices(shop, mei)).muted == ["settlement"]
    await queue(shop, mei, world.now, Topic.SETTLEMENT)
    assert await send(world) == 0


async def test_the_notice_itself_brings_that_button(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await queue(shop, mei, world.now, Topic.SETTLEMENT)
    await send(world)
    _, button = mei.button("topic:mute:settlement")
    assert bare(button.label)


# Quiet hours


async def test_what_can_wait_comes_when_the_quiet_hours_are_over(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    world.clock.set(NIGHT)
    await queue(shop, mei, NIGHT, Topic.SETTLEMENT)
    assert await send(world) == 0
    world.clock.set(MORNING - timedelta(seconds=1))
    assert await send(world) == 0
    world.clock.set(MORNING)
    assert await send(world) == 1
    # And once only
    world.later(hours=1)
    assert await send(world) == 0


async def test_money_comes_at_once_muted_or_quiet(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    async with shop.store.write() as session:
        await prefer(
            session,
            Preference(
                person_id=(await person(shop, mei)).id,
                muted=[topic.value for topic in Topic],
                quiet_from=0,
                quiet_until=24 * 60 - 1,
            ),
        )
    world.clock.set(NIGHT)
    await queue(shop, mei, NIGHT, Topic.MONEY, NoticeKind.DEBT)
    assert await send(world) == 1


@pytest.mark.parametrize(
    ("zone", "comes_at"),
    [
        # The shop's clock in London, a choice of Shanghai (eight hours ahead: it is 07:30 there), New York
        (None, "2026-03-05T08:00"),
        ("Asia/Shanghai", "2026-03-05T00:00"),
        ("America/New_York", "2026-03-04T23:30"),
    ],
)
async def test_quiet_hours_go_by_the_persons_clock(
    world: World, shop: Shop, zone: str | None, comes_at: str
) -> None:
    mei = await joined(world, shop)
    async with shop.store.write() as session:
        await prefer(session, Preference(person_id=(await person(shop, mei)).id, zone=zone))
    comes = datetime.fromisoformat(comes_at).replace(tzinfo=UTC)
    world.clock.set(NIGHT)
    await queue(shop, mei, NIGHT, Topic.SETTLEMENT)
    if comes > NIGHT:
        assert await send(world) == 0
        world.clock.set(comes - timedelta(seconds=1))
        assert await send(world) == 0
    world.clock.set(comes)
    assert await send(world) == 1


async def test_in_the_hour_that_comes_twice_a_notice_does_not_run_in_circles(
    world: World, shop: Shop
) -> None:
    # Given quiet hours until half past one, and a quarter past one for the second time in London
    mei = await joined(world, shop)
    async with shop.store.write() as session:
        await prefer(
            session, Preference(person_id=(await person(shop, mei)).id, quiet_from=0, quiet_until=90)
        )
    world.clock.set(datetime(2026, 10, 25, 1, 15, tzinfo=UTC))
    await queue(shop, mei, world.now, Topic.SETTLEMENT)
    assert await send(world) == 1


async def test_quiet_hours_are_chosen_and_put_off(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await settings(mei)
    card = await go(mei, "🌙 Quiet hours", "What can wait is kept")
    assert "● 22:00–08:00" in labels(card)
    await mei.tap("21:00–09:00")
    await mei.waits(lambda message: "● 21:00–09:00" in labels(message))
    await mei.tap("No quiet hours")
    await mei.waits(lambda message: "● No quiet hours" in labels(message))
    chosen = await choices(shop, mei)
    assert (chosen.quiet_from, chosen.quiet_until) == (None, None)
    world.clock.set(NIGHT)
    await queue(shop, mei, NIGHT, Topic.SETTLEMENT)
    assert await send(world) == 1


@pytest.mark.parametrize(
    "hours", ["", "x", "1320", "1320-", "-480", "1440-0", "0-99999999999", "١-٢", "22:00-8:00"]
)
async def test_hours_that_are_none_change_nothing(world: World, shop: Shop, hours: str) -> None:
    mei = await joined(world, shop)
    assert (await mei.tap_data(mei.last.id, f"settings:hush:{hours}")).alert
    assert (await choices(shop, mei)).quiet_from == 22 * 60


# The clock


async def test_a_zone_is_chosen_typed_and_given_back(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await settings(mei)
    card = await go(mei, "🕒 Time zone", "Your quiet hours go by it")
    assert "● The shop's" in labels(card)
    await mei.tap("Asia/Tokyo")
    await mei.waits(lambda message: "● Asia/Tokyo" in labels(message))

    await mei.tap("Back")
    await mei.waits(lambda message: "🔔 Topics" in labels(message))
    assert "🕒 Time zone: Asia/Tokyo" in mei.last.body.text
    await go(mei, "🕒 Time zone", "Your quiet hours go by it")
    assert "🕒 Time zone: America/New_York" in (await mei.reply_to("new york")).body.text
    assert (await choices(shop, mei)).zone == "America/New_York"
    await go(mei, "🕒 Time zone", "Your quiet hours go by it")
    assert "🕒 Time zone: Asia/Shanghai" in (await mei.reply_to("上海")).body.text

    await go(mei, "🕒 Time zone", "Your quiet hours go by it")
    await mei.tap("The shop's")
    assert (await choices(shop, mei)).zone is None


async def test_a_zone_that_there_is_not_can_be_typed_again(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await mei.tap_data(mei.last.id, "settings:zone")
    await mei.sees("Your quiet hours go by it")
    for typed in ("GMT+8", "Atlantis", "<b>\u202eevil", "W" * 4000):
        refusal = await mei.reply_to(typed)
        assert "I know no time zone" in refusal.body.text
        assert "\u202e" not in refusal.body.text
    assert "Europe/Berlin" in (await mei.reply_to("Berlin")).body.text
    # And the question is over: the next text is one of any
    assert "I didn't understand that" in (await mei.reply_to("Berlin")).body.text


@pytest.mark.parametrize("zone", ["Atlantis", "", "shop ", "../UTC", "Etc/GMT+8"])
async def test_a_made_up_zone_on_a_button_changes_nothing(world: World, shop: Shop, zone: str) -> None:
    mei = await joined(world, shop)
    assert (await mei.tap_data(mei.last.id, f"settings:live:{zone}")).alert
    assert (await choices(shop, mei)).zone is None


# Language


async def test_a_choice_of_language_beats_the_clients_everywhere(world: World, shop: Shop) -> None:
    world.sandbox.inline_mode()
    mei = await joined(world, shop, language_code="zh-hans")
    await mei.tap_data(mei.last.id, f"settings:language:{Language.EN}")
    await mei.sees("Settings")
    # In replies, in what is shared, and in what is pushed
    assert "How it works" in (await mei.reply_to("/help")).body.text
    answer = await mei.chat_with(world.phone("Lee")).types("lamp")
    assert "Ad" in answer.results[0].body.text.splitlines()[-1]
    await queue(shop, mei, world.now, Topic.SETTLEMENT)
    await send(world)
    assert "available" in mei.last.body.text.lower()
    # And back, from that very card on
    await settings(mei)
    await go(mei, "中文", "设置")
    assert "How it works" not in (await mei.reply_to("/help")).body.text


# Several shops, and posters


async def test_the_switcher_is_there_for_whoever_belongs_to_several(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await settings(mei)
    assert "🔀 Other shop" not in labels(mei.last)
    other = await open_shop(shop.store, shop.now, currency="CNY", timezone="Asia/Shanghai")
    await mei.reply_to(f"/start {other.merchant.public_id}")
    await mei.tap(f"join:yes:{other.merchant.public_id}")
    await settings(mei)
    assert "Asia/Shanghai" in mei.last.body.text
    await go(mei, "🔀 Other shop", "Your shops")
    await go(mei, shop.merchant.name, "Available now: £0.00")
    await settings(mei)
    assert "Europe/London" in mei.last.body.text


async def test_each_notice_waits_by_the_clock_of_the_shop_that_it_comes_from(
    world: World, shop: Shop
) -> None:
    # Given somebody at a shop in London and at one in Shanghai, and half past eleven at night in London
    mei = await joined(world, shop)
    other = await open_shop(shop.store, shop.now, currency="CNY", timezone="Asia/Shanghai")
    await mei.reply_to(f"/start {other.merchant.public_id}")
    await mei.tap(f"join:yes:{other.merchant.public_id}")
    world.clock.set(NIGHT + timedelta(minutes=31))
    for each in (shop, other):
        await queue(each, mei, world.now, Topic.SETTLEMENT)
    # Then Shanghai's comes, where it is morning, and London's waits
    assert await send(world) == 1
    assert other.merchant.name in mei.last.body.text
    world.clock.set(MORNING)
    assert await send(world) == 1


async def test_how_i_show_on_posters_goes_round_and_a_doubled_tap_counts_once(
    world: World, shop: Shop
) -> None:
    mei = await joined(world, shop)
    await settings(mei)
    _, button = mei.button("🖼 Posters")
    for _ in range(2):
        assert (await mei.tap_data(mei.last.id, button.data or "")).text == "On my posters: picture only"
    assert (await choices(shop, mei)).name_shown is NameShown.AVATAR
    for shown in ("nothing of me", "name and picture"):
        assert (await mei.tap("🖼 Posters")).text == f"On my posters: {shown}"
        await mei.sees(f"On my posters: {shown}")
    assert (await mei.tap_data(mei.last.id, "settings:name:nonsense")).alert


async def test_settings_are_there_before_joining_any_shop(world: World) -> None:
    mei = world.phone("Mei")
    card = await mei.reply_to("/settings")
    assert "Time zone: the shop's" in card.body.text
    await go(mei, "🔔 Topics", "What may reach you by itself")
    assert (await mei.tap("News")).text == "📰 News of the shop: off"
