"""The one entry of chat: an update comes in, its handler answers, the answer goes out.

The table below is ours and not the chat library's Application: a handler here is a function of the store
that sends nothing, so that every update is one short transaction, and only what was committed is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatType

from bot.cards.card import Card, Toast
from bot.cards.settings import busy_card, gone_card, not_understood_card, refused_card
from bot.context import ChatContext
from bot.gateway.gateway import Shape
from bot.gateway.speed import Lane
from bot.voice.catalogue import Voice
from bot.voice.languages import Language, negotiate
from handlers.chat import earning, goods, home, joining, posters, settings
from handlers.chat.visit import Answer, NoSeat, Screen, Visit
from models.errors import DomainError, NotFound, StoreBusy
from models.people.persons import mark_unreachable, meet_person, person_in_chat
from models.store.engine import OnlyReading

log = structlog.stdlib.get_logger(__name__)

COMMANDS: dict[str, Screen] = {
    "start": joining.start,
    "goods": goods.first_page,
    "earn": earning.show,
    "settings": settings.show,
    "help": settings.show_help,
}
TAPS: dict[str, Screen] = {
    "home:open": home.show,
    "share:open": home.share,
    "shop:list": home.switcher,
    "shop:enter": home.enter,
    "join:see": joining.see,
    "join:yes": joining.accept,
    **{f"join:{language}": partial(joining.see_in, language=language) for language in Language},
    "goods:open": goods.first_page,
    "goods:after": goods.page_after,
    "goods:show": goods.show,
    "goods:poster": goods.poster,
    "earn:open": earning.show,
    "earn:of": earning.show_of,
    "order:show": earning.show_order,
    "settings:open": settings.show,
    "settings:language": settings.speak,
    "help:open": settings.show_help,
}
"""By `noun:verb` of a button; what follows names the subject."""
WHOLE_NOUNS: dict[str, Screen] = {"entries": earning.show_entries, "why": earning.show_why}
"""Nouns whose buttons carry two things, a filter or a page, and where."""
WRITING: frozenset[Screen] = frozenset(
    {home.share, home.enter, joining.accept, goods.show, goods.poster, settings.speak}
)
"""Screens that write whatever they are asked: to try them in a session that can only read would be in vain.
A screen that writes and is missing here works as well, only later by a millisecond."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """What an update asks: who, which screen, about what, and the tap or message that asked."""

    user: User
    screen: Screen
    subject: str
    tap: CallbackQuery | None = None


async def handle(context: ChatContext, update: Update) -> None:
    """Handle one update. Domain errors become cards and toasts; a tap is told of any other before it is raised."""
    if update.my_chat_member is not None:
        await _membership(context, update.my_chat_member)
        return
    ask = _read(update)
    if ask is None:
        if update.callback_query is not None:
            await context.gateway.answer(update.callback_query.id)
        return
    try:
        answer, voice = await _ask(context, ask)
    except Exception:
        if ask.tap is not None:
            words = _voice(None, ask.user).plain("Something went wrong on our side. Please try again.")
            await context.gateway.answer(ask.tap.id, Toast(words))
        raise
    await _reply(context, ask, answer, voice)


def _read(update: Update) -> _Ask | None:
    """What the update asks; None for what does not concern us, such as edits and groups."""
    tap, message = update.callback_query, update.message
    if tap is not None:
        if tap.message is None or tap.message.chat.type != ChatType.PRIVATE:
            return None
        screen, subject = _screen_of(tap.data or "")
        return _Ask(tap.from_user, screen, subject, tap)
    if message is None or message.from_user is None or message.chat.type != ChatType.PRIVATE:
        return None
    return _read_message(message, message.from_user)


def _read_message(message: Message, user: User) -> _Ask:
    text = (message.text or "").strip()
    if not text.startswith("/"):
        return _Ask(user, earning.ask, text)
    word, _, rest = text.partition(" ")
    screen = COMMANDS.get(word[1:].partition("@")[0].lower(), _not_understood)
    return _Ask(user, screen, rest.strip())


def _screen_of(data: str) -> tuple[Screen, str]:
    noun, _, rest = data.partition(":")
    if noun in WHOLE_NOUNS:
        return WHOLE_NOUNS[noun], rest
    verb, _, subject = rest.partition(":")
    return TAPS.get(f"{noun}:{verb}", _outgrown), subject


def is_known(data: str) -> bool:
    """Whether a button with this data leads to a screen."""
    return _screen_of(data)[0] is not _outgrown


async def _not_understood(visit: Visit) -> Answer:
    return Answer(not_understood_card(visit.voice))


async def _outgrown(visit: Visit) -> Answer:
    """A button that no screen has any more: say so and go home."""
    shown = await home.show(visit)
    return Answer(shown.card, Toast(visit.voice.plain("That button has grown old. Here is home.")))


async def _ask(context: ChatContext, ask: _Ask) -> tuple[Answer, Voice]:
    """Show the screen in a session that can only read; whoever turns out to write begins anew in one that can.

    Most screens only read, and a transaction that may write holds up all others. A screen sends nothing, so it
    may be asked twice.
    """
    if ask.screen not in WRITING:
        try:
            return await _show_within(context.store.read, context, ask)
        except OnlyReading:
            pass
    return await _show_within(context.store.write, context, ask)


async def _show_within(
    opened: Callable[[], AbstractAsyncContextManager[AsyncSession]], context: ChatContext, ask: _Ask
) -> tuple[Answer, Voice]:
    now = context.clock.now()
    voice = _voice(None, ask.user)
    try:
        async with opened() as session:
            person = await meet_person(
                session,
                chat_id=ask.user.id,
                name=ask.user.full_name,
                username=ask.user.username,
                client_language=ask.user.language_code,
                now=now,
            )
            voice = _voice(person.language, ask.user)
            visit = Visit(context, session, person, voice, now, ask.subject)
            try:
                answer = await ask.screen(visit)
            except NoSeat:
                answer = await joining.shops(visit)
    except DomainError as error:
        answer = _refusal(error, ask, voice)
    return answer, voice


def _voice(choice: str | None, user: User) -> Voice:
    return Voice(negotiate(choice, user.language_code))


def _refusal(error: DomainError, ask: _Ask, voice: Voice) -> Answer:
    """The one place where an error of the business becomes words: an alert for a tap, a card for a message."""
    log.info("chat.refused", code=error.code, person=ask.user.id)
    match error:
        case NotFound():
            words, card = voice.plain("That is not yours or no longer there."), gone_card(voice)
        case StoreBusy():
            words, card = voice.plain("A lot is going on right now. Please try again."), busy_card(voice)
        case _:
            words, card = voice.plain("That can't be done."), refused_card(voice)
    return Answer(card) if ask.tap is None else Answer(toast=Toast(words, alert=True))


async def _reply(context: ChatContext, ask: _Ask, answer: Answer, voice: Voice) -> None:
    """The toast first, so that no button spins; then the card, in place of the one that was tapped."""
    chat_id, wish = ask.user.id, answer.poster
    promised = wish is not None and posters.claim(chat_id, wish.key, context.clock.now())
    if ask.tap is not None:
        on_its_way = Toast(voice.plain("Your poster is on its way already."))
        await context.gateway.answer(ask.tap.id, answer.toast if wish is None or promised else on_its_way)
    if answer.card is not None:
        await _show(context, chat_id, ask.tap, answer.card)
    if wish is not None and promised:
        await posters.deliver(context, chat_id, wish, voice)


async def _show(context: ChatContext, chat_id: int, tap: CallbackQuery | None, card: Card) -> None:
    if tap is None or tap.message is None:
        await context.gateway.send(chat_id, card, lane=Lane.REPLY)
        return
    await context.gateway.edit(chat_id, tap.message.message_id, card, old=_shape(tap))


def _shape(tap: CallbackQuery) -> Shape:
    if not isinstance(tap.message, Message):
        return Shape.UNSURE
    return Shape.PICTURE if tap.message.photo or tap.message.document else Shape.TEXT


async def _membership(context: ChatContext, changed: ChatMemberUpdated) -> None:
    """Somebody blocked the bot: a state, so that nothing more is sent (operations.md C6)."""
    left = changed.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    if changed.chat.type != ChatType.PRIVATE or not left:
        return
    async with context.store.write() as session:
        person = await person_in_chat(session, changed.from_user.id)
        if person is not None:
            await mark_unreachable(session, person.id, context.clock.now())
