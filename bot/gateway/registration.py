"""What the chat server shows of the bot before anybody speaks: commands, descriptions, the menu button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

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


def calls(bot: Bot, registration: Registration) -> Iterator[Callable[[], Awaitable[bool]]]:
    """The requests that put the registration in place, one by one."""
    for listed in registration.commands:
        scope, language = _scope(listed.scope), listed.language or None
        if not listed.commands:
            yield partial(bot.delete_my_commands, scope, language)
            continue
        commands = [BotCommand(command.name, command.description) for command in listed.commands]
        yield partial(bot.set_my_commands, commands, scope, language)
    for profile in registration.profiles:
        language = profile.language or None
        yield partial(bot.set_my_description, profile.description, language)
        yield partial(bot.set_my_short_description, profile.short_description, language)
    yield partial(bot.set_chat_menu_button, menu_button=_menu_button(registration.menu))


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
