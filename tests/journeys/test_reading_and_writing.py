"""Screens that only read hold up nobody and wait for nobody; those that write are found out and write once."""

from __future__ import annotations

import pytest

from handlers.chat.screens import ANSWERS, TAPS, WRITING
from models.people.persons import person_in_chat
from tests.builders import Shop
from tests.faults.only import on_sqlite
from tests.journeys.world import World, go

READING = ("home:open", "goods:open", "earn:open", "entries:all:0", "settings:open", "help:open", "shop:list")


@on_sqlite
@pytest.mark.parametrize("data", READING)
async def test_a_screen_that_only_reads_waits_for_no_writer(world: World, shop: Shop, data: str) -> None:
    """Given somebody who holds the store, when Mei taps what only reads, then she is answered meanwhile."""
    mei = world.phone()
    await mei.reply_to(f"/start {shop.merchant.public_id}")
    card = await go(mei, "Join", "Available now")
    async with shop.store.write():
        answer = await mei.tap_data(card.id, data)
        shown = await mei.reply_to("/help")
    assert (answer.text, "How it works" in shown.body.text) == ("", True)


@pytest.mark.parametrize("hinted", [True, False])
async def test_a_screen_that_writes_is_found_out(
    world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch, *, hinted: bool
) -> None:
    """Given the table that says who writes, or none, when Mei joins and speaks Chinese, then both are kept."""
    if not hinted:
        monkeypatch.setattr("handlers.chat.router.WRITING", frozenset())
    mei = world.phone()
    await mei.reply_to(f"/start {shop.merchant.public_id}")
    card = await go(mei, "Join", "Available now")
    await mei.tap_data(card.id, "settings:language:zh_CN")
    await mei.tap_data(card.id, "home:open")
    await mei.sees("当前可提现", message_id=card.id)
    async with shop.store.read() as session:
        known = await person_in_chat(session, mei.id)
    assert known is not None
    assert (known.language, known.current_merchant_id) == ("zh_CN", shop.merchant.id)


def test_who_is_said_to_write_is_a_button_or_an_answer() -> None:
    assert {*TAPS.values(), *ANSWERS.values()} >= WRITING
