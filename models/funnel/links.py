"""Links: distributor × product (or shop) × channel, each with an opaque code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.catalog.products import SKU_CHARS, products_by_sku
from models.errors import Conflict, NotFound
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.ids import ALPHABET, new_code, new_id
from models.store.sql import chunks, insert_ignore
from models.store.types import Key, Minor, UtcTime, Word

_CODE = re.compile(rf"[{ALPHABET}]{{8}}")
NAME_CHARS = 60
MOST_SLOTS = 50
"""Links of one product and channel that one distributor may have."""
SHOP = ""
"""The SKU of a link that leads to the shop as a whole."""


class Channel(StrEnum):
    INLINE = "inline"
    POSTER = "poster"
    COPIED = "copied"
    BOARD = "board"
    BROADCAST = "broadcast"
    MINIAPP = "miniapp"
    VIDEO = "video"
    OTHER = "other"


class LinkState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class Link(SQLModel, table=True):
    """One way to the shop with a distributor's name on it. `sku` is empty for the shop as a whole.

    Of one product and channel there may be several, told apart by `slot` and, for their owner, by `name`.
    """

    __tablename__ = "link"
    __table_args__ = (
        UniqueConstraint("distributor_id", "sku", "channel", "slot"),
        Index(None, "merchant_id", "id"),
    )

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    sku: str = Field(default=SHOP, sa_type=String(SKU_CHARS))
    channel: Channel = Field(sa_type=Word(Channel))
    slot: int = 0
    name: str = Field(default="", sa_type=String(NAME_CHARS))
    code: str = Field(default_factory=new_code, unique=True, sa_type=String(16))
    state: LinkState = Field(default=LinkState.ACTIVE, sa_type=Word(LinkState))
    created_at: datetime = Field(sa_type=UtcTime)


class LinkTotal(SQLModel, table=True):
    """How often a link was clicked: raw, and unique (one per visitor and UTC clock hour)."""

    __tablename__ = "link_total"

    link_id: int = Field(primary_key=True, foreign_key="link.id", sa_type=Key)
    clicks: int = Field(default=0, sa_type=Minor)
    unique_clicks: int = Field(default=0, sa_type=Minor)


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link with its distributor's name for the shop and its totals."""

    link: Link
    distributor: str
    clicks: int
    unique_clicks: int


def read_code(typed: str) -> str | None:
    """The code that was typed, in its kept form; None when it can't be one."""
    code = typed.strip().upper()
    return code if _CODE.fullmatch(code) else None


class TooManyLinks(Conflict):
    """A distributor has as many links of one product and channel as anybody can tell apart."""

    code = "too_many_links"

    def __init__(self) -> None:
        super().__init__(f"You have {MOST_SLOTS} links of this kind already: rename one and go on with it.")


_IN_CHANNEL = (
    select(Link)
    .where(
        col(Link.distributor_id) == bindparam("distributor_id"),
        col(Link.channel) == bindparam("channel", type_=Word(Channel)),
        col(Link.sku).in_(bindparam("skus", expanding=True)),
        col(Link.state) == LinkState.ACTIVE,
    )
    .order_by(col(Link.slot).desc())
)


async def link_for(
    session: AsyncSession,
    *,
    merchant: Merchant,
    distributor: Distributor,
    channel: Channel,
    sku: str,
    now: datetime,
) -> Link:
    """The distributor's link to a product (or the shop, `sku` empty) in a channel, made at first asking.

    Of several it is the oldest that is not paused. Raises NotFound for a product that the catalogue lacks.
    """
    asked = await links_for(
        session, merchant=merchant, distributor=distributor, channel=channel, skus=[sku], now=now
    )
    return asked[sku]


async def links_for(
    session: AsyncSession,
    *,
    merchant: Merchant,
    distributor: Distributor,
    channel: Channel,
    skus: Sequence[str],
    now: datetime,
) -> dict[str, Link]:
    """The same for several products at once, by SKU. Raises NotFound."""
    asked: dict[str, object] = {"distributor_id": distributor.id, "channel": channel, "skus": list(skus)}
    found = {link.sku: link for link in (await session.execute(_IN_CHANNEL, asked)).scalars()}
    missing = [sku for sku in dict.fromkeys(skus) if sku not in found]
    if not missing:
        return found
    await _check_known(session, merchant.id, missing)
    # Looked for once more behind the slots: who asks at the same time may have made them in between, and what
    # is missing after that is missing at the slot which was free before.
    slots = await _next_slots(session, distributor.id, channel, missing)
    rows = await session.execute(_IN_CHANNEL, {**asked, "skus": missing})
    found.update({link.sku: link for link in rows.scalars()})
    missing = [sku for sku in missing if sku not in found]
    if not missing:
        return found
    unique = ("distributor_id", "sku", "channel", "slot")
    await session.execute(
        insert_ignore(session, Link, unique),
        [
            {
                "id": new_id(),
                "merchant_id": merchant.id,
                "distributor_id": distributor.id,
                "sku": sku,
                "channel": channel,
                "slot": slots[sku],
                "name": "",
                "code": new_code(),
                "state": LinkState.ACTIVE,
                "created_at": now,
            }
            for sku in missing
        ],
    )
    rows = await session.execute(_IN_CHANNEL, {**asked, "skus": missing})
    found.update({link.sku: link for link in rows.scalars()})
    return found


async def _check_known(session: AsyncSession, merchant_id: int, skus: Sequence[str]) -> None:
    known = await products_by_sku(session, merchant_id, [sku for sku in skus if sku != SHOP])
    for sku in skus:
        if sku != SHOP and sku not in known:
            raise NotFound("product", sku)


async def _next_slots(
    session: AsyncSession, distributor_id: int, channel: Channel, skus: Sequence[str]
) -> dict[str, int]:
    rows = await session.execute(
        select(col(Link.sku), func.max(col(Link.slot)).label("last"))
        .where(
            col(Link.distributor_id) == distributor_id,
            col(Link.channel) == channel,
            col(Link.sku).in_(skus),
        )
        .group_by(col(Link.sku))
    )
    taken = {row.sku: row.last + 1 for row in rows}
    return {sku: taken.get(sku, 0) for sku in skus}


async def another_link(
    session: AsyncSession, link: Link, *, channel: Channel, name: str, now: datetime
) -> Link:
    """One more link to where this one leads, with a name for its owner. Raises TooManyLinks."""
    slots = await _next_slots(session, link.distributor_id, channel, [link.sku])
    if slots[link.sku] >= MOST_SLOTS:
        raise TooManyLinks
    made = Link(
        merchant_id=link.merchant_id,
        distributor_id=link.distributor_id,
        sku=link.sku,
        channel=channel,
        slot=slots[link.sku],
        name=name[:NAME_CHARS],
        created_at=now,
    )
    session.add(made)
    await session.flush()
    return made


async def own_link(session: AsyncSession, distributor_id: int, link_id: int) -> Link:
    """A link of this distributor. Raises NotFound."""
    rows = await session.execute(
        select(Link).where(col(Link.distributor_id) == distributor_id, col(Link.id) == link_id)
    )
    link = rows.scalar_one_or_none()
    if link is None:
        raise NotFound("link", str(link_id))
    return link


async def rename_link(session: AsyncSession, link: Link, name: str) -> None:
    """Call a link something else; nobody but its owner sees it."""
    link.name = name.strip()[:NAME_CHARS]
    session.add(link)
    await session.flush()


async def set_link_state(session: AsyncSession, link: Link, state: LinkState) -> None:
    """Pause a link or take it up again; its code stays."""
    link.state = state
    session.add(link)
    await session.flush()


async def links_by_code(session: AsyncSession, merchant_id: int, codes: Sequence[str]) -> dict[str, Link]:
    """This merchant's links among these codes (already in their kept form); foreign codes are unknown codes."""
    found: dict[str, Link] = {}
    for part in chunks(codes):
        # By code alone, which is unique: of a long list beside the merchant SQLite reads all of the merchant's links.
        rows = await session.execute(select(Link).where(col(Link.code).in_(part)))
        found.update({link.code: link for link in rows.scalars() if link.merchant_id == merchant_id})
    return found


async def link_by_code(session: AsyncSession, code: str) -> Link | None:
    """The link with this code (in its kept form), whoever's it is."""
    return (await session.execute(select(Link).where(col(Link.code) == code))).scalar_one_or_none()


async def links_seen(
    session: AsyncSession,
    merchant_id: int,
    *,
    distributor_id: int | None = None,
    link_id: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[LinkSeen]:
    """Links of a merchant with their totals, in the order in which they were made, behind the id `after`."""
    statement = (
        select(Link, col(Distributor.external_id), col(LinkTotal.clicks), col(LinkTotal.unique_clicks))
        .join(Distributor, col(Distributor.id) == col(Link.distributor_id))
        .outerjoin(LinkTotal, col(LinkTotal.link_id) == col(Link.id))
        .where(col(Link.merchant_id) == merchant_id, col(Link.id) > after)
        .order_by(col(Link.id))
        .limit(limit)
    )
    if distributor_id is not None:
        statement = statement.where(col(Link.distributor_id) == distributor_id)
    if link_id is not None:
        statement = statement.where(col(Link.id) == link_id)
    rows = await session.execute(statement)
    return [
        LinkSeen(link, external_id, clicks or 0, unique_clicks or 0)
        for link, external_id, clicks, unique_clicks in rows
    ]


async def link_code(session: AsyncSession, link_id: int | None) -> str | None:
    """The code of a link that a row of ours names."""
    if link_id is None:
        return None
    return (await session.execute(select(col(Link.code)).where(col(Link.id) == link_id))).scalar_one_or_none()
