"""A coupons file, on both stores."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.imports.coupon_intake import import_coupons
from bot.imports.rows import read_coupons
from models.catalog.coupons import coupon_owners
from models.people.profiles import set_profile
from models.store.engine import Store
from tests.bot.cli.desk import COUPONS, Named, table
from tests.builders import BASE_PLAN, Shop, open_shop


async def bring(shop: Shop, folder: Path, *rows: str) -> Named:
    named = Named()
    path = table(folder, COUPONS, rows)
    await import_coupons(shop.store, shop.merchant, read_coupons(path), shop.now, named.intake)
    return named


async def test_the_coupon_of_a_profile_with_codes_of_its_own_does_not_change_hands(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    shop = await open_shop(store, now)
    await shop.plan(
        BASE_PLAN.replace(
            "rates:",
            """profiles:
  - {key: kol, title: {zh: 达人, en: KOL}, exclusive_codes: true}
  - {key: fan, title: {zh: 铁粉, en: Fan}}
rates:""",
        )
    )
    mei, li, bo = [await shop.distributor(name) for name in ("mei", "li", "bo")]
    await bring(shop, tmp_path, "MEI10,mei", "LI10,li")
    async with store.write() as session:
        for who, profile in ((mei, "kol"), (li, "fan")):
            await set_profile(
                session, merchant_id=shop.merchant.id, distributor_id=who.id, profile=profile, since=now
            )

    taken = await bring(shop, tmp_path, "MEI10,mei", "mei10,bo", "li10,bo")
    alone = await bring(shop, tmp_path, "mei10,bo")

    async with store.read() as session:
        owners = await coupon_owners(session, shop.merchant.id, ["MEI10", "LI10"])
    assert owners == {"MEI10": mei.id, "LI10": bo.id}
    assert taken.intake.changed == 2
    [sentence] = alone.sentences
    assert sentence.startswith(
        "line 2: The coupon MEI10 is mei's alone: their profile kol has codes of its own."
    )


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
