"""Published versions of a plan. A published version never changes; an edit makes a new one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.plans.document import PlanDocument
from models.plans.rates import RateTable
from models.store.ids import new_id
from models.store.prepared import Prepared, row_of
from models.store.sql import table_of
from models.store.types import EPOCH, Key, UtcTime


class PlanVersion(SQLModel, table=True):
    """One published document. In force from `starts_at` until a later start; of equal starts the higher version."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("merchant_id", "version"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    version: int
    name: str = Field(sa_type=String(100))
    starts_at: datetime = Field(sa_type=UtcTime)
    document: str = Field(sa_type=Text)
    digest: str = Field(sa_type=String(64))
    """Of the document as it was written; its start may have been moved since, for the notice period."""
    standing_digest: str = Field(sa_type=String(64))
    """Of `document`, as it stands here."""
    published_at: datetime = Field(sa_type=UtcTime)
    told: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How many distributors were sent the terms."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A version ready for use."""

    id: int
    version: int
    starts_at: datetime
    document: PlanDocument
    rates: RateTable
    published_at: datetime = EPOCH
    told: int = 0
    digest: str = ""


@lru_cache(maxsize=256)
def _parsed(document: str) -> tuple[PlanDocument, RateTable]:
    content = json.loads(document)
    # Versions from before there were caps go on as they were: terms never change backwards.
    content.setdefault("caps", {"margin_percent": None})
    parsed = PlanDocument.model_validate(content)
    return parsed, RateTable(parsed)


def _plan(row: PlanVersion) -> Plan:
    document, rates = _parsed(row.document)
    return Plan(row.id, row.version, row.starts_at, document, rates, row.published_at, row.told, row.digest)


_TABLE = table_of(PlanVersion)
_OF_MERCHANT = Prepared(
    select(_TABLE).where(_TABLE.c.merchant_id == bindparam("merchant_id")), row_of(PlanVersion)
)


class PlanBook:
    """Every version of one merchant, asked which was in force when.

    The word published last counts: a version that waits for its start when a later one begins before it never holds.
    """

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._versions = sorted(plans, key=lambda plan: plan.version)
        self._plans = _holding(self._versions)

    @classmethod
    async def open(cls, session: AsyncSession, merchant_id: int) -> PlanBook:
        """Read the merchant's versions (few; parsed once per process)."""
        rows = await _OF_MERCHANT.all(session, merchant_id=merchant_id)
        return cls([_plan(row) for row in rows])

    def all(self) -> Sequence[Plan]:
        """Every version that holds at some time, in the order in which they start."""
        return tuple(self._plans)

    def in_force(self, moment: datetime) -> Plan | None:
        """The version that holds at a moment; None before the first one starts."""
        found = None
        for plan in self._plans:
            if plan.starts_at > moment:
                break
            found = plan
        return found

    def in_force_before(self, moment: datetime) -> Plan | None:
        """The version that held just before a moment; one that starts at that very moment came too late."""
        earlier = [plan for plan in self._plans if plan.starts_at < moment]
        return earlier[-1] if earlier else None

    @property
    def latest(self) -> Plan | None:
        """The version that was published last, whenever it starts."""
        return self._versions[-1] if self._versions else None

    def followed_by(self, plan: Plan) -> Plan | None:
        """The version whose place another took: what would have held at its start among those published before."""
        earlier = [each for each in self._versions if each.version < plan.version]
        return PlanBook(earlier).in_force(max(plan.starts_at, plan.published_at))

    def replaced_by(self, plan: Plan) -> list[Plan]:
        """Versions that waited for a later start when this one was published, and never hold because of it."""
        earlier = PlanBook([each for each in self._versions if each.version < plan.version])
        return [each for each in earlier.coming(plan.published_at) if each.starts_at > plan.starts_at]

    @property
    def newest_first(self) -> list[Plan]:
        """Every version, the one published last before all others."""
        return self._versions[::-1]

    def coming(self, now: datetime) -> list[Plan]:
        """Versions that start later, in the order in which they do."""
        return [plan for plan in self._plans if plan.starts_at > now]

    def in_force_at(self, moments: Sequence[datetime]) -> list[Plan]:
        """Every version that held just before any of these moments."""
        found = {
            plan.version: plan for moment in moments if (plan := self.in_force_before(moment)) is not None
        }
        return [found[version] for version in sorted(found)]

    @property
    def has_ladder(self) -> bool:
        """Whether any version pays for a period's sales."""
        return any(plan.document.ladder is not None for plan in self._versions)

    def numbered(self, version: int) -> Plan:
        """The version with this number, which a commission of ours names."""
        return next(plan for plan in self._versions if plan.version == version)

    def known(self, version: int) -> Plan | None:
        """The version with this number; None where there is none."""
        return next((plan for plan in self._versions if plan.version == version), None)


def _holding(versions: Sequence[Plan]) -> list[Plan]:
    """Those that no later version comes before, in the order in which they start."""
    holding: list[Plan] = []
    for plan in reversed(versions):
        if not holding or plan.starts_at < holding[-1].starts_at:
            holding.append(plan)
    return holding[::-1]
