"""Makes a poster and sends it, outside any transaction: the picture is fetched, drawn, then uploaded."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.cards.posters import PosterWish, no_poster_card, poster_card, poster_facts
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.gateway import Work
from bot.gateway.speed import Lane
from bot.media.errors import MediaError
from bot.media.fetch import PictureFetcher
from bot.media.pictures import take_in
from bot.voice.catalogue import Voice

log = structlog.stdlib.get_logger(__name__)

ONE_EACH = timedelta(seconds=20)
"""Taps on one poster inside this time mean one poster."""

_claims: dict[tuple[int, int], datetime] = {}
"""Who was promised which poster when. Only a courtesy, so a restart may forget it."""


def claim(chat_id: int, link_id: int, now: datetime) -> bool:
    """Promise a poster; False when it was promised a moment ago."""
    for key in [key for key, at in _claims.items() if now - at >= ONE_EACH]:
        del _claims[key]
    if (chat_id, link_id) in _claims:
        return False
    _claims[chat_id, link_id] = now
    return True


async def deliver(context: ChatContext, chat_id: int, wish: PosterWish, voice: Voice) -> None:
    """Send the poster as a new message; without a picture it has a neutral plate."""
    await context.gateway.working(chat_id, Work.PICTURE)
    facts = poster_facts(wish, await _picture(wish), voice)
    try:
        card = poster_card(wish, await context.studio.poster(facts), voice)
    except MediaError as error:
        log.warning("poster.failed", link=wish.code, reason=str(error))
        card = no_poster_card(wish, voice)
    outcome = await context.gateway.send(chat_id, card, lane=Lane.REPLY)
    if outcome.then is not Then.DONE:
        _claims.pop((chat_id, wish.key), None)


async def _picture(wish: PosterWish) -> bytes | None:
    if not wish.product.image:
        return None
    try:
        return await asyncio.to_thread(
            take_in, await PictureFetcher(wish.picture_hosts).fetch(wish.product.image)
        )
    except MediaError as error:
        log.warning("poster.no_picture", sku=wish.product.sku, reason=str(error))
        return None
