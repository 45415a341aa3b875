"""Doctor: what is well with this installation, and what to do about the rest. Secrets are never shown."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp
from pydantic import BaseModel
from sqlalchemy import select
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.gateway.transport import AiohttpRequest
from bot.media.facts import PosterFacts, PosterPrice
from bot.media.poster import decodes, render_poster
from bot.media.template import shipped_template
from bot.media.typefaces import Typefaces
from bot.settings import Settings, UpdateMode
from models.errors import DomainError
from models.people.merchants import all_merchants
from models.plans.versions import PlanBook
from models.store.engine import Store
from models.store.migrate import current_revision, newest_revision

CLOCK_SLACK_SECONDS = 60
"""Signatures are good for five minutes, so a clock that is a minute off deserves a word."""


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - the word of a check that passed
    WARN = "warn"
    FAIL = "fail"


class Check(BaseModel):
    """One thing that was looked at: what was seen, and how to mend it when it is not well."""

    name: str
    verdict: Verdict
    sentence: str
    fix: str | None = None


async def examine(settings: Settings) -> list[Check]:
    """Look at everything that this installation stands on; no check stops the others."""
    looks: list[tuple[str, Callable[[Settings], Awaitable[list[Check]]]]] = [
        ("database", _database),
        ("token", _token),
        ("public address", _address),
        ("poster", _poster),
    ]
    checks: list[Check] = []
    for name, look in looks:
        try:
            checks.extend(await look(settings))
        except DomainError as error:
            checks.append(
                Check(name=name, verdict=Verdict.FAIL, sentence=str(error), fix="See the sentence.")
            )
        except (OSError, aiohttp.ClientError, TelegramError) as error:
            seen = f"It could not be looked at ({type(error).__name__})."
            checks.append(Check(name=name, verdict=Verdict.FAIL, sentence=seen, fix="Is the network there?"))
    return checks


def _passed(name: str, sentence: str) -> Check:
    return Check(name=name, verdict=Verdict.PASS, sentence=sentence)


def _warned(name: str, sentence: str, fix: str) -> Check:
    return Check(name=name, verdict=Verdict.WARN, sentence=sentence, fix=fix)


def _failed(name: str, sentence: str, fix: str) -> Check:
    return Check(name=name, verdict=Verdict.FAIL, sentence=sentence, fix=fix)


async def _database(settings: Settings) -> list[Check]:
    newest = newest_revision()
    path = Store(settings.store_url).path
    if path is not None and not path.exists():
        return [
            _warned(
                "database", f"{path} does not exist yet.", "`tuike migrate` makes it; so does `tuike run`."
            )
        ]
    revision = await current_revision(settings.store_url)
    if revision != newest:
        return [
            _passed("database", "It can be opened."),
            _failed(
                "migrations", f"The schema is {revision or 'empty'}, not {newest}.", "Run `tuike migrate`."
            ),
        ]
    checks = [
        _passed("database", "It can be opened."),
        _passed("migrations", f"The schema is {newest}, the newest."),
    ]
    store = Store(settings.store_url)
    try:
        async with store.write() as session:
            await session.execute(select(1))
        checks.append(_passed("database writes", "A write transaction can be had."))
        checks.extend(await _merchants(store))
    finally:
        await store.close()
    return checks


async def _merchants(store: Store) -> list[Check]:
    async with store.read() as session:
        merchants = await all_merchants(session)
        if not merchants:
            return [_warned("merchant", "There is none yet.", "`tuike merchant add --help` shows how.")]
        checks = []
        for merchant in merchants:
            plans = await PlanBook.open(session, merchant.id)
            name = f"plan of {merchant.name}"
            plan = plans.in_force(datetime.now(UTC))
            if plan is None:
                checks.append(
                    _warned(name, "No plan is in force: orders earn nothing.", "`tuike plan publish FILE`.")
                )
            else:
                checks.append(_passed(name, f"Version {plan.version} is in force."))
    return checks


async def _token(settings: Settings) -> list[Check]:
    if settings.bot_token is None:
        return [
            _warned(
                "token",
                "BOT_TOKEN is not set: the web side works, the chat does not.",
                "Get one from @BotFather and set BOT_TOKEN; or run `tuike demo`, which needs none.",
            )
        ]
    base = settings.telegram_api_url.rstrip("/")
    bot = Bot(settings.bot_token.get_secret_value(), base_url=f"{base}/bot", request=AiohttpRequest())
    try:
        await bot.initialize()
        checks = [_passed("token", f"The chat server knows it as @{bot.username}.")]
        checks.append(await _updates(bot, settings))
        if bot.supports_inline_queries:
            checks.append(_passed("inline mode", "It is on."))
        else:
            checks.append(
                _warned("inline mode", "It is off.", "Send /setinline to @BotFather; sharing will use it.")
            )
    except InvalidToken:
        return [_failed("token", "The chat server refuses it.", "Copy BOT_TOKEN anew from @BotFather.")]
    finally:
        await bot.shutdown()
    return checks


async def _updates(bot: Bot, settings: Settings) -> Check:
    hook = await bot.get_webhook_info()
    if settings.update_mode is UpdateMode.POLLING and hook.url:
        return _warned(
            "updates", "A web hook is set, and polling will take it away at the start.", "Nothing to do."
        )
    if settings.update_mode is UpdateMode.WEBHOOK and not settings.address.startswith("https://"):
        return _failed(
            "updates", "A web hook needs an https address.", "Set PUBLIC_URL, or UPDATE_MODE=polling."
        )
    return _passed("updates", f"They come by {settings.update_mode}.")


async def _address(settings: Settings) -> list[Check]:
    if settings.public_url is None:
        return [
            _warned(
                "public address",
                f"PUBLIC_URL is not set: links lead to {settings.address}, which only this machine can open.",
                "Set PUBLIC_URL to the address under which buyers reach this program.",
            )
        ]
    if urlsplit(settings.public_url).scheme not in {"http", "https"}:
        return [
            _failed(
                "public address", "PUBLIC_URL is no web address.", "Write it like https://go.shop.example."
            )
        ]
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(f"{settings.address}/healthz") as answer,
        ):
            found = answer.status == 200
            date = answer.headers.get("Date")
    except (aiohttp.ClientError, TimeoutError):
        return [_warned("public address", "Nobody answers there.", "Is the program running and reachable?")]
    checks = [
        _passed("public address", "The program answers there.")
        if found
        else _failed(
            "public address", f"Somebody else answers there ({answer.status}).", "Look at the proxy."
        )
    ]
    if date is not None and abs(parsedate_to_datetime(date).timestamp() - time.time()) > CLOCK_SLACK_SECONDS:
        checks.append(
            _warned("clock", "This machine's clock and that address's differ.", "Turn on time sync (NTP).")
        )
    return checks


async def _poster(settings: Settings) -> list[Check]:
    if settings.font_path is not None and not settings.font_path.is_file():
        return [
            _failed(
                "fonts", f"FONT_PATH: there is no file {settings.font_path}.", "Mend FONT_PATH or unset it."
            )
        ]
    link = f"{settings.address}/r/K7Q2ABCD"
    facts = PosterFacts(
        brand="Tuike 推客",
        title="A lantern 一盏灯笼",
        price=PosterPrice(before="¥", whole="12", after=".50"),
        link=link,
        short_code="K7Q2ABCD",
        hint="Scan to buy",
        ad_label="Ad",
    )
    poster = render_poster(shipped_template("classic-3x4"), facts, Typefaces(settings.font_path))
    if decodes(poster, link):
        return [_passed("poster", "One was drawn, and its code read back.")]
    return [
        _failed(
            "poster", "Its code can't be read back.", "Shorten PUBLIC_URL; the code holds the whole link."
        )
    ]
