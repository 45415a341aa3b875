"""The public address: our program answers there, by a certificate that holds, and leads buyers on."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Answer, Patient
from bot.doctor.words import host, span
from models.errors import StoreBusy

ADDRESS = Subject(Group.WEB, "public address")
CERTIFICATE = Subject(Group.WEB, "certificate")
REDIRECTS = Subject(Group.WEB, "redirects")

NOBODYS_CODE: Final = "ZZZZZZZZ"
"""A code in the right form; that it was ever given out is one chance in 650 billion, and no click is counted."""
CONNECT_SECONDS: Final = 5.0
RENEW: Final = timedelta(days=14)
HURRY: Final = timedelta(days=3)


async def look(patient: Patient) -> list[Check]:
    """Ask PUBLIC_URL as the world would."""
    url = patient.settings.public_url
    if url is None:
        unset = ADDRESS.warned(
            f"PUBLIC_URL is not set: links lead to {patient.settings.address}, which only this machine can open.",
            "Set PUBLIC_URL to the address under which buyers reach this program.",
        )
        return [unset]
    name = _named(url)
    if name is None:
        return [ADDRESS.failed("PUBLIC_URL is no web address.", "Write it like https://go.shop.example.")]
    encrypted = url.startswith("https://")
    certificate = [await _certificate(patient, name)] if encrypted else []
    return [*await _answers(patient), *certificate, *([] if encrypted else _open(name))]


def _named(url: str) -> str | None:
    """The host of a web address; None when it is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def _open(name: str) -> list[Check]:
    """A word about plain http, unless nobody but this machine or its neighbours is meant."""
    if name == "localhost" or _is_near(name):
        return []
    return [
        CERTIFICATE.warned(
            "There is none: everybody on the way can read and change what goes through.",
            "Put a proxy with a certificate in front, and write PUBLIC_URL with https.",
        )
    ]


def _is_near(name: str) -> bool:
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return False


async def _answers(patient: Patient) -> list[Check]:
    address = patient.settings.address
    try:
        answer = await patient.get(f"{address}/healthz")
        if answer.status == HTTPStatus.OK and answer.says("status") == "ok":
            return [ADDRESS.passed("The program answers there."), await _redirects(patient)]
    except aiohttp.ClientConnectorDNSError:
        return [ADDRESS.failed(f"{host(address)} has no address.", "Look at its DNS records.")]
    except aiohttp.ClientConnectorCertificateError:
        return []  # the check of the certificate says why
    except (aiohttp.ClientError, TimeoutError):
        return [ADDRESS.warned("Nobody answers there.", "Is the program running and reachable?")]
    return [_somebody_else(answer)]


def _somebody_else(answer: Answer) -> Check:
    """What it means that the answer is not that of a healthy program of ours."""
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE and answer.says("code") == StoreBusy.code:
        return ADDRESS.failed("The program answers there, but its store does not.", "Look at its log.")
    if 300 <= answer.status < 400:
        onward = host(answer.headers.get("Location", ""))
        return ADDRESS.failed(
            f"Whoever comes there is sent on to {onward}, so each link costs a detour or fails.",
            "Set PUBLIC_URL to the address where that ends.",
        )
    return ADDRESS.failed(
        f"Somebody else answers there ({answer.status}).", "Look at the proxy, and at PUBLIC_URL."
    )


async def _redirects(patient: Patient) -> Check:
    """A link that was never given out: the refusal must be ours, not a proxy's own page."""
    answer = await patient.get(f"{patient.settings.address}/r/{NOBODYS_CODE}")
    if answer.status == HTTPStatus.NOT_FOUND and answer.says("code") == "not_found":
        return REDIRECTS.passed("Links are looked up by this program.")
    return REDIRECTS.failed(
        f"Somebody else answers for links ({answer.status}).", "Let the proxy pass /r/ on as it comes."
    )


async def _certificate(patient: Patient, name: str) -> Check:
    port = urlsplit(patient.settings.address).port or 443
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(name, port, ssl=ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return CERTIFICATE.failed(
            f"Browsers refuse it: {error.verify_message}.", "Get one for this name, and renew it in time."
        )
    except OSError as error:
        return CERTIFICATE.warned(
            f"It could not be seen ({type(error).__name__}).", "Is the proxy running and reachable?"
        )
    seen = writer.get_extra_info("peercert")
    writer.transport.abort()
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(seen["notAfter"])), UTC)
    return certificate(ends, patient.clock.now())


def certificate(ends: datetime, now: datetime) -> Check:
    """Whether a certificate holds long enough."""
    left = ends - now
    fix = "Renew it, and let it be renewed by itself (certbot, caddy)."
    if left < HURRY:
        return CERTIFICATE.failed(f"It ends in {span(max(left, timedelta()))}.", fix)
    if left < RENEW:
        return CERTIFICATE.warned(f"It ends in {span(left)}.", fix)
    return CERTIFICATE.passed(f"It holds for another {span(left)}.")
