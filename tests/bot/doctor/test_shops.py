"""The shops under the doctor's eyes: plans in force, signatures taken here and at the public address."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from bot.app import Role, open_tuike
from bot.clock import SetClock
from bot.doctor.check import Verdict
from models.people.merchants import Merchant, new_webhook_secret
from models.store.engine import Store
from tests.bot.doctor.stand_ins import HEALTHY, NO_LINK, Page, website
from tests.bot.doctor.ward import Ward, empty_store, failed, passed, warned
from tests.builders import Shop, open_shop
from tests.postgres import free_port


@pytest.fixture
async def shop(ward: Ward, now: datetime) -> Shop:
    return await open_shop(ward.store, now)


async def rows(store: Store) -> dict[str, int]:
    """How many rows each table has; what the doctor and the program keep for themselves aside."""
    async with store.read() as session:
        return {
            name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
            if name != "kept"
        }


async def keep_secret(ward: Ward, shop: Shop, secret: str) -> None:
    """Write another secret over the merchant's."""
    async with ward.store.write() as session:
        await session.execute(
            update(Merchant).where(col(Merchant.id) == shop.merchant.id).values(webhook_secret=secret)
        )


async def test_nobody_sells_yet(ward: Ward) -> None:
    assert warned((await ward.examine())["merchant"], "There is none yet")


async def test_plans_in_force(ward: Ward, shop: Shop, now: datetime) -> None:
    without = await ward.examine(clock=SetClock(now))
    await shop.plan()
    with_plan = await ward.examine(clock=SetClock(now))
    before = await ward.examine(clock=SetClock(datetime.fromisoformat("2010-01-01T00:00:00+00:00")))

    name = f"plan of {shop.merchant.name}"
    assert warned(without[name], "orders earn nothing")
    assert shop.merchant.public_id in str(without[name].fix)
    assert passed(with_plan[name])
    assert with_plan[name].sentence == "Version 1 is in force since 2010-12-01."
    assert warned(before[name], "No plan is in force")


async def test_of_many_shops_only_those_that_are_not_well_are_named(ward: Ward, now: datetime) -> None:
    shops = [await open_shop(ward.store, now) for _ in range(12)]
    for shop in shops[:11]:
        await shop.plan()

    seen = await ward.examine(clock=SetClock(now))

    assert passed(seen["plan of 11 merchants"])
    assert passed(seen["signature of 12 merchants"])
    assert passed(seen["zone of 12 merchants"])
    assert seen.of(Verdict.WARN).count(f"plan of {shops[11].merchant.name}") == 1
    assert not any(shops[0].merchant.name in check.name for check in seen.checks)


async def test_a_signature_is_taken_and_a_changed_byte_refused(ward: Ward, shop: Shop) -> None:
    seen = await ward.examine()

    assert passed(seen[f"signature of {shop.merchant.name}"])
    assert f"events of {shop.merchant.name}" not in seen


async def test_while_secrets_rotate_either_is_taken(ward: Ward, shop: Shop) -> None:
    async with ward.store.write() as session:
        await session.execute(
            update(Merchant)
            .where(col(Merchant.id) == shop.merchant.id)
            .values(webhook_secret=new_webhook_secret(), webhook_secret_before=shop.merchant.webhook_secret)
        )

    assert passed((await ward.examine())[f"signature of {shop.merchant.name}"])


async def test_a_secret_that_is_damaged(ward: Ward, shop: Shop) -> None:
    await keep_secret(ward, shop, "whsec_not base64!")

    async with website({"/healthz": HEALTHY, "/r/": NO_LINK}) as url:
        seen = await ward.examine(public_url=url)

    assert failed(seen[f"signature of {shop.merchant.name}"], "damaged")
    assert failed(seen[f"events of {shop.merchant.name}"], "can't be signed")


async def test_a_running_program_takes_signed_events_and_nothing_is_stored(ward: Ward, shop: Shop) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    other = await open_shop(ward.store, shop.now)
    before = await rows(ward.store)
    async with open_tuike(ward.settings(public_url=address, http_port=port), frozenset({Role.WEB})):
        seen = await ward.examine(public_url=address)

    for each in (shop, other):
        assert passed(seen[f"events of {each.merchant.name}"])
    assert await rows(ward.store) == before


async def test_a_program_with_another_store_knows_neither_merchant_nor_secret(
    ward: Ward, shop: Shop, tmp_path: Path, sqlite_template: Path
) -> None:
    """Given a tuike with a store of its own, first without this merchant, then with another secret."""
    other = Ward(tmp_path / "other", empty_store(tmp_path / "other", sqlite_template))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    name = f"events of {shop.merchant.name}"
    async with open_tuike(other.settings(public_url=address, http_port=port), frozenset({Role.WEB})):
        unknown = await ward.examine(public_url=address)
    namesake = await open_shop(other.store, shop.now)
    async with other.store.write() as session:
        await session.execute(
            update(Merchant)
            .where(col(Merchant.id) == namesake.merchant.id)
            .values(public_id=shop.merchant.public_id)
        )
    async with open_tuike(other.settings(public_url=address, http_port=port), frozenset({Role.WEB})):
        refused = await ward.examine(public_url=address)
    await other.store.close()

    assert failed(unknown[name], "does not know this merchant")
    assert failed(refused[name], "refuses this merchant's signature")


async def test_a_clock_that_is_off_is_seen_at_the_public_address(ward: Ward, shop: Shop) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with open_tuike(ward.settings(public_url=address, http_port=port), frozenset({Role.WEB})) as tuike:
        wrong = SetClock(tuike.context.clock.now() - timedelta(minutes=90))
        seen = await ward.examine(public_url=address, clock=wrong)

    assert failed(seen[f"events of {shop.merchant.name}"], "refuses this merchant's signature")
    assert failed(seen["clock"], "1 hour behind")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(202), "does not refuse an unsigned event (202)"),
        (Page(502), "does not refuse an unsigned event (502)"),
    ],
)
async def test_somebody_who_takes_whatever_comes(ward: Ward, shop: Shop, page: Page, words: str) -> None:
    async with website({"/healthz": HEALTHY, "/r/": NO_LINK, "/v1/": page}) as url:
        seen = await ward.examine(public_url=url)

    assert failed(seen[f"events of {shop.merchant.name}"], words)


async def test_when_nobody_answers_only_the_address_is_told_of(ward: Ward, shop: Shop) -> None:
    seen = await ward.examine(public_url=f"http://127.0.0.1:{free_port()}")

    assert f"events of {shop.merchant.name}" not in seen
    assert seen["public address"].verdict is Verdict.WARN
