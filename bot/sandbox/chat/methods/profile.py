"""What the bot says about itself: commands per scope and language, names, descriptions, menu button."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.members import GroupKind, rights_of
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params, as_list, as_object
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.state import Bot
from bot.sandbox.wire import Json

COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")
COMMANDS = 100
DESCRIPTION_CHARACTERS = 256
LANGUAGE = re.compile(r"^[a-z]{2}$")
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
PLAIN_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}


async def get_me(server: ChatServer, params: Params) -> Json:
    """The bot itself."""
    del params
    return {
        **server.bot.as_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": not server.bot.privacy,
        "supports_inline_queries": server.bot.inline,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _place(server: ChatServer, params: Params) -> tuple[str, str]:
    scope = as_object(params.structure("scope"))
    kind = str(scope.get("type", "default"))
    if kind in CHAT_SCOPES:
        place = server.world.place(Params(scope))
        kind = f"{kind}:{place.id}"
        if kind.startswith("chat_member:"):
            kind = f"{kind}:{scope.get('user_id')}"
    elif kind not in PLAIN_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return kind, _language(params)


def _language(params: Params) -> str:
    language = params.text("language_code")
    if language and not LANGUAGE.match(language):
        raise bad_request("invalid language code specified")
    return language


def _changed(server: ChatServer) -> Json:
    for person in server.world.people.values():
        server.feed.tell(Happening.BOT, person.id, server.profile_view(person))
    return True


async def set_my_commands(server: ChatServer, params: Params) -> Json:
    """The commands that clients list, for a scope and a language."""
    place = _place(server, params)
    read = []
    for item in as_list(params.structure("commands")):
        fields = as_object(item)
        name, said = str(fields.get("command", "")).removeprefix("/"), str(fields.get("description", ""))
        if not COMMAND.match(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(said) <= DESCRIPTION_CHARACTERS:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        read.append((name, said))
    if len(read) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    server.bot.commands[place] = tuple(read)
    return _changed(server)


async def get_my_commands(server: ChatServer, params: Params) -> Json:
    """The commands of a scope and a language."""
    found = server.bot.commands.get(_place(server, params), ())
    return [{"command": name, "description": said} for name, said in found]


async def delete_my_commands(server: ChatServer, params: Params) -> Json:
    """No commands for a scope and a language, so that wider ones count."""
    server.bot.commands.pop(_place(server, params), None)
    return _changed(server)


def _setter(field: str, most: int, where: Callable[[Bot], dict[str, str]]) -> Method:
    async def set_words(server: ChatServer, params: Params) -> Json:
        words = params.text(field)
        if len(words) > most:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        where(server.bot)[_language(params)] = words
        return _changed(server)

    return set_words


def _getter(field: str, where: Callable[[Bot], dict[str, str]]) -> Method:
    async def get_words(server: ChatServer, params: Params) -> Json:
        words = where(server.bot)
        fallback = server.bot.name if field == "name" else ""
        return {field: words.get(_language(params)) or words.get("") or fallback}

    return get_words


def _names(bot: Bot) -> dict[str, str]:
    return bot.names


def _descriptions(bot: Bot) -> dict[str, str]:
    return bot.descriptions


def _short_descriptions(bot: Bot) -> dict[str, str]:
    return bot.short_descriptions


async def set_chat_menu_button(server: ChatServer, params: Params) -> Json:
    """The button beside the input field, for one chat or for all (0)."""
    button = params.structure("menu_button") or {"type": "default"}
    if as_object(button).get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    chat_id = server.world.place(params).id if params.text("chat_id") else 0
    server.bot.menu_buttons[chat_id] = button
    return True


async def get_chat_menu_button(server: ChatServer, params: Params) -> Json:
    """The button beside the input field."""
    chat_id = server.world.place(params).id if params.text("chat_id") else 0
    buttons = server.bot.menu_buttons
    return buttons.get(chat_id) or buttons.get(0) or {"type": "commands"}


async def set_my_default_administrator_rights(server: ChatServer, params: Params) -> Json:
    """The rights that a client ticks when somebody makes the bot an administrator."""
    asked = as_object(params.structure("rights"))
    granted = frozenset(name for name, given in asked.items() if given)
    server.bot.default_rights[params.flag("for_channels")] = granted
    return True


async def get_my_default_administrator_rights(server: ChatServer, params: Params) -> Json:
    """The same rights."""
    for_channels = params.flag("for_channels")
    granted = server.bot.default_rights.get(for_channels, frozenset())
    kind = GroupKind.CHANNEL if for_channels else GroupKind.SUPERGROUP
    return {"is_anonymous": "is_anonymous" in granted} | {name: name in granted for name in rights_of(kind)}


METHODS: dict[str, Method] = {
    "setMyDefaultAdministratorRights": set_my_default_administrator_rights,
    "getMyDefaultAdministratorRights": get_my_default_administrator_rights,
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name", 64, _names),
    "getMyName": _getter("name", _names),
    "setMyDescription": _setter("description", 512, _descriptions),
    "getMyDescription": _getter("description", _descriptions),
    "setMyShortDescription": _setter("short_description", 120, _short_descriptions),
    "getMyShortDescription": _getter("short_description", _short_descriptions),
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
