"""The people of a simulated market: how honest ones of many temperaments sell, and how cheaters do.

Each is drawn from behaviour (how long somebody looks before buying, who stands behind which address), not from
what signals ask for; careful cheaters do less of everything, and honest people do some of everything by chance.
Chance alone decides, so a seed gives the same market anywhere.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

BEGIN = datetime(2026, 2, 2, tzinfo=UTC)
DAYS = 30
END = BEGIN + timedelta(days=DAYS)
CARRIERS = 12
"""Addresses of mobile carriers, each shared by whoever is on the road."""
_BUSY = (1, 1, 0, 0, 0, 1, 3, 6, 8, 9, 10, 10, 12, 11, 9, 8, 9, 10, 12, 14, 15, 14, 9, 4)
"""How busy each hour of the day is against the others."""


class Kind(StrEnum):
    CASUAL = "casual"
    STEADY = "steady"
    CIRCLE = "small circle"
    KOL = "KOL"
    LIVE = "live stream"
    FIRM = "one firm buys"
    FASHION = "many returns"
    OWN_USER = "buys for themselves, too"
    NEWCOMER = "new, friends buy"
    COUPLE = "couple, one account"
    OFFICE = "office network"
    SELF_BUYER = "self-buyer"
    RING = "one-IP ring"
    BURST_BUYER = "burst buyer"
    REFUND_ABUSER = "refund abuser"


CHEATERS = (Kind.SELF_BUYER, Kind.RING, Kind.BURST_BUYER, Kind.REFUND_ABUSER)


@dataclass(frozen=True, slots=True)
class Bought:
    """One order: when, by whom, from where, by link or coupon, and when it came back."""

    at: datetime
    customer: str | None
    address: str | None
    by_coupon: bool = False
    own: bool = False
    back_at: datetime | None = None


@dataclass(slots=True)
class Seller:
    """One distributor and everything that happens on their links. `account`: where they are paid out to."""

    name: str
    kind: Kind
    joined_at: datetime
    account: str
    orders: list[Bought] = field(default_factory=list)
    clicks: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def cheats(self) -> bool:
        """Whether a Hold is right."""
        return self.kind in CHEATERS


class Story:
    """Draws what happens to one seller."""

    def __init__(self, chance: random.Random, seller: Seller) -> None:
        self.chance = chance
        self.seller = seller
        self._number = 0
        self._buyers: list[str] = []

    def name(self, noun: str) -> str:
        """A customer, visitor or address of this seller's."""
        self._number += 1
        return f"{self.seller.name}-{noun}{self._number}"

    def moment(self, first: datetime | None = None, last: datetime = END) -> datetime:
        """Some time, by how busy the hours are."""
        begins = max(first or BEGIN, self.seller.joined_at)
        days = max((last - begins) // timedelta(days=1), 1)
        day = begins + timedelta(days=self.chance.randrange(days))
        hour = self.chance.choices(range(24), _BUSY)[0]
        at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        at += timedelta(seconds=self.chance.randrange(3600))
        return min(at if at >= begins else at + timedelta(days=1), last)

    def look(self, median: float, spread: float = 1.1) -> timedelta:
        """From click to order: lognormal, seconds."""
        return timedelta(seconds=max(self.chance.lognormvariate(math.log(median), spread), 1.0))

    def address(self) -> str:
        """A buyer's own: at home, or a carrier's that many share."""
        if self.chance.random() < 0.2:
            return f"carrier{self.chance.randrange(CARRIERS)}"
        return self.name("home")

    def _buyer(self) -> str:
        """Somebody new, or in one case of five somebody who bought here before."""
        if self._buyers and self.chance.random() < 0.2:
            return self.chance.choice(self._buyers)
        self._buyers.append(self.name("buyer"))
        return self._buyers[-1]

    def buy(
        self,
        at: datetime,
        *,
        customer: str | None = None,
        address: str | None = None,
        look: timedelta | None = None,
        clicks: bool = True,
        own: bool = False,
        by_coupon: bool = False,
        back: float = 0.06,
        back_days: tuple[float, float] = (2, 12),
    ) -> None:
        """One order with its click, of a buyer whom the shop knows in most cases; it may come back."""
        elapsed = look or self.look(360)
        if self.chance.random() < 0.15 and look is None:
            elapsed = timedelta(hours=self.chance.uniform(2, 40))
        known = customer or (self._buyer() if self.chance.random() < 0.85 else None)
        seen = (address or self.address()) if self.chance.random() < 0.92 else None
        back_at = None
        if self.chance.random() < back:
            back_at = at + timedelta(days=self.chance.uniform(*back_days))
        if clicks and not by_coupon:
            self.seller.clicks.append((at - elapsed, self.name("visitor")))
        self.seller.orders.append(Bought(at, known, seen, by_coupon, own, back_at))

    def onlookers(self, conversion: float) -> None:
        """Those who clicked and did not buy."""
        orders = sum(not order.by_coupon for order in self.seller.orders)
        for _ in range(int(orders / conversion) - orders):
            self.seller.clicks.append((self.moment(), self.name("visitor")))

    def real_sales(self, most: int) -> None:
        """Whatever else they do, some sell honestly as well."""
        for _ in range(self.chance.randint(0, most)):
            self.buy(self.moment())
            for _ in range(self.chance.randint(3, 15)):
                self.seller.clicks.append((self.moment(), self.name("visitor")))


def _casual(story: Story) -> None:
    for _ in range(story.chance.randint(0, 5)):
        story.buy(story.moment())
    story.onlookers(story.chance.uniform(0.03, 0.15))


def _steady(story: Story) -> None:
    for _ in range(story.chance.randint(8, 40)):
        story.buy(story.moment())
    story.onlookers(story.chance.uniform(0.03, 0.12))


def _circle(story: Story) -> None:
    """A few who trust each other and buy again and again."""
    friends = [(story.name("friend"), story.address()) for _ in range(story.chance.randint(3, 8))]
    for _ in range(story.chance.randint(6, 25)):
        customer, address = story.chance.choice(friends)
        story.buy(story.moment(), customer=customer, address=address, look=story.look(240))
    story.onlookers(story.chance.uniform(0.3, 0.7))


def _kol(story: Story) -> None:
    """A post, and an audience that comes within the hour."""
    for _ in range(story.chance.randint(1, 3)):
        post = story.moment()
        for _ in range(story.chance.randint(20, 70)):
            story.buy(min(post + timedelta(minutes=story.chance.expovariate(1 / 50)), END))
    story.onlookers(story.chance.uniform(0.015, 0.06))


def _live(story: Story) -> None:
    """A coupon read out in a live stream: orders pour in, and nobody clicks anything."""
    for _ in range(story.chance.randint(1, 2)):
        begins = story.moment()
        for _ in range(story.chance.randint(15, 60)):
            at = min(begins + timedelta(minutes=story.chance.uniform(0, 60)), END)
            story.buy(at, by_coupon=True, back=0.1)


def _firm(story: Story) -> None:
    """One customer's clerk, from one address: every few days, or each week at the same hour, several in one go."""
    customer, address = story.name("firm"), story.name("firm-address")
    weekly = story.chance.random() < 0.5
    for week in range(4):
        for _ in range(1 if weekly else story.chance.randint(0, 3)):
            first = BEGIN + timedelta(days=7 * week, hours=9) if weekly else story.moment()
            at = max(first, story.seller.joined_at)
            for _ in range(story.chance.randint(1, 5)):
                at = min(at + story.look(300, 0.6), END)
                story.buy(at, customer=customer, address=address, look=story.look(150, 0.9))
    for _ in range(story.chance.randint(0, 5)):
        story.buy(story.moment())
    story.onlookers(story.chance.uniform(0.2, 0.8))


def _fashion(story: Story) -> None:
    back = story.chance.uniform(0.2, 0.5)
    for _ in range(story.chance.randint(10, 40)):
        story.buy(story.moment(), back=back)
    story.onlookers(story.chance.uniform(0.03, 0.12))


def _own_user(story: Story) -> None:
    me, home = story.name("me"), story.name("my-home")
    for _ in range(story.chance.randint(1, 4)):
        story.buy(story.moment(), customer=me, address=home, own=True, look=story.look(90))
    for _ in range(story.chance.randint(5, 30)):
        story.buy(story.moment())
    story.onlookers(story.chance.uniform(0.03, 0.15))


def _newcomer(story: Story) -> None:
    """All their friends buy once, in the first days."""
    until = min(story.seller.joined_at + timedelta(days=5), END)
    for _ in range(story.chance.randint(6, 20)):
        story.buy(story.moment(last=until), look=story.look(240))
    story.onlookers(story.chance.uniform(0.3, 0.9))


def _office(story: Story) -> None:
    """Colleagues behind one address, who order at lunch and in waves, each on their own; it looks like a ring."""
    office = story.name("office")
    colleagues = [story.name("colleague") for _ in range(story.chance.randint(8, 40))]
    share = story.chance.uniform(0.6, 0.97)
    for _ in range(story.chance.randint(2, 6)):
        wave = story.moment().replace(hour=12, minute=0)
        if wave < story.seller.joined_at:
            wave += timedelta(days=1)
        for colleague in story.chance.sample(colleagues, story.chance.randint(2, 8)):
            at = min(wave + timedelta(minutes=story.chance.uniform(0, 70)), END)
            there = story.chance.random() < share
            story.buy(
                at,
                customer=colleague,
                address=office if there else None,
                look=story.look(180, 1.0),
            )
    for _ in range(story.chance.randint(0, 2)):
        story.buy(story.moment(), customer=story.name("me"), address=office, own=True, look=story.look(90))
    story.onlookers(story.chance.uniform(0.25, 0.7))


def _self_buyer(story: Story) -> None:
    """Buys by their own link: some with their own e-mail, careful ones under other names, at home or on the road."""
    sloppy = story.chance.random() < 0.5
    accounts = [story.name("me") for _ in range(story.chance.randint(1, 2))]
    home = story.name("my-home") if story.chance.random() < 0.75 else None
    shows = story.chance.uniform(0.5, 1.0) if sloppy else 0.0
    for _ in range(story.chance.randint(7, 25)):
        story.buy(
            story.moment(),
            customer=story.chance.choice(accounts),
            address=home,
            own=story.chance.random() < shows,
            look=story.look(25, 0.6),
        )
    story.real_sales(5)


def _ring(story: Story) -> None:
    """One person at one machine, with many accounts, in a few sittings."""
    machine = story.name("machine")
    accounts = [story.name("account") for _ in range(story.chance.randint(4, 8))]
    sloppy = story.chance.random() < 0.2
    back = story.chance.uniform(0.0, 0.4)
    for _ in range(story.chance.randint(2, 5)):
        at = story.moment()
        for _ in range(story.chance.randint(5, 9)):
            at = min(at + timedelta(minutes=story.chance.uniform(1.5, 6)), END)
            story.buy(
                at,
                customer=story.chance.choice(accounts),
                address=machine if story.chance.random() < 0.9 else None,
                own=sloppy and story.chance.random() < 0.3,
                look=story.look(22, 0.7),
                clicks=story.chance.random() < 0.85,
                back=back,
            )
    story.real_sales(8)


def _burst_buyer(story: Story) -> None:
    """A script or a hired hand: a few accounts, a few proxies, all within the hour."""
    accounts = [story.name("account") for _ in range(story.chance.randint(2, 6))]
    proxies = [story.name("proxy") for _ in range(story.chance.randint(1, 5))]
    stray = story.chance.uniform(0.05, 0.4) if story.chance.random() < 0.6 else None
    back = story.chance.uniform(0.05, 0.5)
    for _ in range(story.chance.randint(1, 2)):
        at, distance = story.moment(), story.chance.uniform(60, 240)
        for _ in range(story.chance.randint(8, 20)):
            pause = (
                distance * story.chance.uniform(1 - stray, 1 + stray)
                if stray is not None
                else story.chance.expovariate(1 / distance)
            )
            at = min(at + timedelta(seconds=pause), END)
            story.buy(
                at,
                customer=story.chance.choice(accounts),
                address=story.chance.choice(proxies),
                look=story.look(7, 0.6),
                clicks=story.chance.random() < 0.7,
                back=back,
            )
    story.real_sales(6)


def _refund_abuser(story: Story) -> None:
    """Accomplices buy to lift figures and send everything back."""
    friends = [story.name("accomplice") for _ in range(story.chance.randint(2, 7))]
    shared = [story.name("flat") for _ in range(story.chance.randint(1, 2))]
    together = story.chance.random() < 0.6
    back = story.chance.uniform(0.6, 0.95)
    for _ in range(story.chance.randint(10, 30)):
        story.buy(
            story.moment(last=END - timedelta(days=3)),
            customer=story.chance.choice(friends),
            address=story.chance.choice(shared) if together else None,
            look=story.look(38, 0.8),
            back=back,
            back_days=(0.2, 3),
        )
    story.real_sales(4)


_ACTS: dict[Kind, Callable[[Story], None]] = {
    Kind.CASUAL: _casual,
    Kind.STEADY: _steady,
    Kind.CIRCLE: _circle,
    Kind.KOL: _kol,
    Kind.LIVE: _live,
    Kind.FIRM: _firm,
    Kind.FASHION: _fashion,
    Kind.OWN_USER: _own_user,
    Kind.NEWCOMER: _newcomer,
    Kind.COUPLE: _circle,
    Kind.OFFICE: _office,
    Kind.SELF_BUYER: _self_buyer,
    Kind.RING: _ring,
    Kind.BURST_BUYER: _burst_buyer,
    Kind.REFUND_ABUSER: _refund_abuser,
}
_OF_HUNDRED = {
    Kind.CASUAL: 22,
    Kind.STEADY: 17,
    Kind.CIRCLE: 9,
    Kind.KOL: 2,
    Kind.LIVE: 2,
    Kind.FIRM: 4,
    Kind.FASHION: 5,
    Kind.OWN_USER: 6,
    Kind.NEWCOMER: 7,
    Kind.COUPLE: 4,
    Kind.OFFICE: 10,
    Kind.SELF_BUYER: 3,
    Kind.RING: 3,
    Kind.BURST_BUYER: 3,
    Kind.REFUND_ABUSER: 3,
}
_NEW = {Kind.NEWCOMER: 1.0, Kind.OFFICE: 0.3, Kind.BURST_BUYER: 0.6, Kind.RING: 0.3, Kind.KOL: 0.2}
"""Which of them joined not long ago."""


def market(seed: int, size: int) -> list[Seller]:
    """So many distributors and their month."""
    chance = random.Random(f"market:{seed}")
    return [seller for kind in Kind for seller in _people(chance, kind, size)]


def _people(chance: random.Random, kind: Kind, size: int) -> Iterator[Seller]:
    count = max(round(_OF_HUNDRED[kind] * size / 100), 2)
    for number in range(count):
        name = f"{kind.name.lower()}{number}"
        since = chance.uniform(-300, -20)
        if chance.random() < _NEW.get(kind, 0.05):
            since = chance.uniform(1, 24)
        # A couple has one account; some cheaters with several enrolments forget to use several accounts.
        shares = kind is Kind.COUPLE or (kind in {Kind.SELF_BUYER, Kind.RING} and chance.random() < 0.3)
        account = f"{kind.name}-{number // (2 if kind is Kind.COUPLE else 3)}" if shares else name
        seller = Seller(name, kind, BEGIN + timedelta(days=since), account)
        _ACTS[kind](Story(chance, seller))
        seller.orders.sort(key=lambda order: order.at)
        yield seller
