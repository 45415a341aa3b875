"""A coupons file: which code belongs to which distributor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.imports.enrolled import enrolled_by_external_id
from bot.imports.into_store import Intake, in_batches
from bot.imports.rows import CouponRow
from bot.imports.tables import BadRow
from models.catalog.coupons import coupon_code
from models.people.merchants import Merchant
from models.plans.codes import ExclusiveCode, OwnCodes
from models.store.engine import Store

COUPONS_AT_ONCE = 200


async def import_coupons(
    store: Store, merchant: Merchant, rows: Iterable[CouponRow | BadRow], now: datetime, intake: Intake
) -> None:
    """Give each coupon to its distributor; a known code may change hands, unless it is its owner's alone.

    Codes are compared without regard to case, so two spellings of one code in a file name the second.
    """
    lines: dict[str, int] = {}
    for batch in in_batches(intake.good(rows), COUPONS_AT_ONCE):
        async with store.write() as session:
            own = await OwnCodes.open(session, merchant.id, now)
            known = await enrolled_by_external_id(session, merchant.id, [row.distributor for row in batch])
            for row in batch:
                code = coupon_code(row.code)
                first = lines.setdefault(code, row.line_number)
                if first != row.line_number:
                    intake.refuse(row.line_number, f"The coupon {code} is already on line {first}.")
                    continue
                owner = known.get(row.distributor)
                if owner is None:
                    intake.refuse(
                        row.line_number,
                        f"There is no distributor {row.distributor!r}; import distributors first.",
                    )
                    continue
                try:
                    is_new = await own.give(session, code, owner.id)
                except ExclusiveCode as error:
                    intake.refuse(row.line_number, str(error))
                    continue
                intake.kept(int(is_new), int(not is_new))
