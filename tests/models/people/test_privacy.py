"""What names a customer is hashed: the same person the same way, at one merchant only."""

from __future__ import annotations

import pytest

from models.people.privacy import chat_hash, customer_hash, email_hash, new_customer_key, phone_hash

KEY = new_customer_key()


@pytest.mark.parametrize(
    "spelling", ["+44 20 7946 0018", "020 7946 0018", "0044-20-7946-0018", "(0)20 7946.0018", "442079460018"]
)
def test_national_and_international_spellings_are_one_number(spelling: str) -> None:
    assert phone_hash(KEY, spelling) == phone_hash(KEY, "+442079460018")


def test_another_number_is_another() -> None:
    assert phone_hash(KEY, "+442079460019") != phone_hash(KEY, "+442079460018")


@pytest.mark.parametrize("spelling", ["Mei@Shop.Example", "  mei@shop.example ", "MEI@SHOP.EXAMPLE"])
def test_an_address_is_read_without_regard_to_case_and_space(spelling: str) -> None:
    assert email_hash(KEY, spelling) == email_hash(KEY, "mei@shop.example")


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_has_no_hash(nothing: str | None) -> None:
    assert email_hash(KEY, nothing) is None
    assert phone_hash(KEY, nothing) is None
    assert chat_hash(KEY, None) is None


def test_words_without_digits_are_no_number() -> None:
    assert phone_hash(KEY, "call me") is None


def test_another_merchant_sees_another_hash() -> None:
    other = new_customer_key()

    assert customer_hash(KEY, "17850") != customer_hash(other, "17850")
    assert email_hash(KEY, "mei@shop.example") != email_hash(other, "mei@shop.example")


def test_a_customer_number_is_never_taken_for_a_chat() -> None:
    assert customer_hash(KEY, "17850") != chat_hash(KEY, 17850)
