"""What can't be withdrawn yet, said to staff and to whoever leaves as their own Earnings say it."""

from __future__ import annotations

from models.funnel.events import Buyer
from models.money.earnings import earnings
from models.money.ledger import AccountKind, balances_of
from models.money.standing import standing_of
from models.money.unreleased import Unreleased, unreleased
from tests.builders import Shop, line


async def test_each_amount_is_the_one_of_earnings_and_all_are_the_balance(shop: Shop) -> None:
    # Given one order awaits receipt, one was received and refunded in part, two are under review, one is Ann's
    mei, ann = await shop.distributor("mei", email_hash="e" * 32), await shop.distributor("ann")
    code, hers = (await shop.link(mei)).code, (await shop.link(ann)).code
    await shop.tell(
        shop.paid("awaiting", line(price="10.00"), code=code),
        shop.paid("received", line(price="50.00"), code=code),
        shop.received("received"),
        shop.refunded("received", amount_minor=1000),
        shop.paid("own", line(price="70.00"), code=code, buyer=Buyer(email="e" * 32)),
        shop.paid("own too", line(price="20.00"), code=code, buyer=Buyer(email="e" * 32)),
        shop.paid("ann", line(price="30.00"), code=hers),
    )

    async with shop.store.read() as session:
        found = await unreleased(session, shop.merchant.id, mei.id)
        told = await earnings(session, shop.merchant, mei.id, shop.now)
        balances = await balances_of(session, shop.merchant.id, "GBP", mei.id)
        standing = await standing_of(session, shop.merchant, mei, shop.now)
        nothing = await unreleased(session, shop.merchant.id, 1)

    assert found == Unreleased(held_minor=400, awaiting_minor=100, review_minor=900)
    assert found == Unreleased(told.held.minor, told.awaiting.minor, told.review_minor)
    assert balances[AccountKind.HELD] == 1400
    assert standing.unreleased == found
    assert nothing == Unreleased(0, 0, 0)
