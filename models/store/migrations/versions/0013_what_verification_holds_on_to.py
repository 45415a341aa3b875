"""Where audit chains end, hashes of plans as they stand and of transfers with key and times, months from before 0003

Revision 0013, after 0012.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from models.store.migrations.append_only import drop_append_only, make_append_only

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PAGE = 5_000
_HEADS = """
    INSERT INTO audit_head (merchant_id, number, digest)
    SELECT merchant_id, number, digest FROM audit WHERE NOT EXISTS (
      SELECT 1 FROM audit AS later WHERE later.merchant_id = audit.merchant_id AND later.number > audit.number
    )
"""
_TRANSFERS = """
    SELECT id, key, digest, kind, order_id, refund_id, at, written_at FROM transfer
    WHERE id > :last ORDER BY id LIMIT :page
"""
_MOVES = """
    SELECT posting.transfer_id, posting.currency, posting.amount_minor, source.kind AS source,
      source.holder_id AS giver, target.kind AS target, target.holder_id AS taker
    FROM posting
    JOIN account AS source ON source.id = posting.from_account_id
    JOIN account AS target ON target.id = posting.to_account_id
    WHERE posting.transfer_id BETWEEN :first AND :last ORDER BY posting.transfer_id
"""
_EARNED = """
    SELECT earned_at, amount_minor FROM commission WHERE merchant_id = :merchant_id
    AND kind IN ('line', 'team', 'first_order') AND state NOT IN ('estimated', 'void')
"""
_USED = "SELECT month, used_minor FROM month_of_orders WHERE merchant_id = :merchant_id"

_Form = Callable[[sa.Row[Any], str], str]


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "audit_head",
        sa.Column("merchant_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_audit_head_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_audit_head")),
    )
    op.execute(_HEADS)
    _hash_plans()
    _hash_transfers(_moves_alone, _with_key_and_times)
    _complete_months()


def downgrade() -> None:
    """Back."""
    _hash_transfers(_with_key_and_times, _moves_alone)
    with op.batch_alter_table("plan_version", schema=None) as batch_op:
        batch_op.drop_column("standing_digest")
    op.drop_table("audit_head")


def _hash_plans() -> None:
    with op.batch_alter_table("plan_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("standing_digest", sa.String(length=64), nullable=True))
    connection = op.get_bind()
    for key, document in connection.execute(sa.text("SELECT id, document FROM plan_version")).all():
        connection.execute(
            sa.text("UPDATE plan_version SET standing_digest = :digest WHERE id = :id"),
            {"id": key, "digest": _sha256(document)},
        )
    with op.batch_alter_table("plan_version", schema=None) as batch_op:
        batch_op.alter_column("standing_digest", existing_type=sa.String(length=64), nullable=False)


def _hash_transfers(before: _Form, after: _Form) -> None:
    """Give every transfer the hash of another form, page by page; one that was changed keeps what doesn't fit it."""
    connection = op.get_bind()
    drop_append_only(connection, ("transfer",))
    for page in _pages(connection):
        moved = _moved(connection, page[0].id, page[-1].id)
        hashed = [
            {"id": row.id, "digest": _sha256(after(row, moved[row.id]))}
            for row in page
            if row.id in moved and row.digest == _sha256(before(row, moved[row.id]))
        ]
        if hashed:
            connection.execute(sa.text("UPDATE transfer SET digest = :digest WHERE id = :id"), hashed)
    make_append_only(connection, ("transfer",))


def _pages(connection: sa.Connection) -> Iterator[list[sa.Row[Any]]]:
    last = 0
    while page := list(connection.execute(sa.text(_TRANSFERS), {"last": last, "page": _PAGE})):
        yield page
        last = page[-1].id


def _moved(connection: sa.Connection, first: int, last: int) -> dict[int, str]:
    """What each of these transfers moves, as its hash has it: the currency, then the moves in their order."""
    rows = connection.execute(sa.text(_MOVES), {"first": first, "last": last}).all()
    moved = {}
    for key, postings in groupby(rows, key=lambda row: row.transfer_id):
        moves = list(postings)
        told = sorted((row.source, row.giver, row.target, row.taker, row.amount_minor) for row in moves)
        words = ";".join(
            f"{source}:{giver}>{target}:{taker}={amount}" for source, giver, target, taker, amount in told
        )
        moved[key] = f"{moves[0].currency}|{words}"
    return moved


def _moves_alone(row: sa.Row[Any], moved: str) -> str:
    return f"{row.kind}|{moved}"


def _with_key_and_times(row: sa.Row[Any], moved: str) -> str:
    return (
        f"{row.kind}|{moved}|{row.order_id or ''}|{row.refund_id or ''}|{row.at}|{row.written_at}|{row.key}"
    )


def _complete_months() -> None:
    """Months from before they were kept: what their orders earned counts as used, in the one under way too."""
    connection = op.get_bind()
    merchants = connection.execute(sa.text("SELECT id, timezone FROM merchant")).all()
    for merchant_id, timezone in merchants:
        zone, whose = ZoneInfo(timezone), {"merchant_id": merchant_id}
        earned: dict[str, int] = defaultdict(int)
        latest: dict[str, int] = {}
        for at, amount in connection.execute(sa.text(_EARNED), whose):
            month = f"{datetime.fromtimestamp(at // 1_000_000, zone):%Y-%m}"
            earned[month] += amount
            latest[month] = max(at, latest.get(month, at))
        used = {row.month: row.used_minor for row in connection.execute(sa.text(_USED), whose)}
        for month, amount in earned.items():
            values = {**whose, "month": month, "used": amount, "told_at": latest[month]}
            if month not in used:
                statement = (
                    "INSERT INTO month_of_orders (merchant_id, month, used_minor, told_at) "
                    "VALUES (:merchant_id, :month, :used, :told_at)"
                )
            elif used[month] < amount:
                statement = (
                    "UPDATE month_of_orders SET used_minor = :used "
                    "WHERE merchant_id = :merchant_id AND month = :month"
                )
            else:
                continue
            connection.execute(sa.text(statement), values)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
