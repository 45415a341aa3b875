"""My data: the export as a file, and deletion after a look at what is lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from pydantic_core import to_json

from bot.cards.card import Toast
from bot.cards.own_data import (
    delete_card,
    deleted_card,
    last_owner_card,
    own_data_card,
    own_data_file_card,
    still_paying_card,
    too_much_data_card,
)
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.gateway import Work
from bot.gateway.speed import Lane
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.visit import Answer, Visit
from models.people.persons import Person
from models.personal.erasure import LastOwner, StillPaying, check_may_leave, erase, seal_of, stakes_of
from models.personal.export import personal_data
from models.store.audit import Actor

MOST_BYTES: Final = 40 * 1024 * 1024
"""A document in chat takes 50 MB (Bot API, sendDocument)."""


async def show(visit: Visit) -> Answer:
    """What can be done."""
    return Answer(own_data_card(visit.voice))


async def export(visit: Visit) -> Answer:
    """The file, as a message of its own."""
    words = visit.voice.plain("⏳ Writing your file…")
    return Answer(toast=Toast(words), errand=OwnDataErrand(visit.person), anew=True)


async def confirm(visit: Visit) -> Answer:
    """What would be lost, in numbers."""
    stakes = await stakes_of(visit.session, visit.person.id)
    try:
        await check_may_leave(visit.session, visit.person.id, stakes)
    except (StillPaying, LastOwner) as refused:
        return _must_wait(refused, visit.voice)
    return Answer(delete_card(stakes, visit.voice))


async def delete(visit: Visit) -> Answer:
    """Delete, when what was shown still stands; otherwise show it anew."""
    stakes = await stakes_of(visit.session, visit.person.id)
    # Who has nothing is asked nothing twice: a doubled tap meets somebody new, who must not stay.
    if stakes and visit.subject != seal_of(stakes):
        changed = visit.voice.plain("The numbers have changed. Look at them once more.")
        return Answer(delete_card(stakes, visit.voice), Toast(changed, alert=True))
    try:
        await erase(
            visit.session,
            visit.person.id,
            actor=Actor.person(visit.person.id),
            gives_up=True,
            now=visit.now,
        )
    except (StillPaying, LastOwner) as refused:
        return _must_wait(refused, visit.voice)
    return Answer(deleted_card(visit.voice))


def _must_wait(refused: StillPaying | LastOwner, voice: Voice) -> Answer:
    if isinstance(refused, StillPaying):
        return Answer(still_paying_card(refused.shop, voice))
    return Answer(last_owner_card(refused.shop, voice))


@dataclass(frozen=True, slots=True)
class OwnDataErrand:
    """The errand of writing down everything about a person."""

    person: Person

    @property
    def key(self) -> str:
        """One file at a time."""
        return f"data:{self.person.id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Write and send it."""
        await context.gateway.working(place.chat_id, Work.FILE)
        data = await personal_data(context.store, self.person, context.clock.now())
        content = await asyncio.to_thread(to_json, data, indent=2)
        card = own_data_file_card(content, voice) if len(content) <= MOST_BYTES else too_much_data_card(voice)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return outcome.then is Then.DONE
