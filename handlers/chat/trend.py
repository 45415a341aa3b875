"""The trend picture of one's earnings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import structlog

from bot.cards.card import Picture, Toast
from bot.cards.trend import SPANS, TrendWish, no_trend_card, trend_card, trend_facts
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.gateway import Work
from bot.media.errors import MediaError
from bot.media.studio import ENGINE
from bot.media.trends import Theme as Ground
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.pictures import Made, show, show_by_key
from handlers.chat.visit import Answer, Visit, current_seat
from models.money.trend import days_earned
from models.people.preferences import Theme, prefer, preference_of

log = structlog.stdlib.get_logger(__name__)


async def show_trend(visit: Visit) -> Answer:
    """Some days on light or dark ground; the ground is the person's choice from now on."""
    seat = await current_seat(visit)
    preference = await preference_of(visit.session, visit.person.id)
    days, _, ground = visit.subject.partition(":")
    span = next((each for each in SPANS if str(each) == days), SPANS[1])
    if ground in set(Theme) and ground != preference.theme:
        preference.theme = Theme(ground)
        await prefer(visit.session, preference)
    earned = await days_earned(visit.session, seat.merchant, seat.distributor.id, visit.now, span)
    wish = TrendWish(seat.merchant.name, seat.merchant.currency, tuple(earned), preference.theme)
    return Answer(
        toast=Toast(visit.voice.plain("⏳ Drawing…")), errand=TrendErrand(wish, seat.distributor.id)
    )


@dataclass(frozen=True, slots=True)
class TrendErrand:
    """The errand of drawing some days."""

    wish: TrendWish
    distributor_id: int

    @property
    def key(self) -> str:
        """Everything that shows, in one word."""
        shows = repr((ENGINE, self.wish, self.distributor_id)).encode("utf-8", "surrogatepass")
        return f"trend:{hashlib.blake2b(shows, digest_size=20).hexdigest()}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Draw and show it in place of the card that was tapped."""
        card = trend_card(self.wish, voice)

        async def make() -> Made:
            await context.gateway.working(place.chat_id, Work.PICTURE)
            ground = Ground(self.wish.theme.value)
            content = await context.studio.chart(trend_facts(self.wish, voice), ground)
            return Made(Picture(content=content, filename="trend.png"))

        try:
            outcome = await show_by_key(context, place, f"{self.key}:{voice.language.code}", card, make)
        except MediaError as error:
            log.warning("trend.failed", reason=str(error))
            outcome = await show(context, place, no_trend_card(voice))
        return outcome.then is Then.DONE
