"""What the chat server shows before anybody speaks: commands, descriptions, the menu button, per language."""

from __future__ import annotations

import structlog

from bot.context import ChatContext
from bot.gateway.registration import Command, Commands, Profile, Registration, Scope
from bot.voice.catalogue import Phrase, Voice
from bot.voice.languages import DEFAULT, Language

log = structlog.stdlib.get_logger(__name__)

_COMMANDS = {
    "start": Phrase("Home"),
    "goods": Phrase("Goods to share"),
    "earn": Phrase("What I have earned"),
    "settings": Phrase("Language"),
    "help": Phrase("How it works"),
}


def registration() -> Registration:
    """English for every language that has none of its own, and each of ours under its code."""
    voices = [("", Voice(DEFAULT)), *((each.code, Voice(each)) for each in Language if each is not DEFAULT)]
    return Registration(
        commands=tuple(
            Commands(
                Scope.PRIVATE,
                code,
                tuple(Command(name, voice.phrase(said)) for name, said in _COMMANDS.items()),
            )
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


async def register(context: ChatContext) -> None:
    """Put it all in place; what the server refuses stays as it was and is logged."""
    for outcome in await context.gateway.register(registration()):
        log.warning("chat.not_registered", outcome=type(outcome).__name__)
