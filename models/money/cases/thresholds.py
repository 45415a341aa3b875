"""From when on a signal speaks: a merchant's own numbers, or those that the simulated market justifies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from models.errors import Invalid
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.sql import table_of
from models.store.types import Json, JsonValue, Key, UtcTime

_Count = Annotated[int, Field(ge=1, le=10_000)]
_Percent = Annotated[int, Field(ge=1, le=1_000)]


class Thresholds(BaseModel):
    """Whole numbers: orders, percent, seconds, minutes, days. `make bench` measures what the defaults find."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_days: Annotated[int, Field(ge=1, le=60)] = 30
    """How far back orders are looked at. Hashes of addresses are kept for 30 days."""
    own_orders: _Count = 3
    own_percent: _Percent = 30
    """Orders whose buyer is the distributor or their sponsor, and what share of all they are at least."""
    address_orders: _Count = 6
    address_percent: _Percent = 50
    """Orders of addresses that bring several, and their share; addresses that others share don't count."""
    customer_orders: _Count = 6
    customer_percent: _Percent = 80
    """Orders of the one customer, and their share."""
    few_each: _Count = 3
    few_orders: _Count = 9
    """Orders of a customer who comes back, and of all such customers; their share is `customer_percent`."""
    quick_seconds: _Count = 40
    quick_orders: _Count = 5
    quick_percent: Annotated[int, Field(ge=1, le=99)] = 14
    """Orders placed so soon after the click on a quiet link, and which share of them may be chance."""
    even_orders: _Count = 10
    even_percent: _Percent = 25
    """Orders in one sitting, and how far their distances may stray (standard deviation of the mean).

    Ten that come at random look so even once in eight thousand sittings, seven once in four hundred.
    """
    burst_orders: _Count = 6
    burst_minutes: _Count = 60
    burst_percent: _Percent = 30
    """Orders in so short a time by few customers who each come back, and their share of all."""
    refund_orders: _Count = 4
    refund_percent: _Percent = 35
    refund_times: _Count = 3
    """Orders that came back, their share, and how many times the merchant's own share that is."""
    returns_orders: _Count = 6
    """Orders that came back from customers who sent back two each and more."""
    new_days: _Count = 14
    spike_orders: _Count = 10
    spike_visitors_percent: _Percent = 200
    """Orders of somebody new, by links that fewer visitors came by than this share of the orders."""
    account_distributors: Annotated[int, Field(ge=2, le=100)] = 3
    """Distributors who are paid out to one account: two may be a couple."""
    watch_days: Annotated[int, Field(ge=1, le=365)] = 30
    decide_days: Annotated[int, Field(ge=1, le=60)] = 3
    """By when a distributor under review may expect a decision."""
    hold_days: Annotated[int, Field(ge=1, le=365)] = 30
    """After which a hold that nobody decided is over, and what it held back goes on its way."""

    @property
    def window(self) -> timedelta:
        """How far back orders are looked at."""
        return timedelta(days=self.window_days)


class CaseThresholdsRow(SQLModel, table=True):
    """What a merchant set otherwise than the defaults."""

    __tablename__ = "case_thresholds"

    merchant_id: int = Column(primary_key=True, foreign_key="merchant.id", sa_type=Key)
    chosen: dict[str, JsonValue] = Column(default_factory=dict, sa_type=Json)
    changed_at: datetime = Column(sa_type=UtcTime)


async def thresholds_of(session: AsyncSession, merchant_id: int) -> Thresholds:
    """The merchant's numbers: the defaults, but for what they set themselves."""
    return Thresholds.model_validate(await _chosen(session, merchant_id))


async def _chosen(session: AsyncSession, merchant_id: int) -> dict[str, JsonValue]:
    table = table_of(CaseThresholdsRow)
    found = await session.execute(select(table.c.chosen).where(table.c.merchant_id == merchant_id))
    chosen: dict[str, JsonValue] | None = found.scalar_one_or_none()
    return chosen or {}


async def set_thresholds(
    session: AsyncSession,
    merchant_id: int,
    changes: Mapping[str, int | None],
    *,
    actor: Actor,
    now: datetime,
) -> Thresholds:
    """Set some numbers; None puts one back to its default. Raises Invalid. The caller holds the merchant's lock."""
    before = await _chosen(session, merchant_id)
    unknown = sorted(set(changes) - set(Thresholds.model_fields))
    if unknown:
        known = ", ".join(Thresholds.model_fields)
        raise Invalid(f"There is no threshold {unknown[0]!r}; thresholds are {known}.")
    after: dict[str, JsonValue] = {**before, **changes}
    after = {name: value for name, value in after.items() if value is not None}
    try:
        thresholds = Thresholds.model_validate(after)
    except ValidationError as error:
        fault = error.errors()[0]
        raise Invalid(f"The threshold {fault['loc'][0]!r} can't be so: {fault['msg']}.") from None
    await session.merge(CaseThresholdsRow(merchant_id=merchant_id, chosen=after, changed_at=now))
    await session.flush()
    await write_down(
        session,
        merchant_id=merchant_id,
        actor=actor,
        act=Deed.SET_THRESHOLDS,
        subject="cases",
        before=before,
        after=after,
        now=now,
    )
    return thresholds
