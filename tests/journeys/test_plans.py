"""Plans in chat: the rules with their picture, new terms that are told and read, and the shop's desk for plans."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from models.people.permissions import Act
from models.people.staff import Role
from models.plans.drafts import PlanDraft
from models.plans.reading import read_plan
from models.plans.terms import TermsRead
from models.plans.versions import PlanBook
from models.store.audit import audit_of
from models.store.sql import table_of
from tests.builders import BASE_PLAN, Shop, line
from tests.journeys.test_staff_desk import hired, not_for
from tests.journeys.world import World, bare, go, joined, labels, open_by, say, settled

DAY = timedelta(days=1)
TEAM = BASE_PLAN.replace('- {percent: "10"}', '- {percent: "10"}\n  - {level: partner, percent: "12"}') + (
    "team: {depth: 2, percents: ['3', '2']}\n"
)
"""Warns of its depth, and of the goods that this shop does not sell."""


def starting(world: World, text: str, days: int = 1) -> str:
    return text.replace("2010-12-01T00:00:00Z", (world.now + days * DAY).isoformat())


async def versions(shop: Shop) -> list[int]:
    async with shop.store.read() as session:
        return [plan.version for plan in (await PlanBook.open(session, shop.merchant.id)).all()]


async def sent_file(world: World, phone: Phone, content: bytes, name: str = "plan.yaml") -> Message:
    phone.send_document(content, name)
    return await settled(world, phone)


async def sold(shop: Shop) -> None:
    await shop.tell(shop.paid("o1", line(), at=shop.now - DAY))


async def test_the_rules_come_with_a_picture_that_is_sent_once_for_all_of_a_level(
    world: World, shop: Shop
) -> None:
    mei, lee = await joined(world, shop), await joined(world, shop, "Lee")
    card = await open_by(world, mei, "Rules")
    uploads = world.requests("sendPhoto")

    assert isinstance(card.media, Photo)
    text = bare(card.body.text)
    assert text.startswith(f"📜 Rules at {shop.merchant.name}\n\nYou earn 10% – 15% of what buyers pay")
    assert "• Your own purchases are looked at by the shop first." in text
    assert "• What lowers your pay is announced 7 days ahead." in text
    assert labels(card) == ["🏅 Level", "💰 Earnings", "🏠 Home"]

    again = await open_by(world, lee, "Rules")
    assert isinstance(again.media, Photo)
    assert world.requests("sendPhoto") == uploads + 1
    assert again.media.content == card.media.content


async def test_new_terms_are_told_and_whoever_reads_them_is_written_down_once(
    world: World, shop: Shop
) -> None:
    mei = await joined(world, shop)
    await sold(shop)
    await shop.plan(starting(world, BASE_PLAN.replace('- {percent: "10"}', '- {percent: "9"}')))
    await world.drain()

    card = mei.last
    text = bare(card.body.text)
    assert text.startswith(f"📜 New terms at {shop.merchant.name}")
    assert "They hold for orders paid from Mar 11, 2026, 09:30 Greenwich Mean Time on." in text
    assert "🔻 You earn: 10% → 9%" in text
    assert "You are told 7 days ahead." in text
    for _ in range(2):
        assert (await mei.tap_data(card.id, button_data(card, "Got it"))).text == "Noted."
        world.later(hours=1)
    read = await mei.sees("You read this on Mar 4, 2026.")

    assert read.id == card.id
    assert "✅ Got it" not in labels(read)
    async with shop.store.read() as session:
        rows = (await session.execute(select(table_of(TermsRead)))).all()
    assert len(rows) == 1
    # And the rules announce what comes, for the old terms hold until then
    rules = await open_by(world, mei, "Rules")
    assert "📅 New terms hold from Mar 11, 2026 on." in bare(rules.body.text)
    changes = await open_by(world, mei, "What changes")
    assert "You read this on" in changes.body.text


@pytest.mark.parametrize(
    ("language_code", "earns", "said"),
    [
        ("en", "You earn 10% – 15%", "📅 New terms hold from Mar 11, 2026 on."),
        ("zh-hans", "10% – 15% 归你", "📅 新规则自 2026年3月11日起生效。"),
    ],
)
async def test_who_is_invited_after_lower_terms_were_published_is_told_when_they_begin(
    world: World, shop: Shop, language_code: str, earns: str, said: str
) -> None:
    """A version that changes nothing is no news; one that lowers is told beside what holds until then."""
    await joined(world, shop)
    await sold(shop)
    await shop.plan(starting(world, BASE_PLAN.replace("name: ", "name: New ", 1), days=2))
    lee, ann = (world.phone(name, language_code=language_code) for name in ("Lee", "Ann"))
    lee.write(f"/start {shop.merchant.public_id}")
    same = await lee.waits(lambda message: earns in bare(message.body.text))
    assert "📅" not in bare(same.body.text)

    await shop.plan(starting(world, BASE_PLAN.replace('- {percent: "10"}', '- {percent: "9"}')))
    ann.write(f"/start {shop.merchant.public_id}")

    lower = await ann.waits(lambda message: earns in bare(message.body.text))
    assert said in bare(lower.body.text)


async def test_who_opens_new_terms_from_the_rules_has_opened_them(world: World, shop: Shop) -> None:
    """Given Mei never tapped on the message, when she opens the same card from the rules twice, then once is kept."""
    mei = await joined(world, shop)
    await sold(shop)
    await shop.plan(starting(world, BASE_PLAN.replace('- {percent: "10"}', '- {percent: "9"}')))
    await world.drain()
    told = mei.last
    await say(world, mei, "/earn")
    for _ in range(2):
        await open_by(world, mei, "Rules")
        shown = await open_by(world, mei, "What changes")
        assert "🔻 You earn: 10% → 9%" in bare(shown.body.text)
        assert "You read this on Mar 4, 2026." in shown.body.text
        assert "✅ Got it" not in labels(shown)
        world.later(hours=1)

    async with shop.store.read() as session:
        [row] = (await session.execute(select(table_of(TermsRead)))).all()
    assert row.read_at == world.now - timedelta(hours=2)
    # The button of the message from then is no error
    assert (await mei.tap_data(told.id, button_data(told, "Got it"))).text == "Noted."


MANY = BASE_PLAN.replace(
    '- {percent: "10"}',
    '- {percent: "9"}'
    + "".join(f'\n  - {{category: kind{n:02}, percent: "{n}"}}' for n in range(1, 9))
    + "".join(f'\n  - {{level: leader, category: kind{n:02}, percent: "{n}"}}' for n in range(1, 9)),
)
"""Changes more than a card has room for."""


async def test_everything_that_terms_change_can_be_seen_before_they_are_read(
    world: World, shop: Shop
) -> None:
    mei = await joined(world, shop)
    await sold(shop)
    await shop.plan(starting(world, MANY))
    await world.drain()
    card = mei.last
    count = await _seen_page_by_page(world, mei, card)
    assert f"🔍 All changes ({count})" in labels(card)
    back = await open_by(world, mei, "◀ Back")
    assert "✅ Got it" in labels(back)
    [button] = [label for label in labels(back) if label.startswith("🔍 All changes")]
    assert button == f"🔍 All changes ({count})"
    for data in ("terms:all:7:0", "terms:all::", "terms:all:x", f"{button_data(back, 'All changes')}x"):
        answer = await mei.tap_data(back.id, data)
        assert answer.text == "That is not yours or no longer there."
    last = await mei.tap_data(back.id, button_data(back, "All changes").removesuffix("0") + "999")
    assert last.text == ""
    await mei.sees("page 2 of 2")


async def test_everything_that_a_draft_changes_can_be_seen(world: World, shop: Shop) -> None:
    await joined(world, shop)
    await sold(shop)
    olga = await hired(world, shop)
    await say(world, olga, "/manage")
    await go(olga, "📐 Plan", "Commission plan")
    await go(olga, "Send a file", "Nothing is published before you confirm")
    draft = await sent_file(world, olga, starting(world, MANY).encode())
    assert "… and" in draft.body.text
    await _seen_page_by_page(world, olga, draft)
    back = await open_by(world, olga, "◀ Back")
    assert "🎭 Rehearse it" in labels(back)


async def _seen_page_by_page(world: World, phone: Phone, card: Message) -> int:
    """Everything that changes, each once; how much it is."""
    assert "kind08" not in (card.body.text.partition("What changes")[2] or card.body.text)
    first = await open_by(world, phone, "All changes")
    assert "page 1 of 2" in first.body.text
    assert "◀ Page before" not in labels(first)
    told = bare(first.body.text).splitlines()[1:]
    second = await open_by(world, phone, "Next ▶")
    assert "Next ▶" not in labels(second)
    told += bare(second.body.text).splitlines()[1:]
    assert len(set(told)) == len(told)
    assert sum("kind08" in line for line in told) == 2
    assert "page 1 of 2" in (await open_by(world, phone, "◀ Page before")).body.text
    return len(told)


def button_data(message: Message, label: str) -> str:
    rows = message.keyboard.rows if message.keyboard else ()
    return next(str(button.data) for row in rows for button in row if label in button.label)


async def test_a_stranger_reads_nothing_for_others(world: World, shop: Shop) -> None:
    await joined(world, shop)
    await shop.plan(starting(world, BASE_PLAN.replace('- {percent: "10"}', '- {percent: "11"}')))
    eve = world.phone("Eve")
    card = await eve.reply_to("/start")
    async with shop.store.read() as session:
        latest = (await PlanBook.open(session, shop.merchant.id)).latest
    assert latest is not None

    for data in (f"terms:read:{latest.id}", "terms:read:7", "terms:show:x", "plan:rules"):
        await eve.tap_data(card.id, data)

    async with shop.store.read() as session:
        assert (await session.execute(select(table_of(TermsRead)))).all() == []


async def test_a_plan_is_sent_looked_through_confirmed_and_published(world: World, shop: Shop) -> None:
    await joined(world, shop)
    await sold(shop)
    olga = await hired(world, shop)
    await say(world, olga, "/manage")
    desk = await go(olga, "📐 Plan", "Commission plan")
    assert "Now: Base, version 1" in bare(desk.body.text)
    await go(olga, "Send a file", "Nothing is published before you confirm")

    # A broken file is refused line by line, and another one is waited for
    broken = await sent_file(world, olga, TEAM.replace("hold_days: 7", "hold_days: soon").encode())
    assert "line 5, settlement.hold_days: this is no whole number; write one such as 30" in bare(
        broken.body.text
    )
    draft = await sent_file(world, olga, starting(world, TEAM).encode())
    text = bare(draft.body.text)
    assert "📄 Base\nStarts Mar 5, 2026, 09:30" in text
    assert "⚠️ Two steps up, line 16, team.depth: rewards reach two steps up" in text
    assert "🔺 Of what your members sell you earn: nothing → 3%" in text
    assert "📣 Publish …" not in labels(draft)

    # Each warning is accepted by its name, then it is asked once more
    for name in ("Two steps up", "Unknown goods"):
        card = await open_by(world, olga, f"☐ Accept: {name}")
        assert f"✅ {name}, line" in bare(card.body.text)
    assert "⚠️" not in card.body.text
    sure = await go(olga, "📣 Publish …", "A published version never changes.")
    assert labels(sure)[:2] == ["◀ Not yet", "📣 Publish"]
    published = await open_by(world, olga, "📣 Publish")
    assert "is published as version 2. It holds from Mar 5, 2026" in bare(published.body.text)
    assert "1 distributor is being told." in bare(published.body.text)

    # A doubled tap publishes nothing more and shows the desk
    again = await olga.tap_data(published.id, button_data(sure, "📣 Publish"))
    assert again.text == "That plan is no longer in draft."
    assert await versions(shop) == [1, 2]
    desk = await olga.sees("Next: ")
    assert "Terms read by 0 of 1" in bare(desk.body.text)
    async with shop.store.read() as session:
        [entry] = await audit_of(session, shop.merchant.id, "plan 2")
    assert entry.actor.startswith("person ")


async def test_what_lowers_says_that_it_waits(world: World, shop: Shop) -> None:
    await joined(world, shop)
    await sold(shop)
    olga = await hired(world, shop)
    await say(world, olga, "/manage")
    await go(olga, "📐 Plan", "Commission plan")
    await go(olga, "Send a file", "Nothing is published")

    draft = await say(
        world, olga, starting(world, BASE_PLAN.replace('- {percent: "10"}', '- {percent: "9"}'))
    )

    assert "it waits for the notice period and starts Mar 11, 2026, 09:30" in bare(draft.body.text)
    assert "🔻 You earn: 10% → 9%" in bare(draft.body.text)


async def test_a_preset_is_seen_and_published(world: World, shop: Shop) -> None:
    olga = await hired(world, shop, language_code="zh-hans")
    await say(world, olga, "/manage")
    await go(olga, "📐", "当前：")
    await go(olga, "模板", "可选模板")
    shown = await open_by(world, olga, "简单")

    assert isinstance(shown.media, Photo)
    assert "买家通过你的链接实付货款的 15% 归你" in shown.body.text
    await go(olga, "📣 发布…", "发布后的版本不可更改")
    await open_by(world, olga, "📣 发布")
    assert await versions(shop) == [1, 2]
    pictured = await open_by(world, olga, "返回")
    assert "接下来：" in pictured.body.text


async def test_a_preset_that_lowers_keeps_its_two_weeks_of_boost_and_speaks_the_shops_language(
    world: World, shop: Shop
) -> None:
    await joined(world, shop)
    await sold(shop)
    olga = await hired(world, shop, language_code="zh-hans")
    await say(world, olga, "/manage")
    await go(olga, "📐", "当前：")
    await go(olga, "模板", "可选模板")
    await open_by(world, olga, "清仓")
    draft = await open_by(world, olga, "提醒与变化")

    text = bare(draft.body.text)
    assert "清仓" in text
    assert "Clearance" not in text
    assert "通知期" not in text
    async with shop.store.read() as session:
        kept = (await session.execute(select(table_of(PlanDraft)))).one()
    plan = read_plan(kept.text, "GBP")
    assert plan.starts_at >= world.now + 7 * DAY
    assert plan.boosts[0].starts == plan.starts_at
    assert plan.boosts[0].ends - plan.boosts[0].starts == 14 * DAY


@pytest.mark.parametrize(
    ("role", "sees", "publishes"),
    [(Role.OPERATOR, True, False), (Role.FINANCE, True, False), (Role.VIEWER, False, False)],
)
async def test_who_may_see_and_who_may_publish(
    world: World, shop: Shop, role: Role, *, sees: bool, publishes: bool
) -> None:
    phone = await hired(world, shop, role)
    card = await say(world, phone, "/manage")

    answer = await phone.tap_data(card.id, "plan:desk")
    desk = await settled(world, phone)
    assert (answer.text == not_for(Act.REHEARSE_PLAN)) is not sees
    assert ("📤 Send a file" in labels(desk)) is publishes
    for data in (
        "plan:send",
        "plan:presets",
        "plan:preset:simple",
        "plan:publish:1",
        "plan:accept:1:no_hold",
    ):
        assert (await phone.tap_data(phone.last.id, data)).text == not_for(Act.PUBLISH_PLAN)
    assert await versions(shop) == [1]


async def test_old_and_strange_buttons_change_nothing(world: World, shop: Shop) -> None:
    olga = await hired(world, shop)
    card = await say(world, olga, "/manage")

    for data in (
        *("plan:publish:7", "plan:publish:x", "plan:confirm:", "plan:accept:7:nothing", "plan:accept::"),
        *(
            "plan:show:99",
            "plan:show:x",
            "plan:readers:0",
            "plan:preset:pyramid",
            "plan:draft:1",
            "plan:look:1",
        ),
    ):
        await olga.tap_data(card.id, data)
        card = await settled(world, olga)

    assert await versions(shop) == [1]
