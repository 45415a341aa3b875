"""The one entry of chat: an update comes in, its handler answers, the answer goes out.

The tables are in `screens.py` and ours, not the chat library's Application: a handler here is a function of
the store that sends nothing, so that every update is one short transaction, and only what was committed is
answered.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    ChosenInlineResult,
    InlineQuery,
    Message,
    Update,
    User,
)
from telegram.constants import ChatType

from bot.cards.answers import busy_card, gone_card, refused_card
from bot.cards.card import Card, Toast
from bot.cards.distributors import has_left_card, has_left_words
from bot.cards.inline import InlineAnswer
from bot.cards.staff import not_allowed_card, not_allowed_words
from bot.context import ChatContext
from bot.gateway.errors import Refused
from bot.gateway.gateway import Shape
from bot.gateway.speed import Lane
from bot.voice.catalogue import Voice
from bot.voice.languages import negotiate
from handlers.chat import inline, joining
from handlers.chat.errands import Claims, Errand, Place
from handlers.chat.screens import ANSWERS, WRITING, command, is_question, outgrown, screen_of, typed
from handlers.chat.visit import Answer, NoSeat, Screen, Upload, Visit
from models.errors import DomainError, NotFound, StoreBusy
from models.people.distributors import HasLeft
from models.people.permissions import NotAllowed
from models.people.persons import (
    Person,
    close_question,
    let_go,
    mark_unreachable,
    meet_person,
    open_question,
    person_in_chat,
)
from models.store.deployment import keep, kept
from models.store.engine import OnlyReading

log = structlog.stdlib.get_logger(__name__)

INLINE_ASKED = "inline:asked-at"
INLINE_CHOSEN = "inline:chosen-at"
"""When the chat server last told us so: what the doctor knows of inline mode and its feedback."""

_NOTED_EACH = timedelta(hours=1)

_claims = Claims()
_Opened = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@dataclass(frozen=True, slots=True)
class _Ask:
    """What an update asks: who, which screen, about what, and the tap or message that asked.

    Without a screen it is a text or an upload, whose screen depends on what the person was asked.
    """

    user: User
    screen: Screen | None
    subject: str = ""
    text: str = ""
    upload: Upload | None = None
    tap: CallbackQuery | None = None

    @property
    def tapped(self) -> int | None:
        """The message whose button was tapped."""
        return self.tap.message.message_id if self.tap is not None and self.tap.message is not None else None


async def handle(context: ChatContext, update: Update) -> None:
    """Handle one update. Domain errors become cards and toasts; a tap is told of any other before it is raised."""
    if update.my_chat_member is not None:
        await _membership(context, update.my_chat_member)
    elif update.inline_query is not None:
        await _inline(context, update.inline_query)
    elif update.chosen_inline_result is not None:
        await _chosen(context, update.chosen_inline_result, update.update_id)
    else:
        await _private(context, update)


async def _private(context: ChatContext, update: Update) -> None:
    """A message or a tap."""
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
        screen, subject = screen_of(tap.data or "")
        return _Ask(tap.from_user, screen, subject, tap=tap)
    if message is None or message.from_user is None or message.chat.type != ChatType.PRIVATE:
        return None
    return _read_message(message, message.from_user)


def _read_message(message: Message, user: User) -> _Ask:
    text = (message.text or message.caption or "").strip()
    if message.text and text.startswith("/"):
        word, _, rest = text.partition(" ")
        return _Ask(user, command(word[1:].partition("@")[0].lower()), rest.strip())
    return _Ask(user, None, text=text, upload=_upload(message))


def _upload(message: Message) -> Upload | None:
    if message.photo:
        return Upload(message.photo[-1].file_id)
    if message.document is not None:
        return Upload(message.document.file_id, message.document.file_name or "")
    return None


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


async def _show_within(opened: _Opened, context: ChatContext, ask: _Ask) -> tuple[Answer, Voice]:
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
            visit = Visit(context, session, person, voice, now, ask.subject, ask.text, ask.upload, ask.tapped)
            answer = await _answered(visit, ask.screen)
    except DomainError as error:
        answer = _refusal(error, ask, voice)
    return answer, voice


async def _answered(visit: Visit, screen: Screen | None) -> Answer:
    """The screen's answer. A question is over once it is answered, or once the person goes elsewhere; a message that
    follows a subject does so until another card takes its place."""
    question = open_question(visit.person, visit.now)
    if visit.tapped is not None and visit.tapped == visit.person.live_message_id:
        await let_go(visit.session, visit.person.id)
    if is_question(visit.person.asked):
        await close_question(visit.session, visit.person.id)
    if screen is None:
        screen, visit = _by_question(visit, question)
    try:
        return await screen(visit)
    except NoSeat:
        return await joining.shops(visit)


def _by_question(visit: Visit, question: str | None) -> tuple[Screen, Visit]:
    """What a text or an upload means: the answer to a question, or what is typed unasked."""
    if question is None or not is_question(question):
        return typed, replace(visit, subject=visit.text)
    noun, _, rest = question.partition(":")
    verb, _, subject = rest.partition(":")
    return ANSWERS[f"{noun}:{verb}"], replace(visit, subject=subject)


def is_known(data: str) -> bool:
    """Whether a button with this data leads to a screen."""
    return screen_of(data)[0] is not outgrown


def _voice(choice: str | None, user: User) -> Voice:
    return Voice(negotiate(choice, user.language_code))


def _refusal(error: DomainError, ask: _Ask, voice: Voice) -> Answer:
    """The one place where an error of the business becomes words: an alert for a tap, a card for a message."""
    log.info("chat.refused", code=error.code, person=ask.user.id)
    match error:
        case NotFound():
            words, card = voice.plain("That is not yours or no longer there."), gone_card(voice)
        case NotAllowed():
            words, card = not_allowed_words(error.act, voice), not_allowed_card(error.act, voice)
        case HasLeft():
            words, card = has_left_words(voice), has_left_card(voice)
        case StoreBusy():
            words, card = voice.plain("A lot is going on right now. Please try again."), busy_card(voice)
        case _:
            words, card = voice.plain("That can't be done."), refused_card(voice)
    return Answer(card) if ask.tap is None else Answer(toast=Toast(words, alert=True))


async def _reply(context: ChatContext, ask: _Ask, answer: Answer, voice: Voice) -> None:
    """The toast first, so that no button spins; then the card, in place of the one that was tapped."""
    errand = answer.errand
    place = Place(ask.user.id) if answer.anew else _place(ask.tap, ask.user.id)
    promised = errand is None or _claims.claim(place, _wish(errand, voice), context.clock.now())
    if ask.tap is not None:
        on_its_way = Toast(voice.plain("That is on its way already."))
        await context.gateway.answer(ask.tap.id, answer.toast if promised else on_its_way)
    if answer.card is not None:
        if errand is None:
            _claims.go_on(place)
        await _show(context, place, answer.card)
    if errand is not None and promised:
        await _run(context, errand, place, voice)


def _wish(errand: Errand, voice: Voice) -> str:
    """What is wished for, in which language."""
    return f"{errand.key}:{voice.language.code}"


async def _run(context: ChatContext, errand: Errand, place: Place, voice: Voice) -> None:
    done = False
    try:
        done = await errand.run(context, place, voice)
    finally:
        if not done:
            _claims.release(place, _wish(errand, voice))


def _place(tap: CallbackQuery | None, chat_id: int) -> Place:
    if tap is None or tap.message is None:
        return Place(chat_id)
    return Place(chat_id, tap.message.message_id, _shape(tap))


async def _show(context: ChatContext, place: Place, card: Card) -> None:
    if place.message_id is None:
        await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return
    await context.gateway.edit(place.chat_id, place.message_id, card, old=place.shape)


def _shape(tap: CallbackQuery) -> Shape:
    if not isinstance(tap.message, Message):
        return Shape.UNSURE
    return Shape.PICTURE if tap.message.photo or tap.message.document else Shape.TEXT


async def _inline(context: ChatContext, query: InlineQuery) -> None:
    """Somebody typed our name in a chat: their own results, or none while the store is busy."""
    try:
        try:
            said = await _results_within(context.store.read, context, query)
        except OnlyReading:
            said = await _results_within(context.store.write, context, query)
    except DomainError as error:
        log.info("chat.inline_refused", code=error.code, person=query.from_user.id)
        said = InlineAnswer()
    outcome = await context.gateway.answer_inline(query.id, said)
    if isinstance(outcome, Refused) and said.has_pictures:
        # The chat server may have forgotten a picture's id; words it takes in any case.
        await context.gateway.answer_inline(query.id, said.without_pictures())


async def _results_within(opened: _Opened, context: ChatContext, query: InlineQuery) -> InlineAnswer:
    """Most keystrokes only read: links are made when a product is listed for the first time."""
    now, user = context.clock.now(), query.from_user
    async with opened() as session:
        person = await person_in_chat(session, user.id) or Person(
            chat_id=user.id, name=user.full_name, client_language=user.language_code, created_at=now
        )
        visit = Visit(context, session, person, _voice(person.language, user), now, query.query)
        said = await inline.answer(visit, inline.Asked(query.query, query.offset))
        await _note(session, INLINE_ASKED, now)
    return said


async def _chosen(context: ChatContext, told: ChosenInlineResult, update_id: int) -> None:
    """A result was sent: an exposure of its link."""
    now = context.clock.now()
    one = inline.Chosen(
        key=told.result_id,
        inline_message_id=told.inline_message_id,
        told_as=told.inline_message_id or f"{context.gateway.bot_id}:{update_id}",
    )
    async with context.store.write() as session:
        await inline.chosen(session, one, now)
        await _note(session, INLINE_CHOSEN, now)


async def _note(session: AsyncSession, key: str, now: datetime) -> None:
    """Remember about when something last happened, without a write for each time."""
    before = await kept(session, key)
    if before is None or abs(now - datetime.fromisoformat(before)) > _NOTED_EACH:
        await keep(session, key, now.isoformat())


async def _membership(context: ChatContext, changed: ChatMemberUpdated) -> None:
    """Somebody blocked the bot: a state, so that nothing more is sent (operations.md C6)."""
    left = changed.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    if changed.chat.type != ChatType.PRIVATE or not left:
        return
    async with context.store.write() as session:
        person = await person_in_chat(session, changed.from_user.id)
        if person is not None:
            await mark_unreachable(session, person.id, context.clock.now())
