"""A plan rehearsed in chat by the shop's people: from a preset, from a file, with a picture and everybody as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.state import Message
from models.people.staff import Role
from tests.builders import BASE_PLAN, Shop, line
from tests.journeys.test_staff_desk import hired
from tests.journeys.world import World, bare, go, labels, settled

PATIENCE = 60.0
DEARER = BASE_PLAN.replace("name: Base", "name: Dearer").replace('percent: "10"', 'percent: "15"')


async def february(shop: Shop) -> None:
    """Mei sold 100.00 in February, Bo (a leader) 20.00."""
    for name, price, level in (("mei", "100.00", None), ("bo", "20.00", "leader")):
        who = await shop.distributor(name, level=level)
        code = (await shop.link(who)).code
        await shop.tell(shop.paid(name, line(price=price), code=code, at=datetime(2026, 2, 9, tzinfo=UTC)))


async def test_a_plan_file_is_rehearsed_over_last_month(world: World, shop: Shop) -> None:
    await february(shop)
    olga = await hired(world, shop, Role.OPERATOR)
    await olga.tap_data(olga.last.id, "plan:rehearse")
    assert "Past orders are told again under another plan" in (await settled(world, olga)).body.text

    olga.send_document(DEARER.replace("percent", "percnt").encode(), "plan.yaml")
    refused = await olga.sees("That is no plan yet")
    assert "rates[0].percnt" in refused.body.text
    olga.send_document(DEARER.encode(), "plan.yaml")
    await olga.sees("Rehearse \u2068Dearer\u2069")

    message, button = olga.button("Last month")
    await olga.tap_data(message.id, button.data or "", timeout=PATIENCE)
    shown = await olga.waits(lambda each: isinstance(each.media, Photo), timeout=PATIENCE)
    text = bare(shown.body.text)
    assert "Feb 1, 2026 to Feb 28, 2026: 2 orders" in text
    # 15 % of 100.00 instead of 10 %, and 12 % of 20.00 as before
    assert "£17.40 (14.50%) instead of £12.40 (10.33%): +£5.00" in text
    assert "1 win, 🙁 0 lose, 1 stay the same" in text
    file = await olga.waits(lambda each: each.from_bot and isinstance(each.media, Document), timeout=PATIENCE)
    assert rows(file)["mei"]["Change"] == "5.00"
    assert rows(file)["bo"]["Rehearsed"] == "2.40"
    assert [rows(file)[name]["Level rehearsed"] for name in ("mei", "bo")] == ["Promoter", "Leader"]


async def test_from_the_report_one_is_back_at_the_draft_and_whoever_may_not_publish_is_not_led_there(
    world: World, shop: Shop
) -> None:
    await february(shop)
    owner, olga = await hired(world, shop, Role.OWNER), await hired(world, shop, Role.OPERATOR)
    await owner.tap_data(owner.last.id, "plan:send")
    await settled(world, owner)
    later = DEARER.replace("2010-12-01", "2027-01-01")
    owner.send_document(later.encode(), "plan.yaml")
    await owner.waits(lambda each: any(label.startswith("🎭") for label in labels(each)))
    await go(owner, "Rehearse it", "Over which orders?")
    message, button = owner.button("Last month")
    await owner.tap_data(message.id, button.data or "", timeout=PATIENCE)
    await owner.waits(lambda each: "📄 Back to the draft" in labels(each), timeout=PATIENCE)
    message, back = owner.button("Back to the draft")
    await owner.tap_data(message.id, back.data or "", timeout=PATIENCE)
    await owner.waits(
        lambda each: each.id >= message.id and "🎭 Rehearse it" in labels(each), timeout=PATIENCE
    )

    await olga.tap_data(olga.last.id, "plan:rehearse")
    await settled(world, olga)
    olga.send_document(DEARER.encode(), "plan.yaml")
    await olga.sees("Over which orders?")
    message, button = olga.button("Last month")
    await olga.tap_data(message.id, button.data or "", timeout=PATIENCE)
    shown = await olga.waits(lambda each: isinstance(each.media, Photo), timeout=PATIENCE)
    assert labels(shown) == ["🎭 Another rehearsal", "🏠 Home"]


def rows(message: Message) -> dict[str, dict[str, str]]:
    assert isinstance(message.media, Document)
    read = csv.DictReader(io.StringIO(message.media.content.decode("utf-8-sig")))
    return {row["Distributor"]: row for row in read}


async def test_a_preset_over_time_without_orders_says_so(world: World, shop: Shop) -> None:
    olga = await hired(world, shop, Role.OWNER)
    await olga.tap_data(olga.last.id, "plan:rehearse")
    await settled(world, olga)
    await go(olga, "Preset Simple", "Over which orders?")
    await go(olga, "Everything", "There is nothing to compare with")


@pytest.mark.parametrize("data", ["plan:rehearse", "plan:span:p:simple", "plan:play:p:simple:month"])
async def test_who_may_not_rehearse_is_told_so(world: World, shop: Shop, data: str) -> None:
    viewer = await hired(world, shop, Role.VIEWER)
    answer = await viewer.tap_data(viewer.last.id, data)
    assert answer.alert
    assert "owner" in answer.text


@pytest.mark.parametrize(
    "data",
    [
        "plan:span:x",
        "plan:span:v:99",
        "plan:span:d:1",
        "plan:span:p:gone",
        "plan:play:p:simple:week",
        "plan:play:",
    ],
)
async def test_old_and_made_up_buttons_find_nothing(world: World, shop: Shop, data: str) -> None:
    olga = await hired(world, shop)
    before = labels(olga.last)
    answer = await olga.tap_data(olga.last.id, data)
    assert (answer.text, answer.alert) == ("That is not yours or no longer there.", True)
    assert labels(olga.last) == before
