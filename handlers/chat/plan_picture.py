"""The plan's picture beside a card: drawn once for each level, theme and language, then sent by its id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.cards.card import Card, Picture
from bot.cards.plan_picture import PictureWish, plan_flow
from bot.context import ChatContext
from bot.gateway.errors import Refused, Then
from bot.gateway.gateway import Work
from bot.media.plan_flow import PlanFlow
from bot.media.studio import ENGINE
from bot.media.trends import Theme as Ground
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.pictures import Made, show, show_by_key
from handlers.chat.visit import Answer, Visit
from models.people.levels import level_before
from models.people.merchants import Merchant
from models.people.preferences import preference_of
from models.people.profiles import ProfileBook
from models.plans.document import PlanDocument
from models.plans.priced import named_goods
from models.plans.sample import Seller

log = structlog.stdlib.get_logger(__name__)


async def pictured(visit: Visit, card: Card, wish: PictureWish, voice: Voice) -> Answer:
    """The card with the plan's picture, on the reader's ground; the words alone where it can't be drawn."""
    ground = Ground((await preference_of(visit.session, visit.person.id)).theme.value)
    return Answer(errand=PlanErrand(card, plan_flow(wish, voice), ground))


async def whole_picture(
    visit: Visit, shop: Merchant, plan: PlanDocument, at: datetime, reader: Seller | None = None
) -> PictureWish:
    """A plan with everything in it, as it holds at a moment; its goods as the catalogue calls them."""
    goods = await named_goods(visit.session, shop.id, shop.currency, plan)
    return PictureWish(shop.name, plan, shop.currency, shop.zone, at, reader or Seller(), titles=goods.titles)


async def seller_of(visit: Visit, distributor_id: int) -> Seller:
    """Somebody's level and profile as they stand now."""
    level = await level_before(visit.session, distributor_id, visit.now)
    book = await ProfileBook.open(visit.session, [distributor_id])
    return Seller(level, book.profile_before(distributor_id, visit.now))


@dataclass(frozen=True, slots=True)
class PlanErrand:
    """The errand of drawing a plan, in the language of its words."""

    card: Card
    flow: PlanFlow
    ground: Ground

    @property
    def key(self) -> str:
        """Everything that shows, in one word."""
        shows = repr((ENGINE, self.ground, self.flow)).encode("utf-8", "surrogatepass")
        return f"plan:{hashlib.blake2b(shows, digest_size=20).hexdigest()}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Draw and show it in place of the card that was tapped."""
        del voice

        async def make() -> Made:
            await context.gateway.working(place.chat_id, Work.PICTURE)
            try:
                content = await context.studio.plan(self.flow, self.ground)
            except (
                Exception
            ):  # an invitation comes with or without its picture, whatever is the matter with that
                log.exception("plan.not_drawn")
                return Made(None, is_whole=False)
            return Made(Picture(content=content, filename="plan.png"))

        outcome = await show_by_key(context, place, self.key, self.card, make)
        if isinstance(outcome, Refused):
            log.warning("plan.picture_refused", reason=outcome.description)
            outcome = await show(context, place, self.card)
        return outcome.then is Then.DONE
