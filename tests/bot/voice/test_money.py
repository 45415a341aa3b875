"""Money at the edge: exact, in the currency's own decimals, in the reader's signs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.voice.languages import Language
from bot.voice.money import approx_money, money, price_each, signed_money
from models.store.currency import minor_digits

CURRENCIES = ("CNY", "GBP", "USD", "EUR", "JPY", "KRW", "KWD", "HUF", "CLF", "CHF")
amounts = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
currencies = st.sampled_from(CURRENCIES)
languages = st.sampled_from(list(Language))


@pytest.mark.parametrize(
    ("minor", "currency", "english", "chinese"),
    [
        (898, "CNY", "¥8.98", "¥8.98"),
        (-123450, "CNY", "-¥1,234.50", "-¥1,234.50"),
        (0, "CNY", "¥0.00", "¥0.00"),
        (123450, "GBP", "£1,234.50", "£1,234.50"),
        (500, "USD", "$5.00", "US$5.00"),
        (1234, "JPY", "¥1,234", "JP¥1,234"),
        (-1234, "KWD", "-KWD\xa01.234", "-KWD\xa01.234"),
        (12345, "HUF", "HUF\xa0123.45", "HUF\xa0123.45"),
    ],
)
def test_people_read_the_currency_as_their_language_writes_it(
    minor: int, currency: str, english: str, chinese: str
) -> None:
    assert money(minor, currency, Language.EN) == english
    assert money(minor, currency, Language.ZH) == chinese


def test_a_change_carries_its_sign() -> None:
    changes = [signed_money(minor, "CNY", Language.ZH) for minor in (300, 0, -300)]
    assert changes == ["+¥3.00", "¥0.00", "-¥3.00"]


@pytest.mark.parametrize(
    ("price", "currency", "shown"),
    [
        ("2.55", "GBP", "£2.55"),
        ("10", "GBP", "£10.00"),
        ("0.3333", "GBP", "£0.3333"),
        ("1E+1", "GBP", "£10.00"),
        ("2.5500", "GBP", "£2.55"),
        ("1200.5", "JPY", "¥1,200.5"),
    ],
)
def test_a_price_for_one_piece_keeps_its_decimals(price: str, currency: str, shown: str) -> None:
    assert price_each(Decimal(price), currency, Language.EN) == shown


def test_an_estimate_is_marked() -> None:
    assert approx_money(898, "CNY", Language.EN) == "≈\xa0¥8.98"


@settings(deadline=None)
@given(amounts, currencies, languages)
def test_no_digit_is_lost_on_the_way_to_people(minor: int, currency: str, language: Language) -> None:
    shown = money(minor, currency, language)
    digits = "".join(char for char in shown if char in "0123456789")
    assert int(digits) == abs(minor)
    assert shown.startswith("-") == (minor < 0)
    assert len(shown.partition(".")[2]) == minor_digits(currency)
