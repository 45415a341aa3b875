"""What deleting one's data says of the money: each amount by its name, and only what can be done."""

from __future__ import annotations

import pytest

from bot.cards.own_data import delete_card
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.unreleased import Unreleased
from models.personal.erasure import Stake

EN, ZH = Voice(Language.EN), Voice(Language.ZH)


def stake(available: int = 0, *, held: int = 0, awaiting: int = 0, review: int = 0) -> Stake:
    waiting = Unreleased(held, awaiting, review)
    return Stake(1, "Lamps", "GBP", 1, available, held + awaiting + review, waiting, 0, 2, 0, 0, 0)


def words(*stakes: Stake, voice: Voice = EN) -> str:
    return plain(delete_card(stakes, voice).text).replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        (
            EN,
            "· Available: £1.00\n· In hold: £106.06\n· Awaiting receipt: £37.02\n· Under review by the shop: £4.58\n",
        ),
        (ZH, "· 可提现：£1.00\n· 冻结中：£106.06\n· 待收货：£37.02\n· 商家审核中：£4.58\n"),
    ],
)
def test_what_can_not_be_withdrawn_yet_is_named_as_in_earnings(voice: Voice, said: str) -> None:
    assert said in words(stake(100, held=10606, awaiting=3702, review=458), voice=voice)
    assert "£4.58" not in words(stake(100, held=10606), voice=voice)


WITHDRAW = "There is money of yours. Withdraw it first; whoever deletes now gives it up for good."
NOT_YET = "There is money of yours that can't be withdrawn yet; whoever deletes now gives it up for good."
DEBT = "A balance below zero is a debt"
GIVE_UP, DELETE = "🗑 Give the money up and delete", "🗑 Delete everything"


@pytest.mark.parametrize(
    ("stakes", "said", "button"),
    [
        ([], [], DELETE),
        ([stake()], [], DELETE),
        ([stake(1)], [WITHDRAW], GIVE_UP),
        ([stake(1, awaiting=1)], [WITHDRAW], GIVE_UP),
        ([stake(review=1)], [NOT_YET], GIVE_UP),
        ([stake(-4398)], [DEBT], DELETE),
        ([stake(-4398, held=100)], [NOT_YET, DEBT], GIVE_UP),
        ([stake(-4398), stake(1)], [WITHDRAW, DEBT], GIVE_UP),
    ],
)
def test_nobody_is_told_to_withdraw_what_can_not_be(
    stakes: list[Stake], said: list[str], button: str
) -> None:
    text = words(*stakes)
    assert [each for each in (WITHDRAW, NOT_YET, DEBT) if each in text] == said
    card = delete_card(stakes, EN)
    assert [row[0].label for row in card.rows] == ["◀ Keep my data", button, "🏠 Home"]
    if DEBT in said:
        assert "从零开始" in words(*stakes, voice=ZH)
