"""The methods of the Bot API that this server speaks, by name."""

from __future__ import annotations

from bot.sandbox.chat.methods import editing, intake, profile, sending
from bot.sandbox.chat.methods.method import Method

METHODS: dict[str, Method] = {
    name.lower(): method
    for table in (intake.METHODS, sending.METHODS, editing.METHODS, profile.METHODS)
    for name, method in table.items()
}
"""Lower-case names: the real server doesn't mind the case."""

PACED = {
    "sendmessage",
    "sendphoto",
    "senddocument",
    "copymessage",
    "forwardmessage",
    "editmessagetext",
    "editmessagecaption",
    "editmessagemedia",
    "editmessagereplymarkup",
}
"""What counts against the limits of speed: new messages and edits alike."""
