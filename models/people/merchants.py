"""Merchants and their keys. A merchant's rows carry `merchant_id`; nobody sees another's."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import Invalid, NotFound
from models.people.privacy import new_customer_key
from models.store.currency import is_currency
from models.store.ids import new_code, new_id
from models.store.types import Json, Key, UtcTime


class Merchant(SQLModel, table=True):
    """A shop with its currency, zone, allowed target addresses and secrets.

    `recruits_on_cards`: shared cards carry a button by which their readers may join too.
    """

    __tablename__ = "merchant"

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    public_id: str = Field(unique=True, sa_type=String(40))
    name: str = Field(sa_type=String(200))
    currency: str = Field(sa_type=String(3))
    timezone: str = Field(sa_type=String(60))
    shop_urls: list[str] = Field(sa_type=Json)
    customer_key: str = Field(sa_type=String(64))
    webhook_secret: str = Field(sa_type=Text)
    webhook_secret_before: str | None = Field(default=None, sa_type=Text)
    open_to_join: bool = True
    is_demo: bool = False
    recruits_on_cards: bool = True
    created_at: datetime = Field(sa_type=UtcTime)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the merchant's days and months."""
        return ZoneInfo(self.timezone)

    @property
    def shop_hosts(self) -> frozenset[str]:
        """Hosts that links may lead to."""
        return frozenset(host for url in self.shop_urls if (host := urlsplit(url).hostname))

    @property
    def picture_hosts(self) -> tuple[str, ...]:
        """Hosts, with their port where it is not the scheme's own, that product pictures are fetched from."""
        return tuple(dict.fromkeys(urlsplit(url).netloc.lower() for url in self.shop_urls))


class ApiKey(SQLModel, table=True):
    """A bearer token of the merchant's, kept as its hash only."""

    __tablename__ = "api_key"

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", index=True, sa_type=Key)
    digest: str = Field(unique=True, sa_type=String(64))
    label: str = Field(sa_type=String(60))
    created_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """A merchant just made, with the secrets that are shown only now."""

    merchant: Merchant
    api_key: str


def new_webhook_secret() -> str:
    """A signing secret in the form of the Standard Webhooks scheme."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _checked_shop_url(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise Invalid(f"A shop address looks like https://shop.example, not {url!r}.")
    return url.strip()


async def add_merchant(
    session: AsyncSession,
    *,
    name: str,
    currency: str,
    timezone: str,
    shop_urls: Sequence[str],
    now: datetime,
    is_demo: bool = False,
) -> NewMerchant:
    """Make a merchant and its first API key. Raises Invalid with a sentence for each wrong value."""
    if not name.strip():
        raise Invalid("A merchant needs a name.")
    if not is_currency(currency):
        raise Invalid(f"{currency!r} is no currency; give an ISO 4217 code such as GBP or CNY.")
    if timezone not in available_timezones():
        raise Invalid(f"{timezone!r} is no time zone; give a name such as Europe/London or Asia/Shanghai.")
    if not shop_urls:
        raise Invalid("A merchant needs at least one shop address (--shop-url https://shop.example).")
    merchant = Merchant(
        public_id=f"m_{new_code(10).lower()}",
        name=name.strip(),
        currency=currency,
        timezone=timezone,
        shop_urls=[_checked_shop_url(url) for url in shop_urls],
        customer_key=new_customer_key(),
        webhook_secret=new_webhook_secret(),
        is_demo=is_demo,
        created_at=now,
    )
    session.add(merchant)
    await session.flush()
    return NewMerchant(merchant, await add_api_key(session, merchant, label="first", now=now))


async def add_api_key(session: AsyncSession, merchant: Merchant, *, label: str, now: datetime) -> str:
    """Make a bearer token; it is returned once and only its hash is kept."""
    token = f"tk_{secrets.token_urlsafe(30)}"
    session.add(ApiKey(merchant_id=merchant.id, digest=_digest(token), label=label, created_at=now))
    await session.flush()
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def merchant_of_api_key(session: AsyncSession, token: str) -> Merchant | None:
    """The merchant whose living key this is."""
    result = await session.execute(
        select(Merchant)
        .join(ApiKey, col(ApiKey.merchant_id) == col(Merchant.id))
        .where(col(ApiKey.digest) == _digest(token), col(ApiKey.revoked_at).is_(None))
    )
    return result.scalar_one_or_none()


async def merchant_by_public_id(session: AsyncSession, public_id: str) -> Merchant:
    """Raises NotFound."""
    result = await session.execute(select(Merchant).where(col(Merchant.public_id) == public_id))
    merchant = result.scalar_one_or_none()
    if merchant is None:
        raise NotFound("merchant", public_id)
    return merchant


async def the_merchant(session: AsyncSession, public_id: str | None) -> Merchant:
    """The named merchant, or the only one. Raises Invalid when a name is needed, NotFound when it is wrong."""
    if public_id:
        return await merchant_by_public_id(session, public_id)
    merchants = (await session.execute(select(Merchant).order_by(col(Merchant.id)).limit(2))).scalars().all()
    if not merchants:
        raise Invalid("There is no merchant yet: add one with `tuike merchant add`.")
    if len(merchants) > 1:
        raise Invalid("There are several merchants: say which with --merchant ID.")
    return merchants[0]


async def merchant(session: AsyncSession, merchant_id: int) -> Merchant:
    """The merchant with this key, which a row of ours named."""
    return (await session.execute(select(Merchant).where(col(Merchant.id) == merchant_id))).scalar_one()


async def all_merchants(session: AsyncSession) -> Sequence[Merchant]:
    """Every merchant, oldest first."""
    return (await session.execute(select(Merchant).order_by(col(Merchant.id)))).scalars().all()


async def open_merchants(session: AsyncSession) -> Sequence[Merchant]:
    """Merchants whom anybody may join, by name."""
    statement = select(Merchant).where(col(Merchant.open_to_join).is_(True)).order_by(col(Merchant.name))
    return (await session.execute(statement)).scalars().all()


async def set_recruiting(session: AsyncSession, merchant: Merchant, *, recruits: bool) -> None:
    """Whether shared cards invite their readers to promote too."""
    merchant.recruits_on_cards = recruits
    session.add(merchant)
    await session.flush()


async def lock_merchant(session: AsyncSession, merchant_id: int) -> Merchant:
    """Take the merchant's money for this transaction: whoever changes it next waits (operations.md A1).

    On SQLite the transaction itself is exclusive. On PostgreSQL the row is locked, weakly enough that
    rows which merely refer to the merchant can still be inserted.
    """
    statement = select(Merchant).where(col(Merchant.id) == merchant_id).with_for_update(key_share=True)
    return (await session.execute(statement)).scalar_one()
