"""What was done by hand, read in chat by two owners: each in their language, and nobody meets a key or a code word."""

from __future__ import annotations

import re

from bot.sandbox.chat.phone import Phone
from models.people.distributors import enrolment
from models.people.persons import person_in_chat
from models.plans.versions import PlanBook
from tests.builders import Shop
from tests.journeys.test_plans import button_data, sent_file, starting
from tests.journeys.test_staff_desk import hired, tapped
from tests.journeys.world import World, bare, go, joined, labels, open_by, say
from tests.models.money.cases.people import look, ring, the_case
from tests.models.payouts import PLAN, Till

RANKS = PLAN.replace(
    "en: Promoter}}]", "en: Promoter}}, {key: star_seller, title: {zh: 明星, en: Star}}]"
).replace("2010-12-01", "2010-12-02")


async def read(world: World, phone: Phone) -> str:
    """Every page, one after the other."""
    await say(world, phone, "/manage")
    card = await tapped(world, phone, "audit:open")
    text = bare(card.body.text)
    while any(label.endswith("▶") for label in labels(card)):
        card = await tapped(world, phone, button_data(card, "▶"))
        text += "\n" + bare(card.body.text)
    return text


async def plan_published(world: World, phone: Phone, text: str) -> None:
    await say(world, phone, "/manage")
    await go(phone, "📐 Plan", "Commission plan")
    await go(phone, "Send a file", "Nothing is published before you confirm")
    card = await sent_file(world, phone, text.encode())
    while (label := next((each for each in labels(card) if each.startswith("☐ Accept")), None)) is not None:
        card = await open_by(world, phone, label)
    await go(phone, "📣 Publish …", "A published version never changes.")
    await open_by(world, phone, "📣 Publish")


async def test_two_owners_read_what_they_did_each_in_their_language(world: World, shop: Shop) -> None:
    # Given a shop with a distributor whose orders look bad, and with two owners
    await shop.plan(RANKS)
    fang = await joined(world, shop, "王芳", language_code="zh-hans")
    ting = await hired(world, shop, phone=world.phone("周婷", language_code="zh-hans"))
    gang = await hired(world, shop, phone=world.phone("吴刚", language_code="en"))
    async with shop.store.read() as session:
        person = await person_in_chat(session, fang.id)
        assert person is not None
        seller = await enrolment(session, shop.merchant.id, person.id)
        plan = (await PlanBook.open(session, shop.merchant.id)).in_force(world.now)
    assert seller is not None
    assert plan is not None
    await ring(shop, seller)
    await look(shop, world.now)
    case = await the_case(shop)

    # When they decide by hand all that an owner decides
    await tapped(world, ting, f"case:do:{case.id}:{case.turn}:suspend")
    await tapped(world, ting, f"case:undo:{case.id}:{case.turn + 1}")
    await tapped(world, ting, f"case:do:{case.id}:{case.turn + 2}:clear")
    await tapped(world, gang, f"distributor:give:{seller.id}:{plan.version}:1:1")
    till = Till(shop, seller, (await shop.link(seller)).code, world.now)
    await till.earn(100)
    await tapped(world, fang, "account:ask:bank")
    await say(world, fang, "王芳\n工商银行\n12345678")
    one = await till.ask(2000)
    await tapped(world, ting, f"payout:approve:{one.id}")
    await tapped(world, gang, f"payout:claim:{one.id}")
    await tapped(world, gang, f"payout:ask:{one.id}")
    await say(world, gang, "20260304")
    await plan_published(world, gang, starting(world, PLAN.replace("name: Payouts", "name: 春季")))

    # Then each reads all of it in their own language
    english, chinese = await read(world, gang), await read(world, ting)
    who, paid = f"王芳 ({seller.external_id})", f"withdrawal {one.reference} of 王芳 ({seller.external_id})"
    for sentence in (
        f"Tuike itself put the commissions of {who} on hold\n⏸ On hold · evidence: one address, too quick",
        f"周婷 suspended {who}\n⏸ On hold → ⛔ Suspended · under review: £6.00",
        f"周婷 took back the decision on the case of {who}\n⛔ Suspended → ⏸ On hold",
        f"周婷 cleared the case of {who}\n⏸ On hold → ✅ Cleared · under review: £6.00",
        f"吴刚 set the level of {who}\n— → Star 📌 pinned",
        f"王芳 set the payout account of {who}\n工商银行 •••• 5678",
        f"周婷 approved {paid}\n£20.00 · 🕓 Requested → 👍 Approved",
        f"吴刚 took {paid} in hand, to pay it\n£20.00 · 👍 Approved → 💸 Being paid",
        f"吴刚 looked at the whole payout account for {paid}\n£20.00",
        f"吴刚 said that {paid} is paid\n£20.00 · 💸 Being paid → ✅ Paid out\nPayment number: 20260304",
        "吴刚 published version 3 of the plan, “春季”\nfrom 2026-03-",
        "the command line made an invitation to the staff\nowner",
        "周婷 joined the staff by an invitation\nowner",
    ):
        assert sentence in english
    who, paid = f"王芳（{seller.external_id}）", f"王芳（{seller.external_id}）的提现 {one.reference}"
    for sentence in (
        f"系统 暂缓了 {who}的佣金结算\n⏸ 暂缓结算 · 证据：同一网络地址、下单过快",
        f"周婷 排除了 {who}的嫌疑\n⏸ 暂缓结算 → ✅ 已排除 · 审核中的佣金：£6.00",
        f"吴刚 设置了 {who}的等级\n— → 明星 📌 锁定",
        f"周婷 批准了 {paid}\n£20.00 · 🕓 已申请 → 👍 已批准",
        f"吴刚 确认 {paid} 已打款\n£20.00 · 💸 打款中 → ✅ 已打款\n付款流水号：20260304",
        "吴刚 发布了方案第 3 版「春季」\n自 2026-03-",
        "命令行 发出了员工邀请\n店主",
    ):
        assert sentence in chinese

    # And neither a key, nor a code word; in Chinese no English
    for text in (english, chinese):
        assert not re.search(r"\d{9,}|[a-z]+_[a-z]+", text)
        assert "12345678" not in text
    words = chinese.replace(seller.external_id, "").replace(one.reference, "")
    assert re.findall("[A-Za-z]{2,}", words) == []
