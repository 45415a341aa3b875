"""A coupons file, on both stores."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.imports.coupon_intake import import_coupons
from bot.imports.rows import read_coupons
from models.catalog.coupons import coupon_owners
from models.store.engine import Store
from tests.bot.cli.desk import COUPONS, Named, table
from tests.builders import Shop, open_shop


async def bring(shop: Shop, folder: Path, *rows: str) -> Named:
    named = Named()
    path = table(folder, COUPONS, rows)
    await import_coupons(shop.store, shop.merchant, read_coupons(path), named.intake)
    return named


async def test_coupons_find_their_distributors_and_may_change_hands(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    shop = await open_shop(store, now)
    mei, li = await shop.distributor("mei"), await shop.distributor("li")

    first = await bring(shop, tmp_path, "mei10,mei", "MEI10,li", "li10,li", "free,nobody")
    again = await bring(shop, tmp_path, "Li10,mei")

    async with store.read() as session:
        owners = await coupon_owners(session, shop.merchant.id, ["MEI10", "LI10"])
    assert owners == {"MEI10": mei.id, "LI10": mei.id}
    assert li.id not in owners.values()
    assert (first.intake.added, again.intake.added, again.intake.changed) == (2, 0, 1)
    assert first.sentences == [
        "line 3: The coupon MEI10 is already on line 2.",
        "line 5: There is no distributor 'nobody'; import distributors first.",
    ]
