"""What the chat server shows before anybody speaks: commands, descriptions, the menu button, per language."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.context import ChatContext
from bot.gateway.errors import Throttled
from bot.gateway.registration import Command, Commands, Profile, Registration, Scope
from bot.voice.catalogue import Phrase, Voice
from bot.voice.languages import DEFAULT, Language

log = structlog.stdlib.get_logger(__name__)

Pause = Callable[[float], Awaitable[None]]

_COMMANDS = {
    "start": Phrase("Home"),
    "goods": Phrase("Goods to share"),
    "earn": Phrase("What I have earned"),
    "settings": Phrase("Language"),
    "help": Phrase("How it works"),
}
PATIENCE_SECONDS: Final = 5.0
"""How long a start waits for its registration; nobody's message should wait for a list of commands."""
MOST_ROUNDS: Final = 5
_later: set[asyncio.Task[None]] = set()
"""Registrations that wait until the server takes them: a task that nobody holds may vanish."""


def registration() -> Registration:
    """English for every language that has none of its own, and each of ours under its code.

    Commands are listed in private chats alone. Groups, and a default that somebody once set by hand and that
    would show there, are held empty.
    """
    voices = (("", Voice(DEFAULT)), *((each.code, Voice(each)) for each in Language))
    return Registration(
        commands=tuple(
            Commands(scope, code, _listed(voice) if scope is Scope.PRIVATE else ())
            for scope in (Scope.PRIVATE, Scope.GROUPS, Scope.GROUP_ADMINS, Scope.DEFAULT)
            for code, voice in voices
        ),
        profiles=tuple(
            Profile(
                code,
                voice.plain(
                    "Share goods you like with your own links and posters. When somebody buys, you are told at "
                    "once and see what you earned, and why."
                ),
                voice.plain("Share goods, earn commission, see every cent."),
            )
            for code, voice in voices
        ),
    )


def _listed(voice: Voice) -> tuple[Command, ...]:
    return tuple(Command(name, voice.phrase(said)) for name, said in _COMMANDS.items())


async def register(context: ChatContext, *, pause: Pause = asyncio.sleep) -> None:
    """Put it all in place; what the server refuses stays as it was and is logged.

    A server that asks to wait, or takes its time, does not hold up the start: the rest follows beside
    everything else, when it is allowed.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            wait = await _round(context)
    except TimeoutError:
        wait = PATIENCE_SECONDS
    if wait is None:
        return
    log.warning("chat.registered_later", seconds=wait)
    task = asyncio.create_task(_rest(context, wait, pause), name="registration")
    _later.add(task)
    task.add_done_callback(_later.discard)


async def _rest(context: ChatContext, first_wait: float, pause: Pause) -> None:
    """Go on after the wait that was asked for; what fails otherwise is left to the next start."""
    wait: float | None = first_wait
    for _ in range(MOST_ROUNDS):
        if wait is None:
            return
        await pause(wait)
        wait = await _round(context)
    if wait is not None:
        log.warning("chat.not_registered", outcome=Throttled.__name__)


async def _round(context: ChatContext) -> float | None:
    """Put in place what is not; answers the seconds that the server asked to wait before the rest, if it did."""
    wait = None
    for outcome in await context.gateway.register(registration()):
        if isinstance(outcome, Throttled):
            wait = outcome.retry_after
        else:
            log.warning("chat.not_registered", outcome=type(outcome).__name__)
    return wait
