"""Posters: the wish is read in the transaction, the picture made and sent behind it, once for each look."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.cards.card import Picture, Toast
from bot.cards.posters import (
    ORIGINAL,
    PRINT,
    PROFILE_WORDS,
    PROFILES,
    SHOWN,
    PosterWish,
    no_poster_card,
    poster_card,
    poster_facts,
    poster_file_card,
)
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.gateway import Face, Work
from bot.gateway.speed import Lane
from bot.media.errors import MediaError
from bot.media.forms import PosterForm
from bot.media.gallery import Shot, shot_of
from bot.media.profiles import Profile
from bot.media.studio import ENGINE
from bot.media.template import Template
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.looks import Looks
from handlers.chat.offers import link_url, my_link, my_product
from handlers.chat.pictures import MOST_PICTURE_BYTES, Made, show_by_key
from handlers.chat.visit import Answer, Visit
from models.catalog.templates import templates_of
from models.funnel.links import Channel
from models.people.preferences import NameShown, prefer, preference_of

log = structlog.stdlib.get_logger(__name__)

_FORMS = {SHOWN: PosterForm.JPEG, ORIGINAL: PosterForm.PNG, PRINT: PosterForm.PDF}


async def make(visit: Visit) -> Answer:
    """The product's poster in the look that the person chose last, as a message of its own."""
    preference = await preference_of(visit.session, visit.person.id)
    errand = await _errand(
        visit, visit.subject, preference.poster_family, PROFILES.get(preference.poster_profile), SHOWN
    )
    return Answer(toast=_making(visit), errand=errand, anew=True)


async def make_like(visit: Visit) -> Answer:
    """The same poster in another look, in place of the one that was tapped; or as a file of its own."""
    product, family, profile, form = _read(visit.subject)
    errand = await _errand(visit, product, family, PROFILES.get(profile), form)
    if form == SHOWN:
        await _keep_look(visit, errand)
    return Answer(toast=_making(visit), errand=errand, anew=form != SHOWN)


async def show_name(visit: Visit) -> Answer:
    """The same look with more or less of the person on it, which is their choice from now on."""
    look, _, shown = visit.subject.rpartition(":")
    if shown in set(NameShown):
        preference = await preference_of(visit.session, visit.person.id)
        preference.name_shown = NameShown(shown)
        await prefer(visit.session, preference)
    return await make_like(replace(visit, subject=look))


def _making(visit: Visit) -> Toast:
    return Toast(visit.voice.plain("⏳ Making your poster…"))


def _read(subject: str) -> tuple[str, str, str, str]:
    """Product, family, profile and form of a button, which may be old: whatever is missing is the usual."""
    parts = (subject.split(":") + [""] * 4)[:4]
    return parts[0], parts[1], parts[2], parts[3] if parts[3] in _FORMS else SHOWN


async def _errand(visit: Visit, key: str, family: str, profile: Profile | None, form: str) -> PosterErrand:
    seat, product = await my_product(visit, key)
    link = await my_link(visit, seat, product.sku, Channel.POSTER)
    looks = Looks.of(await templates_of(visit.session, seat.merchant.id))
    look, template = looks.find(family, profile)
    if form == PRINT:
        template = looks.sheet(look.family)
    preference = await preference_of(visit.session, visit.person.id)
    wish = PosterWish(
        merchant=seat.merchant,
        product=product,
        sharer=visit.person.name,
        shown=preference.name_shown,
        url=link_url(visit, link.code),
        code=link.code,
        look=look,
    )
    return PosterErrand(wish, template, shot_of(seat.merchant, product), _FORMS[form], visit.now)


async def _keep_look(visit: Visit, errand: PosterErrand) -> None:
    preference = await preference_of(visit.session, visit.person.id)
    look = errand.wish.look
    preference.poster_family, preference.poster_profile = look.family, PROFILE_WORDS[look.profile]
    await prefer(visit.session, preference)


@dataclass(frozen=True, slots=True)
class PosterErrand:
    """One poster: drawn the first time that it is asked for, ever after sent by the chat server's id of it."""

    wish: PosterWish
    template: Template
    shot: Shot | None
    form: PosterForm
    now: datetime

    @property
    def is_reduced(self) -> bool:
        """Whether today's price is a reduced one."""
        return self.wish.product.is_reduced(self.now)

    @property
    def key(self) -> str:
        """Everything that shows on it, in one word."""
        wish, product = self.wish, self.wish.product
        shows = (
            ENGINE,
            wish.url,
            wish.merchant.name,
            wish.merchant.currency,
            product.title,
            product.price_minor,
            product.list_price_minor if self.is_reduced else None,
            product.sale_ends_at,
            wish.sharer if wish.shown is not NameShown.ANONYMOUS else "",
            wish.shown,
            self.shot.key if self.shot is not None else "",
            self.template.model_dump_json(),
        )
        digest = hashlib.blake2b(repr(shows).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
        return f"poster:{self.form}:{digest}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Send or show it."""
        as_file = self.form is not PosterForm.JPEG
        card = poster_file_card(self.wish, voice) if as_file else poster_card(self.wish, voice)

        async def make() -> Made:
            await context.gateway.working(place.chat_id, Work.FILE if as_file else Work.PICTURE)
            return await self._drawn(context, place.chat_id, voice)

        try:
            outcome = await show_by_key(
                context, place, f"{self.key}:{voice.language.code}", card, make, as_file=as_file
            )
        except MediaError as error:
            log.warning("poster.failed", link=self.wish.code, reason=str(error))
            sorry = no_poster_card(self.wish, voice)
            outcome = await context.gateway.send(place.chat_id, sorry, lane=Lane.REPLY)
        return outcome.then is Then.DONE

    async def _drawn(self, context: ChatContext, chat_id: int, voice: Voice) -> Made:
        """The poster; without a picture that can't be had now, but then it is drawn anew the next time."""
        picture = await context.gallery.developed(context.store, self.shot, context.clock.now())
        face = Face(None)
        if self.wish.shown is not NameShown.ANONYMOUS:
            face = await context.gateway.face(chat_id, MOST_PICTURE_BYTES)
        facts = poster_facts(self.wish, picture, face.content, self.now, voice)
        content = await context.studio.poster(facts, template=self.template, form=self.form)
        name = f"poster-{self.wish.code}.{self.form}"
        drawn = Picture(content=content, filename=name, as_file=self.form is not PosterForm.JPEG)
        return Made(drawn, is_whole=face.is_sure and (picture is not None or self.shot is None))
