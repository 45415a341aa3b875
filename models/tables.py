"""Every table of the house, so that whoever needs the whole schema imports one module."""

from __future__ import annotations

from sqlalchemy import MetaData

from models.catalog import captions, coupons, pictures, products, searches, templates
from models.funnel import clicks, customers, exposures, links, orders, shared_cards, steps
from models.growth import reminders
from models.money import (
    asking,
    claims,
    closings,
    commissions,
    ledger,
    payout_accounts,
    payout_batches,
    settled_days,
    used,
    withdrawal_states,
)
from models.money.cases import cases, thresholds
from models.people import distributors, levels, merchants, persons, preferences, profiles, staff
from models.plans import drafts, terms, versions
from models.store import audit, chat_files, deployment, inbox, outbox, ticks, updates
from models.store.types import metadata

ROOMS = (
    audit,
    chat_files,
    deployment,
    inbox,
    outbox,
    ticks,
    updates,
    merchants,
    persons,
    preferences,
    distributors,
    levels,
    profiles,
    staff,
    pictures,
    products,
    searches,
    captions,
    templates,
    coupons,
    versions,
    terms,
    drafts,
    links,
    clicks,
    exposures,
    shared_cards,
    steps,
    orders,
    customers,
    ledger,
    commissions,
    closings,
    used,
    payout_accounts,
    payout_batches,
    withdrawal_states,
    cases,
    thresholds,
    asking,
    claims,
    reminders,
    settled_days,
)


def schema() -> MetaData:
    """The schema that the newest migration must give."""
    return metadata
