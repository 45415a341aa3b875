"""The shops: a plan is in force for each, and their signatures are taken, here and at the public address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.doctor.check import Check, Group, Subject, folded
from bot.doctor.patient import Patient
from bot.imports.signature import signed_headers, signing_key
from handlers.web.events import TooMany
from handlers.web.signature import BadSignature, check_signature
from models.people.merchants import Merchant, all_merchants
from models.plans.versions import PlanBook
from models.store.ids import new_code

MERCHANT = Subject(Group.SHOPS, "merchant")
PLAN = Subject(Group.SHOPS, "plan of")
SIGNATURE = Subject(Group.SHOPS, "signature of")
EVENTS = Subject(Group.SHOPS, "events")

NOTHING_HAPPENED: Final = b'{"events":[]}'
"""A body that changes nothing: its signature is checked, then it is refused because nothing is in it."""
MOST_KNOCKS: Final = 20
"""So many merchants are tried at the public address; the others live in the same store."""


async def look(patient: Patient) -> list[Check]:
    """Each merchant by itself."""
    if patient.store is None:
        return []
    now = patient.clock.now()
    async with patient.store.read() as session:
        merchants = await all_merchants(session)
        books = [await PlanBook.open(session, merchant.id) for merchant in merchants]
    if not merchants:
        return [MERCHANT.warned("There is none yet.", "`tuike merchant add --help` shows how.")]
    plans = [_plan(merchant, book, now) for merchant, book in zip(merchants, books, strict=True)]
    signatures = [_signature(merchant, now) for merchant in merchants]
    return [*folded(PLAN, plans), *folded(SIGNATURE, signatures)]


def _plan(merchant: Merchant, book: PlanBook, now: datetime) -> Check:
    subject, plan = PLAN.of(merchant.name), book.in_force(now)
    if plan is None:
        return subject.warned(
            "No plan is in force: orders earn nothing.",
            f"`tuike plan publish FILE --merchant {merchant.public_id}`.",
        )
    return subject.passed(f"Version {plan.version} is in force since {plan.starts_at:%Y-%m-%d}.")


def _headers(secret: str, now: datetime) -> dict[str, str]:
    """Signed as a shop signs. Raises ValueError for a damaged secret."""
    name = f"doctor-{new_code(12)}"
    return signed_headers(signing_key(secret), name, int(now.timestamp()), NOTHING_HAPPENED)


def _signature(merchant: Merchant, now: datetime) -> Check:
    """What the web side's own check says to a right signature and to one byte that was changed."""
    subject = SIGNATURE.of(merchant.name)
    secrets = [secret for secret in (merchant.webhook_secret, merchant.webhook_secret_before) if secret]
    try:
        signed = [_headers(secret, now) for secret in secrets]
    except ValueError:
        return subject.failed(
            "The secret in the store is damaged, so every event is refused.",
            "Put this merchant's webhook_secret back from a backup.",
        )
    changed = bytes([NOTHING_HAPPENED[0] ^ 1]) + NOTHING_HAPPENED[1:]
    for headers in signed:
        if not _taken(headers, NOTHING_HAPPENED, secrets, now):
            return subject.failed("A right signature is refused.", "Install this program anew.")
        if _taken(headers, changed, secrets, now):
            return subject.failed("A changed body is taken.", "Stop, and install this program anew.")
    return subject.passed("A right signature is taken, a changed byte is refused.")


def _taken(headers: dict[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    try:
        check_signature(headers, body, secrets, now)
    except BadSignature:
        return False
    return True


async def look_from_outside(patient: Patient) -> list[Check]:
    """Knock at the public address as each shop would; nothing, when nobody opens there."""
    if patient.store is None or patient.settings.public_url is None:
        return []
    async with patient.store.read() as session:
        merchants = await all_merchants(session)
    try:
        knocks = (_knock(patient, merchant) for merchant in merchants[:MOST_KNOCKS])
        return folded(EVENTS.of("of"), await asyncio.gather(*knocks))
    except (aiohttp.ClientError, TimeoutError):
        return []  # the check of the public address says so


async def _knock(patient: Patient, merchant: Merchant) -> Check:
    subject = EVENTS.of(f"of {merchant.name}")
    url = f"{patient.settings.address}/v1/events/{merchant.public_id}"
    try:
        headers = _headers(merchant.webhook_secret, patient.clock.now())
    except ValueError:
        return subject.failed("They can't be signed.", "See the signature above.")
    signed = await patient.post(url, NOTHING_HAPPENED, headers)
    unsigned = await patient.post(url, NOTHING_HAPPENED, {"content-type": "application/json"})
    if unsigned.status != HTTPStatus.UNAUTHORIZED and signed.status != HTTPStatus.NOT_FOUND:
        return subject.failed(
            f"PUBLIC_URL does not refuse an unsigned event ({unsigned.status}).",
            "Does a proxy answer in our place? Let it pass /v1/ on as it comes.",
        )
    if signed.status < 300 or signed.says("code") == TooMany.code:
        return subject.passed("PUBLIC_URL takes a signed event and refuses an unsigned one.")
    elsewhere = "Does the program there use another store (DATABASE_URL, DATA_DIR)?"
    match signed.status:
        case HTTPStatus.UNAUTHORIZED:
            return subject.failed(
                "PUBLIC_URL refuses this merchant's signature.", f"{elsewhere} Is a clock wrong?"
            )
        case HTTPStatus.NOT_FOUND:
            return subject.failed("PUBLIC_URL does not know this merchant.", elsewhere)
        case _:
            return subject.failed(
                f"PUBLIC_URL could not take a signed event ({signed.status}).",
                "Its log, or the proxy's, says why.",
            )
