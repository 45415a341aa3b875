"""Distributors that stories need beyond the builders: with contact data, with coupons."""

from __future__ import annotations

from models.catalog.coupons import keep_coupon
from models.people.distributors import Distributor
from models.people.privacy import chat_hash, email_hash, phone_hash
from tests.builders import Shop

EMAIL = "mei@shop.example"
PHONE = "+44 20 7946 0018"
CHAT = 4711


async def reachable(shop: Shop, external_id: str = "mei") -> Distributor:
    """A distributor whose e-mail, phone and chat account are known."""
    key = shop.merchant.customer_key
    made = Distributor(
        merchant_id=shop.merchant.id,
        external_id=external_id,
        name=external_id,
        email_hash=email_hash(key, EMAIL),
        phone_hash=phone_hash(key, PHONE),
        chat_hash=chat_hash(key, CHAT),
        joined_at=shop.now,
    )
    async with shop.store.write() as session:
        session.add(made)
    return made


async def coupon(shop: Shop, code: str, owner: Distributor) -> None:
    async with shop.store.write() as session:
        await keep_coupon(session, shop.merchant.id, code, owner.id)
