"""Claims on the shop's side say what is in question: whose an order is, or what it earned."""

from __future__ import annotations

import pytest

from bot.cards.claim_desk import evidence_card
from bot.cards.claim_notices import claim_notice_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.claim_notices import ClaimFiled
from models.money.told import AtShop
from tests.bot.cards.gallery import AT, ZONE, claim, evidence, order

SHOP = AtShop(1, "Lamps", "GBP", ZONE)
SAYS = {
    Language.EN: ("say that what it earned is wrong", "question what it earned", "should have been theirs"),
    Language.ZH: ("对其收益有异议", "对其收益有异议", "应归自己"),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("is_own", [True, False])
def test_whose_order_it_is_decides_what_is_in_question(language: Language, is_own: bool) -> None:
    voice, (notice_asks, card_asks, theirs) = Voice(language), SAYS[language]
    told = ClaimFiled(SHOP, 1, "549000", "Mei", has_picture=False, at=AT, is_own=is_own)
    one = claim()
    about = order(distributor_id=one.distributor_id if is_own else None)
    for card, asks in (
        (claim_notice_card(told, voice), notice_asks),
        (evidence_card(evidence(one, order=about, owner="Mei" if is_own else None), voice), card_asks),
    ):
        assert (asks in plain(card.text)) == is_own
        assert (theirs in plain(card.text)) == (not is_own)
