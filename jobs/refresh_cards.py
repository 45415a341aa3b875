"""Every minute: buyers' cards in chats that show a price, stock or offer that is no longer so are changed in place."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from bot.cards.buyers import BuyersFacts, buyers_card, invite_link
from bot.cards.card import Card, Picture
from bot.context import ChatContext
from bot.gateway.errors import Outcome, Then
from bot.gateway.speed import Lane
from bot.voice.catalogue import Voice
from bot.voice.languages import negotiate
from jobs.context import JobContext
from models.funnel.shared_cards import StaleCard, mark_lost, mark_shown, stale_cards

log = structlog.get_logger(__name__)

AT_ONCE: Final = 50
MOST: Final = 1_000
"""Cards of one run: at the broadcasts' pace they take under a minute."""
MOST_UNCLEAR: Final = 3
"""Answers that never came before the run ends: each is waited for."""
_LATER: Final = frozenset({Then.RETRY, Then.WAIT, Then.STOP})


async def refresh_cards(context: JobContext, now: datetime) -> None:
    """Change the latest first. What can't be changed any more is not tried again; a slow server is left in peace."""
    chat = context.chat()
    if chat is None:
        return
    unclear: set[str] = set()
    for _ in range(MOST // AT_ONCE):
        async with context.store.read() as session:
            stale = await stale_cards(session, now, AT_ONCE, but=unclear)
        for each in stale:
            name = each.card.inline_message_id
            outcome = await chat.gateway.edit_inline(name, _card(chat, each, now), lane=Lane.BROADCAST)
            if outcome.then is Then.UNCLEAR:
                # To change it twice does no harm, so it has another turn in the next run.
                unclear.add(name)
            if outcome.then in _LATER or len(unclear) >= MOST_UNCLEAR:
                return
            if name not in unclear:
                await _settle(context, each, outcome, now)
        if len(stale) < AT_ONCE:
            return


async def _settle(context: JobContext, stale: StaleCard, outcome: Outcome, now: datetime) -> None:
    async with context.store.write() as session:
        if outcome.then is Then.DONE:
            await mark_shown(session, stale)
        else:
            log.info("a shared card can't be changed any more", outcome=type(outcome).__name__)
            await mark_lost(session, stale.card.inline_message_id, now)


def _card(chat: ChatContext, stale: StaleCard, now: datetime) -> Card:
    merchant = stale.merchant
    facts = BuyersFacts(
        shop=merchant.name,
        currency=merchant.currency,
        zone=merchant.zone,
        product=stale.product,
        url=f"{chat.settings.address}/r/{stale.code}",
        state=stale.state,
        now=now,
        invite_url=invite_link(chat.bot_username, stale.invite_code) if merchant.recruits_on_cards else None,
        # The picture stays as it is; that there is one decides whether words or a caption are changed.
        picture=Picture(file_id="kept") if stale.card.has_picture else None,
    )
    return buyers_card(facts, Voice(negotiate(stale.card.language)))
