"""What the desk of the shop's people says about nothing, one, many, and what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards import distributors, goods, managing, product_desk, teams
from bot.cards.captions import CaptionFacts, caption_text
from bot.cards.card import Card, Tap
from bot.cards.product_desk import Wrong
from bot.gateway.fit import CAPTION_UNITS, plain, units
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.catalog.captions import CAPTION_CHARS, Tone
from models.catalog.products import ProductState
from models.money.ledger import AccountKind
from models.money.unreleased import Unreleased
from models.people.distributors import DistributorState
from tests.bot.cards.desk_gallery import seen, shop_desk, somebody, standing
from tests.bot.cards.gallery import NASTY, URL, ZONE, goods_page, product
from tests.bot.cards.growing import member, team_facts

EN, ZH = Voice(Language.EN), Voice(Language.ZH)


def words(card: Card) -> list[str]:
    text = plain(card.text).replace("\u2068", "").replace("\u2069", "")
    return [line for line in text.splitlines() if line]


def data(card: Card) -> list[str]:
    return [button.data for row in card.rows for button in row if isinstance(button, Tap)]


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (0, "0 products in the catalogue", "0"),
        (1, "1 product in the catalogue", "1"),
        (4000, "4,000 products in the catalogue", "4,000"),
    ],
)
def test_the_desk_counts_goods_and_templates(count: int, english: str, chinese: str) -> None:
    facts = shop_desk(shop="Lamps", products=count, templates=count)
    assert words(managing.shop_desk_card(facts, EN))[:2] == ["🏪 Lamps", english]
    assert chinese in words(managing.shop_desk_card(facts, ZH))[1]


def test_only_who_works_for_several_has_a_switcher() -> None:
    one, two = (shop_desk(shop="Lamps", shops=number) for number in (1, 2))
    assert "manage:shops" not in data(managing.shop_desk_card(one, EN))
    assert "manage:shops" in data(managing.shop_desk_card(two, EN))
    shops = [managing.Workplace("m_a", "A", is_current=True), managing.Workplace("m_b", "", is_current=False)]
    card = managing.workplaces_card(shops, EN)
    assert data(card)[:2] == ["manage:enter:m_a", "manage:enter:m_b"]
    assert card.rows[1][0].label == "○ a shop"


def test_a_products_fields_say_what_is_empty() -> None:
    bare = product(
        title="Lamp",
        sku="LAMP",
        price_minor=0,
        stock=None,
        list_price_minor=None,
        sale_ends_at=None,
        category=None,
        state=ProductState.HIDDEN,
    )
    card = product_desk.desk_card(product_desk.DeskFacts("GBP", ZONE, bare), EN)
    assert words(card) == [
        "📦 Lamp",
        "Number: LAMP",
        "💷 Price: £0.00",
        "🏷 Price before: —",
        "⏰ Price holds until: —",
        "📦 Stock: not counted",
        "🗂 Category: —",
        "🌐 Address: the shop's front page",
        "🖼 Picture: —",
        "🙈 Hidden: only you and your staff see it",
    ]
    assert any(each.endswith(":on") for each in data(card))


def test_a_search_that_finds_too_many_says_how_to_find_fewer() -> None:
    page = managing.DeskPage("GBP", (product(title="Lamp"),), 40, None, is_first=True, words="lamp")
    hint = "These are the best sellers of them; more words narrow it down."
    assert hint in words(managing.desk_goods_card(page, EN))
    assert hint not in words(managing.desk_goods_card(replace(page, total=1), EN))
    assert hint not in words(managing.desk_goods_card(replace(page, words="", next_after="1"), EN))


@pytest.mark.parametrize("wrong", list(Wrong))
def test_every_refusal_has_its_sentence_in_both_languages(wrong: Wrong) -> None:
    english, chinese = (product_desk.wrong_words(wrong, voice, ("shop.example",)) for voice in (EN, ZH))
    assert english.endswith(".")
    assert english != chinese
    assert "{" not in english + chinese


@pytest.mark.parametrize("voice", [EN, ZH])
@pytest.mark.parametrize("title", ["", NASTY, "👩‍👩‍👧‍👦" * 60, "W" * 500, "杯" * 500, "🎉" * 250])
def test_the_longest_caption_stands_under_a_picture_in_both_languages(voice: Voice, title: str) -> None:
    """600 characters at most, one of each place: with everything filled in it fits 1,024 units."""
    places = "{title}{price}{link}"
    written = places + "W" * (CAPTION_CHARS - len(places))
    facts = CaptionFacts("GBP", product(title=title), URL, "K7Q2ABCD", {Tone.WARM: written})
    for tone in Tone:
        said = caption_text(facts, tone, voice)
        assert units(said) <= CAPTION_UNITS
        assert URL in said
        assert said.endswith(f"\n#{voice.plain('Ad')}")


@pytest.mark.parametrize("voice", [EN, ZH])
def test_an_aisle_where_nothing_sold_says_so_and_leads_on(voice: Voice) -> None:
    card = goods.goods_card(goods_page(total=0, aisle=goods.Aisle.HOT, place="hot"), voice)
    assert "👉" in str(card.text)
    assert {"goods:all", "goods:new", "goods:ask", "home:open"} <= set(data(card))
    assert "goods:hot" not in data(card)


@pytest.mark.parametrize(("voice", "said"), [(EN, "somebody who left"), (ZH, "已退出的人")])
def test_a_sponsor_whose_data_was_deleted_is_somebody_who_left(voice: Voice, said: str) -> None:
    gone = somebody("", state=DistributorState.LEFT)
    [line] = [
        line
        for line in words(distributors.distributor_card(seen(standing=standing(sponsor=gone)), voice))
        if said in line
    ]
    assert "?" not in line
    assert said in words(distributors.confirm_sponsor_card(somebody("Mei"), gone, None, voice))[0]


@pytest.mark.parametrize(
    ("member_of", "said"),
    [
        ({"name": "", "has_left": True, "is_enrolled": False}, "1. Somebody who left"),
        ({"name": "", "is_enrolled": False}, "1. Somebody"),
        ({"name": "Mei", "has_left": True, "is_enrolled": False}, "1. Mei"),
    ],
    ids=["deleted", "nameless and suspended", "left by name"],
)
def test_a_member_who_left_is_called_so(member_of: dict[str, object], said: str) -> None:
    card = teams.team_card(team_facts(member(**member_of)), EN)
    assert said in words(card)


@pytest.mark.parametrize(
    ("available", "held", "said"),
    [
        (0, 0, ["🚪 已放弃：£0.00 · 已打款 £7.00"]),
        (250, 14308, ["🚪 已放弃：£145.58 · 已打款 £7.00"]),
        (-4398, 100, ["🚪 已放弃：£1.00 · 已打款 £7.00", "留在账上的欠款：£43.98"]),
    ],
)
def test_what_somebody_gave_up_who_left_is_not_said_to_be_owed(
    available: int, held: int, said: list[str]
) -> None:
    balances = dict.fromkeys(AccountKind, 0) | {
        AccountKind.AVAILABLE: available,
        AccountKind.HELD: held,
        AccountKind.PAID: 700,
    }
    gone = standing(who=somebody("", state=DistributorState.LEFT), balances=balances)
    card = distributors.distributor_card(seen(standing=gone), ZH)
    assert words(card)[-len(said) :] == said
    assert not any(word in str(card.text) for word in ("可提现", "冻结"))
    assert data(card) == ["distributor:find", "manage:open", "home:open"]
    unseen = distributors.distributor_card(seen(standing=gone, with_money=False), ZH)
    assert "£" not in str(unseen.text)


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        (
            EN,
            [
                "Available £0.00 · being paid £5.00 · paid £7.00",
                "In hold £106.06 · awaiting receipt £37.02 · under review £4.58",
            ],
        ),
        (
            ZH,
            [
                "可提现 £0.00 · 提现中 £5.00 · 已打款 £7.00",
                "冻结中 £106.06 · 待收货 £37.02 · 审核中 £4.58",
            ],
        ),
    ],
)
def test_each_balance_is_called_what_it_holds(voice: Voice, said: list[str]) -> None:
    balances = {
        AccountKind.HELD: 14766,
        AccountKind.AVAILABLE: 0,
        AccountKind.PAYING: 500,
        AccountKind.PAID: 700,
    }
    who = standing(who=somebody("Mei"), balances=balances, unreleased=Unreleased(10606, 3702, 458))
    assert words(distributors.distributor_card(seen(standing=who), voice))[-2:] == said
