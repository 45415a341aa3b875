"""What the chat server shows of the bot before anybody speaks: commands, descriptions, the menu button.

What stands there is asked first, all at once, and only what differs is sent: a start costs one round of
questions, and what somebody changed by hand is put right at the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    MenuButtonCommands,
    MenuButtonWebApp,
    WebAppInfo,
)
from telegram.error import BadRequest, InvalidToken

from bot.gateway.transport import ServerFailedError, TooManyRequestsError


class Scope(StrEnum):
    """Where a list of commands is shown."""

    DEFAULT = "default"
    PRIVATE = "all_private_chats"
    GROUPS = "all_group_chats"
    GROUP_ADMINS = "all_chat_administrators"


@dataclass(frozen=True, slots=True)
class Command:
    """One listed command: its name without the slash, and what it does."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands of one scope and language; `language` is two letters, empty for all others.

    No commands takes the list of that scope and language away.
    """

    scope: Scope
    language: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a newcomer reads in one language: 512 characters before the start, 120 in the bot's profile."""

    language: str
    description: str
    short_description: str


@dataclass(frozen=True, slots=True)
class MenuApp:
    """A menu button that opens a Mini App; the address is https."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Registration:
    """All that is registered at start-up (chat 2, rule 1); without a menu app the button lists commands."""

    commands: tuple[Commands, ...] = ()
    profiles: tuple[Profile, ...] = ()
    menu: MenuApp | None = None


class Subject(StrEnum):
    """What a part of the registration is about."""

    COMMANDS = "commands"
    DESCRIPTION = "description"
    SHORT_DESCRIPTION = "short description"
    MENU = "menu button"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is registered: whether it stands as it should, and how to put it in place.

    Both raise telegram.error.TelegramError. `place` names scope and language for people.
    """

    subject: Subject
    place: str
    stands: Callable[[], Awaitable[bool]]
    put: Callable[[], Awaitable[bool]]


def parts(bot: Bot, registration: Registration) -> Iterator[Part]:
    """Everything that is to stand, one by one."""
    for listed in registration.commands:
        yield _commands(bot, listed)
    for profile in registration.profiles:
        yield _description(bot, profile)
        yield _short_description(bot, profile)
    yield _menu(bot, _menu_button(registration.menu))


def calls(bot: Bot, registration: Registration) -> Iterator[Callable[[], Awaitable[bool]]]:
    """The steps that put the registration in place, one a part; what stands already sends nothing.

    They end early when the server asks to wait: whoever goes on asking then is made to wait longer.
    """
    survey = _Survey(tuple(parts(bot, registration)))
    for number in range(len(survey.parts)):
        if survey.asked_to_wait:
            return
        yield survey.step(number)


class _Survey:
    """What stands, asked once for all parts, and the refusals met on the way."""

    def __init__(self, wanted: tuple[Part, ...]) -> None:
        self.parts = wanted
        self.asked_to_wait = False
        self._stands: list[bool | BaseException] | None = None

    def step(self, number: int) -> Callable[[], Awaitable[bool]]:
        async def heal() -> bool:
            try:
                return await self._heal(number)
            except TooManyRequestsError:
                self.asked_to_wait = True
                raise

        return heal

    async def _heal(self, number: int) -> bool:
        stands = (await self._seen())[number]
        if isinstance(stands, BadRequest | InvalidToken | ServerFailedError):
            # A server that can't tell may still be told; to the library a method that it lacks is a wrong token.
            stands = False
        if isinstance(stands, BaseException):
            raise stands
        return stands or await self.parts[number].put()

    async def _seen(self) -> list[bool | BaseException]:
        if self._stands is None:
            asked = (part.stands() for part in self.parts)
            self._stands = list(await asyncio.gather(*asked, return_exceptions=True))
            floods = [answer for answer in self._stands if isinstance(answer, TooManyRequestsError)]
            if floods:
                raise max(floods, key=lambda flood: flood.retry_after)
        return self._stands


def _commands(bot: Bot, listed: Commands) -> Part:
    scope, language = _scope(listed.scope), listed.language or None
    wanted = tuple(BotCommand(command.name, command.description) for command in listed.commands)

    async def stands() -> bool:
        return await bot.get_my_commands(scope, language) == wanted

    async def put() -> bool:
        if not wanted:
            return await bot.delete_my_commands(scope, language)
        return await bot.set_my_commands(wanted, scope, language)

    return Part(Subject.COMMANDS, f"{listed.scope}, {_named(listed.language)}", stands, put)


def _description(bot: Bot, profile: Profile) -> Part:
    language = profile.language or None

    async def stands() -> bool:
        return (await bot.get_my_description(language)).description == profile.description

    async def put() -> bool:
        return await bot.set_my_description(profile.description, language)

    return Part(Subject.DESCRIPTION, _named(profile.language), stands, put)


def _short_description(bot: Bot, profile: Profile) -> Part:
    language = profile.language or None

    async def stands() -> bool:
        found = await bot.get_my_short_description(language)
        return found.short_description == profile.short_description

    async def put() -> bool:
        return await bot.set_my_short_description(profile.short_description, language)

    return Part(Subject.SHORT_DESCRIPTION, _named(profile.language), stands, put)


def _menu(bot: Bot, wanted: MenuButtonCommands | MenuButtonWebApp) -> Part:
    async def stands() -> bool:
        return await bot.get_chat_menu_button() == wanted

    async def put() -> bool:
        return await bot.set_chat_menu_button(menu_button=wanted)

    return Part(Subject.MENU, "every chat", stands, put)


def _named(language: str) -> str:
    return language or "any other language"


def _scope(scope: Scope) -> BotCommandScope:
    match scope:
        case Scope.DEFAULT:
            return BotCommandScopeDefault()
        case Scope.PRIVATE:
            return BotCommandScopeAllPrivateChats()
        case Scope.GROUPS:
            return BotCommandScopeAllGroupChats()
        case Scope.GROUP_ADMINS:
            return BotCommandScopeAllChatAdministrators()


def _menu_button(menu: MenuApp | None) -> MenuButtonCommands | MenuButtonWebApp:
    return MenuButtonCommands() if menu is None else MenuButtonWebApp(menu.label, WebAppInfo(menu.url))
