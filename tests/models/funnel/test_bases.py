"""The base of a line: what commission is figured on (business.md 4, "exact meaning")."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Invalid
from models.funnel.bases import line_bases, spread
from models.funnel.events import BoughtLine
from tests.builders import line

amounts = st.integers(0, 10**9)


def bases(*lines: BoughtLine, discount: int = 0, currency: str = "GBP") -> list[int]:
    return [base.base_minor for base in line_bases(lines, discount, currency)]


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "base"),
    [
        pytest.param(3, "3.33", "GBP", 999, id="whole pence"),
        pytest.param(7, "0.0015", "GBP", 1, id="floored once for the line, not for each unit"),
        pytest.param(3, "3.3333", "GBP", 999, id="four decimals, floored"),
        pytest.param(1, "0.0099", "GBP", 0, id="less than a penny is nothing"),
        pytest.param(3, "100.5", "JPY", 301, id="a currency without minor unit"),
        pytest.param(2, "1.2345", "KWD", 2469, id="a currency with three places"),
        pytest.param(1, "1.2345", "KWD", 1234, id="three places, floored"),
        pytest.param(74_215, "1.04", "GBP", 7_718_360, id="the largest real line"),
    ],
)
def test_a_line_comes_to_quantity_times_price_floored(
    quantity: int, price: str, currency: str, base: int
) -> None:
    assert bases(line(quantity=quantity, price=price), currency=currency) == [base]


def test_the_lines_own_discount_is_the_whole_lines() -> None:
    assert bases(line(quantity=3, price="10.00", discount_minor=500)) == [2500]


def test_a_discount_larger_than_its_line_takes_the_line_and_no_more() -> None:
    assert bases(line("1", price="5.00", discount_minor=900), line("2", price="5.00")) == [0, 500]


def test_an_order_discount_is_spread_by_what_the_lines_own_discounts_left() -> None:
    # Left: 6.00 and 3.00, so 0.90 falls 2:1.
    discounted = line("1", price="10.00", discount_minor=400)

    assert bases(discounted, line("2", price="3.00"), discount=90) == [540, 270]


def test_the_rest_of_an_order_discount_goes_to_the_largest_remainder() -> None:
    # 0.10 over 1.00, 1.00 and 4.00: exact shares are 1.67, 1.67 and 6.67 pence.
    lines = [line("1", price="1.00"), line("2", price="1.00"), line("3", price="4.00")]

    assert bases(*lines, discount=10) == [98, 98, 394]
    # 0.05 over 1.00 and 2.00: 1.67 and 3.33, so the rest falls on the first.
    assert bases(line("1", price="1.00"), line("2", price="2.00"), discount=5) == [98, 197]
    assert bases(line("1", price="2.00"), line("2", price="1.00"), discount=5) == [197, 98]


def test_a_tie_goes_to_the_earlier_line() -> None:
    assert bases(line("1", price="1.00"), line("2", price="1.00"), discount=1) == [99, 100]
    thirds = [line(str(number), price="1.00") for number in range(3)]
    assert bases(*thirds, discount=2) == [99, 99, 100]


def test_an_order_discount_larger_than_the_order_leaves_nothing() -> None:
    assert bases(line("1", price="1.00"), line("2", price="2.00"), discount=10_000) == [0, 0]


def test_the_components_are_kept_by_name() -> None:
    [first, second] = line_bases(
        [line("1", price="10.00", discount_minor=100), line("2", price="1.00")], 100, "GBP"
    )

    assert (first.gross_minor, first.discount_minor, first.order_discount_minor) == (1000, 100, 90)
    assert (second.gross_minor, second.discount_minor, second.order_discount_minor) == (100, 0, 10)


def test_a_line_that_comes_to_more_than_any_real_one_is_refused() -> None:
    with pytest.raises(Invalid, match="more than any order"):
        bases(line(quantity=10_000_000, price="999999999.0000"))


@given(st.lists(st.tuples(amounts, amounts), max_size=30), amounts)
def test_bases_are_never_negative_and_add_up_exactly(lines: list[tuple[int, int]], discount: int) -> None:
    bought = [
        line(str(number), price=f"{gross // 100}.{gross % 100:02}", discount_minor=own)
        for number, (gross, own) in enumerate(lines)
    ]

    found = bases(*bought, discount=discount)

    left = [max(gross - own, 0) for gross, own in lines]
    assert all(0 <= base <= rest for base, rest in zip(found, left, strict=True))
    assert sum(found) == max(sum(left) - discount, 0)


@given(amounts, st.lists(amounts, min_size=1, max_size=30))
def test_spreading_is_largest_remainder_with_ties_to_the_earlier(amount: int, weights: list[int]) -> None:
    total = sum(weights)
    shares = spread(amount, weights)

    assert sum(shares) == min(amount, total)
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
    exact = [Fraction(min(amount, total) * weight, total or 1) for weight in weights]
    rests = [share - int(part) for share, part in zip(shares, exact, strict=True)]
    assert set(rests) <= {0, 1}
    # Whoever got a rest has the larger remainder, or the same and stands earlier.
    order = [(-(part - int(part)), place) for place, part in enumerate(exact)]
    got = [order[place] for place, rest in enumerate(rests) if rest]
    went_without = [order[place] for place, rest in enumerate(rests) if not rest]
    assert not got or not went_without or max(got) < min(went_without)
