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
    "plan:desk": Act.REHEARSE_PLAN,
    "plan:versions": Act.REHEARSE_PLAN,
    "plan:show": Act.REHEARSE_PLAN,
    "plan:readers": Act.REHEARSE_PLAN,
    "plan:presets": Act.PUBLISH_PLAN,
    "plan:preset": Act.PUBLISH_PLAN,
    "plan:send": Act.PUBLISH_PLAN,
    "plan:draft": Act.PUBLISH_PLAN,
    "plan:all": Act.PUBLISH_PLAN,
    "plan:look": Act.PUBLISH_PLAN,
    "plan:accept": Act.PUBLISH_PLAN,
    "plan:confirm": Act.PUBLISH_PLAN,
    "plan:publish": Act.PUBLISH_PLAN,
    "plan:rehearse": Act.REHEARSE_PLAN,
    "plan:span": Act.REHEARSE_PLAN,
    "plan:play": Act.REHEARSE_PLAN,
    "settlement:open": Act.SEE_MONEY,
    "withdraw:inbox": Act.SEE_MONEY,
    "payout:show": Act.SEE_MONEY,
    "payout:approve": Act.APPROVE_WITHDRAWAL,
    "payout:undo": Act.APPROVE_WITHDRAWAL,
    "payout:refuse": Act.APPROVE_WITHDRAWAL,
    "payout:refused": Act.APPROVE_WITHDRAWAL,
    "payout:claim": Act.MARK_PAID,
    "payout:account": Act.MARK_PAID,
    "payout:ask": Act.MARK_PAID,
    "payout:paid": Act.MARK_PAID,
    "payout:fail": Act.MARK_PAID,
    "payout:failed": Act.MARK_PAID,
    "payout:batch": Act.MARK_PAID,
    "payout:make": Act.MARK_PAID,
    "payout:file": Act.MARK_PAID,
    "claim:inbox": Act.DECIDE_CLAIM,
    "claim:open": Act.DECIDE_CLAIM,
    "claim:grant": Act.DECIDE_CLAIM,
    "claim:amount": Act.DECIDE_CLAIM,
    "claim:refuse": Act.DECIDE_CLAIM,
    "claim:reason": Act.DECIDE_CLAIM,
    "claim:undo": Act.DECIDE_CLAIM,
    "claim:proof": Act.DECIDE_CLAIM,
    "case:inbox": Act.DECIDE_CASE,
    "case:of": Act.DECIDE_CASE,
    "case:show": Act.DECIDE_CASE,
    "case:do": Act.DECIDE_CASE,
    "case:undo": Act.DECIDE_CASE,
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
    "plan:file": Act.PUBLISH_PLAN,
    "plan:trial": Act.REHEARSE_PLAN,
    "payout:no": Act.APPROVE_WITHDRAWAL,
    "payout:reference": Act.MARK_PAID,
    "payout:lost": Act.MARK_PAID,
    "claim:sum": Act.DECIDE_CLAIM,
    "claim:why": Act.DECIDE_CLAIM,
}
"""By the question (`noun:verb`) that a text or an upload answers."""
COMMANDED: dict[str, Act] = {"manage": Act.SEE_SHOP}
"""By command."""


def open_to(role: Role) -> frozenset[str]:
    """The taps that a role may do."""
    return frozenset(tap for tap, act in DUTIES.items() if role in MAY[act])
