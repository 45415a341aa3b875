"""A shop with money to withdraw, and short ways to ask for it, decide on it and look at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.money.ledger import MERCHANT, AccountKind, balances_of
from models.money.payout_accounts import PayoutAccount, keep_account
from models.money.payout_forms import AccountKind as HowPaid
from models.money.payout_forms import read_account
from models.money.payouts import claim, mark_failed, mark_paid, mark_unknown
from models.money.verify import Finding, verify
from models.money.withdrawal_decisions import approve, refuse, undo_approval
from models.money.withdrawal_states import Withdrawal, withdrawal
from models.money.withdrawal_terms import WithdrawalTerms, withdrawal_terms
from models.money.withdrawals import request_withdrawal
from models.people.distributors import Distributor
from models.people.merchants import merchant
from models.people.persons import Person
from models.people.staff import Role, Staff
from models.store.audit import Actor
from models.store.engine import Store
from models.store.sealing import Seal
from tests.builders import Shop, line, open_shop
from tests.models.books import release

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SEAL = Seal(KEY)
IBAN = "GB29 NWBK 6016 1331 9268 19"
BANK = f"Mei Chen\nBank of London\n{IBAN}"
PLAN = """
name: Payouts
starts_at: 2010-12-01T00:00:00Z
settlement: {hold_days: 7, delivery_days: 3, minimum_withdrawal: "20.00"}
withdrawal: {fee: "0.50", fee_percent: "1", arrives_in_days: 3, second_person_above: "60.00"}
levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}]
rates: [{percent: "10"}]
"""
ANN, BEN, CLOCK = Actor("person 1001"), Actor("person 1002"), Actor("clock")


@dataclass
class Till:
    """A shop whose distributor Mei has released commissions, and the time."""

    shop: Shop
    mei: Distributor
    code: str
    now: datetime
    _nonces: int = field(default=0)
    _orders: int = field(default=0)

    @property
    def store(self) -> Store:
        return self.shop.store

    def later(self, **spans: float) -> datetime:
        self.now += timedelta(**spans)
        return self.now

    async def earn(self, pounds: int, whose: str | None = None) -> str:
        """An order that brings its seller ten percent, released at once; its number."""
        self._orders += 1
        ref = f"o{self._orders}"
        await self.shop.tell(
            self.shop.paid(ref, line(price=f"{pounds * 10}.00"), code=whose or self.code), now=self.now
        )
        await release(self.shop, self.now + timedelta(days=30))
        return ref

    async def hire(self, chat_id: int, name: str, role: Role = Role.FINANCE) -> Actor:
        """Somebody who works for the shop."""
        person = await self.shop.person(chat_id, name)
        async with self.store.write() as session:
            session.add(
                Staff(merchant_id=self.shop.merchant.id, person_id=person.id, role=role, joined_at=self.now)
            )
        return Actor.person(person.id)

    async def account(
        self, typed: str = BANK, whose: Distributor | None = None, kind: HowPaid = HowPaid.BANK
    ) -> PayoutAccount:
        async with self.store.write() as session:
            return await keep_account(
                session,
                await merchant(session, self.shop.merchant.id),
                whose or self.mei,
                read_account(kind, typed),
                seal=SEAL,
                actor=Actor("person 1"),
                now=self.now,
            )

    async def ask(
        self, minor: int, *, nonce: str | None = None, whose: Distributor | None = None
    ) -> Withdrawal:
        self._nonces += 1
        async with self.store.write() as session:
            return await request_withdrawal(
                session,
                await merchant(session, self.shop.merchant.id),
                whose or self.mei,
                minor,
                nonce=nonce or f"NONCE{self._nonces:03}",
                actor=Actor("person 1"),
                now=self.now,
            )

    async def approve(self, one: Withdrawal, by: Actor = ANN) -> Withdrawal:
        return await self._do(approve, one, actor=by)

    async def undo(self, one: Withdrawal, by: Actor = ANN) -> Withdrawal:
        return await self._do(undo_approval, one, actor=by)

    async def refuse(self, one: Withdrawal, by: Actor = ANN, why: str = "") -> Withdrawal:
        return await self._do(refuse, one, actor=by, why=why)

    async def claim(self, one: Withdrawal, by: Actor = ANN, provider: str = "manual") -> Withdrawal:
        return await self._do(claim, one, actor=by, provider=provider)

    async def pay(self, one: Withdrawal, by: Actor = ANN, reference: str = "") -> Withdrawal:
        return await self._do(mark_paid, one, actor=by, reference=reference)

    async def fail(self, one: Withdrawal, by: Actor = ANN, why: str = "") -> Withdrawal:
        return await self._do(mark_failed, one, actor=by, why=why)

    async def lose(self, one: Withdrawal, by: Actor = CLOCK) -> Withdrawal:
        return await self._do(mark_unknown, one, actor=by, why="")

    async def _do(self, act: Callable[..., object], one: Withdrawal, **values: object) -> Withdrawal:
        async with self.store.write() as session:
            shop = await merchant(session, self.shop.merchant.id)
            done = await act(session, shop, one, now=self.now, **values)  # type: ignore[misc]  # one of ours
        assert isinstance(done, Withdrawal)
        return done

    async def paid_out(self, minor: int) -> Withdrawal:
        """A withdrawal from its request to its end."""
        one = await self.approve(await self.ask(minor))
        if not one.is_approved:
            one = await self.approve(one, BEN)
        return await self.pay(await self.claim(one), reference="BANK-1")

    async def stands(self, one: Withdrawal) -> Withdrawal:
        async with self.store.read() as session:
            return await withdrawal(session, one.merchant_id, one.id)

    async def balances(self, whose: Distributor | None = None) -> dict[str, int]:
        """The balances that are not nothing, the shop's fees among them."""
        shop = self.shop.merchant
        async with self.store.read() as session:
            mine = await balances_of(session, shop.id, shop.currency, (whose or self.mei).id)
            ours = await balances_of(session, shop.id, shop.currency, MERCHANT)
        found = {**mine, AccountKind.FEES: ours[AccountKind.FEES]}
        return {str(kind): minor for kind, minor in found.items() if minor}

    async def terms(self) -> WithdrawalTerms:
        async with self.store.read() as session:
            return await withdrawal_terms(session, self.shop.merchant, self.now)

    async def findings(self) -> list[Finding]:
        async with self.store.read() as session:
            return await verify(session, self.shop.merchant)


async def open_till(store: Store, now: datetime, *, pounds: int = 100, person: Person | None = None) -> Till:
    """Mei has earned this much, and a bank account."""
    shop = await open_shop(store, now)
    await shop.plan(PLAN)
    mei = await shop.distributor("mei", person=person or await shop.person(1, "Mei"))
    till = Till(shop, mei, (await shop.link(mei)).code, now)
    if pounds:
        await till.earn(pounds)
    await till.account()
    return till
