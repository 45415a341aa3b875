"""A simulated market in a real store: told day by day as a shop tells it, with the real job after each day."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.cases import look_everywhere
from models.catalog.coupons import Coupon
from models.funnel.clicks import NewClick, land_clicks
from models.funnel.events import Buyer, ShopEvent
from models.funnel.links import Link
from models.money.cases.cases import Case, CaseKind, CaseRow, CaseState
from models.people.distributors import Distributor
from models.store.engine import Store
from models.store.sql import table_of, values_of
from models.store.types import to_micros
from tests.bench.temperaments import BEGIN, DAYS, END, Bought, Seller, market
from tests.builders import Shop, line, open_shop


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one seller: the state of their case, whether it ever was a hold, the signals on it."""

    seller: Seller
    state: CaseState | None
    is_held: bool
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How right the holds were, of one market or of several."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of those held, how many cheat."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """Of those who cheat, how many were held."""
        return self.right / max(self.right + self.missed, 1)


def score(verdicts: Sequence[Verdict]) -> Score:
    """Count."""
    held = Counter((verdict.seller.cheats, verdict.is_held) for verdict in verdicts)
    return Score(held[True, True], held[False, True], held[True, False])


async def play(store: Store, seed: int, size: int) -> list[Verdict]:
    """Tell a whole month to an empty store and judge everybody as it stands at its end."""
    sellers = market(seed, size)
    shop = await open_shop(store, BEGIN)
    await shop.plan()
    enrolled = await _enrol(shop, sellers)
    accounts = {enrolled[seller.name].id: seller.account for seller in sellers}
    links = {seller.name: await shop.link(enrolled[seller.name]) for seller in sellers}
    await _click(store, sellers, links)
    by_day = _events(shop, sellers, enrolled, links)
    for day in range(DAYS + 1):
        now = BEGIN + timedelta(days=day + 1)
        if by_day.get(day):
            receipts = await shop.tell(*sorted(by_day[day], key=lambda event: event.occurred_at), now=now)
            assert {receipt.status for receipt in receipts} == {"accepted"}, receipts
        await look_everywhere(store, now, _Shared(accounts))
    return await _judge(store, sellers, enrolled)


class _Shared:
    """How many share an account, as payouts would tell."""

    def __init__(self, accounts: Mapping[int, str]) -> None:
        self._accounts = accounts
        self._count = Counter(accounts.values())

    async def __call__(self, _: AsyncSession, __: int, distributor_ids: Sequence[int]) -> Mapping[int, int]:
        return {key: self._count[self._accounts[key]] for key in distributor_ids}


async def _enrol(shop: Shop, sellers: Sequence[Seller]) -> dict[str, Distributor]:
    made = {
        seller.name: Distributor(
            merchant_id=shop.merchant.id,
            external_id=seller.name,
            name=seller.name,
            email_hash=_hashed(f"mail:{seller.name}"),
            joined_at=seller.joined_at,
        )
        for seller in sellers
    }
    async with shop.store.write() as session:
        session.add_all(made.values())
        await session.flush()
        session.add_all(
            Coupon(merchant_id=shop.merchant.id, code=name.upper(), distributor_id=distributor.id)
            for name, distributor in made.items()
        )
    return made


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


async def _click(store: Store, sellers: Sequence[Seller], links: Mapping[str, Link]) -> None:
    clicks = [
        NewClick(0, links[seller.name].id, _hashed(visitor)[:24], to_micros(at))
        for seller in sellers
        for at, visitor in seller.clicks
    ]
    clicks.sort(key=lambda click: click.at)
    await land_clicks(store, [click._replace(id=number) for number, click in enumerate(clicks, 1)])


def _events(
    shop: Shop,
    sellers: Sequence[Seller],
    enrolled: Mapping[str, Distributor],
    links: Mapping[str, Link],
) -> dict[int, list[ShopEvent]]:
    days: dict[int, list[ShopEvent]] = {}
    for seller in sellers:
        for number, order in enumerate(seller.orders):
            ref = f"{seller.name}-{number}"
            paid = shop.paid(
                ref,
                line(price=f"{10 + number % 7}.00"),
                code=None if order.by_coupon else links[seller.name].code,
                coupon=seller.name.upper() if order.by_coupon else None,
                buyer=_buyer(order, enrolled[seller.name]),
                at=order.at,
            )
            days.setdefault((order.at - BEGIN).days, []).append(paid)
            if order.back_at is not None and order.back_at < END:
                back = shop.refunded(ref, full=True, at=order.back_at)
                days.setdefault((order.back_at - BEGIN).days, []).append(back)
    return days


def _buyer(order: Bought, distributor: Distributor) -> Buyer:
    # An address's hash is comparable within its week only, as the real salt makes it.
    week = order.at.isocalendar()[1]
    return Buyer(
        customer=_hashed(order.customer) if order.customer else None,
        ip=_hashed(f"{week}:{order.address}") if order.address else None,
        email=distributor.email_hash if order.own else None,
    )


async def _judge(
    store: Store, sellers: Sequence[Seller], enrolled: Mapping[str, Distributor]
) -> list[Verdict]:
    table = table_of(CaseRow)
    async with store.read() as session:
        rows = await session.execute(select(table).where(table.c.kind == CaseKind.SIGNALS))
        cases: dict[int, Case] = {}
        for case in sorted(
            (values_of(row, Case) for row in rows), key=lambda each: each.expected_at is not None
        ):
            cases[case.distributor_id] = case
    verdicts = []
    for seller in sellers:
        worst = cases.get(enrolled[seller.name].id)
        if worst is None:
            verdicts.append(Verdict(seller, None, is_held=False, signals=()))
            continue
        kinds = tuple(signal.kind.value for signal in worst.evidence)
        verdicts.append(Verdict(seller, worst.state, worst.expected_at is not None, kinds))
    return verdicts
