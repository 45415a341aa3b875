"""Publishing: nothing changes backwards, what lowers waits for its notice, errors block, everybody is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from models.money.terms import terms_facts
from models.people.distributors import Distributor, DistributorState
from models.plans.changes import Topic, Way
from models.plans.lint import Code
from models.plans.lint_findings import WarningsOpen
from models.plans.presets import preset_names, preset_text
from models.plans.publishing import Publication, lacking_sentences, preview_plan, publish_plan
from models.plans.reading import PlanRefused
from models.plans.terms import latest_readers, note_read, read_counts
from models.plans.versions import PlanBook
from models.store.audit import COMMAND, audit_of
from models.store.currency import minor_digits
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import BASE_PLAN, Shop, line, open_shop

NOTICE = table_of(NoticeRow)
DAY = timedelta(days=1)
WEEK = 7 * DAY
MEND = "write a start from 2026-03-04T09:30:00Z on"
KNOWN = ["level_earns_less", "goods_unknown"]
"""Warnings of the base plan here: partners earn less than leaders, and the shop sells a lamp only."""


def starting(at: datetime, percent: str = "10", *parts: str) -> str:
    text = BASE_PLAN.replace("2010-12-01T00:00:00Z", at.isoformat())
    return "\n".join([text.replace('- {percent: "10"}', f'- {{percent: "{percent}"}}'), *parts])


async def publish(shop: Shop, text: str, accepted: list[str] | None = None) -> Publication:
    async with shop.store.write() as session:
        return await publish_plan(
            session,
            merchant_id=shop.merchant.id,
            currency=shop.merchant.currency,
            text=text,
            now=shop.now,
            accepted=accepted,
            actor=COMMAND,
        )


async def refusal(shop: Shop, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(PlanRefused) as refused:
        await publish(shop, text)
    return [(found.line, found.path, found.sentence) for found in refused.value.findings]


async def sold(shop: Shop, *, ago: timedelta = DAY) -> None:
    """Somebody promotes the shop, and an order was paid."""
    await shop.distributor("mei", person=await shop.person(1))
    await shop.tell(shop.paid("o1", line(), at=shop.now - ago))


async def test_what_lowers_waits_for_the_notice_of_the_plan_in_force(shop: Shop) -> None:
    await sold(shop)

    lowered = await publish(shop, starting(shop.now + DAY, "9"))

    assert (lowered.row.starts_at, lowered.waits_for_notice) == (shop.now + WEEK, True)
    async with shop.store.read() as session:
        book = await PlanBook.open(session, shop.merchant.id)
    assert [plan.version for plan in book.coming(shop.now)] == [2]
    held = book.in_force(shop.now + WEEK - timedelta(microseconds=1))
    assert held is not None
    assert held.version == 1
    assert book.numbered(2).document.starts_at == shop.now + WEEK
    # And the same file again is the same version, although its start was moved
    again = await publish(shop, starting(shop.now + DAY, "9"))
    assert (again.row.version, again.waits_for_notice) == (2, True)


async def test_what_starts_late_enough_or_lowers_nothing_starts_as_written(shop: Shop) -> None:
    await sold(shop)

    raised = await publish(shop, starting(shop.now + DAY, "11"))
    late = await publish(shop, starting(shop.now + 30 * DAY, "9"))

    assert (raised.row.starts_at, raised.waits_for_notice) == (shop.now + DAY, False)
    assert (late.row.starts_at, late.waits_for_notice) == (shop.now + 30 * DAY, False)
    # It was compared with the version that will be in force by then
    assert [change.way for change in late.preview.changes if change.topic is Topic.RATE] == [Way.WORSE]
    assert late.preview.before is not None
    assert late.preview.before.version == 2


async def test_without_a_distributor_or_an_order_nobody_waits(shop: Shop) -> None:
    alone = await publish(shop, starting(shop.now + DAY, "9"))
    await shop.distributor("mei")
    not_sold = await publish(shop, starting(shop.now + DAY, "8"))

    assert [each.waits_for_notice for each in (alone, not_sold)] == [False, False]


async def test_a_start_in_the_past_is_refused_once_orders_were_paid_since(shop: Shop) -> None:
    await sold(shop, ago=DAY)
    before, after = shop.now - 2 * DAY, shop.now - DAY + timedelta(seconds=1)

    assert await refusal(shop, starting(before, "20")) == [
        (
            3,
            "starts_at",
            f"orders were paid since then, and terms never change backwards; {MEND}",
        )
    ]
    assert (await publish(shop, starting(after, "20"))).row.starts_at == after


async def test_another_merchants_orders_are_no_hindrance(shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    await other.plan()
    await sold(other)

    assert (await publish(shop, starting(shop.now - 2 * DAY, "9"))).waits_for_notice is False


async def test_an_error_of_lint_blocks_and_names_its_line(shop: Shop) -> None:
    text = starting(shop.now, "10", "withdrawal: {fee: '20.00'}")

    assert await refusal(shop, text) == [
        (
            16,
            "withdrawal.fee",
            "the fee takes all of the smallest withdrawal (20.00 GBP); raise `minimum_withdrawal` above it",
        )
    ]


async def test_warnings_are_named_or_nobody_is_asked(shop: Shop) -> None:
    text = starting(shop.now, "10", "team: {depth: 2, percents: ['3', '1']}")

    with pytest.raises(WarningsOpen) as missing:
        await publish(shop, text, accepted=KNOWN)
    assert missing.value.codes == (Code.DEPTH_TWO,)
    accepted = await publish(shop, text, accepted=[*KNOWN, "depth_two"])
    assert accepted.row.version == 2
    async with shop.store.read() as session:
        entry = (await audit_of(session, shop.merchant.id, "plan 2"))[0]
    assert isinstance(entry.after, dict)
    assert (entry.act, entry.after["accepted"]) == ("plan_published", sorted([*KNOWN, "depth_two"]))


async def test_the_currency_must_be_the_merchants(shop: Shop) -> None:
    text = starting(shop.now, "10", "currency: EUR")

    [(line_number, path, sentence)] = await refusal(shop, text)

    assert (line_number, path) == (16, "currency")
    assert sentence.startswith("the merchant's currency is GBP, not EUR")


async def test_levels_that_people_hold_and_the_plan_lacks_are_counted(shop: Shop) -> None:
    for name, level in (("a", "leader"), ("b", "leader"), ("c", "partner"), ("d", None)):
        await shop.distributor(name, level=level)
    text = starting(shop.now, "10").replace("  - {key: partner, title: {zh: 合伙人, en: Partner}}\n", "")

    published = await publish(shop, text.replace("leader", "boss"))

    assert published.preview.lacking.levels == {"leader": 2, "partner": 1}
    assert lacking_sentences(published.preview.lacking)[0] == (
        "Level 'leader', which distributors hold (2), is not in this plan: they count as its first level."
    )


async def test_every_active_distributor_with_a_chat_is_told_once(shop: Shop) -> None:
    mei = await shop.distributor("mei", person=await shop.person(1))
    lee = await shop.distributor("lee", person=await shop.person(2, "Lee"))
    await shop.distributor("no chat")
    gone = await shop.distributor("gone", person=await shop.person(3, "Bo"))
    other = await open_shop(shop.store, shop.now)
    await other.distributor("theirs", person=await shop.person(4, "An"))
    async with shop.store.write() as session:
        table = table_of(Distributor)
        await session.execute(
            update(table).where(table.c.id == gone.id).values(state=DistributorState.SUSPENDED)
        )

    published = await publish(shop, starting(shop.now + DAY, "11"))
    await publish(shop, starting(shop.now + DAY, "11"))
    renamed = await publish(shop, starting(shop.now + DAY, "11").replace("name: Base", "name: Spring"))

    async with shop.store.read() as session:
        notices = table_of(NoticeRow)
        rows = (
            await session.execute(
                select(notices.c.key, notices.c.facts).where(notices.c.kind == NoticeKind.TERMS)
            )
        ).all()
    assert published.told == published.row.told == 2
    assert {row.key for row in rows} == {f"terms:2:{mei.id}", f"terms:2:{lee.id}"}
    assert rows[0].facts["before"] == 1
    assert (renamed.row.version, renamed.told) == (3, 0)  # nothing changes for anybody


async def test_the_last_word_counts_and_terms_that_never_come_are_taken_back(shop: Shop) -> None:
    await sold(shop)
    await shop.product("85123A")
    lower = await publish(shop, starting(shop.now, "9"))
    assert lower.row.starts_at == shop.now + WEEK

    back = await publish(shop, starting(shop.now + DAY).replace("name: Base", "name: As before"))

    # It pays what held before, so nothing changes; but the lower rates were announced, and don't come.
    assert (back.preview.changes, [each.version for each in back.preview.replaces]) == ((), [2])
    assert back.told == 1
    async with shop.store.read() as session:
        book = await PlanBook.open(session, shop.merchant.id)
        rows = await session.execute(
            select(NOTICE).where(NOTICE.c.kind == NoticeKind.TERMS).order_by(NOTICE.c.id)
        )
        told = await terms_facts(session, [values_of(row, Notice) for row in rows])
    moments = [shop.now, shop.now + 2 * DAY, shop.now + 2 * WEEK]
    assert [plan.version for at in moments if (plan := book.in_force(at)) is not None] == [1, 3, 3]
    assert [plan.version for plan in book.coming(shop.now)] == [3]
    assert [(each.version, each.instead_of) for each in told.values()] == [(3, (shop.now + WEEK,))]
    # Of the goods that the plans name, those that the catalogue knows go by what buyers call them
    assert [each.titles for each in told.values()] == [{"85123A": "Product 85123A"}]


async def test_who_read_the_terms_is_written_down_once(shop: Shop) -> None:
    mei = await shop.distributor("mei", person=await shop.person(1))
    published = await publish(shop, starting(shop.now + DAY, "11"))

    for later in (0, 5):
        async with shop.store.write() as session:
            await note_read(
                session,
                merchant_id=shop.merchant.id,
                plan_version_id=published.row.id,
                distributor_id=mei.id,
                now=shop.now + later * DAY,
            )

    async with shop.store.read() as session:
        counts = await read_counts(session, shop.merchant.id, [published.row.id])
        readers = await latest_readers(session, shop.merchant.id, published.row.id, 5)
    assert counts == {published.row.id: 1}
    assert [(reader.name, reader.read_at) for reader in readers] == [("mei", shop.now)]


async def test_looking_first_changes_nothing_and_says_what_publishing_would_do(shop: Shop) -> None:
    await sold(shop)

    async with shop.store.read() as session:
        preview = await preview_plan(
            session, merchant_id=shop.merchant.id, currency="GBP", text=starting(shop.now, "9"), now=shop.now
        )

    assert (preview.starts_at, preview.waits_for_notice) == (shop.now + WEEK, True)
    assert preview.open_warnings([]) == (Code.GOODS_UNKNOWN, Code.LEVEL_EARNS_LESS)
    async with shop.store.read() as session:
        table = table_of(NoticeRow)
        told = await session.execute(
            select(func.count()).select_from(table).where(table.c.kind == NoticeKind.TERMS)
        )
        assert told.scalar_one() == 0
        assert (await PlanBook.open(session, shop.merchant.id)).coming(shop.now) == []


@pytest.mark.parametrize("name", [each.name for each in preset_names()])
@pytest.mark.parametrize(
    ("currency", "zone"), [("GBP", "Europe/London"), ("JPY", "Asia/Tokyo"), ("KWD", "UTC")]
)
async def test_a_preset_is_published_as_it_is_printed(
    shop: Shop, name: str, currency: str, zone: str
) -> None:
    other = await open_shop(shop.store, shop.now, currency=currency, timezone=zone)

    text = preset_text(name, currency, other.merchant.zone, shop.now)
    published = await publish(other, text, accepted=[])

    starts_at = published.row.starts_at.astimezone(other.merchant.zone)
    assert (starts_at.day, starts_at.hour, starts_at.minute) == (5, 0, 0)
    assert published.preview.findings == ()
    smallest = published.preview.document.settlement.minimum_withdrawal
    assert smallest == {0: "2000", 2: "20.00", 3: "20.000"}[minor_digits(currency)]
