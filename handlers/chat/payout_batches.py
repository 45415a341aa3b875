"""Batches for the bank: approved withdrawals as one file, made outside of the answer's transaction."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.card import Card, Toast
from bot.cards.payouts import BatchOffer, batch_card, batch_file_card, no_batch_card
from bot.cards.withdrawal_words import refusal_words
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.gateway import Work
from bot.gateway.speed import Lane
from bot.payouts import batch_again, batch_file, batch_filename, pay_by_batch
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.managing import post
from handlers.chat.visit import Answer, Visit, read_key
from models.errors import DomainError
from models.money.payout_batches import NothingToPay, bank_payable
from models.people.merchants import merchant
from models.people.permissions import Act
from models.store.audit import Actor


async def ask(visit: Visit) -> Answer:
    """Before a batch."""
    shop = await post(visit, Act.MARK_PAID)
    wanted = await bank_payable(visit.session, shop.id)
    if not wanted:
        words = refusal_words(NothingToPay(), shop.currency, visit.voice)
        return Answer(no_batch_card(words, visit.voice))
    total = sum(one.arrives_minor for one in wanted)
    return Answer(batch_card(BatchOffer(shop.name, shop.currency, len(wanted), total), visit.voice))


async def make(visit: Visit) -> Answer:
    """The batch, as a file of its own."""
    shop = await post(visit, Act.MARK_PAID)
    wish = BatchErrand(shop.id, Actor.person(visit.person.id))
    return Answer(toast=Toast(visit.voice.plain("⏳ Writing your file…")), errand=wish, anew=True)


async def make_again(visit: Visit) -> Answer:
    """The file of a batch that was made before; that somebody had it once more is written down."""
    shop = await post(visit, Act.MARK_PAID)
    number = read_key(visit.subject, "batch")
    wish = BatchErrand(shop.id, Actor.person(visit.person.id), number)
    return Answer(toast=Toast(visit.voice.plain("⏳ Writing your file…")), errand=wish, anew=True)


@dataclass(frozen=True, slots=True)
class BatchErrand:
    """The errand of making a batch, or (with its number) of writing the file of an old one."""

    merchant_id: int
    actor: Actor
    number: int | None = None

    @property
    def key(self) -> str:
        """One file at a time."""
        return f"batch:{self.merchant_id}:{self.number or 'new'}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Claim, write and send; a file that is lost on the way can be had once more."""
        await context.gateway.working(place.chat_id, Work.FILE)
        card = await self._card(context, voice)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return outcome.then is Then.DONE

    async def _card(self, context: ChatContext, voice: Voice) -> Card:
        seal = context.settings.seal
        async with context.store.read() as session:
            shop = await merchant(session, self.merchant_id)
        try:
            if self.number is None:
                made = await pay_by_batch(
                    context.store, shop.id, seal=seal, actor=self.actor, clock=context.clock
                )
            else:
                made = await batch_again(
                    context.store, shop.id, self.number, seal=seal, actor=self.actor, clock=context.clock
                )
        except DomainError as error:
            return no_batch_card(refusal_words(error, shop.currency, voice), voice)
        return batch_file_card(shop.name, made, batch_file(made), batch_filename(made), voice)
