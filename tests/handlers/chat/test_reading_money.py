"""What the money screens read off the store: sums, entries, time lines, notices, reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.errors import NotFound
from models.funnel.events import Buyer, RefundedLine
from models.funnel.links import Channel
from models.funnel.orders import OrderLine, order_by_ref
from models.money.bonus_notices import bonus_facts
from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState, Reason
from models.money.earnings import Earnings, Goods, earnings
from models.money.entries import BadCursor, Entry, EntryPage, entries
from models.money.explaining import why
from models.money.notices import notice_facts
from models.money.timeline import Happening, Timeline, commission_story, timeline
from models.money.told import InDebt, OrderPaid, Released, TakenBack
from models.people.distributors import Distributor
from models.plans.rules import Selector
from models.store.engine import Store
from models.store.outbox import Notice, NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from models.store.types import JsonValue
from tests.builders import Shop, line, open_shop
from tests.models.books import order_of
from tests.models.money.extras import earn_beside


async def sums(shop: Shop, who: Distributor, now: datetime) -> Earnings:
    async with shop.store.read() as session:
        return await earnings(session, shop.merchant, who.id, now)


def ref(entry: Entry) -> str:
    """The number of an entry's order; nothing for a bonus without one."""
    return entry.order.ref if entry.order is not None else ""


async def listed(shop: Shop, who: Distributor, state: CommissionState | None = None) -> tuple[Entry, ...]:
    async with shop.store.read() as session:
        return earned(await entries(session, shop.merchant.id, who.id, state=state))


def earned(page: EntryPage) -> tuple[Entry, ...]:
    """A page on which no goodwill stands."""
    found = tuple(entry for entry in page.items if isinstance(entry, Entry))
    assert len(found) == len(page.items)
    return found


async def story(shop: Shop, who: Distributor, order_ref: str) -> Timeline:
    async with shop.store.read() as session:
        order = await order_by_ref(session, shop.merchant.id, order_ref)
        return await timeline(session, shop.merchant, who.id, order.id)


async def release(shop: Shop, at: datetime) -> None:
    """Mark everything held as released, as the job does (its ledger part is not read here)."""
    table = table_of(CommissionRow)
    async with shop.store.write() as session:
        await session.execute(
            update(table)
            .where(table.c.merchant_id == shop.merchant.id, table.c.state == CommissionState.HELD)
            .values(state=CommissionState.AVAILABLE, released_at=at)
        )


async def test_sums_follow_each_state_and_refunds(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", email_hash="0" * 32)
    code = (await shop.link(mei)).code
    await shop.tell(
        shop.paid("placed", line(), code=code, placed=True),
        shop.paid("paid", line(price="20.00"), code=code),
        shop.paid("received", line(price="30.00"), code=code, at=now - timedelta(days=1)),
        shop.received("received"),
        shop.paid("refunded", line(price="40.00"), code=code),
        shop.refunded("refunded", full=True),
        shop.paid("half", line(quantity=2), code=code, at=now - timedelta(days=40)),
        shop.refunded("half", lines=[RefundedLine(line_ref="1", quantity=1)]),
        shop.paid("own", line(price="50.00"), code=code, buyer=Buyer(email="0" * 32)),
        shop.paid("void", line(price="60.00"), code=code, placed=True),
        shop.cancelled("void"),
    )

    found = await sums(shop, mei, now)

    assert (found.today_minor, found.month_minor) == (100 + 200 + 500, 100 + 200 + 300 + 500)
    assert (found.estimated_minor, found.awaiting.minor, found.held.minor) == (100, 200 + 100, 300)
    assert found.review_minor == 500
    assert found.held.next_at == now + timedelta(days=7)
    assert found.awaiting.next_at == now - timedelta(days=30)
    assert (found.available_minor, found.debt_minor, found.has_orders) == (0, 0, True)


async def test_days_and_months_are_the_merchants(store: Store, now: datetime) -> None:
    shanghai = await open_shop(store, now, currency="CNY", timezone="Asia/Shanghai")
    await shanghai.plan()
    mei = await shanghai.distributor("mei")
    code = (await shanghai.link(mei)).code
    midnight = datetime(2026, 2, 28, 16, tzinfo=UTC)
    await shanghai.tell(
        shanghai.paid("before", line(), code=code, at=midnight - timedelta(microseconds=1)),
        shanghai.paid("on", line(), code=code, at=midnight),
    )

    found = await sums(shanghai, mei, midnight + timedelta(hours=23))

    assert (found.today_minor, found.month_minor) == (100, 100)


async def test_nobody_new_has_anything(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    found = await sums(shop, mei, now)
    assert (found.today_minor, found.month_minor, found.held.minor) == (0, 0, 0)
    assert found.held.next_at is None
    assert not found.has_orders
    assert await listed(shop, mei) == ()


async def test_entries_stand_by_order_with_product_channel_state_and_reason(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei", email_hash="0" * 32)
    poster = await shop.link(mei, channel=Channel.POSTER)
    await shop.tell(
        shop.paid("1", line("1", "LAMP"), line("2", "MUG"), code=poster.code, at=now - timedelta(hours=3)),
        shop.paid("2", line("1", "UNKNOWN"), code=poster.code, placed=True, at=now - timedelta(hours=2)),
        shop.cancelled("2"),
        shop.paid("3", line("1", "MUG"), code=poster.code, buyer=Buyer(email="0" * 32)),
        shop.refunded("1", lines=[RefundedLine(line_ref="2", quantity=1)]),
    )

    newest, void, oldest = await listed(shop, mei)

    assert (ref(newest), newest.state, newest.reason) == (
        "3",
        CommissionState.REVIEW,
        Reason.SELF_PURCHASE,
    )
    assert void.order is not None
    assert oldest.order is not None
    assert (void.order.goods, void.amount_minor, void.net_minor) == (Goods("UNKNOWN", 0), 100, 0)
    assert (void.state, void.reason) == (CommissionState.VOID, Reason.ORDER_CANCELLED)
    assert (oldest.order.goods, oldest.order.channel) == (Goods("Product LAMP", 1), Channel.POSTER)
    assert (oldest.amount_minor, oldest.reversed_minor, oldest.net_minor) == (250, 100, 150)
    assert oldest.state is CommissionState.AWAITING
    assert [ref(entry) for entry in await listed(shop, mei, CommissionState.REVIEW)] == ["3"]
    assert await listed(shop, mei, CommissionState.REFUNDED) == ()


async def test_entries_page_without_gap_or_repetition(shop: Shop, now: datetime) -> None:
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    code, foreign = (await shop.link(mei)).code, (await shop.link(lee)).code
    # Given orders of which several were paid at the same moment, and somebody else's
    await shop.tell(
        *(shop.paid(f"{n}", line(), code=code, at=now - timedelta(hours=n // 3)) for n in range(7)),
        shop.paid("foreign", line(), code=foreign),
    )

    seen: list[str] = []
    pages = 0
    page = EntryPage((), None)
    while pages == 0 or page.next_cursor is not None:
        async with shop.store.read() as session:
            page = await entries(session, shop.merchant.id, mei.id, after=page.next_cursor, limit=2)
        seen += [ref(entry) for entry in earned(page)]
        pages += 1

    assert sorted(seen) == [str(n) for n in range(7)]
    assert [int(ref) // 3 for ref in seen] == [0, 0, 0, 1, 1, 1, 2]
    assert pages == 4


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-", "-1", "1-x", "9" * 30 + "-1", f"1-{2**63}", "１-1"])
async def test_a_made_up_cursor_is_refused(shop: Shop, cursor: str) -> None:
    async with shop.store.read() as session:
        with pytest.raises(BadCursor):
            await entries(session, shop.merchant.id, 1, after=cursor)


async def test_a_time_line_tells_what_happened_and_what_it_meant(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    at = [now + timedelta(days=day) for day in range(5)]
    await shop.tell(
        shop.paid("1", line(quantity=3, price="3.33"), code=code, at=at[0], placed=True),
        shop.paid("1", line(quantity=3, price="3.33"), code=code, at=at[1]),
        shop.received("1", at=at[2]),
        shop.refunded("1", lines=[RefundedLine(line_ref="1", quantity=1)], at=at[3]),
    )

    held = await story(shop, mei, "1")
    await release(shop, at[2] + timedelta(days=7))
    released = await story(shop, mei, "1")

    assert [(moment.what, moment.at, moment.amount_minor) for moment in held.moments] == [
        (Happening.PLACED, at[0], None),
        (Happening.PAID, at[1], 99),
        (Happening.RECEIVED, at[2], None),
        (Happening.REFUND, at[3], -33),
        (Happening.RELEASE_DUE, at[2] + timedelta(days=7), 66),
    ]
    assert (released.moments[-1].what, released.moments[-1].amount_minor) == (Happening.RELEASED, 66)
    assert held.net_minor == 66
    assert held.lines[0].plan is not None
    assert held.lines[0].plan.name == "Base"
    assert held.lines[0].selector == Selector(None, None, None, None)


async def test_a_cancelled_order_says_so_once(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(
        shop.paid("paid", line(), code=code),
        shop.cancelled("paid", at=now + timedelta(days=1)),
        shop.paid("placed", line(), code=code, placed=True),
        shop.cancelled("placed", at=now + timedelta(days=1)),
    )

    paid, placed = await story(shop, mei, "paid"), await story(shop, mei, "placed")

    assert [(moment.what, moment.amount_minor) for moment in paid.moments] == [
        (Happening.PLACED, None),
        (Happening.PAID, 100),
        (Happening.CANCELLED, -100),
    ]
    assert [(moment.what, moment.amount_minor) for moment in placed.moments] == [
        (Happening.PLACED, 100),
        (Happening.CANCELLED, None),
    ]
    assert (paid.net_minor, placed.net_minor) == (0, 0)


async def test_an_order_paid_before_any_plan_is_told_without_commission(store: Store, now: datetime) -> None:
    bare = await open_shop(store, now)
    mei = await bare.distributor("mei")
    code = (await bare.link(mei)).code
    await bare.tell(bare.paid("1", line(), code=code))
    told = await story(bare, mei, "1")
    assert (told.lines[0].commission, told.net_minor) == (None, 0)


async def test_a_time_line_is_shown_to_its_own_distributor_alone(shop: Shop) -> None:
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code))
    with pytest.raises(NotFound):
        await story(shop, lee, "1")


async def queued(shop: Shop) -> dict[NoticeKind, Notice]:
    """What waits to be sent, by kind."""
    async with shop.store.read() as session:
        rows = await session.execute(select(table_of(NoticeRow)))
        return {row.kind: values_of(row, Notice) for row in rows}


async def test_notices_tell_the_facts_as_they_stand(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", person=await shop.person(7))
    poster = await shop.link(mei, channel=Channel.POSTER)
    # Given an order that is paid, received and partly refunded before anything could be sent
    await shop.tell(
        shop.paid("1", line("1", "LAMP", quantity=2), line("2", "MUG"), code=poster.code),
        shop.received("1"),
        shop.refunded("1", lines=[RefundedLine(line_ref="1", quantity=1)]),
    )

    told = await queued(shop)
    async with shop.store.read() as session:
        paid = await notice_facts(session, told[NoticeKind.ORDER_PAID])
        back = await notice_facts(session, told[NoticeKind.REFUND])

    assert isinstance(paid, OrderPaid)
    assert (paid.amount_minor, paid.state, paid.channel) == (400, CommissionState.HELD, Channel.POSTER)
    assert (paid.goods, paid.release_at) == (Goods("Product LAMP", 1), now + timedelta(days=7))
    assert (paid.shop.name, paid.shop.currency) == (shop.merchant.name, "GBP")
    assert isinstance(back, TakenBack)
    assert (back.reversed_minor, back.left_minor, back.cancelled) == (150, 250, False)


async def test_a_cancellations_notice_says_that_it_is_one(shop: Shop) -> None:
    mei = await shop.distributor("mei", person=await shop.person(7))
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line(), code=code), shop.cancelled("1"))
    cancelled = (await queued(shop))[NoticeKind.REFUND]
    async with shop.store.read() as session:
        facts = await notice_facts(session, cancelled)
    assert isinstance(facts, TakenBack)
    assert (facts.cancelled, facts.reversed_minor, facts.left_minor) == (True, 100, 0)


def queued_notice(shop: Shop, kind: NoticeKind, **facts: int) -> Notice:
    return Notice(
        merchant_id=shop.merchant.id,
        person_id=1,
        key=str(kind),
        kind=kind,
        facts=dict(facts),
        not_before=shop.now,
        created_at=shop.now,
    )


async def test_released_and_debt_carry_their_own_figures(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    async with shop.store.read() as session:
        released = await notice_facts(
            session,
            queued_notice(shop, NoticeKind.RELEASED, distributor_id=mei.id, amount_minor=500, orders=2),
        )
        debt = await notice_facts(
            session, queued_notice(shop, NoticeKind.DEBT, distributor_id=mei.id, debt_minor=250)
        )
    assert isinstance(released, Released)
    assert (released.amount_minor, released.orders, released.available_minor) == (500, 2, 0)
    assert isinstance(debt, InDebt)
    assert (debt.debt_minor, debt.at) == (250, shop.now)


@pytest.mark.parametrize("kind", [NoticeKind.ORDER_PAID, NoticeKind.REFUND])
async def test_a_notice_of_an_order_that_is_gone_tells_nothing(shop: Shop, kind: NoticeKind) -> None:
    async with shop.store.read() as session:
        notice = queued_notice(shop, kind, distributor_id=1, order_id=5, refund_id=6)
        assert await notice_facts(session, notice) is None


async def reasons(shop: Shop, who: Distributor, order_ref: str) -> list[str]:
    told = await story(shop, who, order_ref)
    pairs: list[tuple[Commission, OrderLine]] = [
        (item.commission, item.line) for item in told.lines if item.commission is not None
    ]
    return [why(commission, bought, "GBP") for commission, bought in pairs]


async def test_why_names_every_number(shop: Shop) -> None:
    lee = await shop.distributor("lee", level="leader")
    code = (await shop.link(lee)).code
    await shop.tell(
        shop.paid(
            "1",
            line("1", "MUG", quantity=6, price="2.55"),
            line("2", "85123A", quantity=6, price="2.55"),
            line("3", "85123A", quantity=2, price="0.10"),
            line("4", "LAMP", quantity=3, price="0.3333", discount_minor=9),
            code=code,
        )
    )
    assert await reasons(shop, lee, "1") == [
        "12% of 15.30 GBP (6 × 2.55), rule level=leader of plan version 1, rounded down: 1.83 GBP.",
        "0.30 GBP for each of 6, rule product=85123A level=leader of plan version 1: 1.80 GBP.",
        (
            "0.30 GBP for each of 2, rule product=85123A level=leader of plan version 1, "
            "but at most the base of 0.20 GBP (2 × 0.10): 0.20 GBP."
        ),
        (
            "15% of 0.90 GBP (3 × 0.3333 − 0.09), rule category=lights of plan version 1, "
            "rounded down: 0.13 GBP."
        ),
    ]


async def test_why_names_the_share_of_the_orders_discount(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line(), code=code, order_discount_minor=100))
    [sentence] = await reasons(shop, mei, "1")
    assert sentence == (
        "10% of 9.00 GBP (1 × 10.00 − 1.00), rule base of plan version 1, rounded down: 0.90 GBP."
    )


async def test_why_says_what_became_of_it(shop: Shop) -> None:
    mei = await shop.distributor("mei", email_hash="0" * 32)
    code = (await shop.link(mei)).code
    own = Buyer(email="0" * 32)
    await shop.tell(
        shop.paid("part", line(quantity=3, price="3.33"), code=code),
        shop.refunded("part", lines=[RefundedLine(line_ref="1", quantity=1)]),
        shop.paid("whole", line(), code=code),
        shop.refunded("whole", full=True),
        shop.paid("cancelled", line(), code=code),
        shop.cancelled("cancelled"),
        shop.paid("dropped", line(), code=code, placed=True),
        shop.cancelled("dropped"),
        shop.paid("own", line(), code=code, buyer=own),
    )
    ends = {}
    for ref in ("part", "whole", "cancelled", "dropped", "own"):
        [sentence] = await reasons(shop, mei, ref)
        ends[ref] = sentence.split(" GBP. ")[1]
    assert ends == {
        "part": "0.33 GBP of it was taken back, for 3.33 GBP of the base was refunded.",
        "whole": "Refunded: 1.00 GBP was taken back, for everything was refunded.",
        "cancelled": "Void: the order was cancelled and 1.00 GBP was taken back.",
        "dropped": "Void: the order was cancelled.",
        "own": "Under review: the buyer seems to be the distributor.",
    }


async def test_why_has_words_for_nothing(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now)
    await shop.plan(
        "name: P\nstarts_at: 2020-01-01T00:00:00Z\nattribution: {self_purchase: skip}\n"
        "levels: [{key: a, title: {zh: 甲, en: A}}]\nrates: [{product: MUG, percent: '10'}]\n"
    )
    mei = await shop.distributor("mei", email_hash="0" * 32)
    code = (await shop.link(mei)).code
    await shop.tell(
        shop.paid("none", line("1", "LAMP"), code=code),
        shop.paid("own", line("1", "MUG"), code=code, buyer=Buyer(email="0" * 32)),
    )
    assert await reasons(shop, mei, "none") == ["Nothing: plan version 1 has no rate for LAMP at level a."]
    assert await reasons(shop, mei, "own") == [
        "Nothing: the buyer is the distributor, and plan version 1 doesn't pay own purchases."
    ]


async def test_bonuses_and_team_rewards_stand_among_the_entries(shop: Shop, now: datetime) -> None:
    """Given a sale of her own, one of her member's and a month's ladder, then all count and page together."""
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    await shop.tell(
        shop.paid("mine", line("1", "LAMP"), code=(await shop.link(mei)).code, at=now - timedelta(hours=3)),
        shop.paid("lees", line("1", "MUG"), code=(await shop.link(lee)).code, at=now - timedelta(hours=2)),
    )
    await earn_beside(shop, mei, "mine", CommissionKind.FIRST_ORDER, 500, at=now - timedelta(hours=3))
    await earn_beside(
        shop, mei, "lees", CommissionKind.TEAM, 30, depth=1, on_line="1", at=now - timedelta(hours=2)
    )
    ladder = await earn_beside(shop, mei, None, CommissionKind.LADDER, 700, period="2026-02", at=now)
    await earn_beside(shop, mei, None, CommissionKind.TEAM_TARGET, 900, period="2026-02", at=now)

    target, month, team, own = await listed(shop, mei)

    assert (month.order, month.kinds, month.period) == (None, (CommissionKind.LADDER,), "2026-02")
    assert (month.commission_id, target.kinds) == (ladder.id, (CommissionKind.TEAM_TARGET,))
    assert team.order is not None
    assert (team.order.ref, team.order.is_own, team.order.channel) == ("lees", False, None)
    assert (team.kinds, team.net_minor) == ((CommissionKind.TEAM,), 30)
    assert (own.kinds, own.net_minor) == ((CommissionKind.LINE, CommissionKind.FIRST_ORDER), 650)
    assert (await sums(shop, mei, now)).today_minor == 650 + 30 + 700 + 900
    async with shop.store.read() as session:
        first = await entries(session, shop.merchant.id, mei.id, limit=1)
        rest = await entries(session, shop.merchant.id, mei.id, after=first.next_cursor)
        found, moments = await commission_story(session, shop.merchant.id, mei.id, ladder.id)
        with pytest.raises(NotFound):
            await commission_story(session, shop.merchant.id, lee.id, ladder.id)
    assert [entry.commission_id for entry in (*earned(first), *earned(rest))] == [
        entry.commission_id for entry in (target, month, team, own)
    ]
    assert (found.amount_minor, [each.what for each in moments]) == (
        700,
        [Happening.EARNED, Happening.RELEASE_DUE],
    )


async def test_a_team_rewards_notice_names_the_depth_and_a_bonus_its_period(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei", person=await shop.person(7))
    lee = await shop.distributor("lee")
    await shop.tell(shop.paid("lees", line("1", "MUG"), code=(await shop.link(lee)).code))
    await earn_beside(shop, mei, "lees", CommissionKind.TEAM, 30, depth=2, on_line="1")
    order = await order_of(shop, "lees")
    bonus = await earn_beside(shop, mei, None, CommissionKind.LADDER, 700, period="2026-02")
    facts: dict[str, JsonValue] = {"distributor_id": mei.id, "order_id": order.id, "commission_id": bonus.id}
    told = [
        Notice(
            merchant_id=shop.merchant.id,
            person_id=mei.person_id or 0,
            key=kind,
            kind=kind,
            facts=facts,
            not_before=now,
            created_at=now,
        )
        for kind in (NoticeKind.ORDER_PAID, NoticeKind.BONUS)
    ]
    async with shop.store.read() as session:
        paid = await notice_facts(session, told[0])
        [earned] = (await bonus_facts(session, told)).values()
    assert isinstance(paid, OrderPaid)
    assert (paid.depth, paid.channel, paid.by_kind) == (2, None, {CommissionKind.TEAM: 30})
    assert (earned.commission.period, earned.commission.amount_minor) == ("2026-02", 700)
    assert earned.plan is not None
    assert earned.plan.rates
