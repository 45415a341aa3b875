"""Which taps, questions and commands are of the shop's people, and what doing them is called.

The screens ask `models/people/permissions.py` themselves; this table says to the desk which buttons a role gets, and
to the tests what to try: a tap that stands neither here nor among everybody's fails them.
"""

from __future__ import annotations

from models.people.permissions import MAY, Act
from models.people.staff import Role

DUTIES: dict[str, Act] = {
    "manage:open": Act.SEE_SHOP,
    "manage:shops": Act.SEE_SHOP,
    "manage:enter": Act.SEE_SHOP,
    "manage:goods": Act.SEE_SHOP,
    "manage:find": Act.SEE_SHOP,
    "manage:add": Act.EDIT_GOODS,
    "manage:switch": Act.EDIT_SHOP,
    "manage:looks": Act.EDIT_LOOKS,
    "manage:drop": Act.EDIT_LOOKS,
    "product:show": Act.SEE_SHOP,
    "product:ask": Act.EDIT_GOODS,
    "product:sale": Act.EDIT_GOODS,
    "product:words": Act.SEE_SHOP,
    "product:write": Act.EDIT_GOODS,
    "inbox:open": Act.SEE_SHOP,
    "staff:list": Act.SEE_SHOP,
    "staff:of": Act.SEE_SHOP,
    "staff:roles": Act.SEE_SHOP,
    "staff:show": Act.CHANGE_ROLE,
    "staff:role": Act.CHANGE_ROLE,
    "staff:give": Act.CHANGE_ROLE,
    "staff:drop": Act.REMOVE_STAFF,
    "staff:remove": Act.REMOVE_STAFF,
    "staff:invite": Act.INVITE_STAFF,
    "staff:link": Act.INVITE_STAFF,
    "staff:open": Act.INVITE_STAFF,
    "staff:revoke": Act.INVITE_STAFF,
    "distributor:find": Act.SEE_SHOP,
    "distributor:show": Act.SEE_SHOP,
    "distributor:levels": Act.SET_LEVEL,
    "distributor:level": Act.SET_LEVEL,
    "distributor:give": Act.SET_LEVEL,
    "distributor:profiles": Act.SET_PROFILE,
    "distributor:profile": Act.SET_PROFILE,
    "distributor:agree": Act.SET_PROFILE,
    "distributor:above": Act.SET_SPONSOR,
    "distributor:sponsor": Act.SET_SPONSOR,
    "distributor:attach": Act.SET_SPONSOR,
    "audit:open": Act.SEE_AUDIT,
}
"""By `noun:verb` of a button."""
ASKED: dict[str, Act] = {
    "manage:find": Act.SEE_SHOP,
    "manage:sku": Act.EDIT_GOODS,
    "manage:template": Act.EDIT_LOOKS,
    "product:set": Act.EDIT_GOODS,
    "product:picture": Act.EDIT_GOODS,
    "product:caption": Act.EDIT_GOODS,
    "distributor:find": Act.SEE_SHOP,
    "distributor:above": Act.SET_SPONSOR,
}
"""By the question (`noun:verb`) that a text or an upload answers."""
COMMANDED: dict[str, Act] = {"manage": Act.SEE_SHOP}
"""By command."""


def open_to(role: Role) -> frozenset[str]:
    """The taps that a role may do."""
    return frozenset(tap for tap, act in DUTIES.items() if role in MAY[act])
