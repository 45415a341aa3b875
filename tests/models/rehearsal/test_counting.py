"""Windows counted in memory give what counting every order anew would give, and forget what no window reaches."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from models.rehearsal import counting as counting_module
from models.rehearsal.counting import Counting

DAY = 24 * 60 * 60 * 1_000_000


@dataclass
class Sold:
    """One order as a slow count keeps it."""

    seller: int
    number: int
    paid: int
    left: int
    stands: bool = True


@dataclass
class SlowCount:
    """Every order for ever, asked anew each time."""

    members: dict[int, list[int]]
    sold: list[Sold] = field(default_factory=list)

    def counted(self, sellers: list[int], days: int, now: int) -> list[Sold]:
        return [each for each in self.sold if each.seller in sellers and now - days * DAY < each.paid <= now]

    def orders(self, seller: int, days: int, now: int) -> int:
        return sum(each.stands for each in self.counted([seller], days, now))

    def sales(self, seller: int, days: int, now: int) -> int:
        return sum(each.left for each in self.counted([seller], days, now))

    def team(self, sponsor: int, days: int, now: int) -> int:
        return len({each.seller for each in self.counted(self.members[sponsor], days, now) if each.stands})


@pytest.mark.parametrize(
    ("lengths", "team_lengths"),
    [((7, 30), (7,)), ((3,), (40,)), ((), (5, 20)), ((10,), ())],
    ids=["both", "teams reach farther", "teams alone", "no teams"],
)
def test_any_order_of_sales_and_refunds_counts_as_if_counted_anew(
    lengths: tuple[int, ...], team_lengths: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting_module, "_LEAST_LOOK", 2)  # so that a few orders are enough to forget some
    chance = random.Random(7)
    members = {0: [1, 2, 3], 1: [4, 5]}
    sponsor_of = {member: sponsor for sponsor, team in members.items() for member in team}
    counting, slow, now = Counting(lengths, team_lengths), SlowCount(members), 0
    for _ in range(3_000):
        now += chance.randrange(0, DAY // 3)
        seller = chance.choice((0, 1, 2, 2, 2, 3, 4, 5))
        if chance.random() < 0.7 or not slow.sold:
            base = chance.randrange(1, 5_000)
            number = counting.sold(seller, sponsor_of.get(seller), now, base)
            slow.sold.append(Sold(seller, number, now, base))
        else:
            order = chance.choice(slow.sold[-chance.choice((10, 150)) :])
            minor = chance.choice((order.left, order.left // 2))
            is_gone = minor == order.left
            counting.refunded(
                order.seller, order.number, minor, sponsor_of.get(order.seller), is_gone=is_gone
            )
            order.left -= minor
            order.stands = order.stands and not is_gone
        if chance.random() < 0.5:
            continue  # not everybody is asked after each order
        for days in lengths:
            assert counting.orders(seller, days, now) == slow.orders(seller, days, now)
            assert counting.sales_minor(seller, days, now) == slow.sales(seller, days, now)
        for days in team_lengths:
            for sponsor in members:
                assert counting.team_size(sponsor, days, now) == slow.team(sponsor, days, now)


def test_what_is_remembered_of_a_seller_is_a_window_and_not_their_past() -> None:
    counting = Counting((30,), (7,))
    a_window = 30 * 40
    most = 0
    for number in range(50_000):
        counting.sold(1, 0, number * DAY // 40, 100)  # nobody asks anything
        most = max(most, len(counting._sellers[1].paid))
    assert a_window <= most <= 2 * a_window + 1
    assert len(counting._teams[7][0]._oldest) == 1
    assert counting.orders(1, 30, 50_000 * DAY // 40) == a_window - 1
