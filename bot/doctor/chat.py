"""The bot as the chat server knows it: its token, groups, inline mode and the feedback of inline mode."""

from __future__ import annotations

import re
from datetime import datetime

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.doctor.words import host, span
from bot.gateway.errors import NotConnected, Throttled, TokenRefused, classify
from bot.gateway.transport import AiohttpRequest
from bot.settings import Settings
from models.store.deployment import kept
from models.store.engine import Store

TOKEN = Subject(Group.CHAT, "token")
GROUPS = Subject(Group.CHAT, "groups")
INLINE = Subject(Group.CHAT, "inline mode")
FEEDBACK = Subject(Group.CHAT, "inline feedback")

_TOKEN = re.compile(r"\d{5,}:[\w-]{20,}")
CHOSEN_AT = "inline:chosen-at"
ASKED_AT = "inline:asked-at"
"""Under these words the bot keeps when somebody last chose an inline result, and last asked for some (ISO 8601)."""


async def open_bot(settings: Settings, request: AiohttpRequest) -> tuple[list[Check], Bot | None]:
    """The bot, once the chat server has named it; whoever gave the transport shuts it down."""
    if settings.bot_token is None:
        missing = TOKEN.warned(
            "BOT_TOKEN is not set: the web side works, the chat does not.",
            "Get one from @BotFather and set BOT_TOKEN; or run `tuike demo`, which needs none.",
        )
        return [missing], None
    token, base = settings.bot_token.get_secret_value(), settings.telegram_api_url.rstrip("/")
    if not _TOKEN.fullmatch(token):
        # Not even asked with: what is no token goes into no address, where the masks would not know it.
        odd = TOKEN.failed(
            "BOT_TOKEN does not look like a token: a number, a colon, and 35 letters and digits.",
            "Copy BOT_TOKEN anew from @BotFather, whole and without spaces.",
        )
        return [odd], None
    try:
        bot = Bot(
            token,
            base_url=f"{base}/bot",
            request=request,
            get_updates_request=request,
        )
        await bot.initialize()
    except InvalidToken:
        return [TOKEN.failed("The chat server refuses it.", "Copy BOT_TOKEN anew from @BotFather.")], None
    except TelegramError as error:
        return [unheard(TOKEN, error, settings)], None
    return [TOKEN.passed(f"The chat server knows it as @{bot.username}.")], bot


def unheard(subject: Subject, error: TelegramError, settings: Settings) -> Check:
    """What it means for a check that the chat server could not be asked, or would not tell."""
    where = host(settings.telegram_api_url)
    match classify(error):
        case NotConnected():
            return subject.failed(
                f"The chat server {where} can't be reached.",
                "Is the network there, and TELEGRAM_API_URL right?",
            )
        case Throttled(seconds):
            return subject.warned(
                f"The chat server asks to wait {seconds:.0f} seconds.", "Ask the doctor again after that."
            )
        case TokenRefused():
            return subject.failed(
                "The chat server refuses the token.", "Copy BOT_TOKEN anew from @BotFather."
            )
        case _:
            return subject.failed(
                f"The chat server {where} would not tell: {error.message}.",
                "Ask the doctor again; if it stays, look at TELEGRAM_API_URL.",
            )


async def look(patient: Patient) -> list[Check]:
    """What @BotFather can be asked to change."""
    if patient.bot is None:
        return []
    checks = [_groups(patient.bot)]
    if not patient.bot.supports_inline_queries:
        off = INLINE.warned(
            "It is off: nothing can be shared by typing the bot's name in a chat.",
            "Send /setinline to @BotFather, then /setinlinefeedback and choose 100%.",
        )
        return [*checks, off]
    checks.append(INLINE.passed("It is on."))
    if patient.store is not None:
        checks.append(await _feedback(patient.store, patient.clock.now()))
    return checks


def _groups(bot: Bot) -> Check:
    if not bot.can_join_groups:
        return GROUPS.warned(
            "It can't be added to groups.", "Send /setjoingroups to @BotFather and choose Enable."
        )
    if bot.can_read_all_group_messages:
        return GROUPS.warned(
            "It reads everything that is said in its groups, which is more than it needs.",
            "Send /setprivacy to @BotFather and choose Enable.",
        )
    return GROUPS.passed("It can be added to groups, and reads there only what is meant for it.")


async def _feedback(store: Store, now: datetime) -> Check:
    """The chat server tells nobody whether feedback is on, so what came in so far has to say it."""
    async with store.read() as session:
        chosen = _moment(await kept(session, CHOSEN_AT))
        asked = _moment(await kept(session, ASKED_AT))
    if chosen is not None:
        return FEEDBACK.passed(f"It is on: a choice was reported {span(now - chosen)} ago.")
    fix = "Send /setinlinefeedback to @BotFather, choose this bot, then 100%."
    if asked is not None:
        return FEEDBACK.warned(
            f"Somebody asked {span(now - asked)} ago, and no choice was ever reported: it seems to be off, "
            "so nothing that was shared inline can be kept up to date.",
            fix,
        )
    return FEEDBACK.warned("Not seen yet: nobody has shared anything inline so far.", fix)


def _moment(word: str | None) -> datetime | None:
    """The time that was kept; None for one that is damaged or has no zone."""
    try:
        found = datetime.fromisoformat(word or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
