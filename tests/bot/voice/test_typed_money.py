"""Amounts are read however people write them, never another one than they meant."""

from __future__ import annotations

import pytest

from bot.cards.words import other_currency
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from bot.voice.typed_money import OtherCurrency, read_money
from models.errors import Invalid


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("50", "GBP", 5000),
        ("£50", "GBP", 5000),
        ("£ 50.5", "GBP", 5050),
        ("50 GBP", "GBP", 5000),
        ("gbp50", "GBP", 5000),
        ("50英镑", "GBP", 5000),
        ("￥50", "CNY", 5000),
        ("¥50.00", "CNY", 5000),
        ("50元", "CNY", 5000),
        ("５０，００元", "CNY", 5000),
        ("￥５００ 元", "CNY", 50000),
        ("RMB 50", "CNY", 5000),
        ("¥5,000", "JPY", 5000),
        ("$50", "USD", 5000),
        ("US$50", "USD", 5000),
        ("HK$50", "HKD", 5000),
        ("CHF 50", "CHF", 5000),
        ("50,5", "GBP", 5050),
        ("1,000", "GBP", 100_000),
        ("1,000.00", "GBP", 100_000),
        ("1.000,00", "EUR", 100_000),
        ("1 000.00 €", "EUR", 100_000),
        ("1,234,567", "GBP", 123_456_700),
        ("1,000.500", "KWD", 1_000_500),
    ],
)
def test_an_amount_is_read_with_its_sign_and_its_gaps(text: str, currency: str, minor: int) -> None:
    assert read_money(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [("$50", "GBP"), ("50元", "GBP"), ("€50", "CNY"), ("50 EUR", "CNY"), ("£50", "JPY"), ("¥50 USD", "CNY")],
)
def test_another_currencys_sign_is_refused_as_such(text: str, currency: str) -> None:
    with pytest.raises(OtherCurrency):
        read_money(text, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "GBP"),
        ("£", "GBP"),
        ("lots", "GBP"),
        ("-50", "GBP"),
        ("50.", "GBP"),
        ("50 please", "GBP"),
        ("5 0", "GBP"),
        ("50 60", "GBP"),
        ("1,00,000", "GBP"),
        ("1,000,00", "GBP"),
        ("1,0000", "GBP"),
        ("1.000", "EUR"),
        ("1,000", "KWD"),
        ("0.005", "GBP"),
        ("٥٠", "GBP"),
        ("9" * 20, "GBP"),
    ],
)
def test_what_is_no_amount_or_could_be_two_is_not_guessed_at(text: str, currency: str) -> None:
    with pytest.raises(Invalid) as error:
        read_money(text, currency)
    assert not isinstance(error.value, OtherCurrency)


@pytest.mark.parametrize(
    ("language", "says"), [(Language.EN, "This shop counts in GBP"), (Language.ZH, "本店使用 GBP")]
)
def test_another_currency_has_its_sentence(language: Language, says: str) -> None:
    assert says in other_currency("GBP", Voice(language))
