"""How a refund spreads, and that reversals add up exactly however an order is refunded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.funnel.events import OrderRefunded, RefundedLine
from models.funnel.orders import Order, OrderLine, OrderState
from models.money.refunds import RefundRefused, RefundSpread, reversal_due, spread_refund


def order_with(*bases: int, quantity: int = 10, beside: int = 0) -> tuple[Order, list[OrderLine]]:
    order = Order(
        merchant_id=1,
        order_ref="1",
        state=OrderState.PAID,
        currency="GBP",
        content_digest="",
        shipping_minor=beside,
        placed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    lines = [
        OrderLine(
            merchant_id=1,
            order_id=order.id,
            position=place,
            line_ref=str(place + 1),
            sku="A",
            quantity=quantity,
            unit_price="1",
            gross_minor=base,
            discount_minor=0,
            order_discount_minor=0,
            base_minor=base,
        )
        for place, base in enumerate(bases)
    ]
    return order, lines


def refund(*lines: RefundedLine, amount: int | None = None, full: bool = False) -> OrderRefunded:
    return OrderRefunded(order_ref="1", refund_ref="r", lines=lines, amount_minor=amount, full=full)


def units(line: str, quantity: int) -> RefundedLine:
    return RefundedLine(line_ref=line, quantity=quantity)


def pence(line: str, amount: int) -> RefundedLine:
    return RefundedLine(line_ref=line, amount_minor=amount)


def apply(spread: RefundSpread, order: Order) -> list[int]:
    order.beside_refunded_minor += spread.beside_minor
    for share in spread.shares:
        share.line.refunded_minor += share.base_minor
        share.line.refunded_quantity += share.quantity
        share.line.fully_refunded = share.completes
    return [share.base_minor for share in spread.shares]


def test_an_amount_without_lines_falls_by_what_is_left_of_each() -> None:
    order, lines = order_with(100, 200)
    assert apply(spread_refund(refund(pence("2", 150)), order, lines), order) == [150]

    # Left are 100 and 50, so 30 falls 2:1.
    assert apply(spread_refund(refund(amount=30), order, lines), order) == [20, 10]


def test_a_tie_of_remainders_goes_to_the_earlier_line() -> None:
    order, lines = order_with(100, 100)

    assert apply(spread_refund(refund(amount=1), order, lines), order) == [1]
    assert lines[0].refunded_minor == 1


def test_what_goes_beyond_the_goods_was_shipping() -> None:
    order, lines = order_with(100, beside=30)

    spread = spread_refund(refund(amount=120), order, lines)

    assert (spread.base_minor, spread.beside_minor) == (100, 20)
    assert all(share.completes for share in spread.shares)


def test_all_the_money_back_closes_the_free_line_too() -> None:
    order, lines = order_with(100, 0)

    apply(spread_refund(refund(amount=100), order, lines), order)

    assert all(line.fully_refunded for line in lines)


@pytest.mark.parametrize(
    "over",
    [
        pytest.param(refund(units("1", 11)), id="more units than bought"),
        pytest.param(refund(pence("1", 1001)), id="more money than the line"),
        pytest.param(refund(amount=1031), id="more money than the order"),
        pytest.param(refund(units("2", 1)), id="a line that is not there"),
        pytest.param(refund(units("1", 1), units("1", 1)), id="one line twice"),
    ],
)
def test_what_is_over_what_is_left_is_refused(over: OrderRefunded) -> None:
    order, lines = order_with(1000, beside=30)

    with pytest.raises(RefundRefused):
        spread_refund(over, order, lines)


def test_a_second_whole_refund_finds_nothing_left() -> None:
    order, lines = order_with(1000, beside=30)
    apply(spread_refund(refund(full=True), order, lines), order)

    with pytest.raises(RefundRefused, match="Nothing is left"):
        spread_refund(refund(full=True), order, lines)


def test_units_take_their_part_down_and_the_last_one_the_rest() -> None:
    order, lines = order_with(100, quantity=3)

    taken = [apply(spread_refund(refund(units("1", 1)), order, lines), order) for _ in range(3)]

    assert taken == [[33], [33], [34]]
    assert lines[0].fully_refunded


def test_units_one_by_one_never_stray_from_their_part_of_the_base() -> None:
    order, lines = order_with(100, quantity=7)
    so_far = []

    for _ in range(7):
        apply(spread_refund(refund(units("1", 1)), order, lines), order)
        so_far.append(lines[0].refunded_minor)

    assert so_far == [14, 28, 42, 57, 71, 85, 100]


def test_units_after_an_amount_take_no_more_than_is_left() -> None:
    order, lines = order_with(100, quantity=2)
    apply(spread_refund(refund(pence("1", 70)), order, lines), order)

    assert apply(spread_refund(refund(units("1", 1)), order, lines), order) == [30]


def test_a_free_line_gives_back_nothing_until_its_last_unit() -> None:
    order, lines = order_with(0, quantity=2)

    apply(spread_refund(refund(units("1", 1)), order, lines), order)
    assert not lines[0].fully_refunded
    apply(spread_refund(refund(units("1", 1)), order, lines), order)
    assert lines[0].fully_refunded


def test_a_reversal_is_cumulative_and_floored() -> None:
    _, [line] = order_with(100)
    line.refunded_minor = 30

    assert reversal_due(15, 0, line) == 4
    assert reversal_due(15, 4, line) == 0
    line.refunded_minor = 99
    assert reversal_due(15, 4, line) == 10
    line.refunded_minor, line.fully_refunded = 100, True
    assert reversal_due(15, 14, line) == 1


steps = st.one_of(
    st.builds(
        lambda line, quantity: refund(units(line, quantity)), st.sampled_from("123"), st.integers(1, 4)
    ),
    st.builds(lambda line, amount: refund(pence(line, amount)), st.sampled_from("123"), st.integers(1, 400)),
    st.builds(lambda amount: refund(amount=amount), st.integers(1, 900)),
)


@given(
    st.tuples(*[st.integers(0, 1000)] * 3),
    st.integers(0, 50),
    st.lists(steps, max_size=12),
    st.tuples(*[st.integers(0, 100)] * 3),
)
def test_however_an_order_is_refunded_reversals_add_up_to_the_amount(
    bases: tuple[int, ...], beside: int, refunds: list[OrderRefunded], percents: tuple[int, ...]
) -> None:
    order, lines = order_with(*bases, quantity=7, beside=beside)
    earned = {
        line.id: line.base_minor * percent // 100 for line, percent in zip(lines, percents, strict=True)
    }
    taken = dict.fromkeys(earned, 0)
    back = 0

    for one in [*refunds, refund(full=True)]:
        try:
            spread = spread_refund(one, order, lines)
        except RefundRefused:
            continue
        apply(spread, order)
        back += spread.base_minor + spread.beside_minor
        for line in lines:
            due = reversal_due(earned[line.id], taken[line.id], line)
            taken[line.id] += due
            exact = earned[line.id] * line.refunded_minor // line.base_minor if line.base_minor else 0
            assert taken[line.id] == (earned[line.id] if line.fully_refunded else exact)
            assert 0 <= line.refunded_minor <= line.base_minor
            assert 0 <= line.refunded_quantity <= line.quantity

    assert taken == earned
    assert back == sum(bases) + beside
