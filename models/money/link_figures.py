"""What each link brought its distributor: shown, clicked, put into carts, ordered, earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import ProductRow
from models.errors import NotFound
from models.funnel.events import EventType
from models.funnel.exposures import Exposure
from models.funnel.links import Channel, Link, LinkTotal
from models.funnel.orders import OrderRow, OrderState
from models.funnel.steps import StepRow
from models.money.commissions import CommissionRow, CommissionState
from models.store.sql import table_of

_LINK, _TOTAL, _ORDER = table_of(Link), table_of(LinkTotal), table_of(OrderRow)
_STEP, _EXPOSURE, _COMMISSION = table_of(StepRow), table_of(Exposure), table_of(CommissionRow)
_PRODUCT = table_of(ProductRow)


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the funnel. `orders` are paid and not wholly given back; `earned_minor` is net of refunds."""

    shown: int = 0
    clicks: int = 0
    unique_clicks: int = 0
    carts: int = 0
    orders: int = 0
    earned_minor: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.shown + other.shown,
            self.clicks + other.clicks,
            self.unique_clicks + other.unique_clicks,
            self.carts + other.carts,
            self.orders + other.orders,
            self.earned_minor + other.earned_minor,
        )

    @property
    def conversion(self) -> tuple[int, int] | None:
        """Orders of unique clicks; None where nobody clicked, or where orders came without clicks."""
        if self.unique_clicks == 0 or self.orders > self.unique_clicks:
            return None
        return self.orders, self.unique_clicks


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as its owner sees it: `title` is its product's, None for the shop as a whole."""

    link: Link
    title: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class LinkRows:
    """Some links, the newest first, and the cursor behind them (None at the end)."""

    items: tuple[LinkRow, ...]
    next_after: int | None


async def link_rows(
    session: AsyncSession, distributor_id: int, *, after: int | None, limit: int, sku: str | None = None
) -> LinkRows:
    """A distributor's links behind a link's key, of all products or of one."""
    statement = select(Link).where(_LINK.c.distributor_id == distributor_id)
    if sku is not None:
        statement = statement.where(_LINK.c.sku == sku)
    if after is not None:
        statement = statement.where(_LINK.c.id < after)
    found = list((await session.execute(statement.order_by(_LINK.c.id.desc()).limit(limit + 1))).scalars())
    rows = await _with_figures(session, found[:limit])
    return LinkRows(tuple(rows), found[limit - 1].id if len(found) > limit else None)


async def link_row(session: AsyncSession, distributor_id: int, link_id: int) -> LinkRow:
    """One link of a distributor. Raises NotFound."""
    found = (
        await session.execute(
            select(Link).where(_LINK.c.distributor_id == distributor_id, _LINK.c.id == link_id)
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("link", str(link_id))
    return (await _with_figures(session, [found]))[0]


async def channel_figures(session: AsyncSession, distributor_id: int) -> dict[Channel, Figures]:
    """What each channel brought, all links of a distributor together; channels without links are left out."""
    mine = _LINK.c.distributor_id == distributor_id
    rows = await session.execute(select(_LINK.c.id, _LINK.c.channel).where(mine))
    channels = {row.id: row.channel for row in rows}
    by_link = await _figures(session, mine)
    found: dict[Channel, Figures] = {}
    for link_id, channel in channels.items():
        found[channel] = found.get(channel, Figures()) + by_link.get(link_id, Figures())
    return found


async def _with_figures(session: AsyncSession, links: Sequence[Link]) -> list[LinkRow]:
    if not links:
        return []
    figures = await _figures(session, _LINK.c.id.in_([link.id for link in links]))
    titles = await session.execute(
        select(_PRODUCT.c.sku, _PRODUCT.c.title).where(
            _PRODUCT.c.merchant_id == links[0].merchant_id, _PRODUCT.c.sku.in_({link.sku for link in links})
        )
    )
    named = {row.sku: row.title for row in titles}
    return [
        LinkRow(link, named.get(link.sku, link.sku or None), figures.get(link.id, Figures()))
        for link in links
    ]


async def _figures(session: AsyncSession, which: ColumnElement[bool]) -> dict[int, Figures]:
    """The figures of some links by their key: one statement a step of the funnel, whatever their number."""
    chosen = select(_LINK.c.id).where(which)
    totals = await session.execute(select(_TOTAL).where(_TOTAL.c.link_id.in_(chosen)))
    clicks = {row.link_id: (row.clicks, row.unique_clicks) for row in totals}
    shown = await _counted(session, _EXPOSURE.c.link_id, _EXPOSURE.c.link_id.in_(chosen))
    carts = await _counted(
        session,
        _STEP.c.link_id,
        and_(_STEP.c.link_id.in_(chosen), _STEP.c.type == EventType.CART_ADDED),
    )
    kept = and_(
        _ORDER.c.link_id.in_(chosen),
        _ORDER.c.paid_at.is_not(None),
        _ORDER.c.state.not_in([OrderState.CANCELLED, OrderState.REFUNDED]),
    )
    orders = await _counted(session, _ORDER.c.link_id, kept)
    earned = await session.execute(
        select(
            _ORDER.c.link_id,
            func.sum(_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor).label("net"),
        )
        .join(_COMMISSION, _COMMISSION.c.order_id == _ORDER.c.id)
        .join(_LINK, _LINK.c.id == _ORDER.c.link_id)
        .where(
            _ORDER.c.link_id.in_(chosen),
            _COMMISSION.c.distributor_id == _LINK.c.distributor_id,
            _COMMISSION.c.state != CommissionState.VOID,
        )
        .group_by(_ORDER.c.link_id)
    )
    nets = {row.link_id: int(row.net) for row in earned}
    keys = set(clicks) | set(shown) | set(carts) | set(orders) | set(nets)
    return {
        key: Figures(
            shown.get(key, 0),
            *clicks.get(key, (0, 0)),
            carts.get(key, 0),
            orders.get(key, 0),
            nets.get(key, 0),
        )
        for key in keys
    }


async def _counted(
    session: AsyncSession, link_id: ColumnElement[int | None], which: ColumnElement[bool]
) -> dict[int, int]:
    rows = await session.execute(
        select(link_id.label("link_id"), func.count().label("n")).where(which).group_by(link_id)
    )
    return {row.link_id: int(row.n) for row in rows}
