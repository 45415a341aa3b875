"""The buyer's card: price, deadline, Ad label and the way to buy, and never what anybody earns."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.buyers import (
    BuyersFacts,
    ShopFacts,
    buyers_card,
    invite_link,
    product_result,
    shop_card,
    shop_result,
)
from bot.cards.card import Card, OpenUrl
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.funnel.shared_cards import CardState
from tests.bot.cards.gallery import AT, NASTY, URL, ZONE, buyers_facts, product
from tests.journeys.world import bare

INVITE = "https://t.me/bot?start=j_K7Q2ABCD"
ADS = {Language.EN: "Ad", Language.ZH: "广告"}
both = pytest.mark.parametrize("voice", [Voice(language) for language in Language], ids=list(Language))
every_state = pytest.mark.parametrize("state", list(CardState))


def facts(state: CardState = CardState.OPEN, **changes: object) -> BuyersFacts:
    given = {
        "id": 1,
        "title": "Brass lamp",
        "price_minor": 1999,
        "list_price_minor": None,
        "sale_ends_at": None,
    }
    made = product(**{**given, **changes})
    return BuyersFacts("Shop", "GBP", ZONE, made, URL, state, AT, INVITE)


def lines(card: Card) -> list[str]:
    return bare(plain(card.text)).splitlines()


@both
@every_state
def test_it_is_always_an_advertisement_and_names_the_shop(voice: Voice, state: CardState) -> None:
    last = lines(buyers_card(facts(state), voice))[-1]
    assert last == f"Shop · {ADS[voice.language]}"


@both
@every_state
def test_what_it_earns_is_in_the_list_of_results_alone(voice: Voice, state: CardState) -> None:
    result = product_result("key:t", facts(state), 777, voice)
    assert "7.77" not in str(result.card.text)
    assert ("7.77" in result.description) is (state is CardState.OPEN)


@both
def test_a_price_stands_there_only_while_it_can_be_paid(voice: Voice) -> None:
    for state in CardState:
        card = buyers_card(facts(state, list_price_minor=2999), voice)
        assert ("£19.99" in lines(card)[1]) is (state is CardState.OPEN)


def test_a_reduced_price_stands_beside_the_one_before_and_its_deadline() -> None:
    voice = Voice(Language.EN)
    card = buyers_card(facts(list_price_minor=2999, sale_ends_at=AT + timedelta(days=1)), voice)
    assert lines(card)[1] == "£19.99 £29.99"
    assert "<s>£29.99</s>" in str(card.text)
    assert lines(card)[2].startswith("⏰ Until Mar 5, 2026, 04:30 Eastern")
    # A dearer price of before is no reduction when it is none
    for before in (None, 1999, 999):
        assert lines(buyers_card(facts(list_price_minor=before), voice))[1] == "£19.99"


@both
def test_the_buttons_lead_over_the_sharers_link(voice: Voice) -> None:
    buy, promote = [row[0] for row in buyers_card(facts(), voice).rows]
    assert isinstance(buy, OpenUrl)
    assert isinstance(promote, OpenUrl)
    assert (buy.url, promote.url) == (URL, INVITE)
    assert [len(row) for row in buyers_card(replace(facts(), invite_url=None), voice).rows] == [1]
    assert invite_link("bot", "K7Q2ABCD") == INVITE


@both
@every_state
def test_the_longest_and_worst_of_names_stay_inside(voice: Voice, state: CardState) -> None:
    result = product_result("key:t", buyers_facts(state), 10**15, voice)
    assert "\u202e" not in result.title + str(result.card.text)
    assert len(result.title) <= 90
    assert len(result.description) <= 120
    emoji = product_result("key:t", facts(state, title="🦄" * 400), 1, voice)
    assert emoji.title.endswith("…")


@both
def test_a_title_that_shows_nothing_has_a_word_in_its_place(voice: Voice) -> None:
    result = product_result("key:t", facts(title="\u200b\u3164"), 1, voice)
    assert result.title
    assert lines(result.card)[0]
    shop = shop_result("key:t", ShopFacts("\u200b", URL, None), voice)
    assert shop.title


@both
def test_the_whole_shop(voice: Voice) -> None:
    card = shop_card(ShopFacts(NASTY, URL, INVITE), voice)
    assert ADS[voice.language] in lines(card)[-1]
    assert [type(row[0]) for row in card.rows] == [OpenUrl, OpenUrl]
