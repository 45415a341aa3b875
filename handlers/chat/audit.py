"""What was done by hand, for those of the shop's people who may see it."""

from __future__ import annotations

from bot.cards.audit import AuditPage, audit_card
from handlers.chat.managing import post
from handlers.chat.visit import Answer, Visit, read_key
from models.money.audited import named_in
from models.people.permissions import Act
from models.store.audit import audit_of, broken_links

_PAGE = 8


async def show(visit: Visit) -> Answer:
    """The latest acts, or those before a number; the chain is held against itself on the first page."""
    shop = await post(visit, Act.SEE_AUDIT)
    before = read_key(visit.subject, "entry") if visit.subject else None
    entries = await audit_of(visit.session, shop.id, limit=_PAGE + 1, before=before)
    shown = entries[:_PAGE]
    page = AuditPage(
        currency=shop.currency,
        zone=shop.zone,
        entries=shown,
        named=await named_in(visit.session, shop.id, shown),
        older_than=shown[-1].number if len(entries) > _PAGE else None,
        is_first=before is None,
        is_whole=before is not None or not await broken_links(visit.session, shop.id),
    )
    return Answer(audit_card(page, visit.voice))
