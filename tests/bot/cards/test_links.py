"""What the cards of links say about nothing, one, many, and below zero."""

from __future__ import annotations

import pytest

from bot.cards import links
from bot.cards.card import Card, Tap
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.funnel.links import Channel, Link, LinkState
from models.money.link_figures import Figures, LinkRow
from tests.bot.cards.gallery import AT, URL, ZONE

EN, ZH = Voice(Language.EN), Voice(Language.ZH)
ONE = Figures(1, 1, 1, 1, 1, 100)
MANY = Figures(1284, 12_840, 3000, 1200, 999, 1_234_567)
BELOW = Figures(0, 3, 2, 0, 1, -250)


def row(
    figures: Figures, *, name: str = "", state: LinkState = LinkState.ACTIVE, shop: bool = False
) -> LinkRow:
    link = Link(
        id=7,
        merchant_id=1,
        distributor_id=1,
        sku="" if shop else "LAMP",
        channel=Channel.POSTER,
        name=name,
        state=state,
        code="K7Q2ABCD",
        created_at=AT,
    )
    return LinkRow(link, None if shop else "Lamp", figures)


def words(card: Card) -> list[str]:
    text = plain(card.text).replace("\u2068", "").replace("\u2069", "")
    return [line for line in text.splitlines() if line]


def data(card: Card) -> list[str]:
    return [button.data for each in card.rows for button in each if isinstance(button, Tap)]


def one(figures: Figures, voice: Voice, **traits: object) -> list[str]:
    facts = links.LinkFacts("GBP", ZONE, row(figures, **traits), URL, 9, AT)  # type: ignore[arg-type]
    return words(links.link_card(facts, voice))


@pytest.mark.parametrize(
    ("figures", "english", "chinese"),
    [
        (
            Figures(),
            [
                "👆 0 clicks (0 visits)",
                "🛒 Put into a cart 0 times",
                "📦 0 orders",
                "📈 Orders from visits: —",
            ],
            ["👆 0 次点击（0 次访问）", "🛒 加购 0 次", "📦 0 单", "—"],
        ),
        (
            ONE,
            [
                "👁 Shared as a card 1 time",
                "👆 1 click (1 visit)",
                "🛒 Put into a cart 1 time",
                "📦 1 order",
                "100.0%",
            ],
            ["1 次", "100.0%", "£1.00"],
        ),
        (
            MANY,
            ["1,284 times", "12,840 clicks (3,000 visits)", "999 orders", "33.3%", "£12,345.67"],
            ["1,284 次", "12,840 次", "33.3%", "£12,345.67"],
        ),
        (BELOW, ["50.0%", "Earned (estimate, refunds taken off): -£2.50"], ["50.0%", "-£2.50"]),
    ],
)
def test_a_link_tells_each_step(figures: Figures, english: list[str], chinese: list[str]) -> None:
    for voice, said in ((EN, english), (ZH, chinese)):
        lines = one(figures, voice)
        for each in said:
            assert any(each in line for line in lines), (each, lines)
    assert any("Shared as a card" in line for line in one(figures, EN)) is (figures.shown > 0)


def test_a_paused_link_says_so_and_can_be_taken_up() -> None:
    facts = links.LinkFacts("GBP", ZONE, row(ONE, state=LinkState.PAUSED), URL, None, AT)
    card = links.link_card(facts, EN)
    assert words(card)[:2] == ["🔗 Lamp", "Poster · ⏸ paused"]
    assert (
        "⏸ Paused: it still brings buyers to the shop, but counts nothing and earns nothing for you."
        in words(card)
    )
    assert "link:resume:7" in data(card)
    assert "link:pause:7" not in data(card)
    # And a product that has gone has no button
    assert not any(each.startswith("goods:show") for each in data(card))
    assert "⏸ 已暂停" in " ".join(words(links.link_card(facts, ZH)))


def test_lists_name_links_by_what_their_owner_calls_them() -> None:
    rows = (row(Figures()), row(ONE, name="Reading group"), row(BELOW, shop=True))
    card = links.links_card(links.LinksFacts("GBP", rows, 5, is_first=False), EN)
    assert words(card)[1:] == [
        "1. Lamp",
        "Poster",
        "0 clicks · 0 orders · £0.00",
        "2. Lamp",
        "Poster · Reading group",
        "1 click · 1 order · £1.00",
        "3. The whole shop",
        "Poster",
        "3 clicks · 1 order · -£2.50",
    ]
    assert {"link:open", "link:after:5"} <= set(data(card))


def test_channels_are_summed_the_best_first() -> None:
    card = links.channels_card(
        {Channel.COPIED: BELOW, Channel.POSTER: MANY, Channel.INLINE: Figures()}, "GBP", EN
    )
    lines = words(card)
    heads = [lines.index(each) for each in ("Poster", "Shared card", "Copied link", "Together")]
    assert heads == sorted(heads)
    assert lines[-1] == "12,843 clicks · 1,000 orders · £12,343.17"
    # One alone needs no sum
    assert "Together" not in words(links.channels_card({Channel.COPIED: ONE}, "GBP", EN))


@pytest.mark.parametrize("voice", [EN, ZH])
def test_nothing_yet_names_the_next_action(voice: Voice) -> None:
    empty = links.links_card(links.LinksFacts("GBP", (), None, is_first=True), voice)
    assert "👉" in str(empty.text)
    assert "goods:open" in data(empty)
    assert "👉" in str(links.channels_card({}, "GBP", voice).text)
