"""The web hook: it leads to us, by https, with our secret, and its deliveries succeed."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from telegram import WebhookInfo

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.doctor.words import host, span
from bot.settings import TELEGRAM, Settings
from handlers.chat.intake import ALLOWED
from handlers.chat.intake_webhook import PATH, SECRET_HEADER
from models.store.deployment import kept

HOOK = Subject(Group.CHAT, "web hook")
DELIVERY = Subject(Group.CHAT, "web hook delivery")
MACHINE = Subject(Group.CHAT, "web hook machine")
SECRET = Subject(Group.CHAT, "web hook secret")

PORTS = frozenset({443, 80, 88, 8443})
"""Ports that Telegram delivers to (Bot API, setWebhook)."""
FRESH = timedelta(hours=1)
SECRET_WORD = "chat-webhook"  # noqa: S105 - the name under which handlers/chat/intake_webhook.py keeps it


async def look(patient: Patient, info: WebhookInfo) -> list[Check]:
    """Compare what is registered with what we want, and knock at our own door."""
    refused = unfit(patient.settings)
    if refused is not None:
        return [refused]
    hook = _registered(patient.settings, info)
    checks = [hook]
    if info.url == patient.settings.address + PATH:
        checks += [_delivered(patient, info), *await _machine(patient, info)]
    return [*checks, *await _secret(patient)]


def unfit(settings: Settings) -> Check | None:
    """Why no hook can lead to this address. A chat server of one's own takes plain http and any port."""
    fix = "Set PUBLIC_URL to an https address, or UPDATE_MODE=polling."
    if settings.public_url is None:
        return HOOK.failed("UPDATE_MODE is webhook, but PUBLIC_URL is not set.", fix)
    parts = urlsplit(settings.address)
    if settings.telegram_api_url.rstrip("/") != TELEGRAM:
        return None
    if parts.scheme != "https":
        return HOOK.failed("A web hook needs an https address.", fix)
    if (parts.port or 443) not in PORTS:
        ports = ", ".join(map(str, sorted(PORTS)))
        return HOOK.failed(
            f"Telegram delivers to no such port as {parts.port}.", f"Let PUBLIC_URL use one of {ports}."
        )
    return None


def _registered(settings: Settings, info: WebhookInfo) -> Check:
    restart = "Start `tuike run` with the chat role (again): it registers the hook."
    if not info.url:
        return HOOK.failed("None is set: no update comes in.", restart)
    if info.url != settings.address + PATH:
        return HOOK.failed(
            f"It leads to another address, at {host(info.url)}, not to PUBLIC_URL.",
            f"{restart} If it changes back, another program uses this token.",
        )
    missing = [kind for kind in ALLOWED if info.allowed_updates and kind not in info.allowed_updates]
    if missing:
        return HOOK.warned(f"It does not bring {', '.join(missing)}.", restart)
    return HOOK.passed(f"It leads to PUBLIC_URL ({host(info.url)}).")


def _delivered(patient: Patient, info: WebhookInfo) -> Check:
    if info.last_error_date is None:
        return DELIVERY.passed("No delivery failed.")
    age = patient.clock.now() - info.last_error_date
    said = info.last_error_message or "no reason given"
    if age > FRESH:
        return DELIVERY.passed(f"The last one that failed was {span(age)} ago ({said}).")
    fix = "Can the chat server reach PUBLIC_URL? The proxy's log and ours say more."
    if "401" in said:
        fix = "The secret does not fit: start `tuike run` again, which registers its own."
    return DELIVERY.warned(f"One failed {span(age)} ago: {said}.", fix)


async def _machine(patient: Patient, info: WebhookInfo) -> list[Check]:
    """Whether the chat server delivers to the machine that PUBLIC_URL names today."""
    name = urlsplit(patient.settings.address).hostname
    if not info.ip_address or name is None:
        return []
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return [MACHINE.failed(f"{name} has no address.", "Look at its DNS records.")]
    addresses = {str(each[4][0]) for each in found}
    if info.ip_address in addresses:
        return [MACHINE.passed(f"The chat server delivers to {info.ip_address}, as {name} says.")]
    return [
        MACHINE.warned(
            f"The chat server delivers to {info.ip_address}, but {name} is {', '.join(sorted(addresses))}.",
            "If you moved: start `tuike run` again, so that the name is looked up anew.",
        )
    ]


async def _secret(patient: Patient) -> list[Check]:
    """Knock with our secret and with none; what is brought is no update, so nothing is kept of it."""
    if patient.store is None:
        return []
    async with patient.store.read() as session:
        secret = await kept(session, SECRET_WORD)
    if secret is None:
        fix = "Start `tuike run` with the chat role: it makes the secret."
        return [SECRET.warned("There is none yet: updates never came by a web hook.", fix)]
    url = patient.settings.address + PATH
    try:
        known = (await patient.post(url, b"{}", {SECRET_HEADER: secret})).status
        unknown = (await patient.post(url, b"{}", {})).status
    except (aiohttp.ClientError, TimeoutError):
        return []  # the check of the public address says so
    return [_knocked(known, unknown)]


def _knocked(known: int, unknown: int) -> Check:
    """What the door's answers mean: 400 is "you may bring updates, but this is none"."""
    if unknown != HTTPStatus.UNAUTHORIZED and known == HTTPStatus.BAD_REQUEST:
        return SECRET.failed(
            "Whoever knocks without it is let in.", "Does a proxy add the header? Take it out."
        )
    match known:
        case HTTPStatus.BAD_REQUEST:
            return SECRET.passed("Who has it is let in, who has not is refused.")
        case HTTPStatus.UNAUTHORIZED:
            return SECRET.failed(
                "The program at PUBLIC_URL has another one.",
                "Does it use another store (DATABASE_URL, DATA_DIR), or does a proxy drop the header?",
            )
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return SECRET.warned("The program is still starting.", "Ask the doctor again in a moment.")
        case _:
            return SECRET.failed(
                f"Nobody takes updates at PUBLIC_URL ({known}).",
                f"Start `tuike run` with the chat role, and let the proxy pass {PATH} on.",
            )
