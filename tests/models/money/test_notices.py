"""What notices tell when many are read at once."""

from __future__ import annotations

from sqlalchemy import select

from models.funnel.events import RefundedLine
from models.funnel.links import Channel
from models.money.notices import facts_of, notice_facts
from models.money.told import InDebt, OrderPaid, Released, TakenBack
from models.store.engine import Store
from models.store.outbox import Notice, NoticeKind, NoticeRow, queue_notices
from models.store.sql import table_of, values_of
from tests.builders import Shop, line, open_shop


async def sell(shop: Shop, first_chat: int) -> None:
    """Two people sell; one order is refunded in part, one cancelled; something is released and owed."""
    for chat in (first_chat, first_chat + 1):
        who = await shop.distributor(f"d{chat}", person=await shop.person(chat))
        code = (await shop.link(who, channel=Channel.POSTER)).code
        await shop.tell(
            shop.paid(f"{chat}-kept", line("1", "LAMP", quantity=2), line("2", "MUG"), code=code),
            shop.refunded(f"{chat}-kept", lines=[RefundedLine(line_ref="1", quantity=1)]),
            shop.paid(f"{chat}-gone", line(), code=code),
            shop.cancelled(f"{chat}-gone"),
        )
        own = [(NoticeKind.RELEASED, "amount_minor"), (NoticeKind.DEBT, "debt_minor")]
        async with shop.store.write() as session:
            await queue_notices(
                session,
                [
                    Notice(
                        merchant_id=shop.merchant.id,
                        person_id=who.person_id or 0,
                        key=f"{kind}:{chat}",
                        kind=kind,
                        facts={"distributor_id": who.id, amount: chat},
                        not_before=shop.now,
                        created_at=shop.now,
                    )
                    for kind, amount in own
                ],
            )


async def test_many_notices_of_several_shops_each_tell_what_they_tell_alone(shop: Shop, store: Store) -> None:
    other = await open_shop(store, shop.now)
    await other.plan()
    await sell(shop, 1)
    await sell(other, 3)
    async with store.read() as session:
        rows = await session.execute(select(table_of(NoticeRow)))
        notices = [values_of(row, Notice) for row in rows]
        gone = notices[0].model_copy(update={"id": 1, "kind": NoticeKind.REFUND, "facts": {"order_id": 5}})

        together = await facts_of(session, [*notices, gone])
        alone = {notice.id: await notice_facts(session, notice) for notice in notices}

    assert together == alone
    assert {type(facts) for facts in together.values()} == {OrderPaid, TakenBack, Released, InDebt}
    assert {facts.shop.merchant_id for facts in together.values()} == {shop.merchant.id, other.merchant.id}
