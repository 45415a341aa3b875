"""The first sale as a person lives it: invited, sharing, told, paid attention to."""

from __future__ import annotations

from bot.sandbox.chat.files import Photo
from tests.builders import Shop, line
from tests.journeys.world import ADDRESS, World, bare, copied, decoded, go, labels, settled


async def test_from_an_invitation_to_the_reason_of_each_cent(world: World, shop: Shop) -> None:
    # Given a distributor who invites a friend
    anna = await shop.distributor("anna")
    mei = world.phone("Mei")

    # When the friend opens the link, she reads who invites her, to what, and under which plan
    mei.open(f"https://t.me/{world.sandbox.bot.username}?start=j_{anna.invite_code}")
    card = await mei.sees("invites you to promote")
    assert isinstance(card.media, Photo)
    text = bare(card.body.text)
    assert text.startswith(f"👋 anna invites you to promote {shop.merchant.name}.")
    assert "You earn 10% – 15% of what buyers pay" in text
    assert "£0.30 apiece" in text
    assert "7 days after the buyer has the goods" in text

    # And joins: home takes the place of the plan's picture
    assert bare((await mei.tap("Join")).text) == f"Welcome to {shop.merchant.name}!"
    home = await mei.sees("Available now: £0.00")
    await settled(world, mei)
    assert card.id not in {message.id for message in mei.messages}
    assert "Today, Mar 4, 2026 (estimate): ≈\xa0£0.00" in home.body.text
    assert "Level: Promoter" in home.body.text

    # When she looks at a product, she sees what she earns on it, and copies her link
    await go(mei, "Goods", "2 products")
    product = await go(mei, "Product LAMP", "You earn ≈\xa0£2.99 (15% of the price)")
    link = copied(product)
    assert link.startswith(f"{ADDRESS}/r/")
    assert link in product.body.text
    assert product.id == home.id

    # And asks for a poster, which another program can read
    assert (await mei.tap("Poster")).text == "⏳ Making your poster…"
    poster = await mei.waits(lambda message: message.from_bot and message.media is not None)
    poster_link = decoded(poster)
    assert poster_link.startswith(f"{ADDRESS}/r/")
    assert poster_link != link
    assert poster_link.removeprefix(f"{ADDRESS}/r/") in poster.body.text

    # When somebody buys by the poster
    code = poster_link.rpartition("/")[2]
    await shop.tell(shop.paid("549000", line("1", "LAMP", quantity=3, price="19.99"), code=code))

    # Then her earnings show it, apart from what can be withdrawn
    await go(mei, "Home", "Share one more product")
    earnings = await go(mei, "💰 Earnings", "Awaiting receipt")
    assert "🚚 Awaiting receipt: £8.99, from about Mar 14, 2026" in earnings.body.text
    assert "Earned today ≈\xa0£8.99, this month ≈\xa0£8.99" in earnings.body.text
    assert "Greenwich Mean Time" in earnings.body.text

    # And the entries name order, product, channel, state and date
    entries = await go(mei, "🧾 Entries", "549000")
    assert bare(entries.body.text).splitlines()[2:5] == [
        "1. Product LAMP",
        "549000 · Poster · Mar 4, 2026",
        "£8.99 · 🚚 Awaiting receipt, about Mar 14, 2026",
    ]

    # And the order tells its story
    story = await go(mei, "Product LAMP", "Left for you")
    assert "💳 Paid · Mar 4, 2026, 09:30 Greenwich Mean Time · +£8.99" in story.body.text
    assert "It is yours because the order carried your code (Poster)." in story.body.text

    # And why it is this amount
    why = await go(mei, "Why this amount", "rounded down")
    assert "15% of £59.97 (3 × £19.99), rounded down: £8.99" in bare(why.body.text)
    assert "By the rate for category lights, plan version 1, your level then: Promoter" in bare(why.body.text)

    # When she prefers Chinese, everything is Chinese from that tap on
    await go(mei, "Home", "Share one more product")
    await go(mei, "⚙️ Settings", "Quiet hours")
    assert (await mei.tap("中文")).text == "已切换为中文。"
    settings = await mei.sees("免打扰时段")
    assert "● 中文" in labels(settings)
    await go(mei, "返回", "今日预估")
    mine = await go(mei, "💰 收益", "待收货")
    assert "待收货：£8.99" in mine.body.text
    assert "格林尼治标准时间" in mine.body.text
    assert mine.media is None  # words take the place of the plan's picture
