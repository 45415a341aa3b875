"""Clock and zones under the doctor's eyes."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

from sqlalchemy import update

from bot.clock import SetClock
from bot.doctor.clocks import clock, zone_data
from models.people.merchants import Merchant
from tests.bot.doctor.stand_ins import HEALTHY, Page, chat_server, website
from tests.bot.doctor.ward import Ward, failed, passed, warned
from tests.builders import open_shop


async def test_a_clock_that_agrees_with_the_others(ward: Ward) -> None:
    async with chat_server() as server, website({"/healthz": HEALTHY}) as url:
        seen = await ward.examine(server, public_url=url)

    assert passed(seen["clock"])
    assert passed(seen["time zone data"])


async def test_a_clock_that_goes_wrong_by_the_chat_servers(ward: Ward, now: datetime) -> None:
    async with chat_server() as server:
        server.date = format_datetime(now + timedelta(minutes=2), usegmt=True)
        seen = await ward.examine(server, clock=SetClock(now))

    assert warned(seen["clock"], "2 minutes behind the chat server")


async def test_a_clock_that_goes_so_wrong_that_every_signature_is_refused(ward: Ward, now: datetime) -> None:
    early = {"Date": format_datetime(now - timedelta(hours=1), usegmt=True)}
    async with website({"/healthz": Page(200, '{"status": "ok"}', early)}) as url:
        seen = await ward.examine(public_url=url, clock=SetClock(now))

    assert failed(seen["clock"], "1 hour ahead of 127.0.0.1")


async def test_without_others_there_is_nothing_to_compare_with(ward: Ward) -> None:
    assert warned((await ward.examine())["clock"], "no other clock")


async def test_the_token_goes_to_nobody_who_is_asked_for_the_time(ward: Ward, now: datetime) -> None:
    """Given a chat server that tells a strange time, or none at all, the address asked has no token in it."""
    async with chat_server() as server:
        server.date = "sometime"
        seen = await ward.examine(server, clock=SetClock(now))

    assert warned(seen["clock"], "no other clock")


def test_a_minute_is_borne() -> None:
    assert passed(clock(timedelta(seconds=59), "somebody"))
    assert passed(clock(timedelta(seconds=-59), "somebody"))
    assert warned(clock(timedelta(seconds=-61), "somebody"), "1 minute ahead of")
    assert failed(clock(timedelta(seconds=301), "somebody"), "5 minutes behind")


async def test_each_merchants_zone_is_looked_up(ward: Ward, now: datetime) -> None:
    shop = await open_shop(ward.store, now, timezone="Asia/Shanghai")
    strange = await open_shop(ward.store, now)
    async with ward.store.write() as session:
        await session.execute(
            update(Merchant).where(Merchant.id == strange.merchant.id).values(timezone="Mars/Base")  # type: ignore[arg-type]  # a column
        )

    seen = await ward.examine(clock=SetClock(now))

    assert passed(seen[f"zone of {shop.merchant.name}"])
    assert seen[f"zone of {shop.merchant.name}"].sentence == "Asia/Shanghai, where it is 17:30."
    assert failed(seen[f"zone of {strange.merchant.name}"], "Mars/Base is not known")


def test_rules_of_long_ago(now: datetime) -> None:
    assert passed(zone_data("2025b", now))
    assert warned(zone_data("2023c", now), "2023c")
    assert warned(zone_data(None, now), "can't be told")
    assert warned(zone_data("unknown", now), "can't be told")
