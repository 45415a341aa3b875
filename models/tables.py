"""Every table of the house, so that whoever needs the whole schema imports one module."""

from __future__ import annotations

from sqlalchemy import MetaData

from models.catalog import coupons, products
from models.funnel import clicks, links, orders, steps
from models.money import commissions, ledger
from models.people import distributors, levels, merchants, persons, staff
from models.plans import versions
from models.store import deployment, inbox, outbox, ticks, updates
from models.store.types import metadata

ROOMS = (
    deployment,
    inbox,
    outbox,
    ticks,
    updates,
    merchants,
    persons,
    distributors,
    levels,
    staff,
    products,
    coupons,
    versions,
    links,
    clicks,
    steps,
    orders,
    ledger,
    commissions,
)


def schema() -> MetaData:
    """The schema that the newest migration must give."""
    return metadata
