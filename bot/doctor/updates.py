"""How chat updates come in: by polling or by a web hook, and that nobody else takes them."""

from __future__ import annotations

import asyncio

from telegram import Bot, WebhookInfo
from telegram.error import Conflict

from bot.doctor import hook
from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.doctor.running import runs_here
from bot.doctor.words import host
from bot.settings import UpdateMode

UPDATES = Subject(Group.CHAT, "updates")
READER = Subject(Group.CHAT, "other readers")
WAITING = Subject(Group.CHAT, "waiting updates")

MANY_WAITING = 100
AGAIN_SECONDS = 1.0


async def look(patient: Patient) -> list[Check]:
    """Ask the chat server where updates go and how many wait."""
    bot = patient.bot
    by_hook = patient.settings.update_mode is UpdateMode.WEBHOOK
    if bot is None:
        unfit = hook.unfit(patient.settings) if by_hook else None
        return [] if unfit is None else [unfit]
    info = await bot.get_webhook_info()
    if by_hook:
        checks = await hook.look(patient, info)
    elif info.url:
        checks = [_hooked(info)]
    else:
        checks = [UPDATES.passed("They are asked for (polling)."), await _readers(patient, bot)]
    return [*checks, _waiting(info)]


def _hooked(info: WebhookInfo) -> Check:
    return UPDATES.warned(
        f"They are to be asked for (polling), but a web hook to {host(info.url)} is set and takes them.",
        "Start `tuike run`, which takes the hook away. If it comes back, another program uses this bot: "
        "stop it, or take a new token by /revoke at @BotFather.",
    )


def _waiting(info: WebhookInfo) -> Check:
    number = info.pending_update_count
    if number > MANY_WAITING:
        return WAITING.warned(
            f"Many wait at the chat server: {number:,}.",
            "Is `tuike run` running with the chat role? Its log says what holds it up.",
        )
    return WAITING.passed(f"Waiting at the chat server: {number}.")


async def _readers(patient: Patient, bot: Bot) -> Check:
    """Listen for somebody else who reads: the server lets one read at a time, and tells whom it turned away.

    Only while our own program does not read, for it would be the one that is turned away.
    """
    running = None if patient.store is None else runs_here(patient.store, "chat")
    if running:
        return READER.passed("Our own program reads them at this moment.")
    if running is None:
        return READER.passed("Not listened for: our own program may be reading on another machine.")
    try:
        async with asyncio.timeout(patient.listening_seconds):
            while True:
                # Nothing is confirmed by this: whatever comes is told again to whoever asks next.
                told = await bot.get_updates(limit=1, timeout=int(patient.listening_seconds) + 1)
                if told:
                    await asyncio.sleep(AGAIN_SECONDS)
    except TimeoutError:
        return READER.passed("Nobody else reads this bot's updates.")
    except Conflict:
        return READER.failed(
            "Another program reads this bot's updates, and only one may.",
            "Stop it; or take a new token by /revoke at @BotFather, which locks it out.",
        )
