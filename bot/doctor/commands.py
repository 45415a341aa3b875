"""What the chat server lists of the bot: commands, descriptions and the menu button stand as wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.gateway.registration import Part, parts
from bot.gateway.registration import Subject as What
from handlers.chat.registering import registration

COMMANDS = Subject(Group.CHAT, "commands")
DESCRIPTIONS = Subject(Group.CHAT, "descriptions")
MENU = Subject(Group.CHAT, "menu button")
_SUBJECTS = {
    What.COMMANDS: COMMANDS,
    What.DESCRIPTION: DESCRIPTIONS,
    What.SHORT_DESCRIPTION: DESCRIPTIONS,
    What.MENU: MENU,
}


async def look(patient: Patient) -> list[Check]:
    """Ask for each scope and language, as the program does at its start, and change nothing."""
    if patient.bot is None:
        return []
    wanted = list(parts(patient.bot, registration()))
    stands = await asyncio.gather(*(part.stands() for part in wanted))
    differing = [part for part, well in zip(wanted, stands, strict=True) if not well]
    return [
        _check(subject, [part for part in differing if _SUBJECTS[part.subject] is subject])
        for subject in (COMMANDS, DESCRIPTIONS, MENU)
    ]


def _check(subject: Subject, differing: Sequence[Part]) -> Check:
    if not differing:
        return subject.passed("As this program wants them, in every scope and language.")
    places = "; ".join(part.place for part in differing)
    return subject.warned(
        f"Not as this program wants them ({places}).",
        "Start `tuike run` with the chat role (again): it puts them right at each start.",
    )
